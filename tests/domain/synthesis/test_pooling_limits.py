"""Pooling at its limits: what cannot be pooled is an error in words, and the rest is a result."""

import math
import time
from dataclasses import astuple
from typing import Any

import pytest

from app.domain.synthesis.influence import leave_one_out
from app.domain.synthesis.random_effects import pool
from app.domain.synthesis.rank_correlation import begg_test
from app.domain.synthesis.small_study_effects import egger_mixed_test, egger_test
from app.domain.synthesis.study_estimates import PoolingError
from app.domain.synthesis.trim_and_fill import trim_and_fill
from app.domain.vocabulary import PoolingMethod

NAN, INFINITY = math.nan, math.inf


@pytest.mark.parametrize(
    ("values", "errors", "options", "message"),
    [
        ([], [], {}, "there is nothing to pool"),
        ([1.0], [1.0, 2.0], {}, "1 values and 2 standard errors"),
        ([1.0, NAN], [1.0, 1.0], {}, "row 2: the value must be a finite number"),
        ([INFINITY], [1.0], {}, "row 1: the value must be a finite number"),
        ([1e60], [1.0], {}, "row 1: the value must be a finite number"),
        ([1.0], [NAN], {}, "row 1: the standard error must be above 0"),
        ([1.0], [INFINITY], {}, "row 1: the standard error must be above 0"),
        ([1.0, 1.0], [1.0, 0.0], {}, "row 2: the standard error must be above 0"),
        ([1.0], [-1.0], {}, "row 1: the standard error must be above 0"),
        ([1.0, 2.0], [1e-9, 1.0], {}, "check that all rows are in the same unit"),
        ([0.0, 1e9], [1.0, 1.0], {}, "check that all rows are in the same unit"),
        ([1.0], [1.0], {"level": 95}, "between 0 and 1, such as 0.95, not 95"),
        ([1.0], [1.0], {"prior_scale": 0.0}, "the prior scale must be a finite number above 0"),
        ([1.0], [1.0], {"prior_scale": NAN}, "the prior scale must be a finite number above 0"),
    ],
)
def test_what_cannot_be_pooled_is_an_error_that_says_why(
    values: list[float], errors: list[float], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(PoolingError, match=message.replace(".", r"\.")):
        pool(values, errors, **options)


def is_finite(figures: Any) -> bool:
    if isinstance(figures, tuple):
        return all(map(is_finite, figures))
    return figures is None or math.isfinite(figures)


@pytest.mark.parametrize("method", list(PoolingMethod), ids=lambda m: str(m.value))
@pytest.mark.parametrize("scale", [1e-40, 1.0, 1e40])
@pytest.mark.parametrize("k", [1, 2, 3, 200, 500])
def test_identical_rows_of_any_scale_are_pooled(
    k: int, scale: float, method: PoolingMethod
) -> None:
    pooled = pool([0.5 * scale] * k, [0.2 * scale] * k, method, prior_scale=0.25 * scale)
    assert is_finite(astuple(pooled))
    assert pooled.estimate == pytest.approx(0.5 * scale)
    assert (pooled.heterogeneity.tau2, pooled.heterogeneity.i2) == (0, 0)
    if method is not PoolingMethod.BAYES:
        assert pooled.standard_error == pytest.approx(0.2 * scale / math.sqrt(k))


@pytest.mark.parametrize("method", list(PoolingMethod), ids=lambda m: str(m.value))
def test_extreme_contrasts_are_pooled(method: PoolingMethod) -> None:
    """One study with all the weight, and studies that contradict each other beyond the prior."""
    lopsided = pool([0.3, 2.0, -2.0], [1e-4, 50.0, 50.0], method)
    assert lopsided.estimate == pytest.approx(0.3, abs=0.05)
    contradicting = pool([-1e4, 1e4], [0.1, 0.1], method)
    assert is_finite(astuple(contradicting))
    assert contradicting.estimate == pytest.approx(0, abs=1)
    if method is not PoolingMethod.FIXED:
        assert contradicting.lower < -50
        assert contradicting.upper > 50


def test_a_single_study_is_its_own_estimate_and_predicts_with_the_prior_of_tau() -> None:
    for method in PoolingMethod:
        single = pool([0.5], [0.2], method)
        assert (single.lower, single.upper) == pytest.approx((0.108007, 0.891993), abs=1e-6)
        assert single.heterogeneity.q_df == 0
        assert single.weights == pytest.approx((1.0,))
        assert (single.prediction is not None) is (method is PoolingMethod.BAYES)
    predicted = pool([0.5], [0.2], prior_scale=0.25).prediction
    wider = pool([0.5], [0.2], prior_scale=0.5).prediction
    assert predicted
    assert wider
    assert wider.lower < predicted.lower < 0.108
    assert 0.892 < predicted.upper < wider.upper


def test_tests_of_small_study_effects_need_three_studies_of_different_sizes() -> None:
    few = ([0.1, 0.2], [0.1, 0.2])
    equal = ([0.1, 0.2, 0.4], [0.1, 0.1, 0.1])
    on_a_line = ([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
    for rows in (few, equal):
        assert egger_test(*rows) is None
        assert egger_mixed_test(*rows) is None
        assert begg_test(*rows) is None
    assert egger_test(*on_a_line) is None
    assert trim_and_fill(*few) is None
    filled = trim_and_fill(*equal)
    assert filled
    assert filled.missing == 0


def test_a_pool_takes_less_than_2_ms_and_leaving_each_study_out_less_than_20_ms() -> None:
    """The fastest of several runs, since other work shares the processor."""
    values = [0.4 * math.sin(i) for i in range(20)]
    errors = [0.1 + 0.02 * i for i in range(20)]

    def least_seconds(work: Any, runs: int) -> float:
        seconds = []
        for _ in range(runs):
            start = time.process_time()
            work(values, errors)
            seconds.append(time.process_time() - start)
        return min(seconds)

    assert least_seconds(pool, 15) < 0.002
    assert least_seconds(leave_one_out, 5) < 0.020
