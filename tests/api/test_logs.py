"""Log records as JSON lines."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.api.logs import JsonFormatter
from app.api.middleware import RequestIdMiddleware, UnhandledErrorMiddleware


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """Where the logger `kkb` writes for one test."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("kkb")
    logger.disabled = False  # other libraries configure logging on import
    logger.addHandler(handler)
    yield handler.stream
    logger.removeHandler(handler)


def test_a_record_is_one_line_of_json() -> None:
    record = logging.LogRecord("kkb", logging.WARNING, "", 1, "two\nlines: %s", ("β",), None)
    record.created = 1_790_000_000.5
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line) == {
        "timestamp": "2026-09-21T14:13:20.500Z",
        "level": "warning",
        "logger": "kkb",
        "message": "two\nlines: β",
    }


def test_an_exception_is_logged_with_its_traceback() -> None:
    try:
        raise LookupError("nothing")
    except LookupError:
        record = logging.LogRecord("kkb", logging.ERROR, "", 1, "failed", (), sys.exc_info())
    assert json.loads(JsonFormatter().format(record))["exception"].endswith("LookupError: nothing")


def test_an_unhandled_error_is_logged_with_the_id_of_its_request(stream: StringIO) -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise LookupError("nothing")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    headers = [(b"x-request-id", b"named-by-the-client")]
    scope = {"type": "http", "path": "/v1/claims", "headers": headers}
    asyncio.run(RequestIdMiddleware(UnhandledErrorMiddleware(failing))(scope, receive, send))
    assert sent[0]["status"] == 500
    assert (b"x-request-id", b"named-by-the-client") in sent[0]["headers"]
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["request_id"] == "named-by-the-client"
    assert "LookupError: nothing" in entry["exception"]
