"""Exports that break off: one line in the log each, with the cause."""

import socket
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers import SHIPPED, fill_store
from tests.reliability.hostile_clients import answer, shipped_node
from tests.reliability.server_process import ServerProcess, running_server
from tests.reliability.tcp_proxy import postgresql_proxy
from tests.reliability.test_stop import log_lines

ROUTE = "/v1/evidence.{format}"


def open_export(node: ServerProcess, request_id: str) -> socket.socket:
    """Ask for a large export, and read its beginning alone.

    Segments are small, so that the kernel's send buffer is: with those of the loopback interface it
    would hold the whole export, and a server that is quick would have sent it all.
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
    """What is logged about a request, once something is."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if found := [line for line in log_lines(node) if line.get("request_id") == request_id]:
            time.sleep(0.3)
            return [line for line in log_lines(node) if line.get("request_id") == request_id]
        time.sleep(0.1)
    return found


def test_a_client_that_hangs_up(tmp_path: Path) -> None:
    with shipped_node(tmp_path) as node:
        open_export(node, "hung-up").close()
        (line,) = lines_of(node, "hung-up")
        metrics = httpx.get(f"{node.base}/metrics").text
    assert line["message"] == "response broken off: the client closed the connection"
    assert (line["level"], line["route"], line["status"]) == ("warning", ROUTE, 200)
    assert line["bytes"] > 0
    assert "kkb_responses_broken_off_total 1.0" in metrics


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_goes_away(address: str, tmp_path: Path) -> None:
    fill_store(address, SHIPPED).engine.dispose()
    with (
        postgresql_proxy(address) as (network, url),
        running_server(url, tmp_path) as node,
        closing(open_export(node, "cut")) as wire,
    ):
        network.cut()
        received = answer(wire)
        (line,) = lines_of(node, "cut")
    assert not received.endswith(b"0\r\n\r\n"), "the client sees that it is incomplete"
    assert line["message"].startswith("response broken off: database busy or unreachable (")
    assert (line["level"], line["route"]) == ("warning", ROUTE)
    assert "exception" not in line
