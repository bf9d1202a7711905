"""Conversions of effect sizes between metrics."""

from math import exp, log

from app.domain.synthesis.effect_sizes import EffectSize
from app.domain.synthesis.standard_errors import SMD_TO_LOG_ODDS_RATIO


def smd_from_log_odds_ratio(size: EffectSize) -> EffectSize:
    """Return the standardised mean difference of a log odds ratio, by the factor √3/π.

    The outcome is taken as logistic, cut in two. Source: Hasselblad and Hedges 1995; Chinn 2000.
    """
    return EffectSize(
        size.value / SMD_TO_LOG_ODDS_RATIO, size.standard_error / SMD_TO_LOG_ODDS_RATIO
    )


def log_odds_ratio_from_smd(size: EffectSize) -> EffectSize:
    """Return the log odds ratio of a standardised mean difference, by the factor π/√3.

    Source: Hasselblad and Hedges 1995; Chinn 2000.
    """
    return EffectSize(
        size.value * SMD_TO_LOG_ODDS_RATIO, size.standard_error * SMD_TO_LOG_ODDS_RATIO
    )


def smd_from_mean_difference(size: EffectSize, sd: float) -> EffectSize:
    """Return the standardised mean difference of a mean difference.

    Args:
        sd: Standard deviation of the outcome, in its unit; above 0.
    """
    return EffectSize(size.value / sd, size.standard_error / sd)


def odds_ratio_from_risk_ratio(risk_ratio: float, baseline_risk: float) -> float:
    """Return the odds ratio that a risk ratio is at a risk of the comparator.

    RR·(1 - p)/(1 - RR·p). Source: Cochrane Handbook 5.1, section 12.5.4.4, solved for the odds.

    Raises:
        ValueError: If the risk with the intervention would not be below 1.
    """
    risk = risk_ratio * baseline_risk
    if not 0 < baseline_risk < 1 or not 0 < risk < 1:
        raise ValueError(
            f"a risk ratio of {risk_ratio:g} has no odds ratio at a risk of {baseline_risk:g}; both"
            " risks must be above 0 and below 1"
        )
    return risk_ratio * (1 - baseline_risk) / (1 - risk)


def odds_of(risk: float) -> float:
    """Return the odds p/(1-p) of a risk above 0 and below 1."""
    return risk / (1 - risk)


def risk_of_log_odds(log_odds: float) -> float:
    """Return the risk of log odds, without overflow."""
    if log_odds >= 0:
        return 1 / (1 + exp(-log_odds))
    return exp(log_odds) / (1 + exp(log_odds))


def log_odds_of(risk: float) -> float:
    """Return the log odds of a risk above 0 and below 1."""
    return log(odds_of(risk))
