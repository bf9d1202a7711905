"""nDCG@5 of ranked records, against the judged queries."""

from math import log2
from pathlib import Path
from typing import Any

import yaml

JUDGED = Path(__file__).with_name("judged.yaml")
AT = 5


def judged_queries(*, held_out: bool | None = None) -> list[dict[str, Any]]:
    """All judged queries, or only those that are held out, or only the others."""
    queries = yaml.safe_load(JUDGED.read_text("utf-8"))
    assert isinstance(queries, list)
    return [one for one in queries if held_out in (None, one.get("held_out", False))]


def ndcg(ranked: list[str], grades: dict[str, int]) -> float:
    """1 where the best records stand first, in the order of their grades."""
    best = sorted(grades.values(), reverse=True)
    return _gain([grades.get(name, 0) for name in ranked]) / _gain(best)


def _gain(grades: list[int]) -> float:
    gains = ((2.0**grade - 1) / log2(place + 2) for place, grade in enumerate(grades[:AT]))
    return sum(gains, 0.0)
