"""Positions of values in per cent, and ticks of an axis."""

import doctest
import itertools
from math import inf, nan

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.explorer.plots import scale as scale_module
from app.explorer.plots.scale import AxisScale, decade_ticks

anything = st.floats(allow_nan=False)
finite = st.floats(allow_nan=False, allow_infinity=False)
concentrations = st.floats(1e-6, 1e12)


def test_examples_of_the_module_are_right() -> None:
    result = doctest.testmod(scale_module)
    assert result.attempted == 2
    assert result.failed == 0


def test_the_ends_of_an_axis_are_at_its_margins_and_the_middle_at_half() -> None:
    scale = AxisScale(-2, 6, margin=5)
    assert [scale.at(v) for v in (-2, 2, 6)] == [5, 50, 95]


def test_equal_ratios_have_equal_distances_on_a_log_scale() -> None:
    scale = AxisScale(10, 1e6, is_log=True, margin=0)
    assert [scale.at(v) for v in (10, 100, 1e3, 1e4, 1e5, 1e6)] == [0, 20, 40, 60, 80, 100]


@example(5e-324, 1e-323, 0.0, 1.0)
@example(-1.7e308, 1.7e308, -1.0, 1.0)
@given(finite, finite, anything, anything)
def test_positions_are_percentages_in_the_order_of_values(
    a: float, b: float, first: float, second: float
) -> None:
    assume(a != b)
    scale = AxisScale(min(a, b), max(a, b))
    low, high = scale.at(min(first, second)), scale.at(max(first, second))
    assert 0 <= scale.margin <= low <= high <= 100 - scale.margin <= 100


@given(concentrations, concentrations, anything, anything)
def test_positions_on_a_log_scale_are_percentages_in_the_order_of_values(
    a: float, b: float, first: float, second: float
) -> None:
    assume(a != b)
    scale = AxisScale(min(a, b), max(a, b), is_log=True)
    low, high = scale.at(min(first, second)), scale.at(max(first, second))
    assert 0 <= scale.margin <= low <= high <= 100 - scale.margin <= 100


def test_values_beyond_the_axis_are_at_its_ends_and_reported() -> None:
    scale = AxisScale(0, 10)
    assert (scale.at(-inf), scale.at(11)) == (3, 97)
    assert [scale.contains(v) for v in (-0.1, 0, 10, 10.1, inf, nan)] == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]


def test_what_is_not_a_number_has_no_position() -> None:
    with pytest.raises(ValueError, match="not a number"):
        AxisScale(0, 1).at(nan)


@pytest.mark.parametrize("ends", [(1, 1), (2, 1), (nan, 1), (0, inf), (-inf, inf)])
def test_an_axis_without_length_is_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="no length"):
        AxisScale(*ends)


@pytest.mark.parametrize("lower", [0, -1])
def test_a_log_scale_of_values_below_zero_is_refused(lower: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        AxisScale(lower, 10, is_log=True)


@given(concentrations, concentrations)
def test_powers_of_ten_enclose_their_values(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    ticks = decade_ticks(low, high)
    assert ticks[0] <= low * (1 + 1e-8)
    assert high * (1 - 1e-8) <= ticks[-1]
    assert all(later == pytest.approx(10 * tick) for tick, later in itertools.pairwise(ticks))
    assert all(tick > low / 10.001 and tick < high * 10.001 for tick in ticks)


@pytest.mark.parametrize("ends", [(0, 1), (-1, 1), (2, 1), (1, inf), (nan, 1)])
def test_powers_of_ten_of_other_ends_are_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="powers of ten"):
        decade_ticks(*ends)
