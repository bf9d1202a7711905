"""What a route is handed: the running service, and the refusal of parameters it does not take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

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
    wrote: Callable[[], None] = lambda: None  # told of every commit of ours, before its reply


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
