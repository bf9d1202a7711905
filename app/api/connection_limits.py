"""Limits of one client connection: sizes and times, refused with problem responses.

Uvicorn leaves these to a proxy. Without them one connection could take all memory of a node: with
endless headers or trailers, with thousands of pipelined requests, or with responses that it never
reads. docs/reliability.md has the figures, tests/reliability/test_hostile_clients.py the clients.

This module and `app.api.http_protocol` are the only ones that rest on attributes of uvicorn that
it does not document; tests/api/test_http_protocol.py names them all.
"""

import json
import logging
from asyncio import TimerHandle
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.access_log import AccessLog
from app.api.metrics import PROTOCOL_ROUTE, Metrics
from app.api.proxy_headers import TrustedProxies
from app.api.root_path import problem_with_root_path
from app.domain.errors import (
    BadRequestError,
    HeadersTooLargeError,
    KbError,
    RateLimitedError,
    RequestTimeoutError,
    UnavailableError,
)

log = logging.getLogger("kkb")
RETRY_AFTER = b"retry-after: 1\r\n"


def problem_response(error: KbError, path_prefix: str = "") -> bytes:
    """Return a complete response for a request that was refused; it closes the connection."""
    problem = problem_with_root_path(path_prefix, error.to_problem(instance=""))
    content = json.dumps(problem).encode()
    head = (
        b"HTTP/1.1 %d %s\r\n"
        b"%s"
        b"content-type: application/problem+json\r\n"
        b"content-length: %d\r\n"
        b"access-control-allow-origin: *\r\n"
        b"cache-control: no-store\r\n"
        b"x-content-type-options: nosniff\r\n"
        b"connection: close\r\n\r\n"
    )
    phrase = HTTPStatus(error.status).phrase.encode()
    retryable = RateLimitedError | RequestTimeoutError | UnavailableError
    retry = RETRY_AFTER if isinstance(error, retryable) else b""
    return head % (error.status, phrase, retry, len(content)) + content


