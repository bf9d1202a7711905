"""What a route is handed: the running service, and the refusal of parameters it does not take."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request

from app.domain.errors import ParameterError
from app.kit.listing import Listing
from app.kit.sessions import Store


@dataclass(frozen=True)
class Service:
    """The running service's parts, composed once in app.main."""

    store: Store
    listing: Listing
    code_version: str
    public_url: str


def service(request: Request) -> Service:
    found = request.app.state.service
    assert isinstance(found, Service)
    return found


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
