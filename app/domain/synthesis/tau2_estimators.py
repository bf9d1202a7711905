"""Estimators of tau², the variance of the effects between studies.

Each takes the values and sampling variances of two or more studies. Sources: Viechtbauer 2005
and Veroniki et al. 2016, who compare them.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from math import sqrt
from operator import add, mul

from app.domain.synthesis.heterogeneity import q_statistic, sum_of_pairs, typical_variance
from app.domain.synthesis.root_finding import falling_root, maximum_by_scoring
from app.domain.vocabulary import Tau2Estimator


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
    """Return the maximum by the score and information of Viechtbauer 2005.

    S₁ - S₂/S₁ and S₂ - 2S₃/S₁ + (S₂/S₁)² are summed over pairs: the differences lose all digits if
    one study has nearly all weight.
    """
    scale = typical_variance(variances)
    unit = min(variances)
    scaled = [variance / unit for variance in variances]
    deviations = [(y - values[0]) / sqrt(unit) for y in values]

    def derivatives(tau2: float) -> tuple[float, float]:
        weights = [1 / (variance + tau2) for variance in scaled]
        squares = list(map(mul, weights, weights))
        total = sum(weights)
        mean = sum(map(mul, weights, deviations)) / total
        fit = sum(w * (y - mean) * (y - mean) for w, y in zip(squares, deviations, strict=True))
        if not restricted:
            return fit - total, sum(squares)
        before = [0.0, *accumulate(weights[:-1])]
        after = [*[*accumulate(weights[:0:-1])][::-1], 0.0]
        others = map(add, before, after)
        singles = sum(
            w * (rest / total) * (rest / total) for w, rest in zip(squares, others, strict=True)
        )
        pairs = 2 * sum_of_pairs(squares) / (total * total)
        return fit - 2 * sum_of_pairs(weights) / total, singles + pairs

    start = max(dersimonian_laird(values, variances), hedges(values, variances)) / unit
    return unit * maximum_by_scoring(derivatives, start, scale / unit)


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
