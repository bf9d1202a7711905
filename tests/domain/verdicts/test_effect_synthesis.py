"""An effect is judged on the side of the claim, with its absolute size and what would change it."""

import math
from dataclasses import replace

import pytest

from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import EffectBound
from app.domain.verdicts.effect_influence import changing_trials
from app.domain.verdicts.effect_synthesis import EffectOptions, judge_effect
from app.domain.vocabulary import (
    EffectMeasure,
    EstimateMetric,
    OutcomeDomain,
    PoolingMethod,
    QuestionRelation,
    ThresholdSide,
    VerdictKind,
)
from tests.domain.estimates import QUESTION, estimate, question

V, D, R = VerdictKind, OutcomeDomain, QuestionRelation


def share(responders: int, people: int) -> EstimateFacts:
    return estimate(
        "t",
        outcome=D.DEPRESSION_RESPONSE,
        metric=EstimateMetric.LOG_OR,
        events_intervention=responders,
        n_intervention=people,
    )


@pytest.mark.parametrize(
    ("responders", "proportion", "side", "verdict"),
    [
        (900, 0.8, ThresholdSide.ABOVE, V.SUPPORTED),
        (700, 0.8, ThresholdSide.ABOVE, V.OPPOSITE),
        (700, 0.8, ThresholdSide.BELOW, V.SUPPORTED),
        (800, 0.8, ThresholdSide.ABOVE, V.INCONCLUSIVE),
    ],
)
def test_a_share_is_held_against_the_proportion_that_the_claim_names(
    responders: int, proportion: float, side: ThresholdSide, verdict: VerdictKind
) -> None:
    trial_question = question(
        relation=R.THRESHOLD,
        outcomes=(D.DEPRESSION_RESPONSE,),
        proportion=proportion,
        side=side,
        worthwhile=None,
    )
    assert judge_effect(trial_question, [share(responders, 1000)]).verdict is verdict


def counts(
    name: str, metric: EstimateMetric, value: float, outcome: OutcomeDomain
) -> EstimateFacts:
    return estimate(
        name,
        value,
        0.1,
        metric=metric,
        outcome=outcome,
        n_intervention=200,
        n_comparator=200,
        events_intervention=None,
        events_comparator=80,
        participants=400,
    )


@pytest.mark.parametrize(
    ("relation", "outcome", "value", "difference"),
    [
        # A benefit whose event is unwanted: a positive value is fewer of the 40 in 100.
        (R.SUPERIOR, D.DEPRESSION_RELAPSE, math.log(2), -15.0),
        (R.SUPERIOR, D.DEPRESSION_REMISSION, math.log(2), 17.14),
        (R.HARM, D.SEDATION, math.log(2), 17.14),
        (R.SUPERIOR, D.MORTALITY, math.log(2), 17.14),
    ],
)
def test_the_absolute_effect_counts_events(
    relation: QuestionRelation, outcome: OutcomeDomain, value: float, difference: float
) -> None:
    trial_question = question(relation=relation, outcomes=(outcome,), worthwhile=None)
    result = judge_effect(trial_question, [counts("t", EstimateMetric.LOG_OR, value, outcome)])
    assert result.effect is not None
    absolute = result.effect.absolute
    assert absolute is not None
    assert absolute.baseline_per_100 == pytest.approx(40)
    assert absolute.difference_per_100 == pytest.approx(difference, abs=0.01)
    assert absolute.lower_per_100 < absolute.difference_per_100 < absolute.upper_per_100


def test_the_event_of_a_scale_is_response_at_the_share_that_trials_report() -> None:
    response = counts("t--response", EstimateMetric.LOG_OR, 0.5, D.DEPRESSION_RESPONSE)
    result = judge_effect(QUESTION, [estimate("t--severity"), response])
    assert result.effect is not None
    absolute = result.effect.absolute
    assert absolute is not None
    assert (absolute.event, absolute.baseline_per_100) == ("response of depression", 40)
    odds = 0.4 / 0.6 * math.exp(0.5 * math.pi / math.sqrt(3))
    assert absolute.difference_per_100 == pytest.approx(100 * (odds / (1 + odds) - 0.4))
    without = judge_effect(QUESTION, [estimate("t--severity")])
    assert without.effect is not None
    assert without.effect.absolute is None


def test_a_claim_that_a_drug_weakens_another_is_judged_on_that_side() -> None:
    trial_question = question(relation=R.INFERIOR)
    assert (
        judge_effect(trial_question, [estimate("a", -0.8), estimate("b", -0.8)]).verdict
        is V.ESTABLISHED
    )
    assert (
        judge_effect(trial_question, [estimate("a", 0.8), estimate("b", 0.8)]).verdict is V.OPPOSITE
    )


