"""An incomplete export is logged in one line with the cause."""

import socket
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers import SHIPPED, fill_store
from tests.reliability.hostile_clients import receive_response, shipped_node
from tests.reliability.server_process import ServerProcess, running_server
from tests.reliability.tcp_proxy import postgresql_proxy
from tests.reliability.test_stop import log_lines

ROUTE = "/v1/evidence.{format}"


def open_export(node: ServerProcess, request_id: str) -> socket.socket:
    """Request a large export, and read only its beginning.

    Small TCP segments make the kernel's send buffer small: with the segments of the loopback
    interface it would hold the whole export, and the server would have sent all of it.
    """
    wire = socket.socket()
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    wire.settimeout(10)
    wire.connect(("127.0.0.1", node.port))
    head = f"GET /v1/evidence.ndjson HTTP/1.1\r\nHost: a\r\nX-Request-ID: {request_id}\r\n\r\n"
    wire.sendall(head.encode())
    assert wire.recv(100).startswith(b"HTTP/1.1 200 OK")
    return wire


def lines_of(node: ServerProcess, request_id: str) -> list[dict[str, Any]]:
    """Wait for log lines of a request, and return them."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if lines := [line for line in log_lines(node) if line.get("request_id") == request_id]:
            time.sleep(0.3)
            return [line for line in log_lines(node) if line.get("request_id") == request_id]
        time.sleep(0.1)
    return lines


def test_an_export_is_logged_as_incomplete_if_the_client_disconnects(tmp_path: Path) -> None:
    with shipped_node(tmp_path) as node:
        open_export(node, "hung-up").close()
        (line,) = lines_of(node, "hung-up")
        metrics = httpx.get(f"{node.base}/metrics").text
    assert line["message"] == "response broken off: the client closed the connection"
    assert (line["level"], line["route"], line["status"]) == ("warning", ROUTE, 200)
    assert line["bytes"] > 0
    assert "kkb_responses_broken_off_total 1.0" in metrics


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_export_is_logged_as_incomplete_if_the_database_connection_is_lost(
    address: str, tmp_path: Path
) -> None:
    fill_store(address, SHIPPED).engine.dispose()
    with (
        postgresql_proxy(address) as (network, url),
        running_server(url, tmp_path) as node,
        closing(open_export(node, "cut")) as wire,
    ):
        network.cut()
        received = receive_response(wire)
        (line,) = lines_of(node, "cut")
    assert not received.endswith(b"0\r\n\r\n"), "the client sees that it is incomplete"
    assert line["message"].startswith("response broken off: database busy or unreachable (")
    assert (line["level"], line["route"]) == ("warning", ROUTE)
    assert "exception" not in line
