"""Absolute effects: events per 100 people with and without the intervention.

Sources: Cochrane Handbook, section 15.4 (odds and risk ratios), Hasselblad and Hedges 1995
(standardised mean differences, as the odds ratio of the outcome cut in two), Altman and Andersen
1999 (hazard ratios).
"""

from collections.abc import Callable
from math import exp, expm1, log1p
from typing import NamedTuple

from app.domain.synthesis.conversions import log_odds_of, risk_of_log_odds
from app.domain.synthesis.standard_errors import SMD_TO_LOG_ODDS_RATIO
from app.domain.vocabulary import EstimateMetric

PEOPLE = 100


class AbsoluteEffect(NamedTuple):
    """Events per 100 people without and with the intervention, and their difference."""

    baseline: float
    intervention: float
    difference: float


def has_absolute_effect(metric: EstimateMetric) -> bool:
    """Return whether effects of a metric can be expressed as events per 100 people."""
    return metric in _RISKS


def absolute_effect(metric: EstimateMetric, value: float, baseline_risk: float) -> AbsoluteEffect:
    """Return the events per 100 people that an effect means at a risk without the intervention.

    A positive value means more events. The risk with the intervention is at most 1 and at least 0.

    Args:
        metric: A ratio, a risk difference, or a standardised mean difference.
        value: On the scale of the metric; ratios as logarithms.
        baseline_risk: Above 0 and below 1.

    Raises:
        ValueError: If the metric has no absolute effect, or the risk is not above 0 and below 1.
    """
    if metric not in _RISKS:
        raise ValueError(f"{metric.label.lower()}s have no absolute effect")
    if not 0 < baseline_risk < 1:
        raise ValueError(f"the baseline risk must be above 0 and below 1, not {baseline_risk:g}")
    risk = min(1.0, max(0.0, _RISKS[metric](value, baseline_risk)))
    return AbsoluteEffect(PEOPLE * baseline_risk, PEOPLE * risk, PEOPLE * (risk - baseline_risk))


def _of_odds_ratio(value: float, risk: float) -> float:
    return risk_of_log_odds(log_odds_of(risk) + value)


def _of_risk_ratio(value: float, risk: float) -> float:
    return risk * exp(min(value, 700.0))


def _of_hazard_ratio(value: float, risk: float) -> float:
    """Return 1 - (1 - p)^HR."""
    return -expm1(log1p(-risk) * exp(min(value, 700.0)))


def _of_risk_difference(value: float, risk: float) -> float:
    return risk + value


def _of_smd(value: float, risk: float) -> float:
    return _of_odds_ratio(value * SMD_TO_LOG_ODDS_RATIO, risk)


_RISKS: dict[EstimateMetric, Callable[[float, float], float]] = {
    EstimateMetric.LOG_OR: _of_odds_ratio,
    EstimateMetric.LOG_RR: _of_risk_ratio,
    EstimateMetric.LOG_HR: _of_hazard_ratio,
    EstimateMetric.RD: _of_risk_difference,
    EstimateMetric.SMD: _of_smd,
}
