"""Answering: a read, told once: its validators, a 304 where nothing moved, else the body.

Every public GET that reads the store goes through `answer`. What it says of itself hangs on the
store's standing and the canonical address, so a client's copy is known to be fresh before anything
is read.
"""

from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from itertools import chain
from typing import Any

from anyio import CancelScope
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from app.api import answers
from app.api.caching import CACHE_CONTROL, LASTING, PERSONAL, VARY, etag, is_fresh, matches_any
from app.api.deps import Service, has_key, pinned
from app.api.keeping import STILL, TOLD
from app.api.negotiating import negotiate
from app.domain.errors import GoneError, KbError, NotFoundError
from app.domain.identifiers import SLUG
from app.kit.documents import Json, dump, picked
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.kit.suggestions import did_you_mean
from app.services import history
from app.services.store import Standing, standing

JSON = "application/json"
Headers = dict[str, str]
Told = tuple[str | bytes, Headers]
#: What a route makes of the store: the answer's parts but for `meta`, and more headers.
Build = Callable[[ReadSession], dict[str, Any]]


def answer(
    request: Request,
    service: Service,
    build: Build,
    filters: dict[str, Any] | None = None,
    link: Callable[[dict[str, Any]], Headers] | None = None,
    beside: str = "",
) -> Response:
    """A JSON answer of `build`'s parts and `meta`, or 304 where the client has it."""
    negotiate(request, [JSON])

    def whole(session: ReadSession, stand: Standing | None) -> Told:
        body = build(session)
        if service.asked:
            body = _pinned(service, body)
        meta = Json(to_json(answers.meta(stand, filters or {})).decode())
        return dump({**body, "meta": meta}), link(body) if link else {}

    return told(request, service, JSON, whole, beside)


def _pinned(service: Service, value: Any) -> Any:
    """What is told from a release leads on within that release."""
    if isinstance(value, dict):
        return {key: _pinned(service, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_pinned(service, inner) for inner in value]
    if isinstance(value, str) and value.startswith("/v1/"):
        return pinned(service, value)
    return value


def told(
    request: Request,
    service: Service,
    media_type: str,
    write: Callable[[ReadSession, Standing | None], Told],
    beside: str = "",
) -> Response:
    """What `write` gives, with validators; or 304.

    `beside` is whatever else the answer hangs on, beside the store: such an answer is not kept.
    """

    with service.store.read() as session:
        revision, caching = _validated(request, service, session, media_type, beside)
        if is_fresh(request, caching["ETag"]):
            return Response(status_code=304, headers=caching)
        content, more = write(session, revision)
    if matches_any(request):
        return Response(status_code=304, headers=caching)
    return Response(content, media_type=media_type, headers=caching | more)


def streamed(
    request: Request,
    service: Service,
    media_type: str,
    write: Callable[[ReadSession], Generator[bytes]],
    more: Headers | None = None,
) -> Response:
    """The chunks that `write` gives, in the one state of the store that their tag names; or 304.

    The transaction ends with the response.
    """
    with ExitStack() as stack:
        session = stack.enter_context(service.store.read())
        _, caching = _validated(request, service, session, media_type)
        if is_fresh(request, caching["ETag"]):
            return Response(status_code=304, headers=caching)
        chunks = stack.enter_context(closing(write(session)))
        # All that can fail fails before the first byte, while the status is still ours to set.
        first = next(chunks, b"")
        if matches_any(request):
            return Response(status_code=304, headers=caching)
        content = [first] if request.scope.get("was_head") else chain([first], chunks)
        headers = caching | (more or {})
        end = stack.pop_all().close
        return Streamed(end, content, media_type=media_type, headers=headers)


class Streamed(StreamingResponse):
    """Whose read ends with it: also where the client went away in the midst of it."""

    def __init__(self, end: Callable[[], None], *content: Any, **said: Any) -> None:
        super().__init__(*content, **said)
        self.end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(self.end)


def _validated(
    request: Request, service: Service, session: ReadSession, media_type: str, beside: str = ""
) -> tuple[Standing | None, Headers]:
    """Where the store stands, and what an answer read from it says of itself."""
    stand = session.state = standing(session)
    if not beside:
        _tell(request, service, stand)
    tag = etag(request, stand, service.code_version, media_type, beside)
    control = LASTING if service.lasting else PERSONAL if has_key(request) else CACHE_CONTROL
    return stand, {"ETag": tag, "Cache-Control": control, "Vary": VARY}


def _tell(request: Request, service: Service, stand: Standing | None) -> None:
    """How long the answer may be kept: while the store stands so, or as long as we run."""
    if service.still or not service.asked:
        request.scope.get(TOLD, {})["standing"] = STILL if service.still else stand


#: Of what only somebody with a key may see.
PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization"}


def private(
    service: Service,
    build: Callable[[ReadSession], tuple[dict[str, Any], Headers]],
    filters: dict[str, Any] | None = None,
) -> Response:
    """A JSON answer that no cache keeps, of `build`'s parts, its headers, and `meta`."""
    with service.store.read() as session:
        body, more = build(session)
        meta = answers.meta(standing(session), filters or {})
    return Response(dump({**body, "meta": meta}), media_type=JSON, headers=PRIVATE | more)


def clean(slug: str) -> str:
    """A slug fit for a look at what is near, whatever was sent."""
    return "".join(c for c in slug.lower() if c.isalnum() or c == "-")[:60]


def gone(resource: Resource, row: history.Row, at: str | None = None) -> KbError:
    """The 410 of a record that was withdrawn; `at` is where its kind is, but for its list."""
    to = row["successor"] and f"{at or f'/v1/{resource.name}'}/{row['successor']}"
    return GoneError(history.farewell(resource, row), successor=to)


def missing(
    session: ReadSession, service: Service, resource: Resource, slug: str, at: str | None = None
) -> KbError:
    """The 404 of a record, with what is near; a 410 where it was withdrawn.

    `at` is where its kind is, but for its list.
    """
    known = [slug] if SLUG.fullmatch(slug) else []
    if row := history.withdrawals(session, resource, known).get(slug):
        return gone(resource, row, at)
    near = service.listing.nearest(session, resource.name, clean(slug))
    detail = (
        f"{resource.name} has no record {slug[:120]!r}.{did_you_mean(near)}"
        f" /v1/{resource.name} lists them."
    )
    return NotFoundError(detail, did_you_mean=[f"{at or f'/v1/{resource.name}'}/{n}" for n in near])


def record(
    session: ReadSession, service: Service, resource: Resource, slug: str, fields: list[str]
) -> tuple[int, Json]:
    """A record and its id; a 404 with what is near where there is none."""
    if SLUG.fullmatch(slug) and len(slug) <= 200:
        found = service.listing.documents(session, resource, [slug])
        if slug in found:
            key, document = found[slug]
            return key, picked(document, fields)
    raise missing(session, service, resource, slug)
