"""History routes: changes of one record, and all changes as JSON, CSV and Atom."""

import re
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import (
    AfterValidator,
    Field,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import to_json
from sqlalchemy import ColumnElement

from app.api import atom
from app.api.content_negotiation import negotiate, text_content, text_media_type
from app.api.deps import (
    LiveServiceDep,
    ServiceContext,
    base_url,
    current_url,
    next_link,
    next_url,
)
from app.api.documented_responses import NOT_MODIFIED
from app.api.read_responses import (
    JSON,
    cache_validators,
    content_response,
    json_response,
    not_found_error,
    not_modified,
    stream_response,
)
from app.api.routers import api_router
from app.api.routes.exports import TOTAL_COUNT, exported
from app.api.schemas import envelope
from app.api.schemas.history import Change, ChangePage
from app.domain.errors import NotFoundError
from app.domain.identifiers import SLUG
from app.domain.timestamps import to_text
from app.kit import cursor as cursors
from app.kit.export_formats import separated_line
from app.kit.query_types import CommaSeparated, Cursor, QueryModel
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import ReadOnlyStore, ReadSession
from app.resources import Collection
from app.services.records import history
from app.services.records.exports import EXPORT_FORMATS
from app.services.records.lookup import changed_revision

_REVISION = re.compile(r"^[0-9]{1,9}$")


# Without the length that all of them have: client generators take it for a part of the union.
REVISION_OR_TIME = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string", "pattern": _REVISION.pattern},
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
        ]
    }
)


def _revision_or_time(value: str, end_of_day: time) -> str:
    """Return a revision unchanged, and a date or time in the form of the audit log.

    Raises:
        ValueError: If it is none of them.
    """
    if _REVISION.fullmatch(value):
        return value
    try:
        if len(value) == len("2026-11-24"):
            moment = datetime.combine(date.fromisoformat(value), end_of_day, UTC)
        else:
            moment = datetime.fromisoformat(value.upper())
        return to_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ValueError("must be a revision such as 17, or a date such as 2026-11-24") from None


def check_since(value: str) -> str:
    """Validate `since`; a date stands for the beginning of that day."""
    return _revision_or_time(value, time.min)


def check_until(value: str) -> str:
    """Validate `until`; a date stands for the end of that day."""
    return _revision_or_time(value, time.max)


class PageQuery(QueryModel):
    """Pagination parameters of change lists."""

    limit: int = Field(50, ge=1, le=500, description="Maximum number of items per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


class ChangeFilter(QueryModel):
    """Filters of changes, and the fields to return."""

    since: (
        Annotated[
            str,
            Field(max_length=40),
            AfterValidator(check_since),
            REVISION_OR_TIME,
        ]
        | None
    ) = Field(
        None,
        description="Only changes after a revision (17), or from the first revision of a UTC date"
        " or time on (2026-11-24, 2026-11-24T12:00:00Z). Changes are in the order of revisions; a"
        " revision misses none, while the clock that times are read from may be set back.",
    )
    until: (
        Annotated[
            str,
            Field(max_length=40),
            AfterValidator(check_until),
            REVISION_OR_TIME,
        ]
        | None
    ) = Field(
        None,
        description="Only changes up to a revision (17), or up to the last revision of a UTC date"
        " or time (2026-11-24, 2026-11-24T12:00:00Z).",
    )
    collection: Annotated[list[Collection], CommaSeparated, Field(max_length=len(Collection))] = (
        Field([], description="Collections (any match).")
    )

    @field_validator("until")
    @classmethod
    def check_period(cls, until: str | None, info: ValidationInfo) -> str | None:
        """Refuse a period that ends before it begins; a revision and a time are not compared."""
        since = info.data.get("since")
        if since and until and _is_later(since, until):
            raise ValueError(f"must not be before since, which is {since}")
        return until


def _is_later(since: str, until: str) -> bool:
    revisions = [_REVISION.fullmatch(end) is not None for end in (since, until)]
    return int(since) > int(until) if all(revisions) else not any(revisions) and since > until


#: Names of the fields of a change.
CHANGE_FIELDS = tuple(Change.model_fields)
FieldNames = Annotated[
    list[Literal[CHANGE_FIELDS]],  # type: ignore[valid-type]
    CommaSeparated,
    Field(max_length=len(CHANGE_FIELDS)),
]


class FeedQuery(ChangeFilter, PageQuery):
    """Query of `/v1/changes.atom`."""


class ChangeQuery(FeedQuery):
    """Query of `/v1/changes`."""

    fields: FieldNames = Field(
        [], description="Fields to return for each change; `id` is always returned."
    )


class ChangeExportQuery(ChangeFilter):
    """Query of `/v1/changes.csv`."""

    fields: FieldNames = Field([], description="Columns; by default all. `id` is always the first.")


async def service_with_audit_log(service: LiveServiceDep) -> ServiceContext:
    """Return the running service; raise a 404 if it serves a release, which has no audit log."""
    if isinstance(service.store, ReadOnlyStore):
        raise NotFoundError(
            "This server serves a single release; only a server with a database has history."
        )
    return service


AuditLogService = Annotated[ServiceContext, Depends(service_with_audit_log)]


def build_router(catalogue: ResourceRegistry) -> APIRouter:
    """Build the router of `/v1/changes` and of the histories of records."""
    router = api_router(tag="history")
    for resource in catalogue.values():
        _add_history(router, resource)

    @router.get(
        "/changes",
        operation_id="list_changes",
        summary="List changes of all records, oldest first",
        description="To follow new changes, repeat the request with `since` or the last cursor."
        " With `fields`, changes have only the fields requested.",
        response_model=ChangePage,
    )
    def list_changes(
        request: Request, service: AuditLogService, query: Annotated[ChangeQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = _page(session, service, "changes", _conditions(query), query)
            if query.fields:
                names = _selected(query.fields)
                body["data"] = [{name: row[name] for name in names} for row in body["data"]]
            link = next_link(request, service, body["page"]["next"])
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters, headers=link)

    @router.get(
        "/changes.atom",
        operation_id="get_changes_feed",
        summary="Get changes as an Atom feed, newest first",
        description="The entries of `/v1/changes`, with the same filters, for feed readers.",
        response_class=Response,
        responses={200: {"content": text_content(atom.MEDIA_TYPE)}},
    )
    def get_changes_feed(
        request: Request, service: AuditLogService, query: Annotated[FeedQuery, Query()]
    ) -> Response:
        media = text_media_type(request, atom.MEDIA_TYPE)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, media)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            where = _conditions(query)
            body = _page(session, service, "atom", where, query, newest_first=True)
            base = base_url(request)
            this, token = current_url(request), body["page"]["next"]
            following = next_url(request, service, token) if token else None
            feed = atom.feed(base, this, following, body["data"])
            return content_response(request, validators, feed, media)

    @router.get(
        "/changes.csv",
        operation_id="export_changes",
        summary="Export changes as CSV, oldest first",
        description="All changes that match the filters; `X-Total-Count` is their number. The"
        " changed fields are JSON, causes are separated by `|`.",
        response_class=StreamingResponse,
        responses=exported(["csv"], TOTAL_COUNT),
    )
    def export_changes(
        request: Request, service: AuditLogService, query: Annotated[ChangeExportQuery, Query()]
    ) -> Response:
        media = EXPORT_FORMATS["csv"].media_type
        with ExitStack() as transaction:
            session = transaction.enter_context(service.store.read())
            validators = cache_validators(request, service, session, media)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            where, names = _conditions(query), _selected(query.fields)
            headers = {
                TOTAL_COUNT: str(history.count(session, where)),
                "Content-Disposition": 'attachment; filename="changes.csv"',
            }
            lines = _csv(session, where, names)
            return stream_response(request, transaction, validators, lines, media, headers)

    return router


def _selected(fields: Sequence[str]) -> list[str]:
    """Return the fields of a change to serve, in their order; all if none is requested."""
    return [name for name in CHANGE_FIELDS if name == "id" or name in fields or not fields]


def _csv(
    session: ReadSession, where: Sequence[ColumnElement[bool]], names: Sequence[str]
) -> Generator[bytes]:
    yield f"{','.join(names)}\r\n".encode()
    for chunk in history.iter_changes(session, where):
        lines = (separated_line((_csv_cell(row[name]) for name in names), ",") for row in chunk)
        yield "".join(f"{line}\r\n" for line in lines).encode()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list):
        texts = all(isinstance(item, str) for item in value)
        return "|".join(value) if texts else to_json(value).decode()
    return value


