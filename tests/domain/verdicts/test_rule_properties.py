"""What holds of every judgement: the irrelevant moves nothing, and better evidence never harms.

Random evidence: one to twelve trials on the scale of standard deviations, at sizes of the dataset.
"""

import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.synthesis.effect_sizes import EffectSize
from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.shared_control import combine_arms
from app.domain.verdicts.effect_influence import decisive_trials, judgements_without_one
from app.domain.verdicts.effect_synthesis import judge_effect
from app.domain.verdicts.judgement import Judgement
from app.domain.vocabulary import (
    Certainty,
    Derivation,
    EstimateMetric,
    Masking,
    StudyDesign,
    VerdictKind,
)
from tests.domain.estimates import QUESTION, estimate, study

V = VerdictKind
#: A shared computer is slow at times: no example has a time limit.
checked = settings(deadline=None)
MASKINGS = (
    Masking.FULLY_MASKED,
    Masking.ACTIVE_PLACEBO,
    Masking.FUNCTIONAL_UNBLINDING_LIKELY,
    Masking.UNMASKED,
)
#: Mean and size of an arm.
ARMS = st.tuples(st.floats(-1, 1), st.integers(5, 200))
ORDER = (V.OPPOSITE, V.REFUTED, V.INCONCLUSIVE, V.SUGGESTIVE, V.SUPPORTED, V.ESTABLISHED)


@st.composite
def evidence(draw: st.DrawFn, least: int = 1) -> list[EstimateFacts]:
    centre = draw(st.floats(-1, 1))
    sizes = draw(st.lists(st.sampled_from([10, 20, 40, 80, 150, 300]), min_size=least, max_size=12))
    return [
        estimate(
            f"t{i:02d}",
            centre + draw(st.floats(-0.8, 0.8)),
            math.sqrt(4 / n),
            participants=n,
            n_intervention=n // 2,
            n_comparator=n // 2,
            masking=draw(st.sampled_from(MASKINGS)),
        )
        for i, n in enumerate(sizes)
    ]


def verdict(judgement: Judgement) -> tuple[VerdictKind, Certainty | None]:
    return judgement.verdict, judgement.certainty


def bounds(judgement: Judgement) -> list[float]:
    assert judgement.effect is not None
    pooled = judgement.effect.pooled
    return [pooled.estimate, pooled.lower, pooled.upper]


@checked
@given(evidence(), st.randoms(use_true_random=False))
def test_the_order_of_estimates_does_not_matter(rows: list[EstimateFacts], random: Random) -> None:
    expected = judge_effect(QUESTION, rows)
    random.shuffle(rows)
    assert judge_effect(QUESTION, rows) == expected


@checked
@given(evidence(), st.sampled_from([0.5, 2.0, 12.5]))
def test_the_unit_does_not_matter(rows: list[EstimateFacts], sd: float) -> None:
    expected = judge_effect(QUESTION, rows)
    points = [
        replace(
            e,
            metric=EstimateMetric.MD,
            instrument="scale",
            value=sd * e.value,
            standard_error=sd * (e.standard_error or 0),
            sd_intervention=sd,
            sd_comparator=sd,
        )
        for e in rows
    ]
    result = judge_effect(QUESTION, points)
    assert verdict(result) == verdict(expected)
    assert bounds(result) == pytest.approx([sd * x for x in bounds(expected)], rel=1e-6, abs=1e-9)


@checked
@given(evidence())
def test_the_mirror_image_is_the_other_side(rows: list[EstimateFacts]) -> None:
    result = judge_effect(QUESTION, rows)
    mirrored = judge_effect(QUESTION, [replace(e, value=-e.value) for e in rows])
    estimate_, lower, upper = bounds(mirrored)
    assert [-estimate_, -upper, -lower] == pytest.approx(bounds(result), abs=1e-9)


@checked
@given(evidence())
def test_the_pooled_effect_is_within_the_range_of_the_trials(rows: list[EstimateFacts]) -> None:
    estimate_, lower, upper = bounds(judge_effect(QUESTION, rows))
    values = [e.value for e in rows]
    assert min(values) - 1e-9 <= estimate_ <= max(values) + 1e-9
    assert lower < estimate_ < upper


@checked
@given(evidence(), st.floats(0.05, 0.6))
def test_trials_that_are_all_better_by_the_same_never_lower_the_verdict(
    rows: list[EstimateFacts], shift: float
) -> None:
    result = judge_effect(QUESTION, rows)
    better = judge_effect(QUESTION, [replace(e, value=e.value + shift) for e in rows])
    # Contested has no place in the order, and very low certainty limits a verdict.
    assume(V.CONTESTED not in (result.verdict, better.verdict))
    assume(Certainty.VERY_LOW not in (result.certainty, better.certainty))
    assert ORDER.index(better.verdict) >= ORDER.index(result.verdict)


