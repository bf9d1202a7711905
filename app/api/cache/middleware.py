"""Middleware of the response cache: answers from it, and fills it."""

import asyncio
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.cache.refresh import CacheRefresher, SlowResponse
from app.api.cache.response_cache import (
    CACHE_HIT_KEY,
    CACHE_SCOPE_KEY,
    IMMUTABLE,
    KEY_HEADERS,
    REFRESH_KEY,
    CachedResponse,
    Key,
    cache_key,
    to_cached_response,
)
from app.api.logs import REQUEST_ID
from app.api.middleware import request_id
from app.api.proxy_headers import TrustedProxies

MAX_BODY_BYTES = 1_000_000  # larger responses are not cached
#: Seconds from which a client notices that it waits: such a response is refreshed after a write.
SLOW_SECONDS = 0.05


class ResponseCacheMiddleware:
    """Answer from the cache, fill each missing entry once, store what is cacheable.

    Under `kkb serve`, `app.api.http_protocol` serves hits before the application is called; under
    any other server, this middleware serves them.
    """

    def __init__(self, app: ASGIApp, refresher: CacheRefresher, proxies: TrustedProxies) -> None:
        self.app, self.refresher, self.proxies = app, refresher, proxies
        self.cache = refresher.cache
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
        await self._fill(key, scope, receive, send)

    async def _fill(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application, while other requests with the same key wait for its response."""
        finished = asyncio.Event()
        self.in_flight.setdefault(key, finished)
        try:
            await self._run_and_store(key, finished, scope, receive, send)
        finally:
            self._release_waiters(key, finished)

    def _release_waiters(self, key: Key, finished: asyncio.Event) -> None:
        """Wake the requests that wait for this cache fill, also after a failure."""
        if self.in_flight.get(key) is finished:
            del self.in_flight[key]
        finished.set()

    async def _run_and_store(
        self, key: Key, finished: asyncio.Event, scope: Scope, receive: Receive, send: Send
    ) -> None:
        request = dict(scope)  # the application writes into its scope
        cache_scope: dict[str, Any] = {}
        scope[CACHE_SCOPE_KEY] = cache_scope
        headers: list[tuple[bytes, bytes]] | None = None
        parts: list[bytes] = []
        begun, seconds, size = time.monotonic(), 0.0, 0

        async def capture_and_send(message: Message) -> None:
            nonlocal headers, seconds, size
            if message["type"] == "http.response.start":
                headers = list(message["headers"]) if _is_cacheable(message) else None
                seconds = time.monotonic() - begun
            elif headers is not None:
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > MAX_BODY_BYTES:
                    headers = None
                elif not message.get("more_body", False) and cache_scope.get("revision"):
                    route = getattr(scope.get("route"), "path", "")
                    entry = to_cached_response(key, headers, b"".join(parts), route)
                    self.cache.put(key, entry, cache_scope["revision"])
                    # One that was refreshed may be quick, as it shares counts with the others.
                    is_slow = seconds >= SLOW_SECONDS or REFRESH_KEY in request
                    if is_slow and cache_scope["revision"] != IMMUTABLE:
                        self.refresher.add(key, self._slow_response(key, request, entry))
            if headers is None:
                self._release_waiters(key, finished)
            await send(message)

        await self.app(scope, receive, capture_and_send)

    def _slow_response(self, key: Key, request: Scope, entry: CachedResponse) -> SlowResponse:
        """Return how to make a response again, from what it depends on of its request."""
        headers = [(name, value) for name, value in request["headers"] if name in KEY_HEADERS]
        requested = REFRESH_KEY not in request

        async def make(receive: Receive, send: Send) -> None:
            if key not in self.in_flight:  # else a client's request makes it
                scope = {**request, "headers": list(headers), REFRESH_KEY: True}
                await self._fill(key, scope, receive, send)

        return SlowResponse(entry, make, requested)

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
