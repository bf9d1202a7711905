"""Absolute effects: of 100 people, how many more or fewer have the outcome."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.synthesis.absolute_effects import absolute_effect
from app.domain.synthesis.choice import choose_estimates
from app.domain.synthesis.claim_side import event_sign
from app.domain.synthesis.common_metric import comparator_risk
from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.verdicts.judgement import AbsoluteDifference, EffectSynthesis
from app.domain.vocabulary import EstimateMetric, OutcomeDomain


def absolute_difference(
    question: QuestionFacts, effect: EffectSynthesis, estimates: Sequence[EstimateFacts]
) -> AbsoluteDifference | None:
    """Return the absolute effect of a pooled one, with the baseline that it assumes.

    The event of a depression scale is response, at the share of the comparator arms of trials that
    report it. None without a baseline, and for proportions.
    """
    outcome, metric = effect.units[0].outcome, effect.scale.metric
    risk, source = effect.comparator_risk, "comparator arms of the pooled trials"
    values = [effect.pooled.estimate, effect.pooled.lower, effect.pooled.upper]
    on_scale = metric in (EstimateMetric.MD, EstimateMetric.SMD)
    if on_scale:
        if outcome is not OutcomeDomain.DEPRESSION_SEVERITY:
            return None
        outcome = OutcomeDomain.DEPRESSION_RESPONSE
        of_response = replace(question, outcomes=(outcome,))
        risk = comparator_risk(choose_estimates(of_response, estimates).units)
        source = "comparator arms of trials of the question that report response"
        values = [value / effect.scale.sd for value in values]
        metric = EstimateMetric.SMD
    if metric is EstimateMetric.LOGIT_PROPORTION or risk is None or not 0 < risk < 1:
        return None
    sign = event_sign(question, outcome)
    changes = [absolute_effect(metric, sign * value, risk).difference for value in values]
    low, high = sorted(changes[1:])
    outcomes = {outcome} if on_scale else {unit.outcome for unit in effect.units}
    event = " or ".join(sorted(domain.label.lower() for domain in outcomes))
    return AbsoluteDifference(100 * risk, changes[0], low, high, event, source)
