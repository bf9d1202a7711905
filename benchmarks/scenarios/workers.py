"""CPU time per request of two worker processes, against one: what workers cost each other."""

from collections.abc import Iterator
from statistics import median

from benchmarks import workers
from benchmarks.run import BenchmarkRun, ResultRow


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Compare cache hits and misses; the two workers run on all cores, the one on its own."""
    url = f"sqlite:///{bench.store}"
    releases = bench.releases(url)
    with (
        workers.running(url, releases, core=bench.cores.server) as one,
        workers.running(url, releases, "--workers", "2") as two,
    ):
        for name, requests in workers.scenarios(bench.store).items():
            bench.say(f"one worker and two: {name}")
            pairs = workers.compare(one, two, requests, bench.rounds, bench.seconds, wrk=bench.wrk)
            ratios = [b.server_us / a.server_us for a, b in pairs]
            errors = sum(a.errors + b.errors for a, b in pairs)
            yield ResultRow(
                f"workers {name}",
                median(ratios),
                f"{median(b.server_us for _, b in pairs):,.0f} µs".replace(",", " "),
                f"{median(a.server_us for a, _ in pairs):,.0f} µs".replace(",", " "),
                f"{min(ratios):.2f} to {max(ratios):.2f}" + (f"; {errors} errors" * bool(errors)),
                {"ours": [vars(b) for _, b in pairs], "theirs": [vars(a) for a, _ in pairs]},
            )
