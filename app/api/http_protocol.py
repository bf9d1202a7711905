"""HTTP protocol class for uvicorn: cache hits, header timeout, overload and problem bodies.

A cached response is written directly from here, before the machinery of an ASGI request is set up;
everything else takes uvicorn's way.
"""

import json
from asyncio import TimerHandle
from itertools import count
from typing import Any
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.cache.response_cache import CachedResponse, ResponseCache, cache_key
from app.api.middleware import request_id
from app.domain.errors import BadRequestError, KbError, RequestTimeoutError, UnavailableError

OK, NOT_MODIFIED = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 304 Not Modified\r\n"
RETRY_AFTER = b"retry-after: 1\r\n"
_NAMES, _NUMBER = uuid4().hex[:16].encode(), count()


def problem_response(error: KbError, status_line: bytes, extra_headers: bytes = b"") -> bytes:
    """Return a complete response for a request that was refused; it closes the connection."""
    content = json.dumps(error.to_problem(instance="")).encode()
    head = (
        b"content-type: application/problem+json\r\n"
        b"content-length: %d\r\n"
        b"access-control-allow-origin: *\r\n"
        b"cache-control: no-store\r\n"
        b"connection: close\r\n\r\n"
    )
    return b"HTTP/1.1 " + status_line + b"\r\n" + extra_headers + head % len(content) + content


class CachingHttpProtocol(HttpToolsProtocol):
    """HTTP/1.1 connection: cache hits, the header timeout and the overload limit."""

    head_seconds = 10.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cache: ResponseCache | None = self.app_state.get("response_cache")
        self.max_requests, self.limit_concurrency = self.limit_concurrency, None
        self.handled = False
        self.head_timer: TimerHandle | None = None

    # A client that has begun a request must send its head within a time limit.

    def connection_made(self, transport: Any) -> None:
        """Start the header timeout of the first request."""
        super().connection_made(transport)
        self._start_header_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the header timeout."""
        self._cancel_header_timer()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Start the header timeout of a further request."""
        super().on_message_begin()
        self.handled = False
        if self.head_timer is None:
            self._start_header_timer()

    def _start_header_timer(self) -> None:
        self.head_timer = self.loop.call_later(self.head_seconds, self._header_timeout)

    def _cancel_header_timer(self) -> None:
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None

    def _header_timeout(self) -> None:
        self.head_timer = None
        if self._is_answering():
            self._start_header_timer()  # no response within another one
        elif not self.transport.is_closing():
            detail = f"The request line and headers must come within {self.head_seconds:g} seconds."
            self.transport.write(
                problem_response(RequestTimeoutError(detail), b"408 Request Timeout", RETRY_AFTER)
            )
            self.transport.close()

    # Cache hits.

    def on_headers_complete(self) -> None:
        """Serve a cache hit, refuse the request, or pass it to the application."""
        self._cancel_header_timer()
        cached = self._cached_response() if self.cache is not None else None
        if cached is not None:
            self.handled = True
            self._write(cached)
        elif sum(name == b"host" for name, _ in self.headers) > 1:
            self.handled = True
            self.send_400_response("more than one Host header")
        elif self._is_overloaded():
            self.handled = True
            detail = "The server is overloaded. Retry in a second."
            self.transport.write(
                problem_response(UnavailableError(detail), b"503 Service Unavailable", RETRY_AFTER)
            )
            if self.access_log:
                self._log_access(503)
            self.transport.close()
        else:
            super().on_headers_complete()

    def _is_overloaded(self) -> bool:
        if not self.max_requests or self._is_answering():
            return False
        return max(len(self.connections), len(self.tasks)) > self.max_requests

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def on_body(self, body: bytes) -> None:
        """Pass the body on, unless the request was handled here."""
        if not self.handled:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Pass the end of the request on, unless it was handled here."""
        if not self.handled:
            super().on_message_complete()

    def _cached_response(self) -> CachedResponse | None:
        if self._is_answering() or self.pipeline or self.flow.write_paused:
            return None
        parser = self.parser
        if parser.get_method() != b"GET" or not parser.should_keep_alive():
            return None
        if parser.get_http_version() != "1.1" or parser.should_upgrade() or self.root_path:
            return None
        key = cache_key(self.url, self.headers)
        assert self.cache is not None
        return self.cache.get(key) if key else None

    def _write(self, cached: CachedResponse) -> None:
        sent = name = None
        for header, value in self.headers:
            if header == b"if-none-match":
                sent = value
            elif header == b"x-request-id":
                name = request_id(value)
        name = name or _NAMES + b"%x" % next(_NUMBER)
        copy = cached.matches_etag(sent)
        parts = [NOT_MODIFIED if copy else OK]
        for header, value in self.server_state.default_headers:
            parts += (header, b": ", value, b"\r\n")
        parts += (
            cached.not_modified_head if copy else cached.head,
            b"x-request-id: ",
            name,
            b"\r\n\r\n",
        )
        if not copy:
            parts.append(cached.body)
        if self.access_log:
            self._log_access(304 if copy else 200, name.decode())
        self.transport.write(b"".join(parts))
        self.on_response_complete()

    def _log_access(self, status: int, request_id: str | None = None) -> None:
        """Log a request that is answered here, as uvicorn logs those that reach the application."""
        client = f"{self.client[0]}:{self.client[1]}" if self.client else ""
        method, path = self.parser.get_method().decode(), self.url.decode("latin-1")
        self.access_logger.info(
            '%s - "%s %s HTTP/%s" %d',
            client,
            method,
            path,
            self.parser.get_http_version(),
            status,
            extra={"request_id": request_id},
        )

    def send_400_response(self, msg: str) -> None:
        """Send a problem response for a malformed request, and close the connection."""
        if not self._is_answering():
            detail = "The request line or a header is malformed, too long, or a second Host."
            error = BadRequestError(
                f"{detail} In an address what is not ASCII is percent-encoded: β is %CE%B2. Send"
                " long"
                " lists by POST."
            )
            self.transport.write(problem_response(error, b"400 Bad Request"))
        self.transport.close()
