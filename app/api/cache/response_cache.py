"""Kept answers: whole responses as bytes, for as long as the revision stands.

An answer is kept under all that it may depend on: the address as sent, the host, what the client
accepts, whether it names an origin. Nothing is kept that was asked with a key or a cookie. The
memory is bounded in bytes, emptied when the revision moves, and not trusted when nobody has looked
at the revision for 100 ms. `app.services.store.revision_watcher` does the looking. What is answered
from a release can never be old: it is kept in entries of its own, which no write empties.
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
from starlette_compress._utils import parse_accept_encoding  # what compression itself asks

from app.api.logs import REQUEST_ID
from app.api.middleware import request_id
from app.services.bootstrap import DatasetRevision

TRUSTED_SECONDS = 0.1
LARGEST = 1_000_000  # bytes of one answer; what is larger is streamed anyway
TOLD = "kkb.told"  # where a route leaves the standing that its answer was read at, or STILL
STILL: Literal["still"] = "still"  # of an answer that no write can move

_VARIES = frozenset({b"host", b"accept", b"accept-encoding", b"x-forwarded-proto", b"origin"})
#: Whose answer is nobody else's; a GET that brings a body is not looked at closely.
_PERSONAL = frozenset(
    {b"authorization", b"cookie", b"expect", b"content-length", b"transfer-encoding"}
)
#: What a 304 does not say: whoever asks has it, and it is not read for whoever asks first.
_ABOUT_BODY = frozenset(
    {b"content-length", b"content-type", b"content-encoding", b"content-disposition", b"link"}
)
_FRESH = frozenset({b"date", b"x-request-id", b"connection", b"transfer-encoding"})

Key = tuple[bytes, bytes, bytes, str, bytes, bool]
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer, ready for the wire but for the headers that differ each time."""

    headers: tuple[tuple[bytes, bytes], ...]
    head: bytes
    unchanged: bytes
    tag: bytes
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + 2 * len(self.head) + 500

    def is_copy(self, sent: bytes | None) -> bool:
        """Whether an If-None-Match names this very variant."""
        return sent is not None and (self.tag in sent or sent.strip() == b"*")


def kept(headers: Headers, body: bytes) -> Kept:
    """An answer to keep, from what the application sent."""
    plain = {name.lower(): value for name, value in headers if name.lower() not in _FRESH}
    plain[b"content-length"] = str(len(body)).encode()
    return Kept(
        headers=tuple(plain.items()),
        head=_lines(plain.items()),
        unchanged=_lines((n, v) for n, v in plain.items() if n not in _ABOUT_BODY),
        tag=plain[b"etag"],
        body=body,
    )


def _lines(headers: Headers) -> bytes:
    return b"".join(b"%b: %b\r\n" % pair for pair in headers)


@lru_cache(maxsize=256)
def _encoding(accepted: bytes) -> str:
    """The encoding that compression would choose; one variant for all who get the same bytes."""
    able = parse_accept_encoding(accepted.decode("latin-1"))
    return next((name for name in ("zstd", "br", "gzip") if name in able), "")


def key_of(url: bytes, headers: Headers) -> Key | None:
    """Under what an answer is kept; None for a request whose answer is nobody else's.

    Nor is a header sent twice looked at closely: who reads it may read the first or the last.
    """
    sent: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _VARIES:
            if name in sent:
                return None
            sent[name] = value
        elif name in _PERSONAL:
            return None
    take = sent.get
    encoding = _encoding(take(b"accept-encoding", b""))
    told = take(b"x-forwarded-proto", b"")
    return url, take(b"host", b""), take(b"accept", b""), encoding, told, b"origin" in sent


class Entries(LRUCache[Key, Kept]):
    """Responses of one revision, or of the releases; sized in bytes, least recently used out."""

    def __init__(self, max_bytes: int, revision: DatasetRevision | None = None) -> None:
        super().__init__(max_bytes, getsizeof=attrgetter("size"))
        self.revision = revision


