"""Response cache: whole responses as bytes, valid until the dataset revision changes.

The cache key holds all that a response depends on: URL, host, what a trusted proxy forwards of
them, accepted types and encodings, and whether an origin is named. Requests with a key or a cookie
are not cached. The cache is bounded in bytes, emptied when the revision changes, and not trusted if
the revision has not been checked for 100 ms; `app.services.store.revision_watcher` checks it.
Responses from a release never change: they have entries of their own, which no write empties.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Literal

from cachetools import LRUCache
from starlette_compress._utils import (
    parse_accept_encoding,
)  # the headers that the compression middleware reads

from app.api.proxy_headers import (
    FORWARDED_URL_HEADERS,
    STANDARD_HEADER,
    standard_elements,
)
from app.services.store.revision import DatasetRevision

MAX_UNVERIFIED_SECONDS = 0.1
#: Memory of an entry's Python objects and of its places in the dictionaries of `LRUCache`.
OBJECT_BYTES = 1_000
# where a route leaves the revision that its response was read at, or IMMUTABLE
CACHE_SCOPE_KEY = "kkb.cache"
# where the middleware leaves the route of a response that it had cached, for the access log
CACHE_HIT_KEY = "kkb.cache_hit"
# in the scope of a request that no client has sent
REFRESH_KEY = "kkb.refresh"
IMMUTABLE: Literal["immutable"] = "immutable"  # responses from releases, which no write changes

KEY_HEADERS = FORWARDED_URL_HEADERS | {
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


@dataclass(slots=True)
class CachedResponse:
    """A response as bytes, complete except for the headers that differ per response.

    Nothing but `hits`, the number of clients that received it from the cache, ever changes.
    """

    head: bytes
    not_modified_head: bytes
    tag: bytes
    body: bytes
    #: Route template, for the access log.
    route: str
    #: Estimated memory use of the entry and its key, in bytes.
    size: int
    hits: int = 0

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
        if name in KEY_HEADERS:
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
        entry.hits += 1
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
