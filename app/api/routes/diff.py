"""Route for the difference between two releases or dates, or one of them and the current data."""

from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import AfterValidator, Field, TypeAdapter
from pydantic_core import to_json

from app.api.content_negotiation import negotiate
from app.api.deps import (
    LiveServiceDep,
    ServiceContext,
    next_link,
    release_or_date_parameter,
)
from app.api.expensive_requests import EXPENSIVE
from app.api.read_responses import (
    JSON,
    cache_validators,
    json_response,
    not_modified,
    stream_response,
)
from app.api.routers import api_router
from app.api.routes.exports import TOTAL_COUNT, exported
from app.api.schemas import envelope
from app.api.schemas.diff import DiffResponse
from app.domain.release_names import CURRENT
from app.kit import cursor as cursors
from app.kit.batching import batched
from app.kit.connection_shares import ReadKind
from app.kit.export_formats import separated_line
from app.kit.query_types import MAX_LIMIT, NO_NUL, CommaSeparated, Cursor, QueryModel, clean_text
from app.kit.repository import Repository
from app.kit.sessions import ReadSession
from app.resources import RESOURCES, Collection
from app.services.records.exports import EXPORT_FORMATS
from app.services.releases import diff
from app.services.releases.diff import (
    ComparedSide,
    DifferenceKind,
    RecordDifference,
    SnapshotCache,
)
from app.services.store.revision import current_revision

PLACE = [TypeAdapter(str), TypeAdapter(str)]
#: The keys of a difference, as `diff.render_changes` returns them.
CSV_COLUMNS = ("collection", "slug", "name", "difference", "fields")

Side = Annotated[str, Field(max_length=40, json_schema_extra=NO_NUL), AfterValidator(clean_text)]


class ComparisonQuery(QueryModel):
    """The two states to compare, and the collections; query parameters of `/v1/diff.csv`."""

    before: Side = Field(
        alias="from",
        description="Base: a release, or a date, which stands for the newest release of that day or"
        " before.",
    )
    after: Side = Field(
        CURRENT,
        alias="to",
        description="Release or date to compare with the base, or `current` for the current data.",
    )
    collection: Annotated[list[Collection], CommaSeparated, Field(max_length=len(RESOURCES))] = (
        Field([], description="Collections to compare.")
    )


class DiffQuery(ComparisonQuery):
    """Query parameters of `/v1/diff`."""

    limit: int = Field(50, ge=1, le=MAX_LIMIT, description="Maximum number of records per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


@dataclass(frozen=True)
class Comparison:
    """The two states of a request.

    Args:
        old: The service as of the base.
        new: The service as of the other state.
        names: Names of both releases.
        dated: Releases that dates stand for: a later one can take the place of each.
    """

    old: ServiceContext
    new: ServiceContext
    names: tuple[str, str]
    dated: str


def build_router() -> APIRouter:
    """Build the router of `/v1/diff` and `/v1/diff.csv`."""
    router = api_router(tag="releases")
    comparisons = SnapshotCache(Repository(RESOURCES))

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
        states = _states(service, query)
        negotiate(request, [JSON])
        with states.new.store.read(ReadKind.EXPORT) as session:
            validators = cache_validators(request, states.new, session, extra_cause=states.dated)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = _compare(comparisons, states, session, query)
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
        states, media = _states(service, query), EXPORT_FORMATS["csv"].media_type
        with ExitStack() as transaction:
            session = transaction.enter_context(states.new.store.read(ReadKind.EXPORT))
            validators = cache_validators(
                request, states.new, session, media, extra_cause=states.dated
            )
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            earlier = transaction.enter_context(_read_old(states, session))
            before, after = comparisons.side(earlier), comparisons.side(session)
            differences = diff.find_changes(before.hashes, after.hashes, _collections(query))
            headers = {
                TOTAL_COUNT: str(len(differences)),
                "Content-Disposition": 'attachment; filename="diff.csv"',
            }
            lines = _csv(comparisons.repository, before, after, differences)
            return stream_response(request, transaction, validators, lines, media, headers)

    return router


def _states(service: ServiceContext, query: ComparisonQuery) -> Comparison:
    """Return the two states to compare.

    Raises:
        ParameterError: There is no such release.
    """
    old, old_release = release_or_date_parameter(service, "from", query.before)
    new, new_release = service, None
    if query.after != CURRENT:
        new, new_release = release_or_date_parameter(service, "to", query.after)
    if not old.cache_forever:
        new = replace(new, immutable=False, cache_forever=False)
    names = old_release or query.before, new_release or query.after
    return Comparison(old, new, names, " ".join(filter(None, (old_release, new_release))))


def _read_old(states: Comparison, new: ReadSession) -> AbstractContextManager[ReadSession]:
    """Read the old state, within the transaction of the new one if both are of one store.

    A second one would wait for the first: exports have one connection of a SQLite pool.
    """
    if states.old.store.shares is states.new.store.shares:
        return nullcontext(new)
    return states.old.store.read(ReadKind.EXPORT)


def _collections(query: ComparisonQuery) -> list[str]:
    return [name for name in RESOURCES if name in query.collection or not query.collection]


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


def _compare(
    comparisons: SnapshotCache, states: Comparison, session: ReadSession, query: DiffQuery
) -> dict[str, Any]:
    names = _collections(query)
    old_name, new_name = states.names
    mark = cursors.fingerprint("diff", old_name, new_name, names)
    listing = comparisons.repository
    with _read_old(states, session) as earlier:
        before, after = comparisons.side(earlier), comparisons.side(session)
        differences = diff.find_changes(before.hashes, after.hashes, names)
        rest = differences if query.cursor is None else _past(differences, query.cursor, mark)
        page = rest[: query.limit]
        token = None
        if len(rest) > len(page):
            token = cursors.encode([page[-1].collection, page[-1].slug], mark)
        verdicts = diff.VERDICTS.name in names
        return {
            "data": diff.render_changes(listing, before, after, page),
            "page": {"limit": query.limit, "total": len(differences), "next": token},
            "before": _side(old_name, earlier),
            "after": _side(new_name, session),
            "summary": _summary(differences),
            "verdicts": diff.verdict_changes(listing, before, after) if verdicts else [],
        }


def _past(differences: list[RecordDifference], cursor: str, mark: str) -> list[RecordDifference]:
    """Return the differences after the end of the last page."""
    collection, slug = cursors.decode(cursor, mark, PLACE)
    order = {name: number for number, name in enumerate(RESOURCES)}
    if collection not in order:
        raise cursors.BadCursorError("it was altered")
    last = order[str(collection)], str(slug)
    return [change for change in differences if (order[change.collection], change.slug) > last]


def _side(name: str, session: ReadSession) -> dict[str, Any]:
    revision = current_revision(session)
    return {"release": name, "revision": revision.revision if revision else 0}


def _summary(differences: list[RecordDifference]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for change in differences:
        counts = counted.setdefault(change.collection, {str(kind): 0 for kind in DifferenceKind})
        counts[change.kind] += 1
    return counted
