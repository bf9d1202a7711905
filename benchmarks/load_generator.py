"""The load generator where there is no wrk: one thread, connections that ask as soon as they may.

`python -m benchmarks.load_generator PORT CONNECTIONS SECONDS FILE HOST NAME=VALUE…` prints what
load.lua prints.
"""

import asyncio
import json
import statistics
import sys
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import httptools
import uvloop

LONGEST_SECONDS = 20.0


class Requests:
    """Endless iterator of HTTP requests as bytes; `host` other than "-" differs in each cycle."""

    def __init__(self, paths: list[str], host: str, headers: list[str]) -> None:
        """Take paths, a prefix of the Host header, and headers as `name=value`."""
        self.paths, self.host, self.number = cycle(paths), host, 0
        self.size = len(paths)
        self.rest = "".join(f"{h.replace('=', ': ', 1)}\r\n" for h in headers) + "\r\n"

    def __next__(self) -> bytes:
        """Return the next request."""
        name = f"{self.host}{self.number // self.size}" if self.host != "-" else "127.0.0.1"
        self.number += 1
        return f"GET {next(self.paths)} HTTP/1.1\r\nHost: {name}\r\n{self.rest}".encode()


class Connection(asyncio.Protocol):
    """Connection that sends a request, waits for the response, and repeats."""

    def __init__(self, requests: Requests, taken: list[float]) -> None:
        """Append the seconds of each response to `taken`."""
        self.requests, self.taken, self.errors = requests, taken, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self.transport: Any = transport
        self.send_request()

    def send_request(self) -> None:
        """Send a request and start the clock."""
        self.parser = httptools.HttpResponseParser(self)
        self.sent_at = time.perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        """Parse a part of the response."""
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Record the response and send the next request."""
        self.taken.append(time.perf_counter() - self.sent_at)
        self.errors += self.parser.get_status_code() >= 400
        asyncio.get_running_loop().call_soon(self.send_request)


async def generate_load(
    port: int, connections: int, seconds: float, requests: Requests
) -> dict[str, float]:
    """Ask for some seconds over some connections, and on until there is something to count."""
    taken: list[float] = []
    loop, begun = asyncio.get_running_loop(), time.perf_counter()
    pairs = [
        await loop.create_connection(lambda: Connection(requests, taken), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    while len(taken) < connections and time.perf_counter() - begun < LONGEST_SECONDS:
        await asyncio.sleep(0.01)
    passed = time.perf_counter() - begun
    for transport, _ in pairs:
        transport.abort()
    cuts = statistics.quantiles(taken, n=100) if len(taken) > 1 else (taken or [0.0]) * 99
    return {
        "requests": len(taken),
        "seconds": passed,
        "p50_ms": cuts[49] * 1e3,
        "p99_ms": cuts[98] * 1e3,
        "errors": sum(connection.errors for _, connection in pairs),
    }


if __name__ == "__main__":
    port, connections, seconds, file, host, *headers = sys.argv[1:]
    requests = Requests(Path(file).read_text().splitlines(), host, headers)
    print(
        json.dumps(uvloop.run(generate_load(int(port), int(connections), float(seconds), requests)))
    )
