"""The page of the timeline of effects."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.api.reference_parameters import resolve_query
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.explorer.timeline_page import TimelinePageQuery, read_timeline_page


def build_router() -> APIRouter:
    """Build the router of `/timeline`."""
    router = page_router()

    @router.get("/timeline", dependencies=[EXPENSIVE])
    def timeline_page(
        request: Request, service: ServiceDep, query: Annotated[TimelinePageQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, _ = resolve_query(request, service, session, query)
            page = read_timeline_page(session, service, query)
            head = PageHead(
                title="Effects by time after the dose",
                description="How many people improve or are harmed, how soon and for how long, with"
                " placebo or another control beside the treatment.",
                api=f"/v1/timeline?{page.query_string}",
                canonical_query=page.query_string if request.query_params else "",
                has_urgent_notice=True,
            )
            return page_response(request, service, validators, "timeline.html.j2", head, page=page)

    return router
