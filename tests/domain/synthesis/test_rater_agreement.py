"""Agreement of two raters: counts, and weighted kappa with its interval."""

import pytest

from app.domain.synthesis.rater_agreement import rater_agreement, weighted_kappa

#: Ratings of 91 couples (Hout et al. 1987, the data set SexualFun of the R package vcd).
COUPLES = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]


def test_weighted_kappa_is_that_of_its_definition() -> None:
    """Recomputed with disagreements instead of agreements: 1 - observed/expected."""
    n, rows = 91, [sum(row) for row in COUPLES]
    columns = [sum(column) for column in zip(*COUPLES, strict=True)]
    observed = sum(abs(i - j) * COUPLES[i][j] for i in range(4) for j in range(4)) / n
    expected = sum(abs(i - j) * rows[i] * columns[j] for i in range(4) for j in range(4)) / n**2
    kappa = weighted_kappa(COUPLES)
    assert kappa is not None
    assert kappa.value == pytest.approx(1 - observed / expected)
    assert round(kappa.value, 4) == 0.2374
    assert round(kappa.standard_error, 5) == 0.07832
    assert (kappa.lower, kappa.upper) == pytest.approx((0.0839, 0.3909), abs=1e-4)


def test_the_interval_holds_kappa_in_about_95_of_100_samples() -> None:
    """The standard error is that of resampled tables (a bootstrap with a fixed seed)."""
    from random import Random
    from statistics import stdev

    random = Random(7)
    cells = [(i, j) for i in range(4) for j in range(4)]
    weights = [COUPLES[i][j] for i, j in cells]
    resampled = []
    for _ in range(2000):
        counts = [[0] * 4 for _ in range(4)]
        for i, j in random.choices(cells, weights, k=91):
            counts[i][j] += 1
        found = weighted_kappa(counts)
        assert found is not None
        resampled.append(found.value)
    assert stdev(resampled) == pytest.approx(0.07832, rel=0.06)


def test_perfect_and_absent_agreement() -> None:
    perfect = weighted_kappa([[3, 0], [0, 4]])
    assert perfect is not None
    assert (perfect.value, perfect.lower, perfect.upper) == (1, 1, 1)
    chance = weighted_kappa([[5, 5], [5, 5]])
    assert chance is not None
    assert chance.value == pytest.approx(0)
    assert chance.lower < 0 < chance.upper
    reverse = weighted_kappa([[0, 4], [4, 0]])
    assert reverse is not None
    assert reverse.value == pytest.approx(-1)


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], [[7, 0], [0, 0]], [[3, 2], [0, 0]]])
def test_raters_who_use_one_category_have_no_kappa(counts: list[list[int]]) -> None:
    assert weighted_kappa(counts) is None


def test_ratings_are_counted() -> None:
    found = rater_agreement([(0, 0), (1, 2), (3, 0), (2, 2)], 4)
    assert found.counts == ((1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0), (1, 0, 0, 0))
    assert (found.exact, found.within_one) == (2, 3)
    assert rater_agreement([], 4).kappa is None
