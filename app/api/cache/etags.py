"""ETags and Cache-Control: validators computed from revision, code and address, not the body.

A compressed response has its own ETag: the middleware appends the encoding to it, and removes the
encoding from the conditional headers of requests.
"""

import hashlib
import re
from functools import lru_cache
from typing import Any

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services.store.revision import DatasetRevision

CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=600"
PERSONAL = "private, no-cache"  # of a request with a key: writers see their writes at once
# of responses from releases, which no write changes
IMMUTABLE_CACHE_CONTROL = "public, max-age=31536000, immutable"
VARY = "Accept, Accept-Encoding, Authorization"  # a key decides which database host answers
_ENCODED = re.compile(r'-(br|gzip|zstd)"')


def etag(
    request: Request,
    dataset_revision: DatasetRevision | None,
    code: str,
    media_type: str,
    extra_cause: str = "",
) -> str:
    """Return a strong ETag; `extra_cause` is anything but the dataset that the body depends on.

    It starts with the revision: If-Match thereby states which revision a curator has read.
    """
    scope = request.scope
    host = request.headers.get("host") or scope.get("server")
    parameters = sorted(scope["query_string"].split(b"&"))
    where = (scope["scheme"], host, scope["path"], parameters)
    digest = _digest_of_state(code, dataset_revision).copy()
    digest.update(repr((extra_cause, where, media_type)).encode())
    revision = dataset_revision.revision if dataset_revision else 0
    return f'"{revision}-{digest.hexdigest()[:24]}"'


@lru_cache(maxsize=64)
def _digest_of_state(code: str, dataset_revision: DatasetRevision | None) -> Any:
    """Return the digest that the ETags of one state of code and dataset begin from."""
    return hashlib.sha256(repr((code, dataset_revision)).encode())


def if_none_match_hits(request: Request, tag: str) -> bool:
    """Return whether If-None-Match matches; the comparison is weak (RFC 9110, 13.1.2)."""
    return tag in [part.removeprefix("W/") for part in _tags(request)]


def if_none_match_is_any(request: Request) -> bool:
    """Return whether If-None-Match is `*`."""
    return "*" in _tags(request)


def _tags(request: Request) -> list[str]:
    return [part.strip() for part in request.headers.get("if-none-match", "").split(",")]


class EncodingETagMiddleware:
    """Outside of compression: add the encoding to the ETag, so that no two encodings share one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and add the content encoding to its ETag."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_headers = Headers(scope=scope)
        sent = request_headers.get("if-none-match", "")
        for name in ("if-none-match", "if-match"):
            if _ENCODED.search(tags := request_headers.get(name, "")):
                MutableHeaders(scope=scope)[name] = _ENCODED.sub('"', tags)

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if tag := headers.get("etag"):
                    encoding = headers.get("content-encoding")
                    if message["status"] == 304 and (known := _ENCODED.search(sent)):
                        encoding = known[1]
                    if encoding:
                        headers["etag"] = f'{tag[:-1]}-{encoding}"'
                varies = headers.get("vary", "").split(", ")
                if len(set(varies)) < len(varies):
                    headers["vary"] = ", ".join(dict.fromkeys(varies))
            await send(message)

        await self.app(scope, receive, tagged)
