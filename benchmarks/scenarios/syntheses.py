"""Verdicts on selected evidence, and syntheses with leave-one-out, of the claim with most trials.

Each verdict leaves out two or three other trials, so that hardly a pooling repeats. Beside it is
the time of the domain functions alone, in this process and with the facts in memory. The first
request of a process reads the facts of the claim and pools all of its trials.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path
from statistics import median

from app.domain.verdicts.claim_verdict import claim_verdict
from app.services.evidence.synthesis.estimate_filter import EstimateFilter
from app.services.evidence.synthesis.judging import SynthesisOptions, judge
from app.services.evidence.synthesis.loader import read_synthesis_facts
from app.services.store.opening import open_store
from benchmarks.load import RequestSet
from benchmarks.run import BenchmarkRun, ResultRow, by_p50
from benchmarks.scenarios import samples
from benchmarks.servers import Server

NUMBERS_LEFT_OUT = (2, 3)
#: Choices of trials to leave out; the domain functions compute one in so many of them.
MAX_CHOICES, COMPUTED_STEP = 2_000, 10


def rows(bench: BenchmarkRun) -> Iterator[ResultRow]:
    """Measure the first request of some processes, and the requests of one client of the last."""
    largest, other = samples.claims_by_trials(bench.store)[:2]
    bench.say(f"verdicts and syntheses of {largest}")
    first = []
    for number in range(bench.rounds):
        with bench.ours() as ours:
            ours.get(synthesis_of(other))  # what a process does once for all claims
            begun = time.perf_counter()
            body = ours.get(synthesis_of(largest))[2]
            first.append(1000 * (time.perf_counter() - begun))
            if number == bench.rounds - 1:
                trials = [unit["study"] for unit in json.loads(body)["data"]["units"]]
                yield from one_client(bench, ours, largest, trials)
    value = median(first)
    yield ResultRow("synthesis first", value, f"{value:.2f} ms", measurements={"ms": first})


def one_client(
    bench: BenchmarkRun, ours: Server, claim: str, trials: Sequence[str]
) -> Iterator[ResultRow]:
    """Measure the verdict record, verdicts without some trials, and the synthesis."""
    every_choice = (c for number in NUMBERS_LEFT_OUT for c in combinations(trials, number))
    choices = list(islice(every_choice, MAX_CHOICES))
    paths = {
        "verdict record": [f"/v1/verdicts/{claim}"],
        "verdict selected": [f"/v1/claims/{claim}/verdict?exclude={','.join(c)}" for c in choices],
        "synthesis": [synthesis_of(claim)],
    }
    requests = {
        name: (ours, RequestSet(requested, fresh=True, connections=1))
        for name, requested in paths.items()
    }
    for name, loads in bench.run_rounds(requests).items():
        row = by_p50(name, loads)
        if name == "verdict selected":
            alone = computation_ms(bench.store, claim, choices[::COMPUTED_STEP])
            row = replace(row, theirs=f"{alone:.2f} ms")
        yield row


def synthesis_of(claim: str) -> str:
    """Return the address of a synthesis with leave-one-out."""
    return f"/v1/claims/{claim}/synthesis?include=leave_one_out"


def computation_ms(store: Path, claim: str, choices: Sequence[Sequence[str]]) -> float:
    """Return the median time of the verdict without some studies, computed for the first time."""
    opened = open_store(f"sqlite:///{store}")
    with opened.read() as session:
        facts = read_synthesis_facts(session, claim)
    opened.engine.dispose()
    assert facts is not None
    times = []
    for excluded in choices:
        options = SynthesisOptions(EstimateFilter(exclude=frozenset(excluded)))
        begun = time.perf_counter()
        judged = judge(facts.evidence, options)
        claim_verdict(judged.claim, judged.judgement)
        times.append(1000 * (time.perf_counter() - begun))
    return median(times)
