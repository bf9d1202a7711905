"""PostgreSQL is restarted under load, without a clean shutdown (`pg_ctl stop -m immediate`).

    python -m tests.reliability.restart --restarts 10

The PostgreSQL server is used by this test alone. Readers send requests that no cache can answer,
and curators write. The only statuses are 200, 202 and 503 with Retry-After; reads succeed as soon
as PostgreSQL accepts connections; no acknowledged write is lost.
"""

import argparse
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import httpx

from tests import factories, postgres
from tests.helpers import fill_store
from tests.reliability import empty_store
from tests.reliability.crash_write import (
    WRITERS,
    Writer,
    check_store,
    create_writer,
    finish_writers,
    wait_amid_writes,
)
from tests.reliability.server_process import running_server, status_of

READERS = 4
NUMBERS = count()


def run(folder: Path, restarts: int) -> dict[str, Any]:
    """Return the counts of statuses, the seconds of each restart, and the number of writes."""
    content = factories.dataset(WRITERS)
    for study in content["studies"]:
        study["n_randomised"] = 1
    rng, should_stop = Random(1), Event()
    with postgres.cluster(settings=empty_store.DURABLE) as server:
        store = fill_store(server.address, factories.write_folder(folder / "data", content))
        with running_server(server.address, folder) as node, ThreadPoolExecutor(20) as pool:
            writers = [create_writer(store, node.base, f"study-{n}") for n in range(WRITERS)]
            futures = [pool.submit(writer.run) for writer in writers]
            readers = [pool.submit(read_repeatedly, node.base, should_stop) for _ in range(READERS)]
            with finish_writers(writers, futures):
                for writer in writers:
                    writer.is_server_up.set()
                try:
                    seconds = [restart(server, writers, rng) for _ in range(restarts)]
                finally:
                    should_stop.set()
            statusestuses = sum((reader.result() for reader in readers), Counter[str]())
            check_store(store, writers, unanswered=0)
        store.engine.dispose()
    statusestuses += sum((writer.statuses for writer in writers), Counter[str]())
    return {
        "met": statusestuses,
        "seconds": seconds,
        "written": sum(writer.acknowledged for writer in writers),
    }


def restart(server: postgres.Cluster, writers: list[Writer], rng: Random) -> tuple[float, float]:
    """Restart during writes; return the seconds to the first 200, from the stop and the start.

    The start is complete when the server accepts connections.
    """
    wait_amid_writes(writers, rng)
    server.stop()
    stopped_at = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        ok_time = pool.submit(wait_for_ok_response, writers[0].base)
        server.start()
        started_at = time.monotonic()
        return ok_time.result() - stopped_at, max(ok_time.result() - started_at, 0.0)


def wait_for_ok_response(base: str) -> float:
    """Send reads until one has status 200, and return the time of it."""
    deadline = time.monotonic() + 60
    while httpx.get(uncached_url(base), timeout=30).status_code != 200:
        assert time.monotonic() < deadline, "reads do not come back"
        time.sleep(0.01)
    return time.monotonic()


def read_repeatedly(base: str, should_stop: Event) -> Counter[str]:
    """Send reads that miss the cache until stopped, and return the counts of statuses."""
    statusestuses: Counter[str] = Counter()
    with httpx.Client(base_url=base, timeout=30) as client:
        while not should_stop.is_set():
            statusestuses[status_of(client.get(uncached_url(base)))] += 1
    return statusestuses


def uncached_url(base: str) -> str:
    return f"{base}/v1/claims?q=word{next(NUMBERS)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=empty_store.Plain)
    parser.add_argument("--restarts", type=int, default=10)
    options = parser.parse_args()
    with empty_store.empty_store(None) as (_, folder):
        result = run(folder, options.restarts)
    stop, start = (max(column) for column in zip(*result["seconds"], strict=True))
    print(f"{options.restarts} restarts, {result['written']} writes acknowledged, 0 lost")
    print("met: " + ", ".join(f"{n} x {word}" for word, n in sorted(result["met"].items())))
    print(f"a read was answered {stop:.2f} s after the stop at the latest")
    print(f"and {start:.2f} s after the server took connections")


if __name__ == "__main__":
    main()