class Awaited(Enum):
    """The part of a request that the client has yet to send."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class HoldingFlowControl(FlowControl):
    """Flow control that does not resume reading while the protocol holds unparsed data."""

    held = False

    def resume_reading(self) -> None:
        """Resume reading, unless data that was read before is still unparsed."""
        if not self.held:
            super().resume_reading()


class LimitedHttpProtocol(HttpToolsProtocol):
    """HTTP/1.1 connection that limits heads, trailers, pipelining, slow bodies and slow readers."""

    flow: HoldingFlowControl

    #: Idle connections beyond this number are closed, those first that have waited longest.
    max_connections = 800
    #: Answered also while the server is overloaded: they cost no thread and no pooled connection.
    health_addresses = (b"/healthz", b"/readyz")
    #: Bytes of the request line, headers and trailers together, and the number of headers.
    max_head_bytes = 65_536
    max_headers = 256
    #: Bytes parsed at a time: no more requests are parsed than one slice holds while one waits.
    slice_bytes = 4_096
    #: Seconds until the head of a request that has begun is complete, and until its body is.
    head_seconds = 10.0
    body_seconds = 30.0
    #: A client has to read so many bytes of a response within so many seconds.
    min_bytes_read = 4_096
    read_seconds = 30.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.proxies: TrustedProxies | None = self.app_state.get("trusted_proxies")
        self.metrics: Metrics | None = self.app_state.get("metrics")
        self.request_log: AccessLog | None = self.app_state.get("access_log")
        self.connections_per_client: int = self.app_state.get("connections_per_client", 0)
        self.max_requests, self.limit_concurrency = self.limit_concurrency, None
        self.url = b""
        #: The request is answered or refused here; the application never sees it.
        self.handled = False
        self.awaited = Awaited.HEAD
        self.requests_begun = 0
        self.waits_since = 0.0
        self.timed: tuple[int, Awaited] = (0, Awaited.HEAD)
        self.timer: TimerHandle | None = None
        self.read_timer: TimerHandle | None = None
        self.unparsed = b""
        self.head_bytes = 0
        #: Bytes since the parser last reported a part: of a header or trailer that does not end.
        self.bytes_without_part = 0
        self.has_parsed_part = False
        self.refusal: KbError | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the timeout of the first head."""
        super().connection_made(transport)
        if self.metrics is not None:
            self.metrics.connections.inc()
        self.waits_since = self.loop.time()
        if self._is_one_too_many():
            detail = (
                f"More than {self.connections_per_client} connections from one address. Send"
                " requests one after the other over a keep-alive connection."
            )
            self._refuse(RateLimitedError(detail))
            return
        if len(self.connections) > self.max_connections:
            self._close_idle_connection()
        self.flow = HoldingFlowControl(transport)
        self._start_timer(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeouts, and forget what is not parsed."""
        self._cancel_timer()
        self._cancel_read_timer()
        if self.metrics is not None:
            self.metrics.connections.dec()
        self.unparsed = b""
        super().connection_lost(exc)

    # Pipelining: while a request waits for the one before it, what follows it is not parsed.

    def data_received(self, data: bytes) -> None:
        """Parse data in slices, as long as no pipelined request waits."""
        if self.unparsed or self.pipeline or len(data) > self.slice_bytes:
            self.unparsed += data
            self._parse_unparsed()
        else:
            self._parse(data)

    def on_response_complete(self) -> None:
        """Start the next request, and parse on."""
        super().on_response_complete()
        self.waits_since = self.loop.time()
        if self.unparsed:
            # Not here: the parser may be in the callback that has led here.
            self.loop.call_soon(self._parse_unparsed)

    def _parse_unparsed(self) -> None:
        while self.unparsed and not self.pipeline and not self.transport.is_closing():
            data, self.unparsed = (
                self.unparsed[: self.slice_bytes],
                self.unparsed[self.slice_bytes :],
            )
            self._parse(data)
        self.flow.held = bool(self.unparsed)
        if self.flow.held:
            self.flow.pause_reading()
        elif not self.pipeline and not self.transport.is_closing():
            self.flow.resume_reading()

    def _parse(self, data: bytes) -> None:
        self.has_parsed_part = False
        super().data_received(data)
        self.bytes_without_part = 0 if self.has_parsed_part else self.bytes_without_part + len(data)
        if self.bytes_without_part > self.max_head_bytes and not self.transport.is_closing():
            self._refuse(self._headers_too_large())
        self._time_what_is_awaited()

    # Heads and trailers: an error that a callback raises ends the parsing.

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.has_parsed_part = True
        self.handled = False
        self.head_bytes = 0
        self.requests_begun += 1
        self.awaited = Awaited.HEAD

    def on_url(self, url: bytes) -> None:
        """Collect the address."""
        super().on_url(url)
        self._count_head_bytes(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; drop a trailer (RFC 9110, 6.5.1), as the application has begun."""
        self._count_head_bytes(len(name) + len(value) + 4)
        if self.awaited is Awaited.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Refuse the request, or pass it to the application unless it is handled here."""
        self.has_parsed_part = True
        self.awaited = Awaited.BODY
        if self.handled:
            return
        if sum(name == b"host" for name, _ in self.headers) > 1:
            self.handled = True
            self.send_400_response("more than one Host header")
        elif self._is_overloaded():
            self.handled = True
            self._refuse(UnavailableError("The server is overloaded. Retry in a second."))
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass the body on, unless the request was handled here."""
        self.has_parsed_part = True
        if not self.handled:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Pass the end of the request on, unless it was handled here."""
        self.has_parsed_part = True
        self.awaited = Awaited.NOTHING
        if not self.handled:
            super().on_message_complete()

    def _count_head_bytes(self, number: int) -> None:
        self.has_parsed_part = True
        self.head_bytes += number
        if self.head_bytes > self.max_head_bytes or len(self.headers) > self.max_headers:
            self.refusal = self._headers_too_large()
            raise ValueError(self.refusal.detail)

    def _headers_too_large(self) -> KbError:
        return HeadersTooLargeError(
            f"The request line and headers exceed {self.max_head_bytes} bytes or"
            f" {self.max_headers} headers. Send long lists by POST."
        )

    def send_400_response(self, msg: str) -> None:
        """Send a problem response for a malformed request, and close the connection."""
        malformed = BadRequestError(
            "The request line or a header is malformed, too long, or a second Host. In an address"
            " what is not ASCII is percent-encoded: β is %CE%B2. Send long lists by POST."
        )
        self._refuse(self.refusal or malformed)

    def _refuse(self, error: KbError) -> None:
        """Answer with a problem, unless an answer has begun; close the connection."""
        if self.is_answering() and (self.cycle.response_started or self.pipeline):
            self.transport.close()
            return
        path_prefix = self.app_state.get("path_prefix", "")
        self.transport.write(problem_response(error, path_prefix))
        self._report_refusal(error)
        if self.is_answering():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()

    def _is_overloaded(self) -> bool:
        """Return whether too many requests are being answered; those that still come do not count.

        A request whose body has not come holds no thread, only a connection.
        """
        limit: int | None = self.max_requests
        if not limit or len(self.tasks) < limit or self.url in self.health_addresses:
            return False
        answering: int = sum(
            connection.is_answering() and connection.awaited is not Awaited.BODY
            for connection in self.connections
            if isinstance(connection, LimitedHttpProtocol)
        )
        return answering >= limit

    def _is_one_too_many(self) -> bool:
        """Return whether the client has too many connections; a trusted proxy has many clients."""
        limit, peer = self.connections_per_client, self.client[0] if self.client else None
        if not limit or self.proxies is None or self.proxies.trusts(peer):
            return False
        same = sum(
            connection.client is not None and connection.client[0] == peer
            for connection in self.connections
            if isinstance(connection, LimitedHttpProtocol)
        )
        return bool(same > limit)

    def _close_idle_connection(self) -> None:
        """Close the connection that has waited longest without a request to answer."""
        idle = [
            connection
            for connection in self.connections
            if isinstance(connection, LimitedHttpProtocol) and not connection.is_answering()
        ]
        min(idle, key=lambda connection: connection.waits_since).transport.close()

    def is_answering(self) -> bool:
        """Return whether a request has come whose response is not complete."""
        is_complete: bool = self.cycle is None or self.cycle.response_complete
        return not is_complete

    # Slow clients: the head, then the body, have to come within a time limit each.

    def _time_what_is_awaited(self) -> None:
        awaits = (self.requests_begun, self.awaited)
        if awaits == self.timed:
            return
        self.timed = awaits
        self._cancel_timer()
        if self.awaited is Awaited.HEAD:
            self._start_timer(self.head_seconds)
        elif self.awaited is Awaited.BODY:
            self._start_timer(self.body_seconds)

    def _start_timer(self, seconds: float) -> None:
        self.timer = self.loop.call_later(seconds, self._request_timeout, seconds)

    def _cancel_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _request_timeout(self, seconds: float) -> None:
        self.timer = None
        if self.transport.is_closing():
            return
        is_body = self.awaited is Awaited.BODY
        if self.pipeline or (self.is_answering() and not is_body):
            self._start_timer(seconds)  # no response within another one
            return
        part = "body" if is_body else "request line and headers"
        self._refuse(RequestTimeoutError(f"The {part} must come within {seconds:g} seconds."))

    # Slow readers: uvicorn waits for them without end.

    def pause_writing(self) -> None:
        """Begin to watch whether the client reads the response."""
        super().pause_writing()
        self._watch_reading(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Stop watching."""
        self._cancel_read_timer()
        super().resume_writing()

    def _watch_reading(self, unread: int) -> None:
        self.read_timer = self.loop.call_later(self.read_seconds, self._read_timeout, unread)

    def _cancel_read_timer(self) -> None:
        if self.read_timer is not None:
            self.read_timer.cancel()
            self.read_timer = None

    def _read_timeout(self, unread_before: int) -> None:
        unread = self.transport.get_write_buffer_size()
        if unread_before - unread < self.min_bytes_read:
            message = "the client has not read a response for %g s"
            fields = {"client": self._logged_client(), "path": self._logged_path()}
            log.warning(message, self.read_seconds, extra={"fields": fields})
            self.transport.abort()
        else:
            self._watch_reading(unread)

    def _report_refusal(self, error: KbError) -> None:
        method = "-" if self.awaited is Awaited.HEAD else self.parser.get_method().decode()
        if self.metrics is not None:
            self.metrics.count(method, PROTOCOL_ROUTE, error.status)
        if self.request_log is not None:
            client = self.client[0] if self.client else None
            self.request_log.refusal(method, self._logged_path(), error.status, error.title, client)

    def _logged_path(self) -> str:
        return self.url[:2000].partition(b"?")[0].decode("latin-1")

    def _logged_client(self) -> str | None:
        if self.request_log is None or not self.client:
            return None
        return self.request_log.address(self.client[0])
