"""Memory of the server process: idle, after one request of every address, after varied ones."""

import http.client
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import local

from benchmarks.run import BenchmarkRun, ResultRow
from benchmarks.servers import Server
from benchmarks.varied_requests import Headers, VariedRequests

#: Varied requests of a run of two seconds a round; a shorter one has fewer.
REQUESTS = 50_000
CLIENTS = 4
STEPS = 10


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure resident memory, and how it grows with the number of varied requests."""
    requests = VariedRequests(bench.store)
    number = round(REQUESTS * min(1.0, bench.seconds / 2))
    with bench.ours() as ours:
        idle = ours.memory_mb
        bench.say("memory: one request of every address")
        statuses = send(ours, requests.one_of_each())
        every = ours.memory_mb
        note = f"idle: {idle:.0f} MB; {describe(statuses)}"
        yield ResultRow("memory every", every, f"{every:.0f} MB", note=note)
        growth = []
        varied = requests.varied(number)
        for step in range(STEPS):
            bench.say(f"memory: varied requests, {step + 1} of {STEPS}")
            statuses += send(ours, islice(varied, number // STEPS))
            growth.append(round(ours.memory_mb))
        note = f"{number} requests: {', '.join(map(str, growth))} MB; {describe(statuses)}"
        yield ResultRow("memory varied", growth[-1], f"{growth[-1]} MB", note=note)


def send(server: Server, requests: Iterable[tuple[str, Headers]]) -> Counter[int]:
    """Send requests from some clients at once; return how many responses had each status."""
    connections = local()

    def status(request: tuple[str, Headers]) -> int:
        path, headers = request
        if not hasattr(connections, "own"):
            connections.own = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        connection: http.client.HTTPConnection = connections.own
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        return response.status

    with ThreadPoolExecutor(CLIENTS) as clients:
        return Counter(clients.map(status, requests))


def describe(statuses: Counter[int]) -> str:
    """Return the number of responses by class of status, such as `3000 2xx, 12 4xx`."""
    classes = Counter[str]()
    for status, count in statuses.items():
        classes[f"{status // 100}xx"] += count
    return ", ".join(f"{count} {name}" for name, count in sorted(classes.items()))
