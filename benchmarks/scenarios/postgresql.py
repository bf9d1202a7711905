"""The cold record and the cold list on PostgreSQL, against plain FastAPI with the ORM."""

from collections.abc import Iterator

from benchmarks import servers, stores
from benchmarks.run import BenchmarkRun, ResultRow
from benchmarks.scenarios import cold, samples


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Compare cache misses on PostgreSQL with plain FastAPI and the ORM."""
    if not stores.has_postgresql():
        bench.say("PostgreSQL is left out: apt-get install postgresql brings it")
        return
    bench.say("filling a PostgreSQL store")
    as_shipped = bench.notes == samples.notes(stores.shipped_store(bench.folder))
    notes = 0 if as_shipped else bench.notes
    with stores.on_postgresql(bench.cores, bench.folder / "releases", notes) as url:
        record_paths, pairs = cold.records(bench.store), cold.lists(bench.store)
        with bench.ours(url) as ours, bench.peer(servers.orm(url), record_paths["orm"][0]) as orm:
            running = {"ours": ours, "orm": orm}
            yield from cold.compare_peers(bench, "record", running, record_paths, "postgres ")
            yield from cold.compare_peers(bench, "list", running, pairs, "postgres ")
