"""Response cache: whole responses as bytes, valid until the dataset revision changes.

The cache key holds all that a response depends on: URL, host, what a trusted proxy forwards of
them, accepted types and encodings, and whether an origin is named. Requests with a key or a cookie
are not cached. The cache is bounded in bytes, emptied when the revision changes, and not trusted if
the revision has not been checked for 100 ms; `app.services.store.revision_watcher` checks it.
Responses from a release never change: they have entries of their own, which no write empties.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal

from cachetools import LRUCache
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress._utils import (
    parse_accept_encoding,
)  # the headers that the compression middleware reads

from app.api.logs import REQUEST_ID
from app.api.middleware import request_id
from app.api.proxy_headers import (
    FORWARDED_URL_HEADERS,
    STANDARD_HEADER,
    TrustedProxies,
    standard_elements,
)
from app.services.store.revision import DatasetRevision

MAX_UNVERIFIED_SECONDS = 0.1
MAX_BODY_BYTES = 1_000_000  # larger responses are not cached
#: Memory of an entry's Python objects and of its places in the dictionaries of `LRUCache`.
OBJECT_BYTES = 1_000
# where a route leaves the revision that its response was read at, or IMMUTABLE
CACHE_SCOPE_KEY = "kkb.cache"
# where the middleware leaves the route of a response that it had cached, for the access log
CACHE_HIT_KEY = "kkb.cache_hit"
IMMUTABLE: Literal["immutable"] = "immutable"  # responses from releases, which no write changes

_KEY_HEADERS = FORWARDED_URL_HEADERS | {
    b"host",
    b"accept",
    b"accept-encoding",
    b"origin",
    STANDARD_HEADER,
}
_FORWARDED = sorted(FORWARDED_URL_HEADERS)
#: Requests with one of these are not cached: the response is personal, or the request has a body.
_UNCACHEABLE_HEADERS = frozenset(
    {b"authorization", b"cookie", b"expect", b"content-length", b"transfer-encoding"}
)
#: Headers of the body, which a 304 response leaves out.
_ENTITY_HEADERS = frozenset(
    {
        b"content-length",
        b"content-type",
        b"content-encoding",
        b"content-disposition",
        b"link",
        b"x-total-count",
    }
)
_PER_RESPONSE_HEADERS = frozenset(
    {
        b"date",
        b"x-request-id",
        b"connection",
        b"transfer-encoding",
        b"ratelimit",
        b"ratelimit-policy",
    }
)

#: URL, host, accepted types, encoding, whether an origin is named, and the forwarded URL.
Key = tuple[bytes, bytes, bytes, str, bool, tuple[bytes, ...] | None]
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A response as bytes, complete except for the headers that differ per response."""

    head: bytes
    not_modified_head: bytes
    tag: bytes
    body: bytes
    #: Route template, for the access log.
    route: str
    #: Estimated memory use of the entry and its key, in bytes.
    size: int

    def matches_etag(self, sent: bytes | None) -> bool:
        """Return whether an If-None-Match header names this variant."""
        return sent is not None and (self.tag in sent or sent.strip() == b"*")


def to_cached_response(key: Key, headers: Headers, body: bytes, route: str = "") -> CachedResponse:
    """Build a cache entry from the messages that the application sent."""
    plain = {
        name.lower(): value for name, value in headers if name.lower() not in _PER_RESPONSE_HEADERS
    }
    plain[b"content-length"] = str(len(body)).encode()
    head = _lines(plain.items())
    not_modified_head = _lines((n, v) for n, v in plain.items() if n not in _ENTITY_HEADERS)
    sent = (*key[:3], *(key[-1] or ()))
    return CachedResponse(
        head=head,
        not_modified_head=not_modified_head,
        tag=plain[b"etag"],
        body=body,
        route=route,
        size=sum(map(len, (head, not_modified_head, body, *sent))) + OBJECT_BYTES,
    )


def _lines(headers: Headers) -> bytes:
    return b"".join(b"%b: %b\r\n" % pair for pair in headers)


@lru_cache(maxsize=256)
def _encoding(accepted: bytes) -> str:
    """Return the content encoding that the compression middleware would choose."""
    able = parse_accept_encoding(accepted.decode("latin-1"))
    return next((name for name in ("zstd", "br", "gzip") if name in able), "")


def cache_key(url: bytes, headers: Headers, *, trusted_peer: bool) -> Key | None:
    """Return the cache key of a request; None if its response must not be shared.

    A request that repeats a key header is not cached: it is undefined which value counts.

    Args:
        trusted_peer: The forwarded headers of the peer count.
    """
    sent: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _KEY_HEADERS:
            if name in sent:
                return None
            sent[name] = value
        elif name in _UNCACHEABLE_HEADERS:
            return None
    take = sent.get
    encoding = _encoding(take(b"accept-encoding", b""))
    forwarded = None
    if trusted_peer and not FORWARDED_URL_HEADERS.isdisjoint(sent):
        forwarded = tuple(take(name, b"") for name in _FORWARDED)
    elif trusted_peer and STANDARD_HEADER in sent and (elements := standard_elements(headers)):
        forwarded = tuple(elements[-1].get(name, "").encode() for name in ("proto", "host"))
    return (
        url,
        take(b"host", b""),
        take(b"accept", b""),
        encoding,
        b"origin" in sent,
        forwarded,
    )


class CacheEntries(LRUCache[Key, CachedResponse]):
    """LRU cache of the responses of one revision, or of the releases, sized in bytes."""

    def __init__(self, max_bytes: int, revision: DatasetRevision | None = None) -> None:
        super().__init__(max_bytes, getsizeof=attrgetter("size"))
        self.revision = revision


