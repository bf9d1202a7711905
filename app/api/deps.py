"""Dependencies of routes: the service context (primary, standby or release), and links.

Dependencies are coroutines: FastAPI runs plain functions in a worker thread.
"""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError

from app.api.route_info import dependencies, path_of
from app.domain.errors import ErrorDetail, NotFoundError, ParameterError
from app.kit.repository import Repository
from app.kit.sessions import Store
from app.services.evidence.synthesis.facts_cache import ClaimFactsCache
from app.services.graph.layout import GraphLayouts
from app.services.graph.loader import GraphCache
from app.services.records.export_files import ExportFileCache
from app.services.releases.archive import Archive

# scope key of the release parameters, which app.api.release_parameter removes from the query
RELEASE_SCOPE_KEY = "kkb.release_parameters"
RELEASE_PARAMETERS = ("release", "as_of")
Pairs = Sequence[tuple[str, str]]
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class ServiceContext:
    """Parts of the running service, composed in app.main, or those of a release.

    Args:
        immutable: The store does not change while the process runs.
        cache_forever: The response at this URL never changes.
        release_params: Release parameters of the request, repeated in links.
    """

    store: Store
    repository: Repository
    archive: Archive
    graphs: GraphCache
    claim_facts: ClaimFactsCache
    layouts: GraphLayouts
    export_files: ExportFileCache
    code_version: str
    immutable: bool = False
    cache_forever: bool = False
    release_params: Pairs = ()
    on_commit: Callable[[], None] = lambda: (
        None
    )  # called after each commit of this process, before its response

    def as_of_release(
        self, name: str, *, cache_forever: bool = True, release_params: Pairs = ()
    ) -> "ServiceContext":
        """Return the service as of a release; raise NotFoundError if there is no such release."""
        release = self.archive.get(name)
        return replace(
            self,
            store=release.store.with_time_limit(self.store.read_seconds),
            repository=self.repository.as_of_release(name),
            immutable=cache_forever,
            cache_forever=cache_forever,
            release_params=release_params,
        )


async def running(request: Request) -> ServiceContext:
    """Return the service as composed at start."""
    context = request.app.state.service
    assert isinstance(context, ServiceContext)
    return context


async def live_service(request: Request) -> ServiceContext:
    """Return the service on the primary database, for routes without a historical form."""
    context = await running(request)
    return replace(context, store=context.store.primary)


async def current_service(request: Request) -> ServiceContext:
    """Return the service, as of the release that the request names, if it names one.

    A request with a key is answered by the primary, so that a curator sees their own writes.
    """
    current = await (live_service if has_key(request) else running)(request)
    release_params = request.scope.get(RELEASE_SCOPE_KEY)
    return (
        await run_in_threadpool(_service_of_release, current, release_params)
        if release_params
        else current
    )


def has_key(request: Request) -> bool:
    """Return whether the request has an Authorization header."""
    return "authorization" in request.headers


def _service_of_release(current: ServiceContext, release_params: Pairs) -> ServiceContext:
    (name, value), *more = release_params
    if more:
        message = "Send either `release` or `as_of`, and only once."
        raise _parameter_error(more[0][0], message, more[0][1])
    if name == "release":
        return release_parameter(current, name, value, release_params)
    try:
        release, is_final = current.archive.as_of(_day(value))
    except NotFoundError as error:
        raise _unknown_release(name, value, error) from error
    return current.as_of_release(
        release.manifest.name, cache_forever=is_final, release_params=release_params
    )


def release_parameter(
    service: ServiceContext, name: str, value: str, release_params: Pairs = ()
) -> ServiceContext:
    """Return the service as of the release that a parameter names.

    Raises:
        ParameterError: There is no such release.
    """
    try:
        return service.as_of_release(value, release_params=release_params)
    except NotFoundError as error:
        raise _unknown_release(name, value, error) from error