class Memory:
    """The response cache; `see` may be called from any thread, all else from the event loop.

    `current` and `immutable` share `limit` bytes. A new revision replaces `current` as a whole, so
    that no lock is needed: entries and the revision that they belong to are one object.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.hits = self.misses = 0
        self.current, self.immutable = Entries(limit), Entries(limit)
        self._trusted_until = 0.0

    @property
    def bytes(self) -> int:
        return int(self.current.currsize + self.immutable.currsize)

    def see(self, standing: DatasetRevision | None) -> None:
        """The store was looked at: it stands so now."""
        if standing != self.current.revision:
            self.current = Entries(self.limit, standing)
        self._trusted_until = time.monotonic() + TRUSTED_SECONDS

    def get(self, key: Key) -> Kept | None:
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

    def put(self, key: Key, entry: Kept, standing: DatasetRevision | Literal["still"]) -> None:
        """Add an entry, unless the revision moved meanwhile; evict until both fit in `limit`."""
        current, immutable = self.current, self.immutable
        if entry.size > self.limit or standing not in (STILL, current.revision):
            return
        (immutable if standing == STILL else current).setdefault(key, entry)
        while current.currsize + immutable.currsize > self.limit:
            max(current, immutable, key=lambda entries: entries.currsize).popitem()


class KeepAnswers:
    """Outermost: answers from memory, makes each missing answer once, keeps what may be kept.

    Under `kkb serve` the protocol (`app.api.http_protocol`) has looked before; under any other
    server this is where kept answers come from.
    """

    def __init__(self, app: ASGIApp, memory: Memory) -> None:
        self.app, self.memory = app, memory
        self.making: dict[Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = None
        if scope["type"] == "http" and scope["method"] == "GET":
            query = scope["query_string"]
            url = scope["raw_path"] + (b"?" + query if query else b"")
            key = key_of(url, scope["headers"])
        if key is None:
            await self.app(scope, receive, send)
            return
        if making := self.making.get(key):
            await making.wait()
        found = self.memory.get(key)
        if found is not None:
            await self._replay(found, scope, send)
            return
        self.memory.misses += 1
        maker = asyncio.Event()
        self.making.setdefault(key, maker)
        try:
            await self._make(key, maker, scope, receive, send)
        finally:
            self._made(key, maker)

    def _made(self, key: Key, maker: asyncio.Event) -> None:
        """Let those go on who wait for this answer, whatever came of it."""
        if self.making.get(key) is maker:
            del self.making[key]
        maker.set()

    async def _make(
        self, key: Key, maker: asyncio.Event, scope: Scope, receive: Receive, send: Send
    ) -> None:
        told: dict[str, Any] = {}
        scope[TOLD] = told
        headers: list[tuple[bytes, bytes]] | None = None
        parts: list[bytes] = []
        size = 0

        async def listening(message: Message) -> None:
            nonlocal headers, size
            if message["type"] == "http.response.start":
                headers = list(message["headers"]) if _may_be_kept(message) else None
            elif headers is not None:
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > LARGEST:
                    headers = None
                elif not message.get("more_body", False) and told.get("standing"):
                    answer = kept(headers, b"".join(parts))
                    self.memory.put(key, answer, told["standing"])
            if headers is None:
                self._made(key, maker)
            await send(message)

        await self.app(scope, receive, listening)

    @staticmethod
    async def _replay(found: Kept, scope: Scope, send: Send) -> None:
        sent = dict(scope["headers"])
        copy = found.is_copy(sent.get(b"if-none-match"))
        body = b"" if copy else found.body
        headers = [(n, v) for n, v in found.headers if not copy or n not in _ABOUT_BODY]
        name = request_id(sent.get(b"x-request-id", b""))
        REQUEST_ID.set(name.decode())
        headers.append((b"x-request-id", name))
        start = {"type": "http.response.start", "status": 304 if copy else 200}
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _may_be_kept(message: Message) -> bool:
    named = {name.lower(): value for name, value in message["headers"]}
    public = named.get(b"cache-control", b"").startswith(b"public")
    return message["status"] == 200 and public and b"etag" in named and b"set-cookie" not in named
