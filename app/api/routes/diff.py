"""Route for the difference between two releases or dates, or one of them and the current data."""

from collections.abc import Generator
from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic_core import to_json

from app.api.content_negotiation import negotiate
from app.api.deps import LiveServiceDep, next_link
from app.api.expensive_requests import EXPENSIVE
from app.api.read_responses import (
    JSON,
    cache_validators,
    json_response,
    not_modified,
    stream_response,
)
from app.api.release_comparison import (
    COMPARISONS,
    ComparisonQuery,
    DiffQuery,
    compare,
    compared_states,
    read_old_state,
    requested_collections,
)
from app.api.routers import api_router
from app.api.routes.exports import TOTAL_COUNT, exported
from app.api.schemas import envelope
from app.api.schemas.diff import DiffResponse
from app.kit.batching import batched
from app.kit.connection_shares import ReadKind
from app.kit.export_formats import separated_line
from app.kit.query_types import MAX_LIMIT
from app.kit.repository import Repository
from app.services.records.exports import EXPORT_FORMATS
from app.services.releases import diff
from app.services.releases.diff import ComparedSide, RecordDifference

#: The keys of a difference, as `diff.render_changes` returns them.
CSV_COLUMNS = ("collection", "slug", "name", "difference", "fields")


def build_router() -> APIRouter:
    """Build the router of `/v1/diff` and `/v1/diff.csv`."""
    router = api_router(tag="releases")

    @router.get(
        "/diff",
        operation_id="get_diff",
        dependencies=[EXPENSIVE],
        summary="Compare two releases or dates",
        description="Lists added, changed (by field) and removed records, and changed verdicts."
        " `before` and `after` name the releases that dates stand for.",
        response_model=DiffResponse,
    )
    def get_diff(
        request: Request, service: LiveServiceDep, query: Annotated[DiffQuery, Query()]
    ) -> Response:
        states = compared_states(service, query)
        negotiate(request, [JSON])
        with states.new.store.read(ReadKind.EXPORT) as session:
            validators = cache_validators(request, states.new, session, extra_cause=states.dated)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = compare(states, session, query)
            link = next_link(request, service, body["page"]["next"])
            filters = envelope.applied_parameters(query)
            return json_response(
                request, states.new, validators, body, filters=filters, headers=link
            )

    @router.get(
        "/diff.csv",
        operation_id="export_diff",
        dependencies=[EXPENSIVE],
        summary="Export the differences between two releases or dates as CSV",
        description="All added, changed and removed records, a row each; `X-Total-Count` is their"
        " number. The changed fields are JSON, with the values before and after.",
        response_class=StreamingResponse,
        responses=exported(["csv"], TOTAL_COUNT),
    )
    def export_diff(
        request: Request, service: LiveServiceDep, query: Annotated[ComparisonQuery, Query()]
    ) -> Response:
        states, media = compared_states(service, query), EXPORT_FORMATS["csv"].media_type
        with ExitStack() as transaction:
            session = transaction.enter_context(states.new.store.read(ReadKind.EXPORT))
            validators = cache_validators(
                request, states.new, session, media, extra_cause=states.dated
            )
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            earlier = transaction.enter_context(read_old_state(states, session))
            before, after = COMPARISONS.side(earlier), COMPARISONS.side(session)
            differences = diff.find_changes(
                before.hashes, after.hashes, requested_collections(query)
            )
            headers = {
                TOTAL_COUNT: str(len(differences)),
                "Content-Disposition": 'attachment; filename="diff.csv"',
            }
            lines = _csv(COMPARISONS.repository, before, after, differences)
            return stream_response(request, transaction, validators, lines, media, headers)

    return router


def _csv(
    repository: Repository,
    before: ComparedSide,
    after: ComparedSide,
    differences: list[RecordDifference],
) -> Generator[bytes]:
    yield f"{','.join(CSV_COLUMNS)}\r\n".encode()
    for batch in batched(differences, MAX_LIMIT):
        rows = diff.render_changes(repository, before, after, batch)
        lines = (
            separated_line([*list(row.values())[:-1], to_json(row["fields"]).decode()], ",")
            for row in rows
        )
        yield "".join(f"{line}\r\n" for line in lines).encode()
