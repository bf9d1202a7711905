"""Search: distinct queries, one at a time, none from the cache."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from statistics import median

from benchmarks.load import RequestSet
from benchmarks.peers import fulltext, similar_names
from benchmarks.run import BenchmarkRun, ResultRow, by_p50
from benchmarks.scenarios import samples
from benchmarks.servers import Server

#: Approximate number of queries that are also sent to SQLite directly.
DIRECT_QUERIES = 60
#: Names in a batch that is resolved.
BATCH = 500
RARE, COMMON = (2, 40), (0.015, 0.025)


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure the median latency of words, suggestions and a batch of misspelt names."""
    notes = bench.notes
    plain = samples.words(bench.store, 0.001 * notes, 0.05 * notes)
    rng = Random(1)
    word_lists = {
        "search rare": samples.words(bench.store, *RARE),
        "search three": [" ".join(rng.sample(plain, 3)) for _ in range(samples.MOST)],
        "search common": samples.words(bench.store, *(share * notes for share in COMMON)),
    }
    with bench.ours() as ours:
        for name, words in word_lists.items():
            bench.say(name)
            paths = [samples.search(word) for word in words]
            loads = bench.run_rounds({name: (ours, RequestSet(paths, fresh=True, connections=1))})
            alone = [words[at] for at in range(0, len(words), max(1, len(words) // DIRECT_QUERIES))]
            best = fulltext.bm25(bench.store, alone)
            read = fulltext.statements(bench.store, alone)
            yield replace(by_p50(name, loads[name]), theirs=f"{best:.2f} ms; {read:.2f} ms")
        names = samples.names(bench.store)
        yield _suggestions(bench, ours, samples.beginnings(names))
        yield _resolution(bench, ours, samples.misspelt(names, BATCH))


def _suggestions(bench: BenchmarkRun, ours: Server, typed: list[str]) -> ResultRow:
    name = "search suggest"
    bench.say(name)
    requests = RequestSet([samples.suggest(text) for text in typed], fresh=True, connections=1)
    loads = bench.run_rounds({name: (ours, requests)})
    alone = fulltext.prefix_query(bench.store, typed[:DIRECT_QUERIES])
    return replace(by_p50(name, loads[name]), theirs=f"{alone:.2f} ms")


def _resolution(bench: BenchmarkRun, ours: Server, texts: list[str]) -> ResultRow:
    name = "search resolve"
    bench.say(name)
    content = json.dumps({"ids": texts}).encode()
    taken, uncorrected = [], 0
    for _ in range(bench.rounds * 3):
        begun = time.perf_counter()
        status, body = ours.post("/v1/resolve", content)
        taken.append((time.perf_counter() - begun) * 1e3)
        if status != 200:
            raise RuntimeError(f"{status}: {body.decode()}")
        uncorrected = sum(item["not_corrected"] for item in json.loads(body)["data"])
    alone = similar_names.milliseconds(bench.store, texts)
    note = f"{uncorrected} not corrected in time" if uncorrected else ""
    return ResultRow(name, median(taken), f"{median(taken):.0f} ms", f"{alone:.0f} ms", note)