def test_without_a_margin_it_is_held_against_no_difference() -> None:
    trial_question = question(relation=R.NON_INFERIOR, worthwhile=None)
    result = judge_effect(trial_question, [estimate("a", -0.9), estimate("b", -0.9)])
    assert result.verdict is V.REFUTED
    assert any("No margin" in reason for reason in result.reasons)
    equal = judge_effect(question(relation=R.EQUIVALENT, worthwhile=None), [estimate("a", 0.9)])
    assert equal.verdict is V.INCONCLUSIVE


def test_a_margin_in_points_of_a_share_pools_risk_differences() -> None:
    margin = EffectBound(EffectMeasure.RISK_DIFFERENCE_POINTS, 10)
    trial_question = question(
        relation=R.NON_INFERIOR, outcomes=(D.DEPRESSION_RESPONSE,), margin=margin, worthwhile=None
    )
    rows = [
        estimate(f"t{i}", 0.05, 0.03, metric=EstimateMetric.RD, outcome=D.DEPRESSION_RESPONSE)
        for i in range(3)
    ]
    result = judge_effect(trial_question, rows)
    assert result.effect is not None
    assert result.verdict is V.ESTABLISHED
    assert result.effect.null == pytest.approx(-0.1)


@pytest.mark.parametrize(("value", "error"), [(0.15, 0.1), (0.3, 0.2), (0.6, 0.15), (0.05, 0.1)])
def test_the_trial_that_would_change_the_verdict_does_and_a_smaller_one_does_not(
    value: float, error: float
) -> None:
    inputs = [estimate("t", value, error, participants=400)]
    fixed = EffectOptions(method=PoolingMethod.FIXED)
    result = judge_effect(QUESTION, inputs, fixed)
    trials = changing_trials(QUESTION, result, fixed)
    assert trials
    for trial in trials:
        for factor, changes in ((1.05, True), (0.95, False)):
            size = factor * trial.people
            more = estimate("more", trial.effect, math.sqrt(4 / size), participants=int(size))
            after = judge_effect(QUESTION, [*inputs, more], fixed)
            assert after.effect is not None
            lower, upper = after.effect.pooled.lower, after.effect.pooled.upper
            reached = {
                V.ESTABLISHED: lower > 0,
                V.SUPPORTED: lower > 0,
                V.REFUTED: upper < 0.24,
                V.INCONCLUSIVE: lower <= 0,
                V.CONTESTED: lower <= 0,
            }[trial.verdict]
            assert reached is changes, (trial, factor)


@pytest.mark.parametrize("values", [[0.5], [0.1, 0.1], [0.4, 0.5, 0.45], [0.6] * 8])
def test_a_trial_that_would_change_the_verdict_does_so_when_pooled(values: list[float]) -> None:
    inputs = [estimate(f"t{i}", value, 0.2, participants=100) for i, value in enumerate(values)]
    for trial in changing_trials(QUESTION, judge_effect(QUESTION, inputs)):
        error = math.sqrt(4 / trial.people)
        more = estimate("more", trial.effect, error, participants=trial.people)
        assert judge_effect(QUESTION, [*inputs, more]).verdict is trial.verdict, trial


def test_nothing_is_stated_if_no_single_trial_would_change_the_verdict() -> None:
    # However large, a trial with no effect only widens the interval of eight that agree.
    inputs = [estimate(f"t{i}", 0.6, 0.2, participants=100) for i in range(8)]
    assert changing_trials(QUESTION, judge_effect(QUESTION, inputs)) == []


def test_every_method_of_pooling_judges() -> None:
    rows = [estimate(f"t{i}", 0.5, 0.15, participants=200) for i in range(6)]
    for method in PoolingMethod:
        result = judge_effect(QUESTION, rows, EffectOptions(method=method))
        assert result.verdict is V.ESTABLISHED, method


def test_one_sponsor_of_all_trials_is_flagged() -> None:
    rows = [estimate("a"), estimate("b")]
    assert judge_effect(QUESTION, rows).effect is not None
    paid = [replace(e, study=replace(e.study, sponsor="Company")) for e in rows]
    for inputs, flag in ((rows, False), (paid, True), (paid[:1], False)):
        effect = judge_effect(QUESTION, inputs).effect
        assert effect is not None
        assert effect.single_sponsor is flag
