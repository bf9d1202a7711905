"""First requests after a write: responses that take long are made again in the background.

Each address was requested before the write. The first client after it has the response from the
cache if the server has refreshed it, and waits for it otherwise.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

from benchmarks.growth import CLAIM, COMPOUND, HTML
from benchmarks.run import BenchmarkRun, ResultRow
from benchmarks.scenarios.exports import ask_meanwhile
from benchmarks.servers import Server

#: Addresses whose first response after a write takes the longer, the more records there are.
ADDRESSES: Mapping[str, Mapping[str, str]] = {
    "/v1/evidence?limit=1&compound=ketamine&facets=direction": {},
    f"/v1/pages/compound/{COMPOUND}": {},
    f"/v1/pages/claim/{CLAIM}": {},
    f"/v1/claims/{CLAIM}/synthesis": {},
    "/v1/gaps": {},
    "/v1/graph": {},
    "/": HTML,
    f"/compounds/{COMPOUND}": HTML,
    "/timeline": HTML,
    "/gaps": HTML,
    "/matrix": HTML,
}
REFRESHES = b"kkb_response_cache_refreshes_total "
#: Seconds after which a server has seen a write.
SEEN_SECONDS = 0.2
#: Seconds without another refreshed response after which a refresh is over, and at the longest.
IDLE_SECONDS, MAX_SECONDS = 2.0, 60.0


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure the slowest address at once after a write, and after the refresh of the cache."""
    bench.say(f"{len(ADDRESSES)} addresses after a write")
    at_once, refreshed, lasted, waited = [], [], [], []
    with bench.ours() as ours:
        request_all(ours)
        for _ in range(bench.rounds):
            write(bench.store)
            time.sleep(SEEN_SECONDS)
            at_once.append(request_all(ours))
            write(bench.store)
            with ask_meanwhile(ours, bench.store) as took:
                number, seconds = wait_for_refresh(ours)
            lasted.append(seconds)
            waited.append(1000 * quantiles(took, n=100)[98])
            refreshed.append(request_all(ours))
    slowest, before = median(map(max, refreshed)), median(map(max, at_once))
    yield ResultRow(
        "after write",
        slowest,
        f"{slowest:.1f} ms",
        f"{before:.0f} ms",
        f"{number} of {len(ADDRESSES)} refreshed within {median(lasted):.1f} s",
        {"at_once_ms": at_once, "refreshed_ms": refreshed, "seconds": lasted},
    )
    p99 = median(waited)
    yield ResultRow("refresh p99", p99, f"{p99:.1f} ms", measurements={"p99_ms": waited})


def write(store: Path) -> None:
    """Begin a new revision, as each write does; nothing else depends on what is written."""
    with closing(sqlite3.connect(store, timeout=60)) as connection, connection:
        connection.execute("UPDATE dataset SET revision = revision + 1")


def request_all(server: Server) -> list[float]:
    """Return the milliseconds until the last byte of each address."""
    times = []
    for path, headers in ADDRESSES.items():
        begun = time.perf_counter()
        status, _, _ = server.get(path, Accept_Encoding="br", **headers)
        times.append(1000 * (time.perf_counter() - begun))
        assert status == 200, (path, status)
    return times


def wait_for_refresh(server: Server) -> tuple[int, float]:
    """Return the number of refreshed responses, and the seconds until the last of them."""
    begun = last = time.monotonic()
    before = count = refreshes(server)
    while time.monotonic() < min(last + IDLE_SECONDS, begun + MAX_SECONDS):
        time.sleep(SEEN_SECONDS)
        if (number := refreshes(server)) > count:
            count, last = number, time.monotonic()
    return count - before, last - begun


def refreshes(server: Server) -> int:
    """Return how many responses the server has refreshed."""
    lines = server.get("/metrics")[2].splitlines()
    return next(int(float(line.split()[1])) for line in lines if line.startswith(REFRESHES))
