"""Agreement of two raters on an ordinal scale: counts, exact agreement and weighted kappa."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from app.domain.synthesis.distributions import normal_quantile


@dataclass(frozen=True)
class WeightedKappa:
    """Weighted kappa with its standard error and 95% interval, within -1 and 1."""

    value: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True)
class RaterAgreement:
    """How far two raters agree.

    Args:
        counts: Number of rated items by the category of the first and of the second rater.
        exact: Number of items on which they agree exactly.
        within_one: Number of items on which they differ by one category at most.
        kappa: Weighted kappa; None if there is no item, or if one of the raters uses a single
            category: then it is 0 or not defined, whatever the other one does.
    """

    counts: tuple[tuple[int, ...], ...]
    exact: int
    within_one: int
    kappa: WeightedKappa | None


def rater_agreement(ratings: Sequence[tuple[int, int]], categories: int) -> RaterAgreement:
    """Return the agreement of two raters.

    Args:
        ratings: The category of each item by the first and by the second rater, from 0.
        categories: Number of categories.
    """
    counts = [[0] * categories for _ in range(categories)]
    for first, second in ratings:
        counts[first][second] += 1
    return RaterAgreement(
        tuple(map(tuple, counts)),
        sum(first == second for first, second in ratings),
        sum(abs(first - second) <= 1 for first, second in ratings),
        weighted_kappa(counts),
    )


def weighted_kappa(counts: Sequence[Sequence[int]]) -> WeightedKappa | None:
    """Return kappa with linear weights, 1 - |i-j|/(k-1), and its large-sample standard error.

    Sources: Cohen 1968 (weighted kappa); Cicchetti and Allison 1971 (the weights); Fleiss, Cohen
    and Everitt 1969 (the standard error).

    Args:
        counts: Square table of two or more categories. None is returned if one of the raters uses
            a single category, or none.
    """
    k, n = len(counts), sum(map(sum, counts))
    if min(_used(counts), _used(list(zip(*counts, strict=True)))) < 2:
        return None
    shares = [[count / n for count in row] for row in counts]
    rows, columns = (
        [sum(row) for row in shares],
        [sum(column) for column in zip(*shares, strict=True)],
    )
    weights = [[1 - abs(i - j) / (k - 1) for j in range(k)] for i in range(k)]
    cells = [(i, j) for i in range(k) for j in range(k)]
    observed = sum(weights[i][j] * shares[i][j] for i, j in cells)
    expected = sum(weights[i][j] * rows[i] * columns[j] for i, j in cells)
    kappa = (observed - expected) / (1 - expected)
    row_weights = [sum(columns[j] * weights[i][j] for j in range(k)) for i in range(k)]
    column_weights = [sum(rows[i] * weights[i][j] for i in range(k)) for j in range(k)]
    squares = sum(
        shares[i][j] * (weights[i][j] - (row_weights[i] + column_weights[j]) * (1 - kappa)) ** 2
        for i, j in cells
    )
    variance = (squares - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    error = sqrt(max(0.0, variance))
    half = normal_quantile(0.975) * error
    return WeightedKappa(kappa, error, max(-1.0, kappa - half), min(1.0, kappa + half))


def _used(counts: Sequence[Sequence[int]]) -> int:
    """Return the number of categories with any item."""
    return sum(any(row) for row in counts)
