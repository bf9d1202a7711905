"""What a route is handed: the running service, and the refusal of parameters it does not take."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request

from app.domain.errors import ParameterError
from app.kit.listing import Listing
from app.kit.sessions import Store
from app.services import replicas
from app.services.graph.building import Graphs

WRITE_TOKEN = "KKB-Write-Token"


@dataclass(frozen=True)
class Service:
    """The running service's parts, composed once in app.main."""

    store: Store
    listing: Listing
    graphs: Graphs
    code_version: str
    public_url: str


def service(request: Request) -> Service:
    """The service; its store is never staler than the write whose token the reader shows."""
    found = request.app.state.service
    assert isinstance(found, Service)
    token = request.headers.get(WRITE_TOKEN)
    if token is None:
        return found
    if not replicas.TOKEN.fullmatch(token):
        message = f"{WRITE_TOKEN} is sent back as a write's answer gave it, such as 0/3000148."
        raise ParameterError([{"in": "header", "name": WRITE_TOKEN, "message": message}])
    return replace(found, store=found.store.seen_by(token))


def write_token(service: Service) -> dict[str, str]:
    """The header that a write's answer ends with, where reads may be staler than it."""
    token = service.store.token()
    return {WRITE_TOKEN: token} if token else {}


TheService = Annotated[Service, Depends(service)]


def takes_no_parameters(request: Request) -> None:
    """For routes without a query model: what they would ignore, they refuse."""
    for name in request.query_params:
        raise ParameterError(
            [
                {
                    "in": "query",
                    "name": name,
                    "message": f"Unknown parameter {name!r}: this address takes none.",
                }
            ]
        )


def base_url(request: Request, service: Service) -> str:
    """The address the world sees, for links."""
    return service.public_url.rstrip("/") or str(request.base_url).rstrip("/")


def next_link(request: Request, service: Service, token: str | None) -> dict[str, str]:
    """The `Link` header to the page after this one, where there is one."""
    if not token:
        return {}
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    target = urlencode([*pairs, ("cursor", token)])
    return {"Link": f'<{base_url(request, service)}{request.url.path}?{target}>; rel="next"'}