def release_or_date_parameter(
    service: ServiceContext, name: str, value: str
) -> tuple[ServiceContext, str | None]:
    """Return the service as of the release that a parameter names, or that a date stands for.

    A date stands for the newest release of that day or before.

    Returns:
        The service, and the name of the release if a date stands for it: another release may be
        published for the same date.

    Raises:
        ParameterError: There is no such release, or none of that day or before.
    """
    if not _DATE.fullmatch(value):
        return release_parameter(service, name, value), None
    try:
        release, is_final = service.archive.as_of(_day(value, name))
    except NotFoundError as error:
        raise _unknown_release(name, value, error) from error
    release_name = release.manifest.name
    return service.as_of_release(release_name, cache_forever=is_final), release_name


def _unknown_release(name: str, value: str, error: NotFoundError) -> ParameterError:
    urls = [url.rpartition("/v1/releases/") for url in error.extra["did_you_mean"]]
    suggestions = [known for _, is_known, known in urls if is_known]
    message = f"{name}: {error.detail}"
    return ParameterError(
        ErrorDetail("query", name, message, value=value[:120], did_you_mean=suggestions)
    )


def _day(text: str, name: str = "as_of") -> datetime.date:
    try:
        if len(text) != 10:
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        message = f"{name} must be a date, such as 2026-12-01."
        raise _parameter_error(name, message, text) from None


def _parameter_error(name: str, message: str, value: str) -> ParameterError:
    return ParameterError(ErrorDetail("query", name, message, value=value[:120]))


async def read_only_post() -> None:
    """Mark a POST route that writes nothing: it may read from a release."""


ServiceDep = Annotated[ServiceContext, Depends(current_service)]
LiveServiceDep = Annotated[ServiceContext, Depends(live_service)]
RunningService = Annotated[ServiceContext, Depends(running)]


def supports_release(route: Any) -> bool:
    """Return whether a route can read from a release."""
    resolved = set(dependencies(route))
    return current_service in resolved and (
        "GET" in (route.methods or ()) or read_only_post in resolved
    )


async def takes_no_parameters(request: Request) -> None:
    """Refuse query parameters, for routes without a query model."""
    refuse_parameters(request)


def refuse_parameters(request: Request) -> None:
    """Refuse all query parameters.

    Raises:
        RequestValidationError: There are parameters.
    """
    if request.query_params:
        unknown = request.query_params.multi_items()
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", n), "input": v} for n, v in unknown]
        )


def base_url(request: Request) -> str:
    """Return the public base URL, for links (see `app.api.proxy_headers`)."""
    scope = request.scope
    root_path = scope.get("app_root_path", scope.get("root_path", ""))
    host = request.headers.get("host")
    server = scope.get("server")
    return _base_url(scope.get("scheme", "http"), host, server and tuple(server), root_path)


@lru_cache(maxsize=256)
def _base_url(
    scheme: str, host: str | None, server: tuple[str, int | None] | None, root_path: str
) -> str:
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    scope = {"type": "http", "scheme": scheme, "server": server, "path": "/", "headers": headers}
    return str(Request({**scope, "root_path": root_path}).base_url).rstrip("/")


def with_release(service: ServiceContext, path: str) -> str:
    """Return a path with the release that is being read, if any."""
    if not service.release_params:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(service.release_params)}"


def absolute_url(request: Request, service: ServiceContext) -> Callable[[str], str]:
    """Return a function that makes absolute URLs of paths."""
    base = base_url(request)
    return lambda path: base + with_release(service, path)


def next_link(
    request: Request,
    service: ServiceContext,
    token: str | None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return headers with the `Link` to the next page, if there is one, beside other links."""
    links = [(headers or {}).get("Link", "")]
    links += [f'<{next_url(request, service, token)}>; rel="next"'] if token else []
    link = ", ".join(filter(None, links))
    return {**(headers or {}), "Link": link} if link else dict(headers or {})


def next_url(request: Request, service: ServiceContext, token: str) -> str:
    """Return the URL of the next page."""
    parameters = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    target = urlencode([*parameters, *service.release_params, ("cursor", token)])
    return f"{current_url(request)}?{target}"


def current_url(request: Request) -> str:
    """Return the public URL of the request without its query."""
    return f"{base_url(request)}{path_of(request.scope)}"
