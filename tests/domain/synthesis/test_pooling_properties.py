"""What holds of every pooling: order, sign and unit do not matter, and intervals are in order."""

import math
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.synthesis import standard_errors
from app.domain.synthesis.effect_sizes import EffectSize
from app.domain.synthesis.influence import cumulative, leave_one_out
from app.domain.synthesis.pooled_effect import PooledEffect
from app.domain.synthesis.random_effects import pool
from app.domain.synthesis.shared_control import combine_arms, combine_strata
from app.domain.vocabulary import PoolingMethod

METHODS = st.sampled_from(PoolingMethod)
#: Methods without an estimate of tau² that one study more can move from 0 to a large value.
SMOOTH = st.sampled_from([PoolingMethod.FIXED, PoolingMethod.BAYES])
#: A shared computer is slow at times: no example has a time limit.
checked = settings(deadline=None)


class Rows(NamedTuple):
    values: list[float]
    errors: list[float]


def rows(least: int = 1) -> st.SearchStrategy[Rows]:
    """Trials of 6 to 2,000 people, on the scale of standard deviations."""
    row = st.tuples(st.floats(-2, 2), st.floats(0.045, 0.8))
    return st.lists(row, min_size=least, max_size=12).map(
        lambda found: Rows([y for y, _ in found], [error for _, error in found])
    )


def figures(pooled: PooledEffect) -> list[float]:
    prediction = pooled.prediction or (0.0, 0.0)
    return [pooled.estimate, pooled.lower, pooled.upper, *prediction]


def near(expected: list[float], scale: float = 1.0) -> object:
    return pytest.approx(expected, rel=1e-6, abs=1e-7 * scale)


