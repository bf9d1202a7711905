"""Changes of records, a page at a time: query parameters, and what a page of them holds."""

import re
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import (
    AfterValidator,
    Field,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from sqlalchemy import ColumnElement

from app.api.deps import LiveServiceDep, ServiceContext
from app.api.read_responses import not_found_error
from app.api.schemas.history import Change
from app.domain.errors import NotFoundError
from app.domain.identifiers import SLUG
from app.domain.timestamps import to_text
from app.kit import cursor as cursors
from app.kit.query_types import CommaSeparated, Cursor, QueryModel
from app.kit.resource import Resource
from app.kit.sessions import ReadOnlyStore, ReadSession
from app.resources import Collection
from app.services.records import history
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


def change_where_clauses(query: ChangeFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters that are set."""
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


def read_changes(
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


def read_record_changes(
    session: ReadSession, service: ServiceContext, resource: Resource, slug: str, query: PageQuery
) -> dict[str, Any]:
    """Return a page of the changes of one record, oldest first.

    Raises:
        NotFoundError: There is and was no such record.
    """
    if not SLUG.fullmatch(slug) or len(slug) > 200:
        raise not_found_error(session, service, resource, slug)
    clauses = history.for_record(resource, slug)
    page = read_changes(session, service, f"{resource.name}/{slug}", clauses, query)
    # A store may be older than its audit log: the record has no entry yet.
    if not page["data"] and changed_revision(session, resource, slug) is None:
        raise not_found_error(session, service, resource, slug)
    return page
