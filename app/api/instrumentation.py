"""Instrumentation: counts, times and logs every request that reaches the application.

Cache hits that the protocol serves and requests that it refuses are counted and logged there
(`app.api.http_protocol`, `app.api.connection_limits`).
"""

import time
from asyncio import CancelledError

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.access_log import AccessLog, AnsweredRequest
from app.api.cache.response_cache import CACHE_HIT_KEY
from app.api.logs import FAILURE_KEY, KEY_ID_KEY, REQUEST_ID
from app.api.metrics import Metrics
from app.api.proxy_headers import TrustedProxies

#: Route of a request that matches none: never its path, which a client chooses.
NO_ROUTE = "none"


class InstrumentationMiddleware:
    """Outermost: measures and logs each request when the last byte of its response is sent."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, access_log: AccessLog, proxies: TrustedProxies
    ) -> None:
        self.app, self.metrics, self.access_log = app, metrics, access_log
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application, then count and log the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, size, is_complete, broken_off = 500, 0, False, None
        has_disconnected = False
        begun = time.perf_counter()
        client = self.proxies.client_of(scope)

        async def observed_send(message: Message) -> None:
            nonlocal status, size, is_complete
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
                is_complete = not message.get("more_body", False)
            await send(message)

        async def observed_receive() -> Message:
            nonlocal has_disconnected
            message = await receive()
            # The server takes what is sent after that in silence.
            has_disconnected |= message["type"] == "http.disconnect" and not is_complete
            return message

        self.metrics.requests_in_flight.inc()
        try:
            await self.app(scope, observed_receive, observed_send)
            if has_disconnected or not is_complete:
                broken_off = scope.get(FAILURE_KEY) or "the client closed the connection"
        except CancelledError:
            broken_off = "the server stops"
            raise
        except BaseException:
            broken_off = "an error, which is logged separately"
            raise
        finally:
            self.metrics.requests_in_flight.dec()
            seconds = time.perf_counter() - begun
            is_hit = CACHE_HIT_KEY in scope
            matched: str = getattr(scope.get("route"), "path", NO_ROUTE)
            route = scope.get(CACHE_HIT_KEY) or matched
            if not is_hit:
                self.metrics.observe(scope["method"], route, status, seconds)
            if broken_off:
                self.metrics.responses_broken_off.inc()
            answered = AnsweredRequest(
                method=scope["method"],
                route=route,
                path=scope["raw_path"].decode("latin-1"),
                status=status,
                seconds=seconds,
                size=size,
                client=client,
                request_id=REQUEST_ID.get(),
                key_id=scope.get(KEY_ID_KEY),
                cache="hit" if is_hit else None,
                broken_off=broken_off,
            )
            self.access_log.request(answered)
