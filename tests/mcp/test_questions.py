"""Thirty questions that people ask: recall of the records that an answer must contain, and size."""

from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml

from app.mcp.answers import DEFAULT_BUDGET
from tests.mcp.calls import Caller, answer_of, mentioned, sent_bytes, text_of
from tests.params import ONE_STORE

QUESTIONS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "questions.yaml").read_text("utf-8")
)
MIN_RECALL = 0.9
MAX_MEDIAN_BYTES = 6_000


@ONE_STORE
def test_answers_contain_the_expected_records_within_their_budget(
    caller: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    results = caller.call_all([(q["tool"], q["arguments"]) for q in QUESTIONS])
    found: dict[bool, list[bool]] = {False: [], True: []}
    for question, result in zip(QUESTIONS, results, strict=True):
        answer_of(result)
        hits = [f'"{record}"' in mentioned(result) for record in question["expected"]]
        in_text = [record in text_of(result) for record in question["expected"]]
        assert hits == in_text, question["question"]
        found[question.get("held_out", False)] += hits
    sizes = [sent_bytes(result) for result in results]
    everything = found[False] + found[True]
    with capsys.disabled():
        print(
            f"\nrecall {_share(everything):.2f} ({sum(everything)} of {len(everything)}),"
            f" tuned on {_share(found[False]):.2f}, held out {_share(found[True]):.2f};"
            f" tokens: median {median(sizes) / 4:.0f}, most {max(sizes) / 4:.0f}"
        )
    assert len(QUESTIONS) == 30
    assert len(found[True]) >= len(everything) / 3
    assert _share(everything) >= MIN_RECALL
    assert median(sizes) < MAX_MEDIAN_BYTES
    assert max(sizes) <= DEFAULT_BUDGET * 4


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)
