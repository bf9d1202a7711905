"""Many concurrent clients of the slowest addresses, and the response times of other clients.

    python -m tests.reliability.hostile_crowd --callers 16 --seconds 20
    python -m tests.reliability.hostile_crowd --url sqlite:///big.db

The callers send requests without pauses, and every request differs, so that all miss the cache.
Meanwhile a client reads one record at a time, and others make health checks.
"""

import argparse
import http.client
import itertools
import json
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from tests.reliability.hostile_clients import shipped_node
from tests.reliability.server_process import ServerProcess, running_server

Request = tuple[str, str, str | None]
RECORD = "/v1/claims/ketamine-relieves-ptsd"
MISSPELT = json.dumps({"ids": [f"ketmine recptor {n} antagnist" for n in range(500)]})
SLUGS = json.dumps({"ids": [f"ketmine-{n}" for n in range(500)]})


#: The slowest requests; a number replaces `{n}`.
WORST: dict[str, Request] = {
    "misspelt names": ("POST", "/v1/resolve", MISSPELT),
    "misspelt slugs": ("POST", "/v1/claims/batch", SLUGS),
    "drawing": ("GET", "/v1/graph.svg", None),
    "graph": ("GET", "/v1/graph?limit=20000", None),
    "GraphML": ("GET", "/v1/graph.graphml", None),
    "neighbourhood": ("GET", "/v1/neighbourhood/compound:ketamine?hops=3", None),
    "paths": ("GET", "/v1/paths?from=compound:ketamine&to=process:spine-formation", None),
    "matrix": ("GET", "/v1/matrix", None),
    "timeline": ("GET", "/v1/timeline", None),
    "gaps": ("GET", "/v1/gaps", None),
    "page": ("GET", "/v1/pages/compound/ketamine", None),
    "verdict": ("GET", f"{RECORD}/verdict?randomised=true", None),
    "list with facets": (
        "GET",
        "/v1/evidence?facets=claim,compound,study&limit=500&include=reference,study",
        None,
    ),
    "list by words": ("GET", "/v1/evidence?q=ketamine+depression+{n}&limit=500", None),
    "misspelt search": ("GET", "/v1/search?q=ketmine+antidepresant+recptor{n}", None),
    "references": ("GET", "/v1/references.bib", None),
    "export": ("GET", "/v1/evidence.csv", None),
}


@dataclass
class ResponseTimes:
    """Statuses of the responses to one kind of request, and the seconds that each took."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def add(self, status: int, seconds: float) -> None:
        """Add a response."""
        self.statuses[status] += 1
        self.seconds.append(seconds)

    def percentile(self, share: float) -> float:
        """Return the seconds within which this share of the responses arrived."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def __str__(self) -> str:
        p50, p95 = self.percentile(0.5) * 1000, self.percentile(0.95) * 1000
        worst = max(self.seconds) * 1000
        counts = ", ".join(f"{number} × {status}" for status, number in self.statuses.items())
        return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {worst:.0f} ms; {counts}"


def request_until(
    port: int, requests: Iterator[Request], until: Callable[[], bool], pause: float
) -> ResponseTimes:
    """Send requests one after the other over one connection, each with a different Host."""
    times, connection = ResponseTimes(), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    host = f"h{os.getpid()}-{time.monotonic_ns()}"
    for number in itertools.count():
        if until():
            break
        method, path, body = next(requests)
        headers = {"Host": f"{host}-{number}", "Content-Type": "application/json"}
        start = time.monotonic()
        try:
            connection.request(method, path.replace("{n}", str(number)), body, headers)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        times.add(status, time.monotonic() - start)
        time.sleep(pause)
    connection.close()
    return times


def send_worst_requests(port: int, first: int, seconds: float) -> None:
    """Send the slowest requests for some seconds."""
    deadline = time.monotonic() + seconds
    worst = list(WORST.values())
    requests = itertools.cycle(worst[first % len(worst) :] + worst[: first % len(worst)])
    request_until(port, requests, lambda: time.monotonic() > deadline, 0)


@contextmanager
def hostile_callers(port: int, number: int, seconds: float) -> Iterator[None]:
    """Run hostile callers in separate processes."""
    context = multiprocessing.get_context("spawn")
    callers = [
        context.Process(target=send_worst_requests, args=(port, n, seconds)) for n in range(number)
    ]
    for caller in callers:
        caller.start()
    try:
        yield
    finally:
        for caller in callers:
            caller.terminate()
            caller.join()


def measure(node: ServerProcess, callers: int, seconds: float) -> dict[str, ResponseTimes]:
    """Return the response times of a record and of health checks during the hostile requests."""
    probes = {
        "record": (RECORD, 0.02),
        "/readyz": ("/readyz", 0.05),
        "/healthz": ("/healthz", 0.05),
    }
    times: dict[str, ResponseTimes] = {}
    is_over = Event()

    def probe(name: str, path: str, pause: float) -> None:
        requests: Iterator[Request] = itertools.repeat(("GET", path, None))
        times[name] = request_until(node.port, requests, is_over.is_set, pause)

    with hostile_callers(node.port, callers, seconds + 5):
        time.sleep(3)  # until all of them have started
        threads = [Thread(target=probe, args=(name, *target)) for name, target in probes.items()]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        is_over.set()
        for thread in threads:
            thread.join()
    return times


@contextmanager
def serve_store(url: str | None, folder: Path) -> Iterator[ServerProcess]:
    """Serve a store, by default a new one with the shipped dataset."""
    if url is None:
        with shipped_node(folder) as node:
            yield node
    else:
        with running_server(url, folder) as node:
            yield node


def main() -> None:
    """Measure, and print the response times of other clients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="store to serve; by default one with the shipped dataset")
    parser.add_argument("--callers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serve_store(options.url, Path(folder)) as node:
        for callers in (0, options.callers):
            print(f"{callers} hostile callers (load average {os.getloadavg()[0]:.1f}):")
            for name, times in measure(node, callers, options.seconds).items():
                print(f"  {name}: {times}")


if __name__ == "__main__":
    main()
