"""Standard errors are derived in the order of trust, and contradictions are found."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.synthesis.agreement import disagreements
from app.domain.synthesis.comparison import ArmFigures, PairwiseComparison, PrintedEffect
from app.domain.synthesis.derivation import derive_estimate
from app.domain.vocabulary import (
    Derivation,
    EstimateMetric,
    Favours,
    Metric,
    OutcomeKind,
    PRelation,
)

MD, OR = EstimateMetric.MD, EstimateMetric.LOG_OR
#: TRANSFORM-2, popova-2019: MADRS at day 28.
POPOVA = PrintedEffect(Metric.MEAN_DIFFERENCE, -4.0, -7.31, -0.64, 95, unit="MADRS points")
TWO_ARMS = {
    "intervention": ArmFigures(n=20, mean=-16.5, standard_deviation=11.0),
    "comparator": ArmFigures(n=20, mean=-8.8, standard_deviation=9.5),
}


def comparison(**more: Any) -> PairwiseComparison:
    return replace(PairwiseComparison(MD, sign=-1, arm_sign=-1), **more)


def mean_difference(**more: Any) -> PrintedEffect:
    return PrintedEffect(Metric.MEAN_DIFFERENCE, -4.0)._replace(**more)


CASES = {
    "reported_se": comparison(effect=POPOVA._replace(standard_error=1.69), **TWO_ARMS),
    "ci": comparison(effect=POPOVA, **TWO_ARMS),
    "sd": comparison(**TWO_ARMS),
    "p": comparison(effect=mean_difference(p_value=0.03, p_relation=PRelation.EQUAL)),
    "p_bound": comparison(effect=mean_difference(p_value=0.05, p_relation=PRelation.LESS)),
    "sd_borrowed": comparison(
        effect=mean_difference(),
        intervention=ArmFigures(n=20),
        comparator=ArmFigures(n=20),
        instrument="MADRS",
    ),
    "unreported_null": comparison(
        metric=EstimateMetric.SMD,
        null_result=True,
        intervention=ArmFigures(n=20),
        comparator=ArmFigures(n=20),
    ),
    "events": comparison(
        metric=OR, intervention=ArmFigures(n=10, events=5), comparator=ArmFigures(n=10, percent=20)
    ),
}
EXPECTED = {  # value and standard error, by hand
    "reported_se": (4.0, 1.69),
    "ci": (4.0, 6.67 / (2 * 1.959963985)),
    "sd": (7.7, math.sqrt(121 / 20 + 90.25 / 20)),
    "p": (4.0, 4 / 2.170090378),
    "p_bound": (4.0, 4 / 1.959963985),
    "sd_borrowed": (4.0, 12.5 * math.sqrt(0.1)),
    "unreported_null": (0.0, math.sqrt(0.1)),
    "events": (-math.log(4), math.sqrt(1 / 5 + 1 / 5 + 1 / 2 + 1 / 8)),
}


@pytest.mark.parametrize("derivation", list(Derivation))
def test_each_derivation_is_by_its_rule(derivation: Derivation) -> None:
    found = derive_estimate(CASES[derivation])
    assert found.derivation is derivation
    assert (found.value, found.standard_error) == pytest.approx(EXPECTED[derivation], rel=1e-6)


def test_the_level_of_an_interval_counts() -> None:
    """Preskorn 2008 prints 80%: -8.6 (-12.3 to -4.5)."""
    effect = PrintedEffect(Metric.MEAN_DIFFERENCE, -8.6, -12.3, -4.5, 80)
    assert derive_estimate(comparison(effect=effect)).standard_error == pytest.approx(3.0431861697)


def test_percentages_become_risk_differences_and_ratios_logarithms() -> None:
    effect = PrintedEffect(
        Metric.RISK_DIFFERENCE, 14.2, 3.9, 24.2, 95, unit="percentage points", standard_error=5.1
    )
    found = derive_estimate(PairwiseComparison(EstimateMetric.RD, 1, 1, effect))
    assert (found.value, found.standard_error) == pytest.approx((0.142, 0.051))
    ratio = PrintedEffect(Metric.HAZARD_RATIO, 0.49, 0.29, 0.84, 95)
    found = derive_estimate(PairwiseComparison(EstimateMetric.LOG_HR, -1, -1, ratio))
    assert found.value == pytest.approx(-math.log(0.49))
    assert found.standard_error == pytest.approx(math.log(0.84 / 0.29) / (2 * 1.959963985))


def test_crossover_trials_have_a_floor_and_paired_standard_errors() -> None:
    effect = PrintedEffect(Metric.STANDARDISED_MEAN_DIFFERENCE, 0.52, 0.28, 0.76, 95)
    people = ArmFigures(n=18)
    found = derive_estimate(
        PairwiseComparison(EstimateMetric.SMD, 1, 1, effect, people, people, crossover=True)
    )
    assert found.crossover_floor_applied
    assert found.standard_error == pytest.approx(math.sqrt(1 / 18 + 0.52**2 / 36))
    paired = derive_estimate(comparison(**TWO_ARMS, crossover=True))
    assert paired.standard_error == pytest.approx(
        max(math.sqrt((121 + 90.25 - 11 * 9.5) / 20), _floor(7.7, 20))
    )


def _floor(difference: float, n: int) -> float:
    sd = math.sqrt((121 + 90.25) / 2)
    return sd * math.sqrt(1 / n + (difference / sd) ** 2 / (2 * n))


def test_a_discrepancy_takes_the_p_value_out_of_use() -> None:
    case = replace(CASES["p"], p_value_is_used=False)
    assert derive_estimate(case) == (4.0, None, None, False)


def test_nothing_to_derive_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no value can be derived"):
        derive_estimate(comparison())


CONTRADICTIONS = [
    ("but `favours` is `comparator`", comparison(effect=POPOVA), Favours.COMPARATOR),
    ("not within its interval", comparison(effect=POPOVA._replace(value=-8.0)), None),
    (
        "implies p = 0.019, but the p-value is = 0.4",
        comparison(effect=POPOVA._replace(p_value=0.4, p_relation=PRelation.EQUAL)),
        None,
    ),
    (
        "but the p-value is > 0.05",
        comparison(effect=POPOVA._replace(p_value=0.05, p_relation=PRelation.GREATER)),
        None,
    ),
    (
        "the figures of the arms imply",
        comparison(
            effect=PrintedEffect(Metric.P_VALUE, p_value=0.9, p_relation=PRelation.EQUAL),
            **TWO_ARMS,
        ),
        None,
    ),
    (
        "`null_result` is set",
        comparison(
            effect=PrintedEffect(Metric.P_VALUE, p_value=0.01, p_relation=PRelation.EQUAL),
            null_result=True,
            intervention=ArmFigures(n=20),
            comparator=ArmFigures(n=20),
        ),
        None,
    ),
]


@pytest.mark.parametrize(("message", "case", "favours"), CONTRADICTIONS)
def test_a_contradiction_is_named(
    message: str, case: PairwiseComparison, favours: Favours | None
) -> None:
    found = disagreements(case, favours, OutcomeKind.BENEFIT)
    assert [message in text for text in found] == [True], found


@pytest.mark.parametrize(
    "effect",
    [
        POPOVA._replace(p_value=0.020, p_relation=PRelation.EQUAL),
        POPOVA._replace(p_value=0.010, p_relation=PRelation.EQUAL, p_sides=1),
        POPOVA._replace(p_value=0.05, p_relation=PRelation.LESS),
        # Fedgchin 2019 and Ochs-Ross 2020: nearly significant, and rounded
        PrintedEffect(Metric.MEAN_DIFFERENCE, -3.2, -6.88, 0.45, 95, None, 0.088, PRelation.EQUAL),
        PrintedEffect(Metric.MEAN_DIFFERENCE, -3.6, -7.20, 0.07, 95, None, 0.059, PRelation.EQUAL),
        # Motov 2015: p = 0.97 beside an interval that implies 0.77
        PrintedEffect(Metric.MEAN_DIFFERENCE, -0.2, -1.46, 1.19, 95, None, 0.97, PRelation.EQUAL),
    ],
)
def test_rounding_and_adjusted_models_are_no_contradiction(effect: PrintedEffect) -> None:
    case = comparison(effect=effect)
    assert disagreements(case, Favours.INTERVENTION, OutcomeKind.BENEFIT) == []


def test_more_of_a_harm_is_positive_and_in_favour_of_the_comparator() -> None:
    effect = PrintedEffect(Metric.ODDS_RATIO, 5.0, 2.0, 12.5, 95)
    case = PairwiseComparison(OR, sign=1, arm_sign=1, effect=effect)
    assert derive_estimate(case).value == pytest.approx(math.log(5))
    assert disagreements(case, Favours.COMPARATOR, OutcomeKind.HARM) == []
    assert disagreements(case, Favours.INTERVENTION, OutcomeKind.HARM)


@given(st.floats(-20, 20).filter(lambda v: abs(v) > 0.01), st.floats(0.05, 10))
def test_figures_made_of_one_estimate_agree(value: float, error: float) -> None:
    z = abs(value) / error
    p_value = math.erfc(z / math.sqrt(2))
    half = 1.959963985 * error
    effect = PrintedEffect(
        Metric.MEAN_DIFFERENCE, value, value - half, value + half, 95, None, p_value,
        PRelation.EQUAL,
    )  # fmt: skip
    favours = Favours.INTERVENTION if value < 0 else Favours.COMPARATOR
    assert disagreements(comparison(effect=effect), favours, OutcomeKind.BENEFIT) == []
    assert derive_estimate(comparison(effect=effect)).standard_error == pytest.approx(error)


@given(st.floats(-20, 20), st.floats(0.05, 10))
def test_a_mirrored_comparison_has_the_opposite_value(value: float, error: float) -> None:
    effect = PrintedEffect(Metric.MEAN_DIFFERENCE, value, standard_error=error)
    one = derive_estimate(comparison(effect=effect))
    other = derive_estimate(comparison(effect=effect._replace(value=-value)))
    assert (one.value, one.standard_error) == (-other.value, other.standard_error)


def test_a_difference_of_none_has_no_sign() -> None:
    """SQLite stores -0.0 as 0.0 and PostgreSQL does not: the same note would be two figures."""
    equal = ArmFigures(n=20, mean=-8.0, standard_deviation=9.5)
    found = derive_estimate(comparison(intervention=equal, comparator=equal))
    assert (found.value, math.copysign(1, found.value)) == (0, 1)
