"""Kendall's rank correlation, and Begg's test of small-study effects, which uses it."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, combinations
from math import sqrt
from typing import NamedTuple

from app.domain.synthesis.distributions import two_sided_p
from app.domain.synthesis.heterogeneity import weighted_mean

#: Fewer pairs have an exact p-value, if none are tied; for more the normal one is as good.
EXACT_BELOW = 120


class RankCorrelation(NamedTuple):
    """Kendall's tau-b and its two-sided p-value."""

    tau: float
    p_value: float


def begg_test(values: Sequence[float], standard_errors: Sequence[float]) -> RankCorrelation | None:
    """Return the correlation of the standardised deviations with the variances.

    None for fewer than three studies. Source: Begg and Mazumdar 1994.
    """
    if len(values) < 3:
        return None
    variances = [error * error for error in standard_errors]
    weights = [1 / variance for variance in variances]
    mean, variance_of_mean = weighted_mean(values, weights), 1 / sum(weights)
    deviations = [
        (value - mean) / sqrt(variance - variance_of_mean)
        for value, variance in zip(values, variances, strict=True)
    ]
    return kendall(deviations, variances)


def kendall(x: Sequence[float], y: Sequence[float]) -> RankCorrelation | None:
    """Return Kendall's tau-b of two or more pairs; None if all values of x or of y are equal.

    The p-value is exact for fewer than 120 pairs without ties, else by the normal distribution with
    the variance for ties. Source: Kendall 1970.
    """
    n = len(x)
    score = sum(_sign(x[i] - x[j]) * _sign(y[i] - y[j]) for i, j in combinations(range(n), 2))
    ties_x, ties_y = ([t for t in Counter(v).values() if t > 1] for v in (x, y))
    pairs = n * (n - 1) / 2
    untied_x = pairs - sum(t * (t - 1) / 2 for t in ties_x)
    untied_y = pairs - sum(t * (t - 1) / 2 for t in ties_y)
    if not untied_x or not untied_y:
        return None
    tau = score / sqrt(untied_x * untied_y)
    if not ties_x and not ties_y and n < EXACT_BELOW:
        return RankCorrelation(tau, _exact_p(score, n))
    return RankCorrelation(tau, two_sided_p(score / sqrt(_variance(n, ties_x, ties_y))))


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)


def _exact_p(score: int, n: int) -> float:
    """Return the p-value by the distribution of the number of concordant pairs."""
    probabilities = [1.0]
    for size in range(2, n + 1):  # an element more adds 0 to size-1 concordant pairs, each as often
        sums = list(accumulate(probabilities))
        sums += [sums[-1]] * (size - 1)
        probabilities = [
            (total - (sums[i - size] if i >= size else 0.0)) / size for i, total in enumerate(sums)
        ]
    concordant = (score + n * (n - 1) // 2) // 2
    at_most, at_least = sum(probabilities[: concordant + 1]), sum(probabilities[concordant:])
    return min(1.0, 2 * min(at_most, at_least))


def _variance(n: int, ties_x: Sequence[int], ties_y: Sequence[int]) -> float:
    def of_ties(ties: Sequence[int]) -> int:
        return sum(t * (t - 1) * (2 * t + 5) for t in ties)

    def pairs(ties: Sequence[int]) -> int:
        return sum(t * (t - 1) for t in ties)

    def triples(ties: Sequence[int]) -> int:
        return sum(t * (t - 1) * (t - 2) for t in ties)

    variance = (n * (n - 1) * (2 * n + 5) - of_ties(ties_x) - of_ties(ties_y)) / 18
    variance += pairs(ties_x) * pairs(ties_y) / (2 * n * (n - 1))
    if n > 2:
        variance += triples(ties_x) * triples(ties_y) / (9 * n * (n - 1) * (n - 2))
    return variance
