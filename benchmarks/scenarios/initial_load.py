"""Load of a large dataset into an empty store: rate and memory, against plain inserts."""

from collections.abc import Iterator

from benchmarks import stores
from benchmarks.peers import raw_insert
from benchmarks.run import BenchmarkRun, ResultRow

LEAST, MOST = 20_000, 100_000


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure notes per second and memory; the limit is SQLite inserting the same rows."""
    notes = max(LEAST, bench.notes)
    bench.say(f"filling a store with {notes} notes")
    folder = bench.folder / "filling"
    folder.mkdir()
    took = stores.fill_store(f"sqlite:///{folder}/kb.db", folder / "releases", notes)
    rate = notes / took.seconds
    yield ResultRow(
        "load rate", rate, f"{took.seconds:.1f} s for {notes} notes", measurements=vars(took)
    )
    yield ResultRow("load memory", took.memory_mb, f"{took.memory_mb:.0f} MB")
    if notes > MOST:  # whose rows would have to be in memory
        return
    bench.say("the same rows, by SQLite alone")
    alone = raw_insert.refill(folder / "kb.db", folder / "alone.db")
    words = f"{notes / alone:,.0f} notes/s".replace(",", " ")
    yield ResultRow("load limit", alone / took.seconds, f"{rate:.0f} notes/s", words)
