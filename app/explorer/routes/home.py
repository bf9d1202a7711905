"""The home page; clients that name no HTML are redirected to the API root."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from app.api.deps import ServiceDep
from app.api.documented_responses import PROBLEMS
from app.api.page_addresses import HTML, names_html
from app.api.query_parameters import check_query_parameters
from app.api.read_responses import cache_validators, not_modified
from app.api.root_path import with_root_path
from app.explorer.page_route import HomeRoute
from app.explorer.rendering import PageHead, page_response

VARY = {"Vary": "Accept"}


def build_router() -> APIRouter:
    """Build the router of `/`."""
    router = APIRouter(
        tags=["about"],
        responses=PROBLEMS,
        route_class=HomeRoute,
        dependencies=[Depends(check_query_parameters)],
    )

    @router.get(
        "/",
        operation_id="redirect_to_catalogue",
        summary="Redirect to the API root",
        description="Redirects to `/v1`; a client that accepts HTML by name gets the home page.",
        status_code=307,
        response_class=RedirectResponse,
    )
    def home_page(request: Request, service: ServiceDep) -> Response:
        if not names_html(request):
            return RedirectResponse(with_root_path(request.scope, "/v1"), headers=VARY)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            head = PageHead(
                title="How does ketamine work?",
                description="What is claimed about ketamine, and how far evidence supports it.",
                api="/v1/claims?include=verdict",
            )
            return page_response(request, service, validators, "home.html.j2", head)

    return router
