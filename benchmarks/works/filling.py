"""Filling an empty store with a grown dataset: rate and memory of `kkb synth`."""

from collections.abc import Iterator

from benchmarks import stores
from benchmarks.bench import Bench, Row

LEAST = 20_000


def rows(bench: Bench) -> Iterator[Row]:
    notes = max(LEAST, bench.notes)
    bench.say(f"filling a store with {notes} notes")
    folder = bench.folder / "filling"
    folder.mkdir()
    took = stores.fill(f"sqlite:///{folder}/kb.db", folder / "releases", notes)
    rate = notes / took.seconds
    yield Row("load rate", rate, f"{took.seconds:.1f} s for {notes} notes", seen=vars(took))
    yield Row("load memory", took.memory_mb, f"{took.memory_mb:.0f} MB")
