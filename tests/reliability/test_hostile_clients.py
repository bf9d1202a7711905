"""A hostile connection exhausts neither the memory nor the connections of a node."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.reliability import hostile_clients
from tests.reliability.hostile_clients import ATTACKS, added_memory, connection, receive_response
from tests.reliability.server_process import ServerProcess

#: Megabytes that a connection may add, besides the body of the response under way.
MAX_ADDED = 2


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A node without a response cache, so that its memory is used by connections only."""
    folder = tmp_path_factory.mktemp("node")
    with hostile_clients.shipped_node(folder, cache_bytes="0") as node:
        for limit in range(1, 500, 50):
            httpx.get(f"{node.base}/v1/claims?limit={limit}")
        yield node


@pytest.mark.parametrize("name", ATTACKS)
def test_one_connection_adds_little_memory(node: ServerProcess, name: str) -> None:
    attack, status_line = ATTACKS[name]
    body = len(httpx.get(f"{node.base}/v1/claims?limit=500").content) / 1e6
    added_mb, received = added_memory(node, attack)
    assert added_mb <= MAX_ADDED + 2 * body, "the body is held once as text and once in the socket"
    assert received.startswith(status_line)
    assert httpx.get(f"{node.base}/healthz").status_code == 200


def test_the_problem_of_a_431_states_the_limits_of_the_headers(node: ServerProcess) -> None:
    with connection(node) as wire:
        wire.sendall(b"GET /v1 HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * 300 + b"\r\n")
        head, _, body = receive_response(wire).partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert b"431 Request Header Fields Too Large" in head
    assert b"application/problem+json" in head
    assert problem["type"].endswith("/headers-too-large")
    assert "65536 bytes or 256 headers" in problem["detail"]


def test_pipelined_requests_are_answered_in_order(node: ServerProcess) -> None:
    limits = range(1, 301)
    requests = [
        b"GET /v1/claims?fields=slug&limit=%d HTTP/1.1\r\nHost: a\r\n\r\n" % n for n in limits
    ]
    requests.append(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    with connection(node, timeout=30) as wire:
        wire.sendall(b"".join(requests))
        received = receive_response(wire).decode()
    parts = received.split("HTTP/1.1 200 OK\r\n")[1:]
    bodies = [json.loads(part.partition("\r\n\r\n")[2]) for part in parts]
    assert [body["page"]["limit"] for body in bodies[:-1]] == list(limits)
    assert bodies[-1] == {"status": "ok"}


def test_a_pipelined_body_is_read_by_the_request_that_it_belongs_to(node: ServerProcess) -> None:
    content = json.dumps({"ids": ["ketamine"] + ["no-such-name"] * 400}).encode()
    post = b"POST /v1/compounds/batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    post += b"Content-Length: %d\r\n\r\n" % len(content) + content
    with connection(node, timeout=30) as wire:
        wire.sendall(b"GET /v1/claims HTTP/1.1\r\nHost: a\r\n\r\n" + post * 3)
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = receive_response(wire)
    assert received.count(b"HTTP/1.1 200 OK") == 5
    assert received.count(b'"id":"ketamine"') == 3


def test_the_memory_of_connections_with_incomplete_headers_is_bounded(node: ServerProcess) -> None:
    number = 400
    assert hostile_clients.idle_connections(node, number) < 150 * number / 1000
    assert httpx.get(f"{node.base}/v1/claims").status_code == 200
