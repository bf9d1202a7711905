"""Roots between two bounds, and the quantiles that are found as roots."""

from collections.abc import Callable
from math import exp, log

import pytest

from app.domain.synthesis.distributions import chi_squared_quantile, t_quantile
from app.domain.synthesis.root_finding import bracketed_root

#: Probability, degrees of freedom and quantile; mpmath 1.3 with 40 digits.
T_QUANTILES = [
    (0.025, 1, -12.7062047361747046),
    (0.025, 10, -2.22813885198627475),
    (0.005, 2.5, -7.16372813894878552),
    (0.4, 30, -0.255605364951912772),
    (0.000001, 5, -24.7710297205159442),
]
#: Upper tail, degrees of freedom and quantile; mpmath 1.3 with 40 digits.
CHI_SQUARED_QUANTILES = [
    (0.025, 10, 20.4831773508073966),
    (0.975, 1, 0.000982069117175255912),
    (0.5, 100, 99.3341292359884558),
    (0.000001, 3, 30.6648497062135992),
]


@pytest.mark.parametrize(
    ("function", "low", "high", "root"),
    [
        (lambda x: x - 0.3, 0.0, 1.0, 0.3),
        (lambda x: 2.0 - exp(x), -50.0, 50.0, log(2)),
        (lambda x: (x - 1) ** 9, 0.0, 5.0, 1.0),
        (lambda x: 1 if x < 0.7 else -1, 0.0, 1e6, 0.7),
        (lambda x: exp(-x) - 1e-200, 0.0, 1000.0, 200 * log(10)),
        (lambda x: x, -3.0, 0.0, 0.0),
    ],
)
def test_roots_are_found_to_the_last_digits(
    function: Callable[[float], float], low: float, high: float, root: float
) -> None:
    calls = 0

    def counted(x: float) -> float:
        nonlocal calls
        calls += 1
        return function(x)

    assert bracketed_root(counted, low, high) == pytest.approx(root, rel=1e-14, abs=1e-14)
    assert calls < 110


def test_quantiles_of_students_t() -> None:
    for probability, df, quantile in T_QUANTILES:
        assert t_quantile(probability, df) == pytest.approx(quantile, rel=2e-14)
        assert t_quantile(1 - probability, df) == pytest.approx(-quantile, rel=1e-9)


def test_quantiles_of_chi_squared() -> None:
    for upper_tail, df, quantile in CHI_SQUARED_QUANTILES:
        assert chi_squared_quantile(upper_tail, df) == pytest.approx(quantile, rel=5e-14)
