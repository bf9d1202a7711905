"""Units of a pool are brought to one metric, and thresholds with them."""

from math import log, pi, sqrt

import pytest

from app.domain.synthesis.common_metric import common_metric
from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import EffectBound
from app.domain.synthesis.trial_units import TrialUnit, trial_unit
from app.domain.synthesis.worthwhile import OF_DEPRESSION, OF_EVENTS, on_scale, worthwhile_of
from app.domain.vocabulary import (
    Derivation,
    EffectMeasure,
    EstimateMetric,
    OutcomeDomain,
    QuestionRelation,
    StudyDesign,
    UnitFlag,
)
from tests.domain.estimates import QUESTION, estimate, question, study

M = EstimateMetric


def unit(inputs: EstimateFacts) -> TrialUnit:
    return trial_unit(QUESTION, [inputs], inputs.study.trial)


def points(name: str, instrument: str = "MADRS", **fields: object) -> TrialUnit:
    sizes = {"n_intervention": 50, "n_comparator": 50}
    return unit(estimate(name, 5.0, 2.0, metric=M.MD, instrument=instrument, **{**sizes, **fields}))


def odds(name: str, a: int = 20, b: int = 10, metric: EstimateMetric = M.LOG_OR) -> TrialUnit:
    return unit(
        estimate(
            name,
            0.2 if metric is M.RD else log((a / (50 - a)) / (b / (50 - b))),
            0.4,
            metric=metric,
            n_intervention=50,
            n_comparator=50,
            events_intervention=a,
            events_comparator=b,
        )
    )


@pytest.mark.parametrize(
    ("units", "metric"),
    [
        ([points("a"), points("b")], M.MD),
        ([points("a"), points("b", "HDRS-17")], M.SMD),
        ([odds("a"), odds("b")], M.LOG_OR),
        ([odds("a", metric=M.LOG_HR)], M.LOG_HR),
        ([odds("a"), odds("b", metric=M.LOG_RR)], M.LOG_OR),
        ([odds("a", metric=M.RD), odds("b", metric=M.RD)], M.LOG_OR),
        ([odds("a"), points("b")], M.SMD),
    ],
)
def test_the_metric_is_the_one_that_all_units_can_share(
    units: list[TrialUnit], metric: EstimateMetric
) -> None:
    scale, converted, left = common_metric(units)
    assert scale.metric is metric
    assert [u.metric for u in converted] == [metric] * len(units)
    assert left == []


def test_risk_differences_are_pooled_where_the_margin_is_absolute() -> None:
    scale, converted, _ = common_metric([odds("a"), odds("b", metric=M.RD)], absolute=True)
    assert scale.metric is M.RD
    assert converted[0].value == pytest.approx(0.2)


def test_points_become_standard_deviations_by_the_arms_the_error_or_the_instrument() -> None:
    ratio = odds("r")
    of_arms = points("a", sd_intervention=10.0, sd_comparator=10.0)
    implied, typical = points("a"), points("a", derivation=Derivation.SD_BORROWED)
    result = {}
    for name, inputs in {"arms": of_arms, "implied": implied, "typical": typical}.items():
        _, (converted, _), _ = common_metric([inputs, ratio])
        result[name] = converted.value
        flags = {"arms": None, "implied": UnitFlag.SD_IMPLIED, "typical": UnitFlag.SD_BORROWED}
        assert (flags[name] in converted.flags) is (flags[name] is not None)
    j = 1 - 3 / (4 * 98 - 1)  # the small-sample correction, near enough
    assert result["arms"] == pytest.approx(j * 5 / 10, rel=1e-4)
    assert result["implied"] == pytest.approx(j * 5 / (2 / sqrt(2 / 50)), rel=1e-4)
    assert result["typical"] == pytest.approx(j * 5 / 12.5, rel=1e-4)


def test_a_crossover_trial_is_not_surer_than_its_people_allow() -> None:
    crossover = study("x", StudyDesign.RCT_CROSSOVER)
    inputs = unit(
        estimate(
            "x",
            5.0,
            0.5,
            metric=M.MD,
            instrument="MADRS",
            study=crossover,
            participants=18,
            n_intervention=18,
            n_comparator=18,
            derivation=Derivation.SD_BORROWED,
        )
    )
    _, (converted, _), _ = common_metric([inputs, odds("r")])
    assert converted.standard_error == pytest.approx(sqrt((1 + 0.39**2 / 2) / 18), rel=0.02)


def test_the_sd_of_a_crossover_trial_is_that_of_people_not_of_pairs() -> None:
    """SE = SD·√(2·(1 - r)/n) with r = 0.5: an SD of 8 and 16 people give an SE of 2."""
    inputs = estimate(
        "x",
        5.0,
        2.0,
        metric=M.MD,
        instrument="HDRS-21",
        study=study("x", StudyDesign.RCT_CROSSOVER),
        n_intervention=16,
        n_comparator=16,
        participants=16,
    )
    scale, _, _ = common_metric([unit(inputs)])
    assert scale.sd == pytest.approx(8.0)


def test_the_smallest_worthwhile_effect_follows_the_metric() -> None:
    madrs, _, _ = common_metric([points("a")])
    ratios, _, _ = common_metric([odds("a")])
    assert on_scale(OF_DEPRESSION, madrs, None, 1) == pytest.approx(3.0)
    assert on_scale(OF_DEPRESSION, ratios, None, 1) == pytest.approx(0.24 * pi / sqrt(3))


def test_a_risk_ratio_becomes_an_odds_ratio_at_the_comparators_risk() -> None:
    scale, _, _ = common_metric([odds("a")])
    # GRADE's example: at a risk of 28% a risk ratio of 1.25 is an odds ratio of 1.38.
    assert on_scale(OF_EVENTS, scale, 0.28, 1) == pytest.approx(log(1.38), abs=0.005)
    assert on_scale(OF_EVENTS, scale, 0.28, -1) == pytest.approx(-log(0.75 * 0.72 / 0.79))
    assert on_scale(OF_EVENTS, scale, None, 1) == pytest.approx(log(1.25))
    # A reader's threshold may leave the range of risks: then there is none.
    assert on_scale(EffectBound(EffectMeasure.RISK_RATIO, 3.0), scale, 0.4, 1) is None
    assert on_scale(EffectBound(EffectMeasure.RISK_RATIO, 2.0), scale, None, -1) is None
    # From one half on it is the share without the event that falls by a quarter.
    assert on_scale(OF_EVENTS, scale, 0.8, 1) == pytest.approx(log(0.85 / 0.15 / 4))


def test_no_threshold_is_made_up() -> None:
    pain = question(outcomes=(OutcomeDomain.PAIN,), worthwhile=None)
    assert worthwhile_of(pain) is None
    death = question(outcomes=(OutcomeDomain.MORTALITY,), worthwhile=None)
    assert worthwhile_of(death) is None
    share = question(relation=QuestionRelation.THRESHOLD, worthwhile=None)
    assert worthwhile_of(share) is None
    scale, _, _ = common_metric([odds("a")])
    assert on_scale(EffectBound(EffectMeasure.SCALE_POINTS, 3), scale, 0.2, 1) is None
