"""The page of a pathway."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from app.api.deps import ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.explorer import queries
from app.explorer.links import PageLinks
from app.explorer.page_route import page_router
from app.explorer.pathway_page import read_pathway_page
from app.explorer.record_head import record_head
from app.explorer.rendering import page_response
from app.resources.pathways import PATHWAYS


def build_router() -> APIRouter:
    """Build the router of `/pathways/{slug}`."""
    router = page_router()

    @router.get("/pathways/{slug}", dependencies=[EXPENSIVE])
    def pathway_page(request: Request, service: ServiceDep, slug: str) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            pathway = queries.get_record(session, service, "pathways", slug)
            page = read_pathway_page(session, service, pathway)
        # Without a database connection: a layout takes up to seconds.
        page_url = PageLinks.of(request, service).page_url
        drawing = ""
        if page.drawing:
            drawing = page.drawing.to_svg(service.layouts, page_url, has_style=False)
        head = record_head(PATHWAYS, pathway, csv=f"/v1/claims.csv?pathway={slug}")
        return page_response(
            request,
            service,
            validators,
            "pathway.html.j2",
            head,
            pathway=pathway,
            page=page,
            drawing=Markup(drawing),  # noqa: S704  (ElementTree escapes all text)
        )

    return router
