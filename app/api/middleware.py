"""Middleware: request ids, body limit, HEAD, and the handler for unhandled errors."""

import json
import logging
import re
from random import getrandbits

from sqlalchemy.exc import DBAPIError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.database_failures import DatabaseFailure
from app.api.logs import FAILURE_KEY, KEY_ID_KEY, REQUEST_ID
from app.api.problem_page_hook import problem_page
from app.api.root_path import problem_with_root_path
from app.domain.errors import InternalError, KbError, TooLargeError, UnsupportedMediaTypeError

log = logging.getLogger("kkb")
#: A request without both has no body (RFC 9112, 6.3).
_HEADERS_OF_BODIES = frozenset((b"content-length", b"transfer-encoding"))
#: What the instrumentation reads from the scope after a request.
_OBSERVED_KEYS = ("route", KEY_ID_KEY, FAILURE_KEY)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def has_body(scope: Scope) -> bool:
    """Return whether a request has a body, which may be empty."""
    return not _HEADERS_OF_BODIES.isdisjoint(name for name, _ in scope["headers"])


def request_id(sent: bytes) -> bytes:
    """Return the client's request id if it is a plain word, else a new one."""
    # Not uuid4: it reads system randomness, a call that releases the GIL.
    return sent if _REQUEST_ID.fullmatch(sent) else b"%032x" % getrandbits(128)


async def _no_body() -> Message:
    return {"type": "http.disconnect"}


async def send_problem(scope: Scope, send: Send, error: KbError) -> None:
    """Send a problem response from outside of the routes."""
    if page := problem_page(scope, error):
        await page(scope, _no_body, send)
        return
    problem = error.to_problem(scope["path"][:2000])
    content = json.dumps(problem_with_root_path(scope.get("root_path", ""), problem)).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


class RequestIdMiddleware:
    """Adds X-Request-Id to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application with a request id, and add it to the response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        current_id = request_id(dict(scope["headers"]).get(b"x-request-id", b""))
        # Not reset at the end: uvicorn logs what fails after this middleware has returned.
        REQUEST_ID.set(current_id.decode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += [
                    (b"x-request-id", current_id),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        await self.app(scope, receive, send_with_id)


class UnhandledErrorMiddleware:
    """Log an unhandled exception and answer it with a problem response.

    A response that has begun when the database fails is broken off.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and answer an unhandled exception with a 500 problem."""
        started = False

        async def send_and_note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_and_note_start)
        except Exception as raised:
            # Starlette raises its own error for one that has a handler, once a response has begun.
            cause = raised.__cause__ if isinstance(raised, RuntimeError) else raised
            if scope["type"] != "http" or (started and not isinstance(cause, DBAPIError)):
                raise
            if started and isinstance(cause, DBAPIError):
                # The connection is closed before the last chunk: the client sees that it is broken.
                _note_failure(scope, cause)
                return
            log.exception("unhandled exception")
            error = InternalError(
                "Internal server error. Quote the X-Request-Id header of this response when you"
                " report it."
            )
            await send_problem(scope, send_and_note_start, error)


def _note_failure(scope: Scope, error: DBAPIError) -> None:
    failure = DatabaseFailure.of(error)
    scope["app"].state.metrics.database_errors.labels(failure.reason).inc()
    scope[FAILURE_KEY] = f"{failure.message} ({failure.cause})"


class BodyLimitMiddleware:
    """Refuses bodies above a size, with or without Content-Length, and compressed bodies."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and refuse bodies over the limit with a 413 problem."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not has_body(scope):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity") != "identity":
            await send_problem(
                scope, send, UnsupportedMediaTypeError("Send the body without Content-Encoding.")
            )
            return
        error = TooLargeError(
            f"The request body exceeds {self.limit} bytes. Split it into several requests."
        )
        announced = headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > self.limit:
            await send_problem(scope, send, error)
            return
        read = 0

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                # The body ends here: the response below is sent, whatever the application does.
                return {"type": "http.request", "body": b"", "more_body": False}
            return message

        refused = False

        async def send_unless_too_large(message: Message) -> None:
            nonlocal refused
            if read <= self.limit:
                await send(message)
            elif not refused:
                refused = True
                await send_problem(scope, send, error)

        await self.app(scope, receive_within_limit, send_unless_too_large)


class HeadMiddleware:
    """HEAD on every GET: the same headers, no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run a HEAD request as a GET and drop the body."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        inner = {**scope, "method": "GET", "was_head": True}
        try:
            await self.app(inner, receive, send_without_body)
        finally:
            scope.update({name: inner[name] for name in _OBSERVED_KEYS if name in inner})
