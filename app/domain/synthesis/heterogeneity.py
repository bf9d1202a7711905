"""Heterogeneity of effects between studies: Q, I², H² and the interval of tau².

Sources: Cochran 1954 (Q); Higgins and Thompson 2002 (I², H²); Viechtbauer 2007 (Q-profile).
"""

from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from app.domain.synthesis.distributions import chi_squared_quantile, chi_squared_upper_tail
from app.domain.synthesis.root_finding import falling_root


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the mean of values, each with its weight."""
    return float(sum(map(mul, weights, values)) / sum(weights))


def q_statistic(values: Sequence[float], variances: Sequence[float], tau2: float = 0.0) -> float:
    """Return Q, the weighted squares of the deviations from the pooled estimate.

    With tau² above 0 it is the generalised Q, whose weights are 1/(variance + tau²).
    """
    weights = [1 / (variance + tau2) for variance in variances]
    mean = weighted_mean(values, weights)
    return sum(w * (y - mean) * (y - mean) for w, y in zip(weights, values, strict=True))


def sum_of_pairs(weights: Sequence[float]) -> float:
    """Return the sum of the products of all pairs, (S₁² - S₂)/2, without its cancellation."""
    total = before = 0.0
    for weight in weights:
        total += weight * before
        before += weight
    return total


def typical_variance(variances: Sequence[float]) -> float:
    """Return the typical sampling variance, (k-1)·S₁/(S₁² - S₂), of Higgins and Thompson 2002.

    Args:
        variances: Of two or more studies.
    """
    weights = [1 / variance for variance in variances]
    return (len(weights) - 1) * sum(weights) / (2 * sum_of_pairs(weights))


class Heterogeneity(NamedTuple):
    """Heterogeneity of the effects of k studies; I² in per cent."""

    q: float
    q_df: int
    q_p: float
    tau2: float
    i2: float
    h2: float


def heterogeneity(
    values: Sequence[float], variances: Sequence[float], tau2: float | None
) -> Heterogeneity:
    """Return Q with its p-value, and I² and H² by an estimate of tau².

    I² = 100·tau²/(tau² + v) and H² = 1 + tau²/v with the typical variance v; a single study has
    none. Without tau² (fixed effect) they are by Q: I² = 100·(Q - df)/Q, at least 0, H² = Q/df.
    """
    df = len(values) - 1
    if df == 0:
        return Heterogeneity(0.0, 0, 1.0, 0.0, 0.0, 1.0)
    q = q_statistic(values, variances)
    q_p = chi_squared_upper_tail(q, df)
    if tau2 is None:
        return Heterogeneity(q, df, q_p, 0.0, 100 * (q - df) / q if q > df else 0.0, q / df)
    typical = typical_variance(variances)
    return Heterogeneity(q, df, q_p, tau2, 100 * tau2 / (tau2 + typical), 1 + tau2 / typical)


def q_profile_interval(
    values: Sequence[float], variances: Sequence[float], level: float = 0.95
) -> tuple[float, float]:
    """Return the interval of tau² of two or more studies, by the distribution of Q.

    Its ends are the values at which the generalised Q is at the quantiles of chi-squared with k-1
    degrees of freedom; 0 where Q is below them at once. Source: Viechtbauer 2007.
    """
    df, tail = len(values) - 1, (1 - level) / 2
    scale = typical_variance(variances)

    def bound(upper_tail: float) -> float:
        quantile = chi_squared_quantile(upper_tail, df)
        return falling_root(
            lambda tau2: q_statistic(values, variances, tau2) - quantile, scale=scale
        )

    return bound(tail), bound(1 - tail)
