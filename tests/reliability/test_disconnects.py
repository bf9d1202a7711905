"""The statement of a client that disconnects is cancelled, on both databases."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.api import problems
from app.api.disconnects import CancelOnDisconnectMiddleware
from app.api.http_protocol import CachingHttpProtocol
from app.api.metrics import Metrics
from app.kit.connection_shares import ReadKind
from app.kit.sessions import EXPORT_IDLE_SECONDS, IDLE_SECONDS, Store
from tests.kit.test_sessions import ENDLESS

Ended = list[tuple[str, float]]


@contextmanager
def slow_application(store: Store) -> Iterator[tuple[int, Ended]]:
    """Serve a route that reads for minutes; return the port, and the errors of its reads."""
    app, ended = FastAPI(), Ended()

    def read(kind: ReadKind) -> None:
        began = time.monotonic()
        try:
            with store.read(kind) as session:
                session.execute(ENDLESS)
        except OperationalError as error:
            ended.append((type(error).__name__, time.monotonic() - began))
            raise

    @app.get("/endless")
    def get_endless(kind: ReadKind = ReadKind.USUAL) -> None:
        read(kind)

    @app.post("/endless")
    def post_endless(body: dict[str, int]) -> None:
        read(ReadKind.USUAL)

    @app.get("/short")
    def get_short(request: Request) -> int:
        with store.read() as session:
            return int(session.execute(text("SELECT 1")).scalar_one())

    app.state.metrics = Metrics()
    problems.install(app)
    app.add_middleware(CancelOnDisconnectMiddleware)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, http=CachingHttpProtocol, log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1], ended
        server.should_exit = True
        thread.join(10)


def hang_up_after(port: int, request: bytes, seconds: float) -> None:
    """Send a request, and close the connection before the response."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(request)
        time.sleep(seconds)


def wait_for_end(ended: Ended) -> float:
    """Return the seconds after which the read ended."""
    deadline = time.monotonic() + 10
    while not ended and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ended, "the statement still runs"
    return ended[0][1]


BODY = b"POST /endless HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9"
REQUESTS = {
    "read": b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n",
    "export": b"GET /endless?kind=export HTTP/1.1\r\nHost: a\r\n\r\n",
    "request with a body": BODY + b'\r\n\r\n{"a": 23}',
}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_statement_is_cancelled_when_the_client_disconnects(
    store: Store, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    patient = store.with_time_limit(30)
    caplog.set_level(logging.INFO, logger="kkb")
    with slow_application(patient) as (port, ended):
        hang_up_after(port, REQUESTS[name], 0.3)
        assert wait_for_end(ended) < 3
        # The pooled connection is still usable.
        for _ in range(12):
            assert httpx.get(f"http://127.0.0.1:{port}/short").text == "1"
    assert "statement cancelled: the client has disconnected" in caplog.text


def test_the_statement_is_not_cancelled_while_the_client_is_connected(store: Store) -> None:
    with slow_application(store.with_time_limit(0.5)) as (port, ended):
        response = httpx.get(f"http://127.0.0.1:{port}/endless", timeout=20)
    assert response.status_code == 503
    assert ended[0][1] >= 0.4


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_ends_idle_transactions_after_a_timeout(store: Store) -> None:
    setting = text("SHOW idle_in_transaction_session_timeout")
    with store.with_time_limit(2).read() as session:
        assert session.execute(setting).scalar_one() == f"{IDLE_SECONDS}s"
    with store.read(ReadKind.EXPORT) as session:
        assert session.execute(setting).scalar_one() == f"{EXPORT_IDLE_SECONDS // 60}min"
    with store.write() as session:
        assert session.execute(setting).scalar_one() == f"{IDLE_SECONDS}s"
    with store.engine.connect() as connection:
        assert connection.execute(setting).scalar_one() == "0", "it applies to transactions only"
