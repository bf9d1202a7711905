"""Routes for the timeline of effects and for gaps in the evidence."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, next_link
from app.api.expensive_requests import EXPENSIVE
from app.api.gaps_parameters import GapsQuery, next_links, read_gap_pages
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.reference_parameters import resolve_query
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.timeline_and_gaps import GapsResponse, TimelineResponse
from app.api.timeline_parameters import TimelineQuery, read_timeline


def build_router() -> APIRouter:
    """Build the router of `/v1/timeline` and `/v1/gaps`."""
    router = api_router(tag="overviews")

    @router.get(
        "/timeline",
        operation_id="get_timeline",
        summary="List effects and mechanisms by hours after the dose",
        description="All results with a time point, and the latencies of mechanism claims.",
        response_model=TimelineResponse,
        dependencies=[EXPENSIVE],
    )
    def get_timeline(
        request: Request, service: ServiceDep, query: Annotated[TimelineQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            body = read_timeline(session, service, query)
            filters = envelope.applied_parameters(query)
            links = next_link(request, service, body["page"]["next"], links)
            return json_response(request, service, validators, body, filters=filters, headers=links)

    @router.get(
        "/gaps",
        operation_id="get_gaps",
        summary="List evidence gaps",
        description="What this store has no record of: claims without evidence or without evidence"
        " from people, studies without a result, pairs without a measurement, and open questions."
        " What is not on record here may exist. Each kind is a list of its own, with pages.",
        response_model=GapsResponse,
        dependencies=[EXPENSIVE],
    )
    def get_gaps(
        request: Request, service: ServiceDep, query: Annotated[GapsQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = read_gap_pages(session, service, query)
            filters = envelope.applied_parameters(query)
            links = next_links(request, service, query, body["pages"])
            return json_response(request, service, validators, body, filters=filters, headers=links)

    return router
