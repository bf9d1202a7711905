"""Responses to writes: one transaction, committed before the first byte of the response.

Every write of a curator goes through `run_write_transaction`; docs/architecture.md follows one
from the request to the committed rows.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response
from pydantic_core import from_json, to_json
from sqlalchemy.exc import SQLAlchemyError

from app.api.deps import ServiceContext, base_url
from app.api.query_parameters import refuse_ignored_parameters
from app.api.read_responses import JSON, PRIVATE, Headers
from app.api.root_path import with_root_path
from app.api.route_info import path_of
from app.api.schemas import envelope
from app.domain.errors import MethodNotAllowedError, ParameterError
from app.kit.sessions import ReadOnlyStore, WriteSession
from app.services.curation import idempotency
from app.services.curation.api_keys import Curator
from app.services.curation.proposal_changes import error_details
from app.services.records.validation import RulesViolatedError
from app.services.store.revision import current_revision


@dataclass(frozen=True)
class WriteResult:
    """Result of a write: status, `data` of the response, headers."""

    data: dict[str, Any]
    status: int = 200
    headers: Headers = field(default_factory=dict)


def run_write_transaction(
    request: Request,
    service: ServiceContext,
    curator: Curator,
    idempotency_key: str | None,
    body: Any,
    act: Callable[[WriteSession], WriteResult],
) -> Response:
    """Write in one transaction, or replay the saved response of the same Idempotency-Key."""
    refuse_ignored_parameters(request)
    if isinstance(service.store, ReadOnlyStore):
        raise MethodNotAllowedError("This server serves a single release, which is read-only.")
    request.app.state.store_file.check()
    try:
        with service.store.write() as session:
            response = _idempotent(session, request, curator, idempotency_key, body, act)
    except RulesViolatedError as error:
        raise ParameterError(*error_details(error.violations)) from error
    # The transaction is committed: nothing below may report a failure.
    with suppress(SQLAlchemyError):
        service.on_commit()
    return response


def _idempotent(
    session: WriteSession,
    request: Request,
    curator: Curator,
    retry: str | None,
    body: Any,
    act: Callable[[WriteSession], WriteResult],
) -> Response:
    digest = _digest(request, body)
    if retry and (saved := idempotency.saved_response(session, curator.key_id, retry, digest)):
        replayed = {"Idempotency-Replayed": "true"}
        return _reply(request, saved["body"].encode(), saved["status"], saved["headers"] | replayed)
    result = act(session)
    content = to_json({"data": result.data, "meta": envelope.meta(current_revision(session), {})})
    if retry:
        saved = {"status": result.status, "headers": result.headers, "body": content.decode()}
        idempotency.save_response(session, curator.key_id, retry, digest=digest, **saved)
    return _reply(request, content, result.status, result.headers)


def _reply(request: Request, content: bytes, status: int, headers: Headers) -> Response:
    """Return the response; links, also those of a saved one, are those of this request."""
    if location := headers.get("Location"):
        # The path alone counts: older versions saved whole URLs.
        headers = headers | {"Location": f"{base_url(request)}{urlsplit(location).path}"}
    if request.scope.get("root_path"):
        content = to_json(with_root_path(request.scope, from_json(content)))
    return Response(content, status, headers=PRIVATE | headers, media_type=JSON)


def _digest(request: Request, body: Any) -> str:
    query = sorted(request.query_params.multi_items())
    parts = [request.method, path_of(request.scope), query, body]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
