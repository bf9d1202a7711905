"""Answering: a read, told once: its validators, a 304 where nothing moved, else the body.

Every public GET that reads the store goes through `answer`. What it says of itself hangs on the
store's standing and the canonical address, so a client's copy is known to be fresh before anything
is read.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from pydantic_core import to_json

from app.api import answers
from app.api.caching import CACHE_CONTROL, VARY, etag, is_fresh, matches_any
from app.api.deps import Service
from app.api.keeping import TOLD
from app.domain.errors import GoneError, KbError, NotFoundError
from app.domain.identifiers import SLUG
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services import history
from app.services.store import Standing, standing

JSON = "application/json"
Headers = dict[str, str]
Told = tuple[str | bytes | Iterator[bytes], Headers]
#: What a route makes of the store: the answer's parts but for `meta`, and more headers.
Build = Callable[[ReadSession], dict[str, Any]]


def answer(
    request: Request,
    service: Service,
    build: Build,
    filters: dict[str, Any] | None = None,
    link: Callable[[dict[str, Any]], Headers] | None = None,
) -> Response:
    """A JSON answer of `build`'s parts and `meta`, or 304 where the client has it."""

    def whole(session: ReadSession, stand: Standing | None) -> Told:
        body = build(session)
        meta = answers.meta(stand, filters or {})
        return to_json({**body, "meta": meta}), link(body) if link else {}

    return told(request, service, JSON, whole)


def told(
    request: Request,
    service: Service,
    media_type: str,
    write: Callable[[ReadSession, Standing | None], Told],
) -> Response:
    """What `write` gives (bytes, text, or chunks of bytes), with validators; or 304."""
    with service.store.read() as session:
        stand = standing(session)
        request.scope.get(TOLD, {})["standing"] = stand
        tag = etag(request, stand, service.code_version, media_type)
        caching = {"ETag": tag, "Cache-Control": CACHE_CONTROL, "Vary": VARY}
        if is_fresh(request, tag):
            return Response(status_code=304, headers=caching)
        content, more = write(session, stand)
    if matches_any(request):
        return Response(status_code=304, headers=caching)
    headers = caching | more
    if isinstance(content, bytes | str):
        return Response(content, media_type=media_type, headers=headers)
    # All that can fail fails before the first byte, while the status is still ours to set.
    first = next(content)
    started = iter([first]) if request.scope.get("was_head") else chain([first], content)
    return StreamingResponse(started, media_type=media_type, headers=headers)


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
    return Response(to_json({**body, "meta": meta}), media_type=JSON, headers=PRIVATE | more)


def clean(slug: str) -> str:
    """A slug fit for a look at what is near, whatever was sent."""
    return "".join(c for c in slug.lower() if c.isalnum() or c == "-")[:60]


def missing(session: ReadSession, service: Service, resource: Resource, slug: str) -> KbError:
    """The 404 of a record, with the slugs that are near; a 410 where it was withdrawn."""
    known = [slug] if SLUG.fullmatch(slug) else []
    if gone := history.withdrawals(session, resource, known).get(slug):
        to = gone["successor"] and f"/v1/{resource.name}/{gone['successor']}"
        return GoneError(history.farewell(resource, gone), successor=to)
    near = service.listing.nearest(session, resource.name, clean(slug))
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    detail = f"{resource.name} has no record {slug[:120]!r}.{hint} /v1/{resource.name} lists them."
    return NotFoundError(detail, did_you_mean=[f"/v1/{resource.name}/{n}" for n in near])
