"""The page about the API: one rule, an address to try, and the collections."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from app.api.deps import ServiceDep
from app.api.page_addresses import API_PREFIX, HTML
from app.api.read_responses import cache_validators, not_modified
from app.domain.errors import ErrorDetail, ParameterError
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.query_types import QueryModel
from app.resources import RESOURCES
from app.services.store.revision import records_per_collection


class ApiPageQuery(QueryModel):
    """Query parameters of the page."""

    address: str | None = Field(
        None,
        max_length=2000,
        description="Address of the API to open, beginning with /v1.",
    )


def build_router() -> APIRouter:
    """Build the router of `/api`."""
    router = page_router()

    @router.get("/api")
    def api_page(
        request: Request, service: ServiceDep, query: Annotated[ApiPageQuery, Query()]
    ) -> Response:
        if query.address:
            return RedirectResponse(_own_address(request, query.address), 303)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            head = PageHead(
                title="The API behind these pages",
                description="Every page has its data: put /v1 in front of its path.",
                api=API_PREFIX,
            )
            counts = records_per_collection(session)
            return page_response(
                request,
                service,
                validators,
                "api.html.j2",
                head,
                collections=[(resource, counts[name]) for name, resource in RESOURCES.items()],
            )

    return router


def _own_address(request: Request, address: str) -> str:
    """Return an address of this API below the path prefix.

    Raises:
        ParameterError: It is not an address of this API.
    """
    path = address.partition("?")[0]
    if not (path == API_PREFIX or path.startswith(f"{API_PREFIX}/")) or not address.isprintable():
        message = "address: must be a path of this API, such as /v1/claims?verdict=contested."
        raise ParameterError(ErrorDetail("query", "address", message, value=address[:120]))
    prefix: str = request.scope.get("root_path", "")
    return prefix + address
