"""Routes for the timeline of effects and for gaps in the evidence."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field, FiniteFloat, TypeAdapter

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceContext, ServiceDep, next_link
from app.api.expensive_requests import EXPENSIVE
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.reference_parameters import resolve_query
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.timeline_and_gaps import GapsResponse, TimelineResponse
from app.kit import cursor as cursors
from app.kit.query_types import MAX_LIMIT, Cursor, QueryModel, ReferenceTo, Slugs
from app.kit.sessions import ReadSession
from app.services.evidence import gaps
from app.services.evidence.timeline import TimelinePosition, count_points, timeline_slice


class TimelineQuery(QueryModel):
    """Query of `/v1/timeline`."""

    compound: Annotated[Slugs, ReferenceTo("compounds"), Field(max_length=50)] = Field(
        [], description="Compounds; default: all compounds."
    )
    indication: Annotated[Slugs, ReferenceTo("indications"), Field(max_length=50)] = Field(
        [], description="Indications of the studies; mechanisms are always included."
    )
    limit: int = Field(
        MAX_LIMIT, ge=1, le=MAX_LIMIT, description="Maximum number of items per page."
    )
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


#: Validators of the values of a `TimelinePosition`, in a cursor.
POSITION = [TypeAdapter[Any](kind) for kind in (FiniteFloat, int, str, int)]


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
            body = _timeline_page(session, service, query)
            filters = envelope.applied_parameters(query)
            links = next_link(request, service, body["page"]["next"], links)
            return json_response(request, service, validators, body, filters=filters, headers=links)

    @router.get(
        "/gaps",
        operation_id="get_gaps",
        summary="List evidence gaps",
        description="Claims without evidence or without a test in people, and open questions.",
        response_model=GapsResponse,
        dependencies=[EXPENSIVE],
    )
    def get_gaps(request: Request, service: ServiceDep) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = {"data": gaps.find_gaps(session)}
            return json_response(request, service, validators, body)

    return router


def _timeline_page(
    session: ReadSession, service: ServiceContext, query: TimelineQuery
) -> dict[str, Any]:
    """Return a page after the cursor, which is valid for the same filters and release only."""
    filters = (query.compound, query.indication)
    mark = cursors.fingerprint("timeline", filters, service.repository.release)
    after = None
    if query.cursor is not None:
        after = TimelinePosition(*cursors.decode(query.cursor, mark, POSITION))  # type: ignore[arg-type]
    points, last = timeline_slice(session, *filters, query.limit, after)
    following = None if last is None else cursors.encode(last, mark)
    total = service.repository.counts.get_or_compute(
        session, ("timeline", mark), partial(count_points, session, *filters)
    )
    return {
        "data": points,
        "page": {"limit": query.limit, "total": total, "next": following},
    }
