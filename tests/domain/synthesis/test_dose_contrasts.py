"""The difference between two doses of a trial follows from their comparisons with its control."""

import pytest

from app.domain.synthesis.choice import choose_estimates
from app.domain.synthesis.dose_contrasts import dose_contrasts, is_dose
from app.domain.synthesis.facts import EstimateFacts
from app.domain.vocabulary import ComparatorKind
from tests.domain.estimates import estimate, question, study

ASKED = question(
    dose_higher="84 mg",
    dose_lower="56 mg",
    comparators=frozenset({ComparatorKind.SAME_DRUG_OTHER_DOSE}),
)


def arm(dose: str, mean: float, n: int) -> EstimateFacts:
    """An arm of n people with SD 1, against a placebo of 50 people with the mean 0."""
    return estimate(
        f"t--{dose.replace(' ', '-')}",
        mean,
        (1 / n + 1 / 50) ** 0.5,
        study=study("t"),
        intervention=f"drug {dose}",
        shared_control="placebo",
        n_intervention=n,
        n_comparator=50,
    )


def test_the_contrast_is_that_of_the_two_arms_whatever_the_control() -> None:
    (result,) = dose_contrasts(ASKED, [arm("84 mg", 0.7, 100), arm("56 mg", 0.4, 80)])
    assert result.value == pytest.approx(0.3)
    assert result.standard_error == pytest.approx((1 / 100 + 1 / 80) ** 0.5)
    assert (result.n_intervention, result.n_comparator, result.participants) == (100, 80, 180)
    units = choose_estimates(ASKED, [arm("84 mg", 0.7, 100), arm("56 mg", 0.4, 80)]).units
    assert [unit.value for unit in units] == [pytest.approx(0.3)]


@pytest.mark.parametrize("excluded", ["t--84-mg", "t--56-mg"])
def test_there_is_no_contrast_without_one_of_its_arms(excluded: str) -> None:
    arms = [arm("84 mg", 0.7, 100), arm("56 mg", 0.4, 80)]
    assert choose_estimates(ASKED, arms, frozenset({excluded})).units == ()


def test_other_doses_give_none() -> None:
    assert dose_contrasts(ASKED, [arm("28 mg", 0.1, 50), arm("56 mg", 0.4, 80)]) == []
    assert dose_contrasts(question(), [arm("84 mg", 0.7, 100), arm("56 mg", 0.4, 80)]) == []


@pytest.mark.parametrize(
    ("wanted", "arm_name", "fits"),
    [
        ("84 mg", "esketamine 84 mg", True),
        ("84 mg", "esketamine 56 mg", False),
        ("0.5 mg/kg", "ketamine 0.5 mg", False),
        ("0.5 mg/kg or more", "ketamine 1 mg/kg", True),
        ("0.5 mg/kg or more", "ketamine 0.2 mg/kg", False),
        ("less than 0.5 mg/kg", "ketamine 0.2 mg/kg", True),
        ("less than 0.5 mg/kg", "ketamine 0.5 mg/kg", False),
        ("84 mg", None, False),
    ],
)
def test_a_dose_is_recognised_in_the_name_of_an_arm(
    wanted: str, arm_name: str | None, *, fits: bool
) -> None:
    assert is_dose(wanted, arm_name) is fits