class ResponseCache:
    """The response cache.

    `set_revision` may be called from any thread, all else from the event loop.

    `current` and `immutable` share `limit` bytes. A new revision replaces `current` as a whole, so
    that no lock is needed: entries and the revision that they belong to are one object.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.hits = self.misses = 0
        self.current, self.immutable = CacheEntries(limit), CacheEntries(limit)
        self._trusted_until = 0.0

    @property
    def bytes(self) -> int:
        """Return the total size of the entries in bytes."""
        return int(self.current.currsize + self.immutable.currsize)

    def set_revision(self, dataset_revision: DatasetRevision | None) -> None:
        """Set the current dataset revision and drop entries of other revisions."""
        if dataset_revision != self.current.revision:
            self.current = CacheEntries(self.limit, dataset_revision)
        self._trusted_until = time.monotonic() + MAX_UNVERIFIED_SECONDS

    def get(self, key: Key) -> CachedResponse | None:
        """Return the entry of a key, or None."""
        if key in self.immutable:
            entries = self.immutable
        elif time.monotonic() <= self._trusted_until:
            entries = self.current
        else:
            return None
        try:  # `get` would look the key up twice, and this is the hot path
            entry = entries[key]
        except KeyError:
            return None
        self.hits += 1
        return entry

    def put(
        self,
        key: Key,
        entry: CachedResponse,
        dataset_revision: DatasetRevision | Literal["immutable"],
    ) -> None:
        """Add an entry, unless the revision moved meanwhile; evict until both fit in `limit`."""
        current, immutable = self.current, self.immutable
        if entry.size > self.limit or dataset_revision not in (IMMUTABLE, current.revision):
            return
        (immutable if dataset_revision == IMMUTABLE else current).setdefault(key, entry)
        while current.currsize + immutable.currsize > self.limit:
            max(current, immutable, key=lambda entries: entries.currsize).popitem()


class ResponseCacheMiddleware:
    """Answer from the cache, fill each missing entry once, store what is cacheable.

    Under `kkb serve`, `app.api.http_protocol` serves hits before the application is called; under
    any other server, this middleware serves them.
    """

    def __init__(self, app: ASGIApp, cache: ResponseCache, proxies: TrustedProxies) -> None:
        self.app, self.cache, self.proxies = app, cache, proxies
        self.in_flight: dict[Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the cache, or run the application once per key and store its response."""
        key = None
        if scope["type"] == "http" and scope["method"] == "GET":
            query = scope["query_string"]
            url = scope["raw_path"] + (b"?" + query if query else b"")
            peer = (scope.get("client") or (None,))[0]
            trusted = self.proxies.trusts(peer)
            key = cache_key(url, scope["headers"], trusted_peer=trusted)
        if key is None:
            await self.app(scope, receive, send)
            return
        if in_flight := self.in_flight.get(key):
            await in_flight.wait()
        cached = self.cache.get(key)
        if cached is not None:
            await self._replay(cached, scope, send)
            return
        self.cache.misses += 1
        finished = asyncio.Event()
        self.in_flight.setdefault(key, finished)
        try:
            await self._fill(key, finished, scope, receive, send)
        finally:
            self._release_waiters(key, finished)

    def _release_waiters(self, key: Key, finished: asyncio.Event) -> None:
        """Wake the requests that wait for this cache fill, also after a failure."""
        if self.in_flight.get(key) is finished:
            del self.in_flight[key]
        finished.set()

    async def _fill(
        self, key: Key, finished: asyncio.Event, scope: Scope, receive: Receive, send: Send
    ) -> None:
        cache_scope: dict[str, Any] = {}
        scope[CACHE_SCOPE_KEY] = cache_scope
        headers: list[tuple[bytes, bytes]] | None = None
        parts: list[bytes] = []
        size = 0

        async def capture_and_send(message: Message) -> None:
            nonlocal headers, size
            if message["type"] == "http.response.start":
                headers = list(message["headers"]) if _is_cacheable(message) else None
            elif headers is not None:
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > MAX_BODY_BYTES:
                    headers = None
                elif not message.get("more_body", False) and cache_scope.get("revision"):
                    route = getattr(scope.get("route"), "path", "")
                    entry = to_cached_response(key, headers, b"".join(parts), route)
                    self.cache.put(key, entry, cache_scope["revision"])
            if headers is None:
                self._release_waiters(key, finished)
            await send(message)

        await self.app(scope, receive, capture_and_send)

    @staticmethod
    async def _replay(cached: CachedResponse, scope: Scope, send: Send) -> None:
        sent = dict(scope["headers"])
        not_modified = cached.matches_etag(sent.get(b"if-none-match"))
        body = b"" if not_modified else cached.body
        lines = (cached.not_modified_head if not_modified else cached.head).splitlines()
        headers = [tuple(line.split(b": ", 1)) for line in lines]
        current_id = request_id(sent.get(b"x-request-id", b""))
        REQUEST_ID.set(current_id.decode())
        scope[CACHE_HIT_KEY] = cached.route
        headers.append((b"x-request-id", current_id))
        start = {"type": "http.response.start", "status": 304 if not_modified else 200}
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _is_cacheable(message: Message) -> bool:
    headers = {name.lower(): value for name, value in message["headers"]}
    public = headers.get(b"cache-control", b"").startswith(b"public")
    return (
        message["status"] == 200 and public and b"etag" in headers and b"set-cookie" not in headers
    )
