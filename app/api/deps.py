"""What a route is handed: the running service, and the refusal of parameters it does not take.

These are coroutines: a plain function would be sent to a thread of its own at each request.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from app.api.route_info import dependencies
from app.domain.errors import ErrorDetail, ParameterError
from app.kit.repository import Repository
from app.kit.sessions import Store
from app.services.graph.loader import GraphCache
from app.services.releases.archive import Archive

RELEASED = "kkb.released"  # where the middleware leaves what an address says of a release
RELEASE_NAMES = ("release", "as_of")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Service:
    """The running service's parts, composed once in app.main; or the same, as of a release.

    `still`: the store does not change while this process runs. `lasting`: this address will never
    give anything else. `asked` is the release as the address names it, which its links carry on.
    """

    store: Store
    listing: Repository
    archive: Archive
    graphs: GraphCache
    code_version: str
    public_url: str
    still: bool = False
    lasting: bool = False
    asked: Pairs = ()
    wrote: Callable[[], None] = lambda: None  # told of every commit of ours, before its reply

    def at(self, name: str, *, lasting: bool = True, asked: Pairs = ()) -> "Service":
        """The service as of a release; raises NotFoundError where there is none of that name."""
        edition = self.archive.get(name)
        return replace(
            self,
            store=edition.store,
            listing=Repository(self.listing.catalogue, name, self.listing.counts),
            still=lasting,
            lasting=lasting,
            asked=asked,
        )


async def running(request: Request) -> Service:
    """The service as the application was composed."""
    found = request.app.state.service
    assert isinstance(found, Service)
    return found


async def live(request: Request) -> Service:
    """The service on the primary database, for routes that have no meaning in a release."""
    found = await running(request)
    return replace(found, store=found.store.primary)


async def service(request: Request) -> Service:
    """The service, as of the release that the address names, where it names one.

    A request with a key is answered by the primary, so that a curator sees their own writes.
    """
    found = await (live if has_key(request) else running)(request)
    asked = request.scope.get(RELEASED)
    return await run_in_threadpool(_released, found, asked) if asked else found


def has_key(request: Request) -> bool:
    return "authorization" in request.headers


def _released(found: Service, asked: Pairs) -> Service:
    (name, value), *more = asked
    if more:
        message = "A release or a day: one of them, once."
        raise _unfit(more[0][0], message, more[0][1])
    if name == "release":
        return found.at(value, asked=asked)
    edition, settled = found.archive.as_of(_day(value))
    return found.at(edition.manifest.name, lasting=settled, asked=asked)


def _day(text: str) -> datetime.date:
    try:
        if len(text) != 10:
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        message = "as_of is a day, such as 2026-12-01."
        raise _unfit("as_of", message, text) from None


def _unfit(name: str, message: str, value: str) -> ParameterError:
    return ParameterError(ErrorDetail("query", name, message, value=value[:120]))


async def reads() -> None:
    """Marks a POST that reads and writes nothing: it may be asked of a release."""


TheService = Annotated[Service, Depends(service)]
LiveService = Annotated[Service, Depends(live)]
RunningService = Annotated[Service, Depends(running)]


def takes_release(route: Any) -> bool:
    """Whether a route's answer may come from a release."""
    resolved = set(dependencies(route))
    return service in resolved and ("GET" in (route.methods or ()) or reads in resolved)


async def takes_no_parameters(request: Request) -> None:
    """For routes without a query model: what they would ignore, they refuse."""
    for name in request.query_params:
        besides = " but release or as_of" if takes_release(request.scope.get("route")) else ""
        message = f"Unknown parameter {name[:120]!r}: this address takes none{besides}."
        raise ParameterError(ErrorDetail("query", name[:120], message))


def base_url(request: Request, service: Service) -> str:
    """The address the world sees, for links."""
    return service.public_url.rstrip("/") or str(request.base_url).rstrip("/")


def pinned(service: Service, path: str) -> str:
    """An address of ours, as of the release that is being read."""
    if not service.asked:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(service.asked)}"


def linked(request: Request, service: Service) -> Callable[[str], str]:
    """Makes whole addresses for the world out of paths of ours."""
    base = base_url(request, service)
    return lambda path: base + pinned(service, path)


def next_link(request: Request, service: Service, token: str | None) -> dict[str, str]:
    """The `Link` header to the page after this one, where there is one."""
    return {"Link": f'<{next_address(request, service, token)}>; rel="next"'} if token else {}


def next_address(request: Request, service: Service, token: str) -> str:
    own = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    target = urlencode([*own, *service.asked, ("cursor", token)])
    return f"{base_url(request, service)}{request.url.path}?{target}"
