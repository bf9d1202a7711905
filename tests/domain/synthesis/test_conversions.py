"""Effects are converted between metrics, and into events per 100 people."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.synthesis.absolute_effects import absolute_effect
from app.domain.synthesis.conversions import (
    log_odds_ratio_from_smd,
    odds_ratio_from_risk_ratio,
    smd_from_log_odds_ratio,
    smd_from_mean_difference,
)
from app.domain.synthesis.effect_sizes import EffectSize, cells, log_odds_ratio
from app.domain.synthesis.prior_scales import prior_scale
from app.domain.vocabulary import EstimateMetric

TABLES = json.loads(Path(__file__).with_name("metafor.json").read_text("utf-8"))["two_by_two"]


@pytest.mark.parametrize("row", TABLES, ids=lambda row: str(row["table"]))
def test_log_odds_ratios_become_smds_as_in_metafor(row: dict[str, dict[str, float]]) -> None:
    a, b, c, d = row["table"]
    table = cells(float(a), float(a) + float(b), float(c), float(c) + float(d))
    size = smd_from_log_odds_ratio(log_odds_ratio(table))
    expected = row["OR2DL"]
    assert (size.value, size.standard_error**2) == pytest.approx(
        (expected["yi"], expected["vi"]), rel=1e-6
    )
    assert log_odds_ratio_from_smd(size) == pytest.approx(log_odds_ratio(table))


def test_mean_differences_become_smds_by_a_standard_deviation() -> None:
    assert smd_from_mean_difference(EffectSize(3.0, 1.25), 12.5) == pytest.approx((0.24, 0.1))


def test_a_risk_ratio_is_another_odds_ratio_at_each_risk() -> None:
    """Worked by hand: 20% against 25% is odds of 1/4 against 1/3."""
    assert odds_ratio_from_risk_ratio(1.25, 0.2) == pytest.approx(4 / 3)
    assert odds_ratio_from_risk_ratio(1.25, 1e-6) == pytest.approx(1.25, rel=1e-5)
    with pytest.raises(ValueError, match=r"no odds ratio at a risk of 0\.8"):
        odds_ratio_from_risk_ratio(1.25, 0.8)


@pytest.mark.parametrize(
    ("metric", "value", "baseline_risk", "with_intervention"),
    [
        (EstimateMetric.LOG_OR, math.log(2), 0.2, 100 / 3),  # odds 1/4 become 1/2
        (EstimateMetric.LOG_RR, math.log(1.5), 0.2, 30),
        (EstimateMetric.LOG_RR, math.log(9), 0.2, 100),  # no risk is above 1
        (EstimateMetric.LOG_HR, math.log(0.5), 0.36, 20),  # the root of 0.64 stays without
        (EstimateMetric.RD, -0.05, 0.2, 15),
        (EstimateMetric.RD, -0.5, 0.2, 0),
        (EstimateMetric.SMD, math.sqrt(3) / math.pi * math.log(2), 0.2, 100 / 3),
    ],
)
def test_effects_become_events_per_100_people(
    metric: EstimateMetric, value: float, baseline_risk: float, with_intervention: float
) -> None:
    effect = absolute_effect(metric, value, baseline_risk)
    assert effect == pytest.approx(
        (100 * baseline_risk, with_intervention, with_intervention - 100 * baseline_risk)
    )


@given(
    st.sampled_from([EstimateMetric.LOG_OR, EstimateMetric.LOG_RR, EstimateMetric.LOG_HR]),
    st.floats(-1e4, 1e4),
    st.floats(1e-6, 1 - 1e-6),
)
def test_a_positive_effect_is_more_events_and_never_more_than_all(
    metric: EstimateMetric, value: float, risk: float
) -> None:
    effect = absolute_effect(metric, value, risk)
    assert 0 <= effect.intervention <= 100
    if abs(value) > 1e-6:
        assert (effect.difference > 0) is (value > 0)


def test_what_has_no_absolute_effect_is_an_error() -> None:
    with pytest.raises(ValueError, match="mean differences have no absolute effect"):
        absolute_effect(EstimateMetric.MD, 1.0, 0.2)
    with pytest.raises(ValueError, match="above 0 and below 1, not 20"):
        absolute_effect(EstimateMetric.RD, 0.1, 20)


def test_the_prior_of_tau_is_the_same_on_all_scales() -> None:
    assert prior_scale(EstimateMetric.SMD) == 0.25
    assert prior_scale(EstimateMetric.MD, 12.5) == 3.125
    assert prior_scale(EstimateMetric.LOG_OR) == pytest.approx(0.4534, abs=1e-4)
    assert prior_scale(EstimateMetric.LOG_OR, objective=True) == pytest.approx(0.2267, abs=1e-4)
    assert all(prior_scale(metric, 1.0) > 0 for metric in EstimateMetric)
    with pytest.raises(ValueError, match="needs the standard deviation"):
        prior_scale(EstimateMetric.MD)
