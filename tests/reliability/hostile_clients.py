"""Hostile clients: endless requests and responses that are not read, against a real `kkb serve`.

    python -m tests.reliability.hostile_clients

Each attack uses one connection for some seconds; the memory of the node is measured before and
after it.
"""

import argparse
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.machine import memory_mb
from tests.helpers import SHIPPED, fill_store
from tests.reliability.server_process import ServerProcess, running_server

Attack = Callable[[socket.socket], bytes]
MB = 1_000_000
REQUEST = b"GET /v1/claims?limit=500 HTTP/1.1\r\nHost: a\r\n\r\n"
#: A request that misses the cache: the URL differs by number.
UNCACHED = b"GET /v1/claims?limit=%d HTTP/1.1\r\nHost: a\r\n\r\n"


def send_until_closed(wire: socket.socket, pieces: Iterator[bytes], size: int) -> None:
    """Send pieces until the server closes the connection or no longer reads, at most `size`."""
    sent = 0
    try:
        while sent < size:
            sent += wire.send(next(pieces))
    except (OSError, StopIteration):
        pass


def receive_response(wire: socket.socket) -> bytes:
    """Return what the server has sent, up to the end of the connection."""
    received = b""
    try:
        while chunk := wire.recv(65536):
            received += chunk
    except OSError:
        pass
    return received


def many_headers(wire: socket.socket) -> bytes:
    """Send 250 MB of small headers."""
    wire.sendall(b"GET /v1 HTTP/1.1\r\nHost: a\r\n")
    send_until_closed(wire, iter(lambda: b"a:b\r\n" * 10_000, b""), 250 * MB)
    return receive_response(wire)


def one_endless_header(wire: socket.socket) -> bytes:
    """Send 100 MB of one header's value."""
    wire.sendall(b"GET /v1 HTTP/1.1\r\nHost: a\r\nX-Long: ")
    send_until_closed(wire, iter(lambda: b"a" * 50_000, b""), 100 * MB)
    return receive_response(wire)


def endless_address(wire: socket.socket) -> bytes:
    """Send 100 MB of an address."""
    wire.sendall(b"GET /")
    send_until_closed(wire, iter(lambda: b"a" * 50_000, b""), 100 * MB)
    return receive_response(wire)


def endless_trailers(wire: socket.socket) -> bytes:
    """Send a chunked body, and 100 MB of trailers after it."""
    wire.sendall(b"POST /v1/resolve HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    wire.sendall(b"2\r\n{}\r\n0\r\n")
    send_until_closed(wire, iter(lambda: b"a:b\r\n" * 10_000, b""), 100 * MB)
    return receive_response(wire)


def endless_chunk_extension(wire: socket.socket) -> bytes:
    """Send 100 MB of the extension of a chunk."""
    wire.sendall(b"POST /v1/resolve HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;")
    send_until_closed(wire, iter(lambda: b"a" * 50_000, b""), 100 * MB)
    return receive_response(wire)


def unread_pipeline(wire: socket.socket) -> bytes:
    """Send requests for lists of 500 records without end, and read no response."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    numbers = iter(range(1, 10_000_000))
    requests = iter(lambda: b"".join(UNCACHED % (next(numbers) % 500 + 1) for _ in range(800)), b"")
    send_until_closed(wire, requests, 250 * MB)
    return b""


def cached_pipeline(wire: socket.socket) -> bytes:
    """Send requests that the cache answers without end, and read no response."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    send_until_closed(wire, iter(lambda: REQUEST * 1_000, b""), 250 * MB)
    return b""


ATTACKS: dict[str, tuple[Attack, bytes]] = {
    "many headers": (many_headers, b"HTTP/1.1 431 "),
    "one endless header": (one_endless_header, b"HTTP/1.1 431 "),
    "endless address": (endless_address, b"HTTP/1.1 431 "),
    "endless trailers": (endless_trailers, b""),
    "endless chunk extension": (endless_chunk_extension, b""),
    "pipelined requests, responses not read": (unread_pipeline, b""),
    "pipelined cache hits, responses not read": (cached_pipeline, b""),
}


@contextmanager
def connection(node: ServerProcess, timeout: float = 3) -> Iterator[socket.socket]:
    """Open a connection; a send or receive that takes longer ends in a TimeoutError."""
    with socket.create_connection(("127.0.0.1", node.port), timeout=timeout) as wire:
        yield wire


def added_memory(node: ServerProcess, attack: Attack) -> tuple[float, bytes]:
    """Return the megabytes by which an attack makes the node grow, and the response to it."""
    httpx.get(f"{node.base}/v1/claims?limit=500")
    before = memory_mb(node.process.pid)
    with connection(node) as wire:
        received = attack(wire)
        return memory_mb(node.process.pid) - before, received


@contextmanager
def shipped_node(folder: Path, **settings: str) -> Iterator[ServerProcess]:
    """Serve the shipped dataset."""
    url = f"sqlite:///{folder / 'kkb.db'}"
    fill_store(url, SHIPPED).engine.dispose()
    with running_server(url, folder, **settings) as node:
        yield node


def idle_connections(node: ServerProcess, number: int) -> float:
    """Return the megabytes of memory that connections add which send incomplete headers."""
    before = memory_mb(node.process.pid)
    wires = [socket.create_connection(("127.0.0.1", node.port)) for _ in range(number)]
    for wire in wires:
        wire.sendall(b"GET /v1 HTTP/1.1\r\nHost: a\r\nX-Half: ")
    time.sleep(1)
    try:
        return memory_mb(node.process.pid) - before
    finally:
        for wire in wires:
            wire.close()


def main() -> None:
    """Run every attack, and print what it adds to the node's memory."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder, shipped_node(Path(folder)) as node:
        for name, (attack, _) in ATTACKS.items():
            added, received = added_memory(node, attack)
            print(f"{name}: {added:+.1f} MB, answered {received[:12].decode() or 'nothing'}")
        print(f"400 connections with half a head: {idle_connections(node, 400):+.1f} MB")


if __name__ == "__main__":
    main()
