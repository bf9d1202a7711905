"""The smallest worthwhile effect of a question, and margins, on the metric of a pool.

A threshold needs a source: without one it is None, and what rests on it is not decided. Death has
none on purpose: no difference in death is too small to be worth having.
"""

from math import log
from types import MappingProxyType

from app.domain.synthesis.common_metric import RATIOS, MetricScale
from app.domain.synthesis.conversions import log_odds_of
from app.domain.synthesis.questions import EffectBound, QuestionFacts
from app.domain.synthesis.standard_errors import SMD_TO_LOG_ODDS_RATIO
from app.domain.vocabulary import (
    EffectMeasure,
    EstimateMetric,
    OutcomeDomain,
    QuestionRelation,
)

#: 0.24 standard deviations, a tentative cut-off for a clinically relevant effect on depression.
#: Source: Cuijpers et al. 2014, Depression and Anxiety 31:374-378, doi 10.1002/da.22249.
OF_DEPRESSION = EffectBound(EffectMeasure.SMD, 0.24, "cuijpers-2014")
#: A risk ratio of 1.25 (0.75 for events to be avoided), a rough guide for appreciable effects.
#: Source: Guyatt et al. 2011, GRADE guidelines 6, J Clin Epidemiol 64:1283-1293.
OF_EVENTS = EffectBound(EffectMeasure.RISK_RATIO, 1.25, "guyatt-2011")
#: The smallest worthwhile effect by outcome domain, where the question gives none.
BY_OUTCOME = MappingProxyType(
    {
        OutcomeDomain.DEPRESSION_SEVERITY: OF_DEPRESSION,
        OutcomeDomain.DEPRESSION_RESPONSE: OF_DEPRESSION,
        OutcomeDomain.DEPRESSION_REMISSION: OF_EVENTS,
        OutcomeDomain.DEPRESSION_RELAPSE: OF_EVENTS,
        OutcomeDomain.DEPRESSIVE_EPISODE: OF_EVENTS,
        OutcomeDomain.ABSTINENCE: OF_EVENTS,
        OutcomeDomain.DELIRIUM: OF_EVENTS,
        OutcomeDomain.CARDIOVASCULAR_COLLAPSE: OF_EVENTS,
        OutcomeDomain.DISSOCIATION: OF_EVENTS,
        OutcomeDomain.SEDATION: OF_EVENTS,
        OutcomeDomain.RAISED_BLOOD_PRESSURE: OF_EVENTS,
        OutcomeDomain.DISCONTINUED_FOR_ADVERSE_EVENT: OF_EVENTS,
        OutcomeDomain.OTHER_HARM: OF_EVENTS,
    }
)


def worthwhile_of(question: QuestionFacts) -> EffectBound | None:
    """Return the smallest worthwhile effect: of the question or, without one, of its outcome."""
    if question.worthwhile is not None:
        return question.worthwhile
    if question.relation is QuestionRelation.THRESHOLD or not question.outcomes:
        return None
    return BY_OUTCOME.get(question.outcomes[0])


def on_scale(
    bound: EffectBound | None, scale: MetricScale, risk: float | None, event_sign: int
) -> float | None:
    """Return a bound on the metric of a pool, as a positive distance; None if it has no meaning.

    Args:
        bound: The bound; None if there is none.
        scale: Metric of the pool.
        risk: Share of people with the event in the comparator arms; None if unknown, which is read
            as rare, so that odds ratio and risk ratio are the same.
        event_sign: 1 if the claim says that the event becomes more frequent, -1 if less.
    """
    if bound is None or bound.value <= 0:
        return None
    metric, measure = scale.metric, bound.measure
    if measure is EffectMeasure.SMD:
        return bound.value * scale.sd
    if measure is EffectMeasure.RISK_RATIO:
        return _of_risk_ratio(bound.value, metric, risk, event_sign)
    if measure is EffectMeasure.RISK_DIFFERENCE_POINTS:
        return _of_risk_difference(bound.value / 100, metric, risk, event_sign)
    if measure is EffectMeasure.PROPORTION_POINTS:
        return bound.value / 100 if metric is EstimateMetric.RD else None
    if metric is EstimateMetric.MD:
        return bound.value  # points of the scale, mg of morphine or mmHg
    return None


def _of_risk_ratio(
    ratio: float, metric: EstimateMetric, risk: float | None, event_sign: int
) -> float | None:
    if metric in (EstimateMetric.LOG_RR, EstimateMetric.LOG_HR):
        return _log_of_ratio(ratio, event_sign)
    odds = _odds_ratio_of_risk_ratio(ratio, risk, event_sign)
    if odds is None:
        return None
    if metric is EstimateMetric.LOG_OR:
        return odds
    if metric is EstimateMetric.SMD:
        return odds / SMD_TO_LOG_ODDS_RATIO
    if metric is EstimateMetric.RD and risk is not None:
        return abs(changed_risk(ratio, risk, event_sign) - risk)
    return None


def changed_risk(ratio: float, risk: float, event_sign: int) -> float:
    """Return the risk after a change by a risk ratio, such as 1.25.

    Fewer events: the risk times 2 - ratio (0.75). More events: the risk times the ratio up to one
    half, and above it the share without the event times 2 - ratio, so that it stays below 1.
    """
    less = 2 - ratio
    if event_sign < 0:
        return risk * less
    return risk * ratio if risk <= 0.5 else 1 - (1 - risk) * less


def _odds_ratio_of_risk_ratio(ratio: float, risk: float | None, event_sign: int) -> float | None:
    """Return the size of the log odds ratio that a risk ratio is at the comparator's risk.

    None where the risk would leave the range from 0 to 1.
    """
    if risk is None or not 0 < risk < 1:
        return _log_of_ratio(ratio, event_sign)
    changed = changed_risk(ratio, risk, event_sign)
    return abs(log_odds_of(changed) - log_odds_of(risk)) if 0 < changed < 1 else None


def _log_of_ratio(ratio: float, event_sign: int) -> float | None:
    if event_sign > 0:
        return log(ratio)
    return -log(2 - ratio) if ratio < 2 else None


def _of_risk_difference(
    difference: float, metric: EstimateMetric, risk: float | None, event_sign: int
) -> float | None:
    if metric is EstimateMetric.RD:
        return difference
    changed = None if risk is None else risk + event_sign * difference
    if changed is None or risk is None or not 0 < changed < 1 or not 0 < risk < 1:
        return None
    return abs(log_odds_of(changed) - log_odds_of(risk)) if metric in RATIOS else None
