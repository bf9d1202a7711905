"""History routes: changes of one record, and all changes as JSON, CSV and Atom."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic_core import to_json
from sqlalchemy import ColumnElement

from app.api import atom
from app.api.change_lists import (
    CHANGE_FIELDS,
    AuditLogService,
    ChangeExportQuery,
    ChangeQuery,
    FeedQuery,
    PageQuery,
    change_where_clauses,
    read_changes,
    read_record_changes,
)
from app.api.content_negotiation import negotiate, text_content, text_media_type
from app.api.deps import base_url, current_url, next_link, next_url
from app.api.documented_responses import NOT_MODIFIED
from app.api.read_responses import (
    JSON,
    cache_validators,
    content_response,
    json_response,
    not_modified,
    stream_response,
)
from app.api.routers import api_router
from app.api.routes.exports import TOTAL_COUNT, exported
from app.api.schemas import envelope
from app.api.schemas.history import ChangePage
from app.kit.export_formats import separated_line
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.records import history
from app.services.records.exports import EXPORT_FORMATS


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
            body = read_changes(session, service, "changes", change_where_clauses(query), query)
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
            where = change_where_clauses(query)
            body = read_changes(session, service, "atom", where, query, newest_first=True)
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
            where, names = change_where_clauses(query), _selected(query.fields)
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
            body = read_record_changes(session, service, resource, slug, query)
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
