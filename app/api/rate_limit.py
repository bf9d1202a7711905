"""Rate limit per client: requests beyond it get a 429 that says when to come back.

Responses from the cache do not count: they do not reach this middleware. A client is an address, an
IPv6 network of /64, or a valid API key. Requests from the machine itself are not limited. Counts
are in memory, so each worker process has its own.
"""

import hashlib
import math
import time
from functools import cached_property, lru_cache
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.cache.response_cache import REFRESH_KEY
from app.api.middleware import send_problem
from app.domain.errors import RateLimitedError

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import SlidingWindowCounterRateLimiter

#: What operators and their monitoring ask for.
UNLIMITED_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})


class RateLimiter:
    """Counts the requests of each client within a sliding window."""

    def __init__(self, requests: int, seconds: int) -> None:
        """Allow each client so many requests in any period of so many seconds."""
        self.requests, self.seconds = requests, seconds
        self._known_keys: set[str] = set()

    @cached_property
    def _strategy(self) -> "SlidingWindowCounterRateLimiter":
        # Imported here: it takes 0.1 s, and a server that only its own machine calls needs none.
        from limits.storage import MemoryStorage
        from limits.strategies import SlidingWindowCounterRateLimiter

        return SlidingWindowCounterRateLimiter(MemoryStorage())

    @cached_property
    def _item(self) -> "RateLimitItem":
        from limits import RateLimitItemPerSecond

        return RateLimitItemPerSecond(self.requests, self.seconds)

    def remember_key(self, token: str) -> None:
        """Let a key count on its own from now on: it was found valid."""
        self._known_keys.add(_digest(token))

    def client(self, scope: Scope) -> str | None:
        """Return whom a request counts for; None if it is not limited."""
        if self._known_keys:
            authorization = Headers(scope=scope).get("authorization", "")
            digest = _digest(authorization.partition(" ")[2])
            if digest in self._known_keys:
                return f"key {digest}"
        return _client_of_address((scope.get("client") or ("",))[0])

    def count(self, client: str) -> tuple[bool, int, int]:
        """Count a request: whether it is allowed, how many are left, and seconds to the reset."""
        allowed = self._strategy.hit(self._item, client)
        window = self._strategy.get_window_stats(self._item, client)
        return allowed, window.remaining, max(1, math.ceil(window.reset_time - time.time()))


@lru_cache(maxsize=1024)
def _client_of_address(host: str) -> str | None:
    """Return the client that an address stands for; None for this machine."""
    try:
        address = ip_address(host)
    except ValueError:
        return None  # a Unix socket, or the test client
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            network = int(address) >> 64
            return None if address.is_loopback else f"network {network:x}"
        address = address.ipv4_mapped
    return None if address.is_loopback else f"address {address}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]


class RateLimitMiddleware:
    """Refuse requests of a client beyond its limit, and tell each how many are left."""

    def __init__(self, app: ASGIApp, limiter: RateLimiter) -> None:
        self.app, self.limiter = app, limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, then refuse it or run the application."""
        limited = (
            scope["type"] == "http"
            and scope["path"] not in UNLIMITED_PATHS
            and REFRESH_KEY not in scope
        )
        client = self.limiter.client(scope) if limited else None
        if client is None:
            await self.app(scope, receive, send)
            return
        allowed, left, reset = self.limiter.count(client)
        requests, seconds = self.limiter.requests, self.limiter.seconds
        # draft-ietf-httpapi-ratelimit-headers-10
        headers = [
            (b"ratelimit-policy", b'"uncached";q=%d;w=%d' % (requests, seconds)),
            (b"ratelimit", b'"uncached";r=%d;t=%d' % (left, reset)),
        ]
        if not allowed:
            headers.append((b"retry-after", b"%d" % reset))

        async def send_with_limit(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += headers
            await send(message)

        if allowed:
            await self.app(scope, receive, send_with_limit)
        else:
            detail = (
                f"More than {requests} requests in {seconds} seconds. Retry in {reset} s, send"
                " If-None-Match, or get many records at once: a list, /batch, or the file of a"
                " release."
            )
            await send_problem(scope, send_with_limit, RateLimitedError(detail))
