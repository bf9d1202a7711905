"""The page that compares compounds."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.api.reference_parameters import resolve_query
from app.explorer.matrix_page import MatrixPageQuery, read_matrix_page
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response


def build_router() -> APIRouter:
    """Build the router of `/matrix`."""
    router = page_router()

    @router.get("/matrix", dependencies=[EXPENSIVE])
    def matrix_page(
        request: Request, service: ServiceDep, query: Annotated[MatrixPageQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, _ = resolve_query(request, service, session, query)
            page = read_matrix_page(session, service, query)
            subject = "were studied for" if page.is_of_outcomes else "bind"
            head = PageHead(
                title=f"Compare what compounds {subject}",
                description="Compounds side by side. Every cell says whether it was measured,"
                " looked for and not found, or has no measurement on record.",
                # Its data need a compound, which a new store has none of.
                api=f"/v1/matrix?{page.query_string}" if page.query_string else None,
                csv=f"/v1/matrix.csv?{page.query_string}" if page.query_string else None,
                canonical_query=page.query_string,
            )
            return page_response(
                request,
                service,
                validators,
                "matrix.html.j2",
                head,
                page=page,
                choices=[(choice.slug, choice.name, choice.is_chosen) for choice in page.choices],
            )

    return router
