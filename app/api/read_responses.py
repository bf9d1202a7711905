"""Responses to reads: validators from the database's revision, then a 304 or the body.

A route reads top-down. It opens one read transaction, gets the validators of its response, answers
304 where the client has that response already, and else reads the body and responds:

    with service.store.read() as session:
        validators = cache_validators(request, service, session)
        if not_modified(request, validators):
            return Response(status_code=304, headers=validators.headers)
        page = service.listing.page(session, resource, query)
        return json_response(request, service, validators, {"data": page.documents})

The ETag depends on the revision and the canonical address, not on the body, so that a 304 costs one
statement.
"""

from collections.abc import Collection, Generator, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain
from typing import Any

from anyio import CancelScope
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from app.api.cache.etags import (
    CACHE_CONTROL,
    IMMUTABLE_CACHE_CONTROL,
    PERSONAL,
    VARY,
    etag,
    if_none_match_hits,
    if_none_match_is_any,
)
from app.api.cache.response_cache import CACHE_SCOPE_KEY, IMMUTABLE
from app.api.deps import ServiceContext, has_key, with_release
from app.api.page_addresses import HTML
from app.api.root_path import with_root_path
from app.api.schemas import envelope
from app.domain.errors import GoneError, KbError, NotFoundError
from app.domain.identifiers import SLUG
from app.kit.raw_json import RawJson, dump_json, select_fields
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.services.search.identifier_resolution import find_reference
from app.services.store.revision import DatasetRevision, current_revision
from app.services.store.withdrawals import Row, withdrawal_message, withdrawals

JSON = "application/json"
Headers = dict[str, str]


@dataclass(frozen=True)
class Validators:
    """The revision that a response was read at, and its ETag, Cache-Control and Vary headers."""

    revision: DatasetRevision | None
    headers: Headers


def cache_validators(
    request: Request,
    service: ServiceContext,
    session: ReadSession,
    media_type: str = JSON,
    extra_cause: str = "",
) -> Validators:
    """Return the validators of the response that is read in this transaction.

    `extra_cause` is what the body depends on besides the dataset: it becomes part of the ETag, and
    such a response is not put into the response cache.
    """
    revision = session.state = current_revision(session)
    if not extra_cause:
        _mark_cacheable(request, service, revision)
    tag = etag(request, revision, service.code_version, media_type, extra_cause)
    control = (
        IMMUTABLE_CACHE_CONTROL
        # A page follows the software: its template, and the addresses of its style and script.
        if service.cache_forever and media_type != HTML
        else PERSONAL
        if has_key(request)
        else CACHE_CONTROL
    )
    return Validators(revision, {"ETag": tag, "Cache-Control": control, "Vary": VARY})


def _mark_cacheable(
    request: Request, service: ServiceContext, revision: DatasetRevision | None
) -> None:
    """Tell the response cache which revision this response belongs to, or that it never changes."""
    if service.immutable or not service.release_params:
        request.scope.get(CACHE_SCOPE_KEY, {})["revision"] = (
            IMMUTABLE if service.immutable else revision
        )


def not_modified(request: Request, validators: Validators) -> bool:
    """Whether the client's If-None-Match names this response."""
    return if_none_match_hits(request, validators.headers["ETag"])


def json_response(
    request: Request,
    service: ServiceContext,
    validators: Validators,
    body: dict[str, Any],
    *,
    filters: dict[str, Any] | None = None,
    headers: Headers | None = None,
    licences: Collection[str] = (),
) -> Response:
    """Return the body with `meta` as JSON; links in it stay within the requested release.

    `licences` are those of records in the body that have another one than the dataset.
    """
    if service.release_params:
        body = _with_release(service, body)
    body = with_root_path(request.scope, body)
    meta = RawJson(to_json(envelope.meta(validators.revision, filters or {}, licences)).decode())
    return content_response(request, validators, dump_json({**body, "meta": meta}), JSON, headers)


