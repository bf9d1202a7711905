"""Restarted under load: PostgreSQL is stopped as by a power cut and started again, amid requests.

    python -m tests.reliability.restart --restarts 10

As `pg_ctl restart -m immediate` does it, on a server of its own, while readers ask what no memory
holds and curators write. Nobody may meet anything but 200, 202 and a 503 with Retry-After; reads
are answered as soon as the server takes connections; every acknowledged write is there.
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
    """What readers and writers met, and the seconds, by restart, until a read was answered."""
    content = factories.dataset(WRITERS)
    for study in content["studies"]:
        study["n_randomised"] = 1
    chance, stopped = Random(1), Event()
    with postgres.cluster(settings=empty_store.DURABLE) as server:
        store = fill_store(server.address, factories.write_folder(folder / "data", content))
        with running_server(server.address, folder) as node, ThreadPoolExecutor(20) as pool:
            writers = [create_writer(store, node.base, f"study-{n}") for n in range(WRITERS)]
            asked = [pool.submit(one.run) for one in writers]
            readers = [pool.submit(read_repeatedly, node.base, stopped) for _ in range(READERS)]
            with finish_writers(writers, asked):
                for one in writers:
                    one.up.set()
                try:
                    seconds = [restart(server, writers, chance) for _ in range(restarts)]
                finally:
                    stopped.set()
            met = sum((reader.result() for reader in readers), Counter[str]())
            check_store(store, writers, unanswered=0)
        store.engine.dispose()
    met += sum((one.met for one in writers), Counter[str]())
    return {"met": met, "seconds": seconds, "written": sum(one.acknowledged for one in writers)}


def restart(server: postgres.Cluster, writers: list[Writer], chance: Random) -> tuple[float, float]:
    """Restart amid writes; the seconds until a read was answered, from the stop and from the start.

    The start is over when the server takes connections.
    """
    wait_amid_writes(writers, chance)
    server.stop()
    stop = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(wait_for_answer, writers[0].base)
        server.start()
        start = time.monotonic()
        return first.result() - stop, max(first.result() - start, 0.0)


def wait_for_answer(base: str) -> float:
    """Ask until there is a 200; when that was."""
    deadline = time.monotonic() + 60
    while httpx.get(new_address(base), timeout=30).status_code != 200:
        assert time.monotonic() < deadline, "reads do not come back"
        time.sleep(0.01)
    return time.monotonic()


def read_repeatedly(base: str, stopped: Event) -> Counter[str]:
    """Read what nobody read before, again and again; what was met."""
    met: Counter[str] = Counter()
    with httpx.Client(base_url=base, timeout=30) as client:
        while not stopped.is_set():
            met[status_of(client.get(new_address(base)))] += 1
    return met


def new_address(base: str) -> str:
    return f"{base}/v1/claims?q=word{next(NUMBERS)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=empty_store.Plain)
    parser.add_argument("--restarts", type=int, default=10)
    asked = parser.parse_args()
    with empty_store.empty_store(None) as (_, folder):
        found = run(folder, asked.restarts)
    stop, start = (max(column) for column in zip(*found["seconds"], strict=True))
    print(f"{asked.restarts} restarts, {found['written']} writes acknowledged, 0 lost")
    print("met: " + ", ".join(f"{n} x {word}" for word, n in sorted(found["met"].items())))
    print(f"a read was answered {stop:.2f} s after the stop at the latest")
    print(f"and {start:.2f} s after the server took connections")


if __name__ == "__main__":
    main()