@checked
@given(evidence())
def test_better_masking_never_lowers_the_certainty(rows: list[EstimateFacts]) -> None:
    result = judge_effect(QUESTION, rows)
    masked = judge_effect(QUESTION, [replace(e, masking=Masking.FULLY_MASKED) for e in rows])
    assert result.certainty is not None
    assert masked.certainty is not None
    assume(masked.verdict is result.verdict)
    levels = list(Certainty)
    assert levels.index(masked.certainty) <= levels.index(result.certainty)


@checked
@given(evidence(least=2))
def test_a_synthesis_never_counts_beside_its_trials(rows: list[EstimateFacts]) -> None:
    expected = judge_effect(QUESTION, rows)
    members = frozenset(e.study.slug for e in rows)
    for design in (StudyDesign.META_ANALYSIS, StudyDesign.POOLED_ANALYSIS):
        of_all = study("synthesis", design, trials_pooled=members)
        more = estimate("synthesis", 2.0, 0.01, study=of_all, participants=9999)
        assert bounds(judge_effect(QUESTION, [*rows, more])) == bounds(expected)


@checked
@given(evidence())
def test_a_repeated_estimate_changes_nothing(rows: list[EstimateFacts]) -> None:
    again = replace(rows[0], slug=f"{rows[0].slug}-again")
    result, expected = judge_effect(QUESTION, [*rows, again]), judge_effect(QUESTION, rows)
    assert (verdict(result), bounds(result)) == (verdict(expected), bounds(expected))


@checked
@given(evidence())
def test_printed_p_values_and_confidence_move_nothing(rows: list[EstimateFacts]) -> None:
    """The estimates have no such fields; a discrepancy that names a p-value is a flag alone."""
    flagged = [replace(e, discrepancy="the p-value is 0.9") for e in rows]
    result, expected = judge_effect(QUESTION, flagged), judge_effect(QUESTION, rows)
    assert (verdict(result), result.steps) == (verdict(expected), expected.steps)


@checked
@given(evidence())
def test_what_a_verdict_says_holds_of_its_interval(rows: list[EstimateFacts]) -> None:
    result = judge_effect(QUESTION, rows)
    _, lower, upper = bounds(result)
    if result.verdict in (V.ESTABLISHED, V.SUPPORTED):
        assert lower > 0
    if result.verdict is V.ESTABLISHED:
        assert result.certainty is Certainty.HIGH
    if result.verdict is V.REFUTED:
        assert upper < 0.24
    if result.verdict is V.OPPOSITE:
        assert upper < 0
    if (
        result.verdict in (V.INCONCLUSIVE, V.CONTESTED)
        and result.certainty is not Certainty.VERY_LOW
    ):
        assert lower <= 0


@checked
@given(evidence())
def test_decisive_trials_are_those_without_which_the_verdict_differs(
    rows: list[EstimateFacts],
) -> None:
    result = judge_effect(QUESTION, rows)
    decisive = decisive_trials(result, judgements_without_one(QUESTION, result))
    if len(rows) == 1:
        assert decisive == []
        return
    for e in rows:
        without = judge_effect(QUESTION, [other for other in rows if other is not e])
        assert (e.study.slug in decisive) is (without.verdict is not result.verdict)


@checked
@given(evidence(least=2), st.integers(1, 5))
def test_nulls_without_a_figure_never_raise_a_positive_estimate(
    rows: list[EstimateFacts], count: int
) -> None:
    positive = [replace(e, value=abs(e.value) + 0.01) for e in rows]
    nulls = [
        estimate(f"null{i}", 0.0, 0.3, derivation=Derivation.UNREPORTED_NULL) for i in range(count)
    ]
    with_nulls = bounds(judge_effect(QUESTION, [*positive, *nulls]))[0]
    assert bounds(judge_effect(QUESTION, positive))[0] >= with_nulls - 1e-9


@checked
@given(
    st.lists(st.tuples(st.floats(-1, 1), st.integers(5, 200)), min_size=2, max_size=3),
    st.integers(5, 200),
)
def test_arms_with_one_control_are_the_generalised_least_squares_estimate(
    arms: list[tuple[float, int]], control: int
) -> None:
    """With one variance of all people it is that of all arms, as one group, against the control."""
    sizes = [n for _, n in arms]
    effects = [EffectSize(value, math.sqrt(1 / n + 1 / control)) for value, n in arms]
    result = combine_arms(effects, sizes, control)
    whole = sum(sizes)
    assert result.value == pytest.approx(sum(v * n for v, n in arms) / whole)
    assert result.standard_error == pytest.approx(math.sqrt(1 / whole + 1 / control))


def test_nothing_chosen_is_not_assessed() -> None:
    assert judge_effect(QUESTION, []).verdict is V.NOT_ASSESSED
