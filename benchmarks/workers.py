"""One and two workers, or nodes on PostgreSQL: `nice -n -20 python -m benchmarks.workers`.

One worker runs on one core, and the load generator and PostgreSQL on the others; two workers run on
two cores, which they share with the generator and PostgreSQL. What two workers would answer on
two cores of their own is computed in two ways:

- by rate: the requests per second of two workers, times (workers + generator + database) / workers
  in CPU time per request: they had only the inverse of this factor of the two cores;
- by CPU time: a worker that needs c µs per request answers 1 000 000 / c requests per second on a
  core of its own, so two workers answer 2 c1 / c2 times what one answers. This holds on a busy
  machine as well, as far as workers do not wait for each other: `busy` is the share of the time in
  which they were running or waiting for a core.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from benchmarks import machine, servers, stores
from benchmarks.load import RequestSet, run_load
from benchmarks.scenarios import samples
from benchmarks.servers import Server
from benchmarks.targets import WORKER_REQUESTS
from tests import postgres

HEAD = (
    "| | requests/s: 1 | 2 | CPU: 1 | 2 | generator | database | busy | ratio by rate"
    " | by CPU time | errors |"
)
LIST = "/v1/evidence?direction=supports&species=human&limit=50"


@dataclass(frozen=True)
class Round:
    """What one round of load showed.

    Args:
        rate: Requests per second.
        server_us: CPU time of the workers per request, in microseconds.
        generator_us: CPU time of the load generators per request.
        database_us: CPU time of PostgreSQL per request.
        busy: Share of the time in which the workers were running or waiting for a core; threads of
            one process can make it more than 1.
        errors: Requests without a response, or with an error.
    """

    rate: float
    server_us: float
    generator_us: float
    database_us: float
    busy: float
    errors: int


def scenarios(store: Path) -> dict[str, RequestSet]:
    """Return what is requested: cache hits, and addresses that no cache holds."""
    slugs = samples.slugs(store)
    requests = (
        RequestSet([samples.ours_record(slugs[0])], connections=64),
        RequestSet([LIST], connections=64),
        RequestSet([*map(samples.ours_record, slugs)], fresh=True),
        RequestSet([LIST], fresh=True),
    )
    return dict(zip(WORKER_REQUESTS, requests, strict=True))


def measure(
    nodes: Sequence[Server],
    requests: RequestSet,
    seconds: float,
    database: int | None,
    wrk: str | None,
) -> Round:
    """Send requests to all nodes at once, and measure every process."""
    pids = [pid for node in nodes for pid in machine.descendants(node.pid)]
    before, start = sum(map(machine.runnable_seconds, pids)), time.perf_counter()
    database_before = database_seconds(database)
    with ThreadPoolExecutor(len(nodes)) as pool:
        loads = list(pool.map(lambda node: run_load(node, requests, seconds, None, wrk), nodes))
    wall = time.perf_counter() - start
    number = sum(load.requests for load in loads)
    workers = sum(max(1, len(machine.descendants(node.pid)) - 2) for node in nodes)
    return Round(
        rate=sum(load.rate for load in loads),
        server_us=sum(load.cpu_us * load.requests for load in loads) / number,
        generator_us=sum(load.generator_share * seconds for load in loads) / number * 1e6,
        database_us=(database_seconds(database) - database_before) / number * 1e6,
        busy=(sum(map(machine.runnable_seconds, pids)) - before) / wall / workers,
        errors=sum(load.errors for load in loads),
    )


def database_seconds(pid: int | None) -> float:
    """Return the CPU time of a PostgreSQL server; that of a session ends with it."""
    seconds = 0.0
    for process in machine.descendants(pid) if pid else ():
        with suppress(OSError):  # a background worker has ended meanwhile
            seconds += machine.cpu_seconds(process)
    return seconds


@contextmanager
def running(
    url: str, releases: Path, *options: str, number: int = 1, core: int | None = None
) -> Iterator[list[Server]]:
    """Run some nodes, on one core or on all."""
    command, environment = servers.own_server(url, releases, *options)
    with ExitStack() as stack:
        yield [
            stack.enter_context(servers.running_server(command, core, "/readyz", environment))
            for _ in range(number)
        ]


def compare(
    one: Sequence[Server],
    two: Sequence[Server],
    requests: RequestSet,
    rounds: int,
    seconds: float,
    database: int | None = None,
    *,
    wrk: str | None,
) -> list[tuple[Round, Round]]:
    """Measure in turn, after a warm-up that does not count."""
    for nodes in (one, two):
        measure(nodes, requests, min(1.0, seconds), database, wrk)
    return [
        (
            measure(one, requests, seconds, database, wrk),
            measure(two, requests, seconds, database, wrk),
        )
        for _ in range(rounds)
    ]


def show(name: str, pairs: Sequence[tuple[Round, Round]]) -> None:
    """Print a row of the table: medians, and the ratios with their ranges."""
    one, two = zip(*pairs, strict=True)
    others = [(r.generator_us + r.database_us) / r.server_us for r in two]
    by_rate = [b.rate * (1 + more) / a.rate for (a, b), more in zip(pairs, others, strict=True)]
    by_cpu = [2 * a.server_us / b.server_us for a, b in pairs]
    figures = [
        f"{median(r.rate for r in one):,.0f}",
        f"{median(r.rate for r in two):,.0f}",
        *(f"{median(r.server_us for r in rounds) / 1000:.3f} ms" for rounds in (one, two)),
        f"{median(r.generator_us for r in two) / 1000:.3f} ms",
        f"{median(r.database_us for r in two) / 1000:.3f} ms",
        f"{median(r.busy for r in two):.2f}",
        *(f"{median(r):.2f} ({min(r):.2f} to {max(r):.2f})" for r in (by_rate, by_cpu)),
        str(sum(r.errors for r in [*one, *two])),
    ]
    typer.echo(f"| {name} | {' | '.join(figures)} |".replace(",", " "))


def show_memory(server: Server) -> None:
    """Print the memory of each process: resident, and its share of what they have in common."""
    for pid in machine.descendants(server.pid):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        share = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
        role = "parent" if pid == server.pid else "child"
        typer.echo(f"{role} {machine.memory_mb(pid):.0f} MB resident, {share:.0f} MB its share")


def main(
    rounds: Annotated[int, typer.Option(help="Rounds; the median counts.")] = 5,
    seconds: Annotated[float, typer.Option(help="Seconds of load in each round.")] = 3.0,
    postgresql: Annotated[bool, typer.Option(help="Two nodes on PostgreSQL instead.")] = False,
    store: Annotated[Path | None, typer.Option(help="A filled SQLite store, instead.")] = None,
    generator: Annotated[str, typer.Option(help="wrk, where it is installed, or python.")] = "wrk",
) -> None:
    """Compare one worker with two, or one node with two nodes on PostgreSQL."""
    store = (store or stores.grown_store(stores.BUILT / "0", 0)).resolve()
    wrk = shutil.which("wrk") if generator == "wrk" else None
    typer.echo(json.dumps(machine.describe_machine()))
    typer.echo(f"load of the machine: {os.getloadavg()[0]:.1f}, {rounds} rounds of {seconds:g} s")
    typer.echo(HEAD)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kkb-bench-")))
        database, core = None, machine.Cores.detect().server
        if postgresql:
            cluster = stack.enter_context(postgres.cluster())
            database = cluster.process.pid
            url = postgres.database(cluster.database_url)
            stores.fill_store(url, folder, 0)
            one = stack.enter_context(running(url, folder, core=core))
            two = stack.enter_context(running(url, folder, number=2))
        else:
            url = f"sqlite:///{store}"
            one = stack.enter_context(running(url, store.parent / "releases", core=core))
            two = stack.enter_context(running(url, store.parent / "releases", "--workers", "2"))
        for name, requests in scenarios(store).items():
            show(name, compare(one, two, requests, rounds, seconds, database, wrk=wrk))
        for server in (*one, *two):
            show_memory(server)
    typer.echo(f"load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    typer.run(main)
