"""Exports of all evidence notes, against the CSV output of sqlite3, and latency meanwhile."""

import http.client
import multiprocessing
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from benchmarks.machine import pinned
from benchmarks.run import BenchmarkRun, ResultRow
from benchmarks.scenarios import samples
from benchmarks.servers import Server

#: Columns of the note and its record; our export also has its lists and references.
DUMP = "SELECT r.slug, r.name, r.summary, e.* FROM record r JOIN evidence e ON e.id = r.id"
EVERY_SECONDS = 0.01
FORK = multiprocessing.get_context("fork")


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure rows per second, growth of memory, and the latency of other requests meanwhile."""
    number = bench.notes
    grew: list[float] = []
    waited: list[list[float]] = []
    with bench.ours() as ours:
        for name in ("csv", "ndjson"):
            bench.say(f"export of {number} notes as {name}")
            pairs = []
            for _ in range(bench.rounds):
                with track_memory(ours, grew):
                    pairs.append((export(ours, name), dump(bench)))
            mine, other = (
                f"{number / median(one):,.0f} rows/s" for one in zip(*pairs, strict=True)
            )
            ratio = median(theirs / ours for ours, theirs in pairs)
            yield ResultRow(f"export {name}", ratio, mine, other, measurements={"seconds": pairs})
        for _ in range(bench.rounds):
            # In another process, so that reading the export does not delay the other requests.
            reader = FORK.Process(target=export_repeatedly, args=(ours, bench.seconds))
            reader.start()
            with ask_meanwhile(ours, bench.store) as took:
                reader.join()
            assert reader.exitcode == 0, reader.exitcode
            waited.append(took)
    yield ResultRow(
        "export memory", max(grew), f"{max(grew):.0f} MB", measurements={"grew_mb": grew}
    )
    p99 = median(quantiles(took, n=100)[98] if len(took) > 1 else took[0] for took in waited) * 1e3
    requests = sum(map(len, waited))
    yield ResultRow(
        "export p99",
        p99,
        f"{p99:.1f} ms",
        note=f"{requests} pages",
        measurements={"requests": requests},
    )


def export(server: Server, name: str) -> float:
    """Return the seconds until the last byte of an export; the bytes are discarded."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    begun = time.perf_counter()
    connection.request("GET", f"/v1/evidence.{name}", headers={"Cookie": "uncached=1"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    buffer = bytearray(1 << 16)
    while answer.readinto(buffer):
        pass
    connection.close()
    return time.perf_counter() - begun


def export_repeatedly(server: Server, seconds: float) -> None:
    """Export until so many seconds have passed: one export of few notes is over too soon."""
    end = time.perf_counter() + seconds
    export(server, "ndjson")
    while time.perf_counter() < end:
        export(server, "ndjson")


def dump(bench: BenchmarkRun) -> float:
    """Return the seconds that sqlite3 takes for its CSV, on the core of the server."""
    begun = time.perf_counter()
    command = ["sqlite3", "-readonly", "-csv", str(bench.store), DUMP]
    pin = pinned(bench.cores.server)
    subprocess.run(command, stdout=subprocess.DEVNULL, preexec_fn=pin, check=True)
    return time.perf_counter() - begun


@contextmanager
def track_memory(server: Server, grew: list[float]) -> Iterator[None]:
    """Append to `grew` the peak growth of the memory of the server, in MB."""
    before, most, over = server.memory_mb, [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            most[0] = max(most[0], server.memory_mb - before)

    watcher = threading.Thread(target=look)
    watcher.start()
    yield
    over.set()
    watcher.join()
    grew.append(most[0])


@contextmanager
def ask_meanwhile(server: Server, store: Path) -> Iterator[list[float]]:
    """Request a record every 10 ms, none twice; yield a list of the seconds that each took."""
    slugs, over, took = samples.slugs(store), threading.Event(), list[float]()

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for number in range(1_000_000):
            path = samples.ours_record(slugs[number % len(slugs)])
            host = f"e{os.getpid()}-{id(took)}-{number}"
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Host": host})
            connection.getresponse().read()
            took.append(time.perf_counter() - begun)
            if over.wait(max(0.0, EVERY_SECONDS - took[-1])):
                break

    asker = threading.Thread(target=ask)
    asker.start()
    yield took
    over.set()
    asker.join()
