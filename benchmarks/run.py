"""One run: its store and cores, alternating rounds of loads, and the rows of its results."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import servers
from benchmarks.load import LoadResult, RequestSet, run_load
from benchmarks.machine import Cores
from benchmarks.servers import Server
from benchmarks.targets import TARGETS


@dataclass(frozen=True)
class ResultRow:
    """One line of the table: a target, and what was measured."""

    name: str
    value: float
    ours: str
    theirs: str = ""
    note: str = ""
    measurements: Mapping[str, Any] = field(default_factory=dict)

    @property
    def target_met(self) -> bool:
        """Whether the value meets its target."""
        return TARGETS[self.name].is_met(self.value)


@dataclass(frozen=True)
class BenchmarkRun:
    """A run of the benchmarks.

    `store` is a filled SQLite file, with its releases in the same folder.
    """

    store: Path
    notes: int
    folder: Path
    cores: Cores
    rounds: int = 3
    seconds: float = 2.0
    wrk: str | None = None
    say: Callable[[str], None] = lambda words: None

    @contextmanager
    def ours(self, url: str = "", probe: str = "/healthz") -> Iterator[Server]:
        """Run our own service on this store or another one."""
        url = url or f"sqlite:///{self.store}"
        command, env = servers.own_server(url, self.releases(url))
        with servers.running_server(command, self.cores.server, probe, env) as server:
            yield server

    @contextmanager
    def peer(self, what: tuple[list[str], dict[str, str]], probe: str) -> Iterator[Server]:
        """Run another server, from its command and environment."""
        command, env = what
        with servers.running_server(command, self.cores.server, probe, env) as server:
            yield server

    def releases(self, url: str) -> Path:
        """Where the releases of a store are: beside a file, else in the run's folder."""
        file = url.removeprefix("sqlite:///")
        return Path(file).parent / "releases" if file != url else self.folder / "releases"

    def run_rounds(
        self, runners: Mapping[str, tuple[Server, RequestSet]]
    ) -> dict[str, list[LoadResult]]:
        """All of them in turn, some rounds; a short one before that counts for nothing."""
        for server, request_set in runners.values():
            run_load(server, request_set, min(1.0, self.seconds), self.cores.load, self.wrk)
        loads: dict[str, list[LoadResult]] = {name: [] for name in runners}
        for _ in range(self.rounds):
            for name, (server, request_set) in runners.items():
                load = run_load(server, request_set, self.seconds, self.cores.load, self.wrk)
                loads[name].append(load)
        return loads


def by_rate(name: str, ours: Sequence[LoadResult], theirs: Sequence[LoadResult]) -> ResultRow:
    """Requests per second against a peer: the median of the rounds' ratios."""
    return _compared(name, ours, theirs, [a.rate / b.rate for a, b in _pairs(ours, theirs)])


def by_time(name: str, ours: Sequence[LoadResult], theirs: Sequence[LoadResult]) -> ResultRow:
    """Time per request against a peer."""
    return _compared(name, ours, theirs, [b.rate / a.rate for a, b in _pairs(ours, theirs)])


def by_p50(name: str, loads: Sequence[LoadResult]) -> ResultRow:
    """Return the median latency in milliseconds as a result: the median over the rounds."""
    value = median(load.p50_ms for load in loads)
    return ResultRow(
        name,
        value,
        _load_summary(loads),
        note=_warnings(loads),
        measurements=_measurements(loads, ()),
    )


def _pairs(
    ours: Sequence[LoadResult], theirs: Sequence[LoadResult]
) -> list[tuple[LoadResult, LoadResult]]:
    return list(zip(ours, theirs, strict=True))


def _compared(
    name: str, ours: Sequence[LoadResult], theirs: Sequence[LoadResult], ratios: list[float]
) -> ResultRow:
    less_cpu = median(b.cpu_us / max(a.cpu_us, 0.1) for a, b in _pairs(ours, theirs))
    note = "; ".join(filter(None, [f"CPU {less_cpu:.2f} ×", _warnings([*ours, *theirs])]))
    return ResultRow(
        name,
        median(ratios),
        _load_summary(ours),
        _load_summary(theirs),
        note,
        _measurements(ours, theirs),
    )


def _load_summary(loads: Sequence[LoadResult]) -> str:
    rate, cpu = median(load.rate for load in loads), median(load.cpu_us for load in loads)
    return f"{rate:,.0f}/s, {cpu:,.0f} µs".replace(",", " ").replace("/s  ", "/s, ")


def _warnings(loads: Sequence[LoadResult]) -> str:
    """Return reasons that make a measurement invalid, to be shown next to it."""
    errors = sum(load.errors for load in loads)
    warnings = [f"{errors} errors"] if errors else []
    if any(load.generator_bound for load in loads):
        warnings.append("the generator was busy")
    if not all(load.requests for load in loads):
        warnings.append("no response within a round")
    return "; ".join(warnings)


def _measurements(ours: Sequence[LoadResult], theirs: Sequence[LoadResult]) -> dict[str, Any]:
    return {"ours": [vars(load) for load in ours], "theirs": [vars(load) for load in theirs]}
