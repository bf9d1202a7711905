"""History routes: changes of one record, and the feed of all changes as JSON and Atom."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, Field, TypeAdapter
from sqlalchemy import ColumnElement

from app.api import atom
from app.api.content_negotiation import negotiate
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
)
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.history import ChangePage
from app.domain.errors import NotFoundError
from app.domain.identifiers import SLUG
from app.domain.timestamps import to_text
from app.kit import cursor as cursors
from app.kit.query_types import CommaSeparated, Cursor, QueryModel
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import ReadOnlyStore, ReadSession
from app.resources import Collection
from app.services.records import history
from app.services.records.lookup import changed_revision

_REVISION = re.compile(r"^[0-9]{1,9}$")


SINCE: dict[str, Any] = {
    "anyOf": [
        {"pattern": _REVISION.pattern},
        {"format": "date"},
        {"format": "date-time"},
    ]
}


def check_since(value: str) -> str:
    """Validate `since`: a revision unchanged, a date or time in the form of the audit log."""
    if _REVISION.fullmatch(value):
        return value
    try:
        moment = datetime.fromisoformat(value.upper())
        return to_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ValueError("must be a revision such as 17, or a date such as 2026-11-24") from None


class PageQuery(QueryModel):
    """Pagination parameters of change lists."""

    limit: int = Field(50, ge=1, le=500, description="Maximum number of items per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


class ChangeQuery(PageQuery):
    """Query of `/v1/changes`."""

    since: (
        Annotated[str, Field(max_length=40, json_schema_extra=SINCE), AfterValidator(check_since)]
        | None
    ) = Field(
        None,
        description="Only changes after a revision (17), or from a UTC date or time on"
        " (2026-11-24, 2026-11-24T12:00:00Z).",
    )
    collection: Annotated[list[Collection], CommaSeparated, Field(max_length=len(Collection))] = (
        Field([], description="Collections (any match).")
    )


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
        description="To follow new changes, repeat the request with `since` or the last cursor.",
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
            body = _page(session, "changes", _conditions(query), query)
            link = next_link(request, service, body["page"]["next"])
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters, headers=link)

    @router.get(
        "/changes.atom",
        operation_id="get_changes_feed",
        summary="Get changes as an Atom feed, newest first",
        description="The entries of `/v1/changes`, with the same filters, for feed readers.",
        response_class=Response,
        responses={200: {"content": {atom.MEDIA_TYPE: {"schema": {"type": "string"}}}}},
    )
    def get_changes_feed(
        request: Request, service: AuditLogService, query: Annotated[ChangeQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, atom.MEDIA_TYPE)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = _page(session, "atom", _conditions(query), query, newest_first=True)
            base = base_url(request, service)
            this, token = current_url(request, service), body["page"]["next"]
            following = next_url(request, service, token) if token else None
            feed = atom.feed(base, this, following, body["data"])
            return content_response(request, validators, feed, atom.MEDIA_TYPE)

    return router


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
            body = _page(session, f"{resource.name}/{slug}", clauses, query)
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


def _conditions(query: ChangeQuery) -> list[ColumnElement[bool]]:
    where = history.for_collections(query.collection)
    if query.since is not None:
        since = query.since
        by_revision = _REVISION.fullmatch(since) is not None
        newer = history.since_revision(int(since)) if by_revision else history.since_time(since)
        where.append(newer)
    return where


def _page(
    session: ReadSession,
    cursor_scope: str,
    where: list[ColumnElement[bool]],
    query: PageQuery,
    *,
    newest_first: bool = False,
) -> dict[str, Any]:
    """Return a page after the cursor, which is valid for one address and its filters only."""
    mark = cursors.fingerprint(cursor_scope, sorted(envelope.applied_parameters(query).items()))
    after: Any = None
    if query.cursor is not None:
        (after,) = cursors.decode(query.cursor, mark, [TypeAdapter(int)])
    rows = history.changes(session, where, query.limit + 1, after, newest_first=newest_first)
    has_more, rows = len(rows) > query.limit, rows[: query.limit]
    following = cursors.encode([rows[-1]["id"]], mark) if has_more else None
    return {"data": rows, "page": {"limit": query.limit, "next": following}}