@checked
@given(rows(), METHODS, st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(
    data: Rows, method: PoolingMethod, random: Random
) -> None:
    turn = list(range(len(data.values)))
    random.shuffle(turn)
    one = pool(*data, method)
    other = pool([data.values[i] for i in turn], [data.errors[i] for i in turn], method)
    assert figures(other) == near(figures(one))
    assert list(other.weights) == near([one.weights[i] for i in turn])


@checked
@given(rows(), METHODS)
def test_mirrored_studies_have_the_mirrored_effect(data: Rows, method: PoolingMethod) -> None:
    one, other = pool(*data, method), pool([-y for y in data.values], data.errors, method)
    assert (other.estimate, other.lower, other.upper) == near(
        [-one.estimate, -one.upper, -one.lower]
    )
    assert other.p_value == pytest.approx(one.p_value, abs=1e-7)


@checked
@given(rows(), METHODS, st.floats(1e-6, 1e6), st.floats(-1, 1))
def test_unit_and_origin_do_not_matter(
    data: Rows, method: PoolingMethod, unit: float, origin: float
) -> None:
    one = pool(*data, method, prior_scale=0.25)
    other = pool(
        [unit * (y + origin) for y in data.values],
        [unit * error for error in data.errors],
        method,
        prior_scale=0.25 * unit,
    )
    moved = [unit * (x + origin) for x in figures(one)[:3]]
    assert figures(other)[:3] == near(moved, unit)
    assert other.heterogeneity.i2 == pytest.approx(one.heterogeneity.i2, abs=1e-5)


@checked
@given(rows(), METHODS)
def test_intervals_are_in_order_and_predictions_wider(data: Rows, method: PoolingMethod) -> None:
    pooled = pool(*data, method)
    slack = 1e-9
    assert min(data.values) - slack <= pooled.estimate <= max(data.values) + slack
    assert pooled.lower <= pooled.estimate <= pooled.upper
    assert 0 <= pooled.p_value <= 1
    assert 0 <= pooled.heterogeneity.i2 < 100
    assert pooled.heterogeneity.tau2 >= 0
    assert sum(pooled.weights) == pytest.approx(1)
    # An interval excludes 0 if and only if its p-value is below 0.05.
    if abs(pooled.p_value - 0.05) > 1e-6:
        assert (pooled.p_value < 0.05) is not (pooled.lower <= 0 <= pooled.upper)
    if pooled.prediction:
        assert pooled.prediction.lower <= pooled.lower + slack
        assert pooled.prediction.upper >= pooled.upper - slack


@checked
@given(rows(least=2), SMOOTH)
def test_a_huge_agreeing_trial_narrows_the_interval(data: Rows, method: PoolingMethod) -> None:
    before = pool(*data, method)
    after = pool([*data.values, before.estimate], [*data.errors, 0.01], method)
    assert after.upper - after.lower < before.upper - before.lower


@checked
@given(rows(least=2), SMOOTH)
def test_studies_counted_twice_narrow_the_interval_and_leave_the_fixed_effect(
    data: Rows, method: PoolingMethod
) -> None:
    once, twice = pool(*data, method), pool(data.values * 2, data.errors * 2, method)
    assert twice.upper - twice.lower < once.upper - once.lower
    if method is PoolingMethod.FIXED:
        assert twice.estimate == pytest.approx(once.estimate, abs=1e-9)
        width = (once.upper - once.lower) / math.sqrt(2)
        assert twice.upper - twice.lower == pytest.approx(width)


@settings(deadline=None, max_examples=50)
@given(rows(), METHODS)
def test_the_last_cumulative_step_is_the_whole_and_each_one_left_out_has_one_less(
    data: Rows, method: PoolingMethod
) -> None:
    whole = pool(*data, method)
    steps = cumulative(*data, method)
    assert [step.k for step in steps] == list(range(1, len(data.values) + 1))
    assert steps[-1] == whole
    assert [p.k for p in leave_one_out(*data, method)] == [whole.k - 1] * whole.k * (whole.k > 1)


@checked
@given(st.floats(-50, 50), st.floats(0.001, 50), st.floats(50, 99.9))
def test_an_interval_returns_its_standard_error(value: float, error: float, level: float) -> None:
    single = pool([value], [error], level=level / 100)
    found = standard_errors.from_interval(single.lower, single.upper, level)
    assert found == pytest.approx(error, rel=1e-6)


def gls(effects: list[EffectSize], covariance: list[list[float]]) -> EffectSize:
    """Generalised least squares by Gaussian elimination: (1'Σ⁻¹y)/(1'Σ⁻¹1), 1/(1'Σ⁻¹1)."""
    k = len(effects)
    matrix = [[*row, 1.0] for row in covariance]
    for i in range(k):
        for j in range(k):
            if i != j:
                factor = matrix[j][i] / matrix[i][i]
                matrix[j] = [a - factor * b for a, b in zip(matrix[j], matrix[i], strict=True)]
    solved = [matrix[i][k] / matrix[i][i] for i in range(k)]
    total = sum(solved)
    value = sum(w * e.value for w, e in zip(solved, effects, strict=True)) / total
    return EffectSize(value, 1 / math.sqrt(total))


@checked
@given(
    st.lists(st.tuples(st.floats(-2, 2), st.integers(5, 200)), min_size=2, max_size=3),
    st.integers(5, 200),
)
def test_arms_with_one_control_are_combined_as_by_generalised_least_squares(
    arms: list[tuple[float, int]], n_control: int
) -> None:
    effects = [EffectSize(y, math.sqrt(1 / n + 1 / n_control)) for y, n in arms]
    covariance = [
        [1 / n_control + (1 / arms[i][1] if i == j else 0.0) for j in range(len(arms))]
        for i in range(len(arms))
    ]
    found = combine_arms(effects, [n for _, n in arms], n_control)
    assert found == pytest.approx(gls(effects, covariance), rel=1e-9, abs=1e-9)
    # Arms are not independent: together they say less than so many separate trials.
    assert found.standard_error > combine_strata(effects).standard_error


@checked
@given(rows())
def test_strata_are_combined_as_by_a_fixed_effect(data: Rows) -> None:
    found = combine_strata([EffectSize(y, e) for y, e in zip(*data, strict=True)])
    fixed = pool(*data, PoolingMethod.FIXED)
    assert found == pytest.approx((fixed.estimate, fixed.standard_error), rel=1e-9, abs=1e-12)
