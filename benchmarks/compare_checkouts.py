"""Compare two checkouts: `python -m benchmarks.compare_checkouts BEFORE AFTER --rounds 7`.

Each checkout needs a virtual environment of its own (`.venv`). Both load the shipped dataset into
an empty SQLite store, then answer the same requests in alternating rounds. A ratio is
AFTER / BEFORE of one round; the table gives the median, and the smallest and largest ratio.
than wall time. Linux only: figures come from /proc.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from benchmarks.machine import cpu_seconds, memory_mb

#: The collections whose records and lists are requested, with two filters each.
LISTS = (
    "/v1/evidence?species=human&design=rct_parallel&limit={limit}",
    "/v1/claims?kind=efficacy&facets=kind&limit={limit}",
    "/v1/affinities?compound=ketamine&sort=value_nm&limit={limit}",
)
RECORD = "/v1/{collection}/{slug}"
CACHED = "/v1/claims?limit=20"


@dataclass(frozen=True)
class Checkout:
    """A checkout that serves a store of its own."""

    folder: Path
    store: Path

    @contextmanager
    def serve(self, cache_bytes: int) -> Iterator["Service"]:
        """Run `kkb serve` until the block ends."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        environment["KKB_DATABASE_URL"] = f"sqlite:///{self.store}"
        environment["KKB_CACHE_BYTES"] = str(cache_bytes)
        begun = time.perf_counter()
        process = subprocess.Popen(
            [self.folder / ".venv/bin/kkb", "serve", "--port", str(port)],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            service = Service(process.pid, port)
            service.wait(process)
            service.start_seconds = time.perf_counter() - begun
            yield service
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(15)


class Service:
    """A running server and one connection to it."""

    def __init__(self, pid: int, port: int) -> None:
        """Prepare a connection; nothing is sent yet."""
        self.pid, self.port, self.start_seconds = pid, port, 0.0
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it answers with a 200."""
        while process.poll() is None:
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                self.connection.close()
            time.sleep(0.01)
        raise RuntimeError(f"the server ended with {process.returncode}")

    def get(self, path: str, etag: str | None = None) -> tuple[int, str | None]:
        """Return the status and the ETag of a response."""
        self.connection.request("GET", path, headers={"If-None-Match": etag} if etag else {})
        response = self.connection.getresponse()
        response.read()
        return response.status, response.getheader("ETag")

    def cpu_per_request(self, paths: Sequence[str], etag: str | None = None) -> float:
        """Return the CPU seconds of the server per request."""
        before = cpu_seconds(self.pid)
        for path in paths:
            status, _ = self.get(path, etag)
            if status not in (200, 304):
                raise RuntimeError(f"{path} was answered with {status}")
        return (cpu_seconds(self.pid) - before) / len(paths)


def requests(service: Service) -> dict[str, Callable[[Service], float]]:
    """Return the measurements of a round by name; the addresses are the same for both."""
    lists = [path.format(limit=limit) for limit in range(1, 201) for path in LISTS]
    records = [RECORD.format(collection="claims", slug=slug) for slug in _slugs(service)] * 6
    return {
        "cold list, two filters": lambda server: server.cpu_per_request(lists),
        "cold record": lambda server: server.cpu_per_request(records),
    }


def _slugs(service: Service) -> list[str]:
    service.connection.request("GET", "/v1/claims.csv?fields=slug")
    rows = service.connection.getresponse().read().decode().split()
    return rows[1:]


def cached_requests() -> dict[str, Callable[[Service], float]]:
    """Return the measurements that the response cache answers."""

    def not_modified(server: Service) -> float:
        _, etag = server.get(CACHED)
        return server.cpu_per_request([CACHED] * 6000, etag)

    return {
        "cache hit": lambda server: server.cpu_per_request([CACHED] * 6000),
        "304 from the cache": not_modified,
    }


def ratios(
    services: Sequence[Service], measurements: dict[str, Callable[[Service], float]], rounds: int
) -> Iterator[tuple[str, list[float], list[float]]]:
    """Yield a name, and the figures of the first and of the second service, round by round."""
    for name, measure in measurements.items():
        pairs: list[list[float]] = [[], []]
        for number in range(rounds + 1):
            order = (0, 1) if number % 2 else (1, 0)
            for which in order:
                figure = measure(services[which])
                if number:  # the first round warms up
                    pairs[which].append(figure)
        yield name, pairs[0], pairs[1]


def first_load(folder: Path, store: Path) -> tuple[float, float]:
    """Load the shipped dataset into an empty store; return CPU seconds and peak memory in MB."""
    script = (
        "import resource, sys; sys.argv = ['kkb', 'load', 'app/dataset']\n"
        "from app.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "use = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(use.ru_utime + use.ru_stime, use.ru_maxrss / 1024)"
    )
    environment = {**os.environ, "KKB_DATABASE_URL": f"sqlite:///{store}"}
    run = subprocess.run(
        [folder / ".venv/bin/python", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, memory = run.stdout.split()[-2:]
    return float(seconds), float(memory)


def line(name: str, unit: str, before: Sequence[float], after: Sequence[float]) -> str:
    """Return a row of the table in Markdown."""
    paired = sorted(b / a for a, b in zip(before, after, strict=True))
    return (
        f"| {name} | {median(before):.4g} {unit} | {median(after):.4g} {unit} |"
        f" {median(paired):.2f} ({paired[0]:.2f} to {paired[-1]:.2f}) |"
    )


def compare(
    before: Annotated[Path, typer.Argument(help="The checkout to compare with.")],
    after: Annotated[Path, typer.Argument(help="The checkout to judge.")],
    rounds: Annotated[int, typer.Option(help="Paired rounds.")] = 7,
) -> None:
    """Print a Markdown table of figures before and after."""
    folders = (before.resolve(), after.resolve())
    print("| | before | after | after / before: median (smallest to largest) |\n|---|---|---|---|")
    with TemporaryDirectory() as scratch, ExitStack() as stack:
        stores = [Path(scratch, name) for name in ("before.db", "after.db")]
        loads: list[list[tuple[float, float]]] = [[], []]
        for number in range(3):
            for which, folder in enumerate(folders):
                store = Path(scratch, f"load-{number}-{which}.db")
                loads[which].append(first_load(folder, store))
                shutil.copy(store, stores[which])
        print(
            line(
                "first load, CPU",
                "s",
                *([seconds for seconds, _ in side] for side in loads),
            )
        )
        print(
            line(
                "first load, peak memory",
                "MB",
                *([memory for _, memory in side] for side in loads),
            )
        )
        checkouts = [Checkout(f, s) for f, s in zip(folders, stores, strict=True)]
        starts: list[list[tuple[float, float, float]]] = [[], []]
        for _ in range(rounds):
            for which, checkout in enumerate(checkouts):
                with checkout.serve(64_000_000) as service:
                    figures = (
                        service.start_seconds,
                        cpu_seconds(service.pid),
                        memory_mb(service.pid),
                    )
                    starts[which].append(figures)
        for at, (name, unit) in enumerate(
            [("start to first 200", "s"), ("start, CPU", "s"), ("memory after the start", "MB")]
        ):
            print(
                line(
                    name,
                    unit,
                    *([figures[at] for figures in side] for side in starts),
                )
            )
        cold = [stack.enter_context(checkout.serve(0)) for checkout in checkouts]
        for name, first, second in ratios(cold, requests(cold[0]), rounds):
            print(
                line(
                    f"{name}, CPU",
                    "ms",
                    *([s * 1000 for s in side] for side in (first, second)),
                )
            )
        cached = [stack.enter_context(checkout.serve(64_000_000)) for checkout in checkouts]
        for name, first, second in ratios(cached, cached_requests(), rounds):
            print(
                line(
                    f"{name}, CPU",
                    "µs",
                    *([s * 1e6 for s in side] for side in (first, second)),
                )
            )


if __name__ == "__main__":
    typer.run(compare)
