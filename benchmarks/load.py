"""Load: addresses asked for some seconds, from the load's own core; wrk where it is installed."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.machine import pinned
from benchmarks.servers import Server

SCRIPT = Path(__file__).with_name("load.lua")
#: A generator that is this busy may be what was measured.
BUSY = 0.95
_hosts = count()


@dataclass(frozen=True)
class RequestSet:
    """What is asked of a server: addresses in turn.

    `fresh`: no address is ever asked twice, so that no kept answer helps. A list that ends begins
    again under another Host, which is part of an address.
    """

    paths: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False
    connections: int = 16


@dataclass(frozen=True)
class LoadResult:
    """What came of it."""

    requests: int
    rate: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_us: float  # of the server, per request
    generator_share: float  # of the load's core

    @property
    def generator_bound(self) -> bool:
        """Whether the load generator used its whole core, so that it limits the result."""
        return self.generator_share > BUSY


def run_load(
    server: Server, request_set: RequestSet, seconds: float, core: int | None, wrk: str | None
) -> LoadResult:
    """Send requests for some seconds, with wrk or with our own generator."""
    host = f"h{os.getpid()}-{next(_hosts)}-" if request_set.fresh else "-"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{path}\n" for path in request_set.paths))
        file.flush()
        what = [file.name, host, *(f"{n}={v}" for n, v in request_set.headers.items())]
        before = server.cpu_seconds
        command = _command(server.port, request_set.connections, seconds, wrk)
        report, share = _run([*command, *what], core)
        used = server.cpu_seconds - before
    number = max(1, int(report["requests"]))
    return LoadResult(
        requests=int(report["requests"]),
        rate=number / report["seconds"],  # one, where none came in time; the row says so
        p50_ms=report["p50_ms"],
        p99_ms=report["p99_ms"],
        errors=int(report["errors"]),
        cpu_us=used / number * 1e6,
        generator_share=share,
    )


def _command(port: int, connections: int, seconds: float, wrk: str | None) -> list[str]:
    if wrk is None:
        command = [sys.executable, "-m", "benchmarks.load_generator", str(port)]
        return [*command, str(connections), str(seconds)]
    command = [wrk, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(SCRIPT)]
    return [*command, f"http://127.0.0.1:{port}", "--"]


def _run(command: list[str], core: int | None) -> tuple[dict[str, float], float]:
    """What the generator printed, and its share of its core."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=pinned(core), text=True)
    assert process.stdout is not None
    lines = process.stdout.read().strip().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not lines:
        raise RuntimeError(f"the load generator ended with {process.returncode}: {command}")
    report = json.loads(lines[-1])
    return report, (usage.ru_utime + usage.ru_stime) / report["seconds"]
