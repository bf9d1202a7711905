"""Estimators of tau², the variance of the effects between studies.

Each takes the values and sampling variances of two or more studies. Sources: Viechtbauer 2005
and Veroniki et al. 2016, who compare them.
"""

from collections.abc import Callable, Sequence
from math import log
from operator import mul

from app.domain.synthesis.heterogeneity import q_statistic, sum_of_pairs, typical_variance
from app.domain.synthesis.root_finding import falling_root
from app.domain.vocabulary import Tau2Estimator

_ITERATIONS = 200
_GRID = 200


def tau2_estimate(
    values: Sequence[float], variances: Sequence[float], estimator: Tau2Estimator
) -> float:
    """Return the estimate of tau² by an estimator; 0 for a single study."""
    return _ESTIMATORS[estimator](values, variances) if len(values) > 1 else 0.0


def _fixed(values: Sequence[float], variances: Sequence[float]) -> float:
    return 0.0


def dersimonian_laird(values: Sequence[float], variances: Sequence[float]) -> float:
    """Return (Q - (k-1))/(S₁ - S₂/S₁), at least 0. Source: DerSimonian and Laird 1986."""
    weights = [1 / variance for variance in variances]
    excess = q_statistic(values, variances) - (len(values) - 1)
    return max(0.0, excess * sum(weights) / (2 * sum_of_pairs(weights)))


def hedges(values: Sequence[float], variances: Sequence[float]) -> float:
    """Return the variance of the estimates less the mean sampling variance, at least 0.

    Source: Hedges and Olkin 1985.
    """
    k = len(values)
    mean = sum(values) / k
    spread = sum((y - mean) * (y - mean) for y in values) / (k - 1)
    return max(0.0, spread - sum(variances) / k)


def sidik_jonkman(values: Sequence[float], variances: Sequence[float]) -> float:
    """Return the estimate by the weights of a crude variance. Source: Sidik and Jonkman 2005."""
    k = len(values)
    mean = sum(values) / k
    crude = sum((y - mean) * (y - mean) for y in values) / k
    return crude * q_statistic(values, variances, crude) / (k - 1) if crude > 0 else 0.0


def paule_mandel(values: Sequence[float], variances: Sequence[float]) -> float:
    """Return the tau² at which Q is k-1. Source: Paule and Mandel 1982.

    The empirical Bayes estimate of Morris 1983 is the same (Viechtbauer et al. 2015).
    """
    df = len(values) - 1
    return falling_root(
        lambda tau2: q_statistic(values, variances, tau2) - df, scale=typical_variance(variances)
    )


def restricted_maximum_likelihood(values: Sequence[float], variances: Sequence[float]) -> float:
    """Return the maximum of the restricted likelihood. Source: Viechtbauer 2005, equation 11."""
    return _maximum_likelihood(values, variances, restricted=True)


def maximum_likelihood(values: Sequence[float], variances: Sequence[float]) -> float:
    """Return the maximum of the likelihood. Source: Viechtbauer 2005, equation 10."""
    return _maximum_likelihood(values, variances, restricted=False)


def _maximum_likelihood(
    values: Sequence[float], variances: Sequence[float], *, restricted: bool
) -> float:
    """Return the maximum by Fisher scoring or, where it does not converge, of a grid."""
    tau2 = max(dersimonian_laird(values, variances), hedges(values, variances))
    precision = 1e-15 * typical_variance(variances)
    for _ in range(_ITERATIONS):
        weights = [1 / (variance + tau2) for variance in variances]
        squares = list(map(mul, weights, weights))
        s_1, s_2 = sum(weights), sum(squares)
        mean = sum(map(mul, weights, values)) / s_1
        fit = sum(w * (y - mean) * (y - mean) for w, y in zip(squares, values, strict=True))
        score, information = fit - s_1, s_2
        if restricted:
            score += s_2 / s_1
            s_3 = sum(map(mul, squares, weights))
            information += (s_2 / s_1) ** 2 - 2 * s_3 / s_1
        updated = max(0.0, tau2 + score / information)
        if abs(updated - tau2) <= precision + 1e-13 * tau2:
            return float(updated)
        tau2 = updated
    return _highest_likelihood(values, variances, restricted=restricted)


def _highest_likelihood(
    values: Sequence[float], variances: Sequence[float], *, restricted: bool
) -> float:
    """Return the maximum of the likelihood on a grid, refined around the best value."""

    def log_likelihood(tau2: float) -> float:
        total = -q_statistic(values, variances, tau2) - sum(log(v + tau2) for v in variances)
        return total - log(sum(1 / (v + tau2) for v in variances)) if restricted else total

    low, high = 0.0, (max(values) - min(values)) ** 2 + typical_variance(variances)
    best = 0.0
    power = 4.0  # the first grid is dense near 0, where most maxima are
    for _ in range(8):
        grid = [low + (high - low) * (i / _GRID) ** power for i in range(_GRID + 1)]
        best = max(grid, key=log_likelihood)
        position = grid.index(best)
        low, high = grid[max(0, position - 1)], grid[min(_GRID, position + 1)]
        power = 1.0
    return best


_ESTIMATORS: dict[Tau2Estimator, Callable[[Sequence[float], Sequence[float]], float]] = {
    Tau2Estimator.FIXED: _fixed,
    Tau2Estimator.DERSIMONIAN_LAIRD: dersimonian_laird,
    Tau2Estimator.HEDGES: hedges,
    Tau2Estimator.SIDIK_JONKMAN: sidik_jonkman,
    Tau2Estimator.PAULE_MANDEL: paule_mandel,
    Tau2Estimator.EMPIRICAL_BAYES: paule_mandel,
    Tau2Estimator.RESTRICTED_MAXIMUM_LIKELIHOOD: restricted_maximum_likelihood,
    Tau2Estimator.MAXIMUM_LIKELIHOOD: maximum_likelihood,
}
