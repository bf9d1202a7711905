"""The verdict follows from the interval, held against no effect and the smallest worthwhile one."""

from dataclasses import replace

import pytest

from app.domain.verdicts.effect_verdict import EffectEvidence, effect_verdict, magnitude
from app.domain.vocabulary import EffectMagnitude, QuestionRelation, VerdictKind

V, R = VerdictKind, QuestionRelation
M = 0.24


def evidence(
    lower: float,
    upper: float,
    *,
    groups: int = 2,
    p_value: float = 0.01,
    units: tuple[tuple[float, float], ...] = (),
    q_p: float = 1.0,
    worthwhile: float | None = M,
    margin: float = 0.0,
) -> EffectEvidence:
    estimate = (lower + upper) / 2
    return EffectEvidence(estimate, lower, upper, p_value, groups, units, q_p, worthwhile, margin)


CLASH = ((0.1, 0.9), (-0.9, 0.2))


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        (evidence(0.1, 0.9), V.SUPPORTED),
        (evidence(0.1, 0.9, groups=1), V.SUGGESTIVE),
        (evidence(0.1, 0.9, groups=1, p_value=0.004), V.SUPPORTED),
        (evidence(-0.3, 0.5, units=CLASH, q_p=0.05), V.CONTESTED),
        (evidence(-0.3, 0.5, units=CLASH, q_p=0.2), V.INCONCLUSIVE),
        (evidence(-0.9, -0.1), V.OPPOSITE),
        (evidence(-0.9, -0.1, groups=1), V.REFUTED),
        (evidence(-0.2, -0.1), V.REFUTED),
        (evidence(-0.2, 0.2), V.REFUTED),
        (evidence(-0.2, 0.3), V.INCONCLUSIVE),
    ],
)
def test_superiority(effect: EffectEvidence, verdict: VerdictKind) -> None:
    for relation in (R.SUPERIOR, R.INFERIOR, R.HARM):
        assert effect_verdict(relation, effect)[0] is verdict


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (0.1, 0.9, V.SUPPORTED),
        (-0.01, 0.01, V.INCONCLUSIVE),
        (-0.9, -0.1, V.REFUTED),
    ],
)
def test_without_a_worthwhile_effect_only_the_other_side_refutes(
    lower: float, upper: float, verdict: VerdictKind
) -> None:
    effect = evidence(lower, upper, worthwhile=None)
    assert effect_verdict(R.SUPERIOR, effect)[0] is verdict
    assert magnitude(effect) is None


# Distances from the margin of 0.1: equality is 0.1 above it.
@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        (evidence(0.02, 0.3), V.SUPPORTED),
        (evidence(-0.1, 0.3), V.INCONCLUSIVE),
        (evidence(-0.1, 0.3, units=((0.05, 0.3), (-0.3, 0.08)), q_p=0.01), V.CONTESTED),
        (evidence(-0.3, -0.02), V.REFUTED),
    ],
)
def test_non_inferiority(effect: EffectEvidence, verdict: VerdictKind) -> None:
    assert effect_verdict(R.NON_INFERIOR, replace(effect, margin=0.1))[0] is verdict


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (-0.05, 0.08, V.SUPPORTED),
        (-0.05, 0.15, V.INCONCLUSIVE),
        (0.12, 0.3, V.REFUTED),
        (-0.3, -0.12, V.REFUTED),
    ],
)
def test_equivalence(lower: float, upper: float, verdict: VerdictKind) -> None:
    effect = evidence(lower, upper, worthwhile=None, margin=0.1)
    assert effect_verdict(R.EQUIVALENT, effect)[0] is verdict


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        (evidence(0.1, 0.9), V.SUPPORTED),
        (evidence(-0.9, -0.1), V.OPPOSITE),
        (evidence(-0.1, 0.1), V.INCONCLUSIVE),
        (evidence(-0.3, 0.5, units=((0.1, 0.9), (-0.9, -0.1)), q_p=0.01), V.CONTESTED),
    ],
)
def test_thresholds(effect: EffectEvidence, verdict: VerdictKind) -> None:
    assert effect_verdict(R.THRESHOLD, replace(effect, worthwhile=None))[0] is verdict


@pytest.mark.parametrize(
    ("lower", "upper", "size"),
    [
        (0.01, 0.23, EffectMagnitude.TRIVIAL),
        (0.1, 0.8, EffectMagnitude.SMALL),
        (0.38, 0.58, EffectMagnitude.MODERATE),
        (0.74, 0.94, EffectMagnitude.LARGE),
    ],
)
def test_the_size_counts_worthwhile_effects(
    lower: float, upper: float, size: EffectMagnitude
) -> None:
    assert magnitude(evidence(lower, upper)) is size
