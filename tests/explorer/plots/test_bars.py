"""Bars: the two-sided balance and the stacked tally of verdicts."""

from math import inf, nan

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.vocabulary import VerdictKind
from app.explorer.plots.balance import balance
from app.explorer.plots.tally import tally
from tests.explorer.plots.svg_cells import of_class, parse, percent

numbers = st.floats() | st.none()


def test_widths_are_in_proportion_and_only_against_is_hatched() -> None:
    result = balance(27, 9)
    [left], [right] = of_class(result.plot, "for"), of_class(result.plot, "against")
    assert percent(left, "width") / percent(right, "width") == pytest.approx(3, rel=0.01)
    assert result.percent_for == 75
    [cut] = [e for e in parse(result.plot) if e.tag == "svg"]
    assert [e.attrib["class"] for e in cut] == ["hatch"]
    assert (percent(cut), percent(cut, "width")) == (percent(right), percent(right, "width"))


def test_for_is_on_the_left_and_against_ends_on_the_right() -> None:
    parts = [e for e in parse(balance(2, 1, 3).plot) if e.tag == "rect"]
    assert [e.attrib["class"] for e in parts] == ["for", "neither", "against"]
    assert percent(parts[0]) == 0
    assert percent(parts[2]) + percent(parts[2], "width") == pytest.approx(100, abs=0.02)


@pytest.mark.parametrize(("sides", "side"), [((3, 0), "for"), ((0, 3), "against")])
def test_one_side_alone_fills_the_bar(sides: tuple[float, float], side: str) -> None:
    [part] = [e for e in parse(balance(*sides).plot) if e.tag == "rect"]
    assert (part.attrib["class"], percent(part, "width")) == (side, 100)


@pytest.mark.parametrize("sides", [(0, 0), (None, None), (nan, -1), (inf, -inf)])
def test_nothing_on_either_side_is_an_empty_bar(sides: tuple[float, float]) -> None:
    result = balance(*sides)
    assert result.percent_for is None
    assert len(of_class(result.plot, "empty")) == 1
    assert not of_class(result.plot, "for")


@example(5e-324, 5e-324, 5e-324)
@given(numbers, numbers, numbers)
def test_any_numbers_give_a_bar_within_the_cell(
    number_for: float | None, number_against: float | None, number_neither: float | None
) -> None:
    result = balance(number_for, number_against, number_neither)
    end = 0.0
    for part in (e for e in parse(result.plot) if e.tag == "rect"):
        assert percent(part) >= end - 0.02
        end = percent(part) + percent(part, "width")
    assert end <= 100.02


def test_verdicts_are_in_the_order_of_the_vocabulary_without_empty_ones() -> None:
    result = tally({"refuted": 3, "established": 8, "contested": 0, "supported": 21, "weak": None})
    assert [(part.verdict, part.count) for part in result.parts] == [
        ("established", 8),
        ("supported", 21),
        ("refuted", 3),
    ]
    assert result.total == 32
    assert [part.percent for part in result.parts] == [25, 65.625, 9.375]
    bars = [e for e in parse(result.plot) if e.tag == "rect"]
    assert [e.attrib["class"] for e in bars] == [
        "verdict-established",
        "verdict-supported",
        "verdict-refuted",
    ]
    assert percent(bars[1], "width") / percent(bars[0], "width") == pytest.approx(21 / 8, rel=0.01)


def test_verdicts_against_the_claim_are_hatched() -> None:
    for verdict in VerdictKind:
        hatched = bool(of_class(tally({verdict: 1}).plot, "hatch"))
        assert hatched is (verdict in ("refuted", "opposite"))


def test_verdicts_of_older_rules_are_drawn() -> None:
    result = tally({"weak": 40, "untested": 5})
    assert [part.verdict for part in result.parts] == ["weak", "untested"]
    assert all(part.is_known for part in result.parts)


def test_a_word_that_is_not_in_the_vocabulary_is_drawn_last_under_a_class_of_its_own() -> None:
    result = tally({'"><script>': 1, "supported": 1})
    assert [part.is_known for part in result.parts] == [True, False]
    [other] = of_class(result.plot, "verdict-other")
    assert percent(other) > 50


def test_rare_verdicts_remain_visible() -> None:
    result = tally({"supported": 100_000, "refuted": 1})
    [rare] = of_class(result.plot, "verdict-refuted")
    assert percent(rare, "width") > 0.5


def test_no_claims_are_an_empty_bar() -> None:
    result = tally({})
    assert (result.total, result.parts) == (0, [])
    assert len(of_class(result.plot, "empty")) == 1


@given(st.dictionaries(st.sampled_from([*VerdictKind, "other"]), st.integers(-5, 10**9)))
def test_any_counts_fill_the_bar(counts: dict[str, int]) -> None:
    result = tally(counts)
    bars = [e for e in parse(result.plot) if e.tag == "rect"]
    assert len(bars) == max(len(result.parts), 1)
    assert percent(bars[-1]) + percent(bars[-1], "width") == pytest.approx(100, abs=0.02)
    assert sum(part.count for part in result.parts) == result.total