def _with_release(service: ServiceContext, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_release(service, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_release(service, inner) for inner in value]
    if isinstance(value, str) and value.startswith("/v1/"):
        return with_release(service, value)
    return value


def content_response(
    request: Request,
    validators: Validators,
    content: str | bytes,
    media_type: str,
    headers: Headers | None = None,
) -> Response:
    """Return content of any type; 304 for `If-None-Match: *`, now that the content exists."""
    if if_none_match_is_any(request):
        return Response(status_code=304, headers=validators.headers)
    return Response(content, media_type=media_type, headers=validators.headers | (headers or {}))


def stream_response(
    request: Request,
    transaction: ExitStack,
    validators: Validators,
    chunks: Generator[bytes],
    media_type: str,
    headers: Headers | None = None,
) -> Response:
    """Return chunks that are read while they are sent; the response then closes the transaction.

    The first chunk is read here, so that an error in it still gets its own status code.
    """
    transaction.enter_context(closing(chunks))
    first = next(chunks, b"")
    if if_none_match_is_any(request):
        return Response(status_code=304, headers=validators.headers)
    is_head = request.scope.get("was_head")
    return ClosingStreamingResponse(
        ExitStack() if is_head else transaction.pop_all(),
        [first] if is_head else chain([first], chunks),
        media_type=media_type,
        headers=validators.headers | (headers or {}),
    )


class ClosingStreamingResponse(StreamingResponse):
    """A streaming response that ends a read when it ends, also when the client disconnects."""

    def __init__(self, transaction: ExitStack, content: Iterable[bytes], **options: Any) -> None:
        super().__init__(content, **options)
        self.transaction = transaction

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream the body, and close the database read at its end or on disconnect."""
        error: BaseException | None = None
        try:
            await super().__call__(scope, receive, send)
        except BaseException as raised:
            error = raised
            raise
        finally:
            # With the error, so that a transaction whose connection is lost is not committed.
            details = (type(error), error, error.__traceback__) if error else (None, None, None)
            with CancelScope(shield=True):
                await run_in_threadpool(self.transaction.__exit__, *details)


#: Headers of what only the holder of a key may see.
PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization"}


def private_response(
    session: ReadSession,
    body: dict[str, Any],
    *,
    filters: dict[str, Any] | None = None,
    headers: Headers | None = None,
) -> Response:
    """Return the body with `meta` as JSON that no cache stores."""
    meta = envelope.meta(current_revision(session), filters or {})
    return Response(
        dump_json({**body, "meta": meta}), media_type=JSON, headers=PRIVATE | (headers or {})
    )


def safe_slug(slug: str) -> str:
    """Reduce whatever was sent to the characters of a slug, for a search of similar ones."""
    return "".join(c for c in slug.lower() if c.isalnum() or c == "-")[:60]


def gone_error(resource: Resource, row: Row, base_path: str | None = None) -> KbError:
    """Return the 410 of a withdrawn record; `base_path` replaces its collection's in the links."""
    base_path = base_path or f"/v1/{resource.name}"
    successor = row["successor"] and f"{base_path}/{row['successor']}"
    return GoneError(withdrawal_message(resource, row), successor=successor)


def not_found_error(
    session: ReadSession,
    service: ServiceContext,
    resource: Resource,
    slug: str,
    base_path: str | None = None,
) -> KbError:
    """Return the 404 of a record with similar slugs, or the 410 of one that was withdrawn.

    `base_path` replaces the collection's path in the links. If the slug is a name or identifier of
    a record, that record is suggested; else `app.kit.lookup.similar_slugs` chooses.
    """
    slugs = [slug] if SLUG.fullmatch(slug) else []
    if row := withdrawals(session, resource, slugs).get(slug):
        return gone_error(resource, row, base_path)
    printable = "".join(c for c in slug if c.isprintable())[:200]
    named = find_reference(session, [resource.record_type], printable).records
    similar = [record["slug"] for record in named] or service.repository.similar_slugs(
        session, resource.name, safe_slug(slug)
    )
    detail = (
        f"{resource.name} has no record {slug[:120]!r}.{did_you_mean(similar)}"
        f" /v1/{resource.name} lists them."
    )
    base_path = base_path or f"/v1/{resource.name}"
    return NotFoundError(detail, did_you_mean=[f"{base_path}/{name}" for name in similar])


def get_record_or_404(
    session: ReadSession, service: ServiceContext, resource: Resource, slug: str, fields: list[str]
) -> tuple[int, RawJson]:
    """Return a record's id and document, cut down to `fields`.

    Raises:
        NotFoundError: there is no such record; it lists similar slugs.
        GoneError: the record was withdrawn.
    """
    if SLUG.fullmatch(slug) and len(slug) <= 200:
        documents = service.repository.get_documents(session, resource, [slug])
        if slug in documents:
            key, document = documents[slug]
            return key, select_fields(document, fields)
    raise not_found_error(session, service, resource, slug)
