"""Search: distinct queries, one at a time, none from the cache."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from benchmarks.load import RequestSet
from benchmarks.peers import fulltext
from benchmarks.run import BenchmarkRun, ResultRow, by_p50
from benchmarks.scenarios import samples

#: Approximate number of queries that are also sent to SQLite directly.
DIRECT_QUERIES = 60
RARE, COMMON = (2, 40), (0.015, 0.025)


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure the median latency of rare words, three words and common words."""
    notes = bench.notes
    plain = samples.words(bench.store, 0.001 * notes, 0.05 * notes)
    rng = Random(1)
    asked = {
        "search rare": samples.words(bench.store, *RARE),
        "search three": [" ".join(rng.sample(plain, 3)) for _ in range(samples.MOST)],
        "search common": samples.words(bench.store, *(share * notes for share in COMMON)),
    }
    with bench.ours() as ours:
        for name, words in asked.items():
            bench.say(name)
            paths = [samples.search(word) for word in words]
            seen = bench.run_rounds({name: (ours, RequestSet(paths, fresh=True, connections=1))})
            alone = [words[at] for at in range(0, len(words), max(1, len(words) // DIRECT_QUERIES))]
            best = fulltext.bm25(bench.store, alone)
            read = fulltext.statements(bench.store, alone)
            yield replace(by_p50(name, seen[name]), theirs=f"{best:.2f} ms; {read:.2f} ms")
