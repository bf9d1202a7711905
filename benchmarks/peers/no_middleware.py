"""Our reads as bare handlers: no middleware, threads, validators, metrics or limits.

Parameters, statements and JSON are those of `kkb serve`, in the event loop. The comparison shows
what everything around a read costs; it is not meant to be served.
"""

import os
from typing import Any
from urllib.parse import parse_qs

from pydantic_core import to_json

from app.api.schemas import envelope
from app.kit.raw_json import RawJson, dump_json
from app.kit.repository import Repository
from app.resources import RESOURCES
from app.services.store.opening import open_store
from app.services.store.revision import current_revision

STORE, LISTING, NOTES = (
    open_store(os.environ["PEER_URL"]),
    Repository(RESOURCES),
    RESOURCES["evidence"],
)
RECORD, LIST = RESOURCES.record_query(NOTES), RESOURCES.list_query(NOTES)


def record(slug: str, sent: dict[str, list[str]]) -> tuple[Any, dict[str, Any]]:
    query: Any = RECORD.model_validate(sent)
    with STORE.read() as session:
        stand = current_revision(session)
        key, document = LISTING.get_documents(session, NOTES, [slug])[slug]
        included = LISTING.load_includes(session, NOTES, [key], query.include)
    return query, {"data": RawJson(document), "included": included, "meta": stand}


def listed(sent: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    query: Any = LIST.model_validate(sent | {"limit": sent["limit"][-1]})
    with STORE.read() as session:
        stand = current_revision(session)
        page = LISTING.list_page(session, NOTES, query)
        included = LISTING.load_includes(session, NOTES, page.ids, query.include)
    about = {"limit": query.limit, "total": page.total, "next": page.next}
    body = {"data": page.documents, "page": about, "facets": page.facets}
    return query, {**body, "query": page.text_query, "included": included, "meta": stand}


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    sent = parse_qs(scope["query_string"].decode())
    slug = scope["path"].removeprefix("/v1/evidence").lstrip("/")
    query, body = record(slug, sent) if slug else listed(sent)
    meta = envelope.meta(body["meta"], envelope.applied_parameters(query))
    content = dump_json({**body, "meta": RawJson(to_json(meta).decode())}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})