def _add_history(router: APIRouter, resource: Resource) -> None:
    def read_history(
        request: Request,
        service: AuditLogService,
        slug: Annotated[str, Path(description="Slug of the record.", max_length=400)],
        query: Annotated[PageQuery, Query()],
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            if not SLUG.fullmatch(slug) or len(slug) > 200:
                raise not_found_error(session, service, resource, slug)
            clauses = history.for_record(resource, slug)
            body = _page(session, service, f"{resource.name}/{slug}", clauses, query)
            # A store may be older than its audit log: the record has no entry yet.
            if not body["data"] and changed_revision(session, resource, slug) is None:
                raise not_found_error(session, service, resource, slug)
            link = next_link(request, service, body["page"]["next"])
            return json_response(request, service, validators, body, headers=link)

    router.add_api_route(
        f"/{resource.name}/{{slug}}/history",
        read_history,
        operation_id=f"get_{resource.record_type}_history",
        summary=f"List changes of one {resource.record_type} record, oldest first",
        description="Each change states author, time, reason and changed fields; withdrawn records"
        " keep their history.",
        tags=[resource.name],
        responses={
            200: {"model": ChangePage, "description": "Changes."},
            **NOT_MODIFIED,
        },
    )


def _conditions(query: ChangeFilter) -> list[ColumnElement[bool]]:
    where = history.for_collections(query.collection)
    if query.since is not None:
        since = query.since
        by_revision = _REVISION.fullmatch(since) is not None
        newer = history.since_revision(int(since)) if by_revision else history.since_time(since)
        where.append(newer)
    if query.until is not None:
        until = query.until
        by_revision = _REVISION.fullmatch(until) is not None
        older = history.until_revision(int(until)) if by_revision else history.until_time(until)
        where.append(older)
    return where


def _page(
    session: ReadSession,
    service: ServiceContext,
    cursor_scope: str,
    where: list[ColumnElement[bool]],
    query: PageQuery,
    *,
    newest_first: bool = False,
) -> dict[str, Any]:
    """Return a page after the cursor, which is valid for one address and its filters only."""
    filters = query.model_dump(exclude={"limit", "cursor", "fields"}, exclude_defaults=True)
    mark = cursors.fingerprint(cursor_scope, sorted(filters.items()))
    after: Any = None
    if query.cursor is not None:
        (after,) = cursors.decode(query.cursor, mark, [TypeAdapter(int)])
    rows = history.changes(session, where, query.limit + 1, after, newest_first=newest_first)
    has_more, rows = len(rows) > query.limit, rows[: query.limit]
    following = cursors.encode([rows[-1]["id"]], mark) if has_more else None
    total = service.repository.counts.get_or_compute(
        session, ("changes", mark), partial(history.count, session, where)
    )
    return {"data": rows, "page": {"limit": query.limit, "total": total, "next": following}}
