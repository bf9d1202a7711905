"""Roots of functions, and maxima of likelihoods of x ≥ 0."""

from collections.abc import Callable
from math import inf
from sys import float_info

_DOUBLINGS = 400
_STEPS = 300


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a continuous function is 0 between two x at which its signs differ.

    Source: Chandrupatla 1997, with inverse quadratic interpolation where it is safe, and else
    bisection.
    """
    a, b = low, high
    f_a, f_b = function(a), function(b)
    share = 0.5  # of the way from a to b
    for _ in range(_STEPS):
        x = a + share * (b - a)
        f_x = function(x)
        if (f_x > 0) == (f_a > 0):
            c, f_c = a, f_a
        else:
            c, f_c, b, f_b = b, f_b, a, f_a
        a, f_a = x, f_x
        best, f_best = (a, f_a) if abs(f_a) < abs(f_b) else (b, f_b)
        smallest = 2 * float_info.epsilon * abs(best) / abs(b - a) if b != a else 1.0
        if f_best == 0 or smallest > 0.5:
            break
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        share = 0.5
        if phi * phi < xi and (1 - phi) ** 2 < 1 - xi:
            share = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (
                f_c - f_a
            ) * f_b / (f_c - f_b)
        share = min(1 - smallest, max(smallest, share))
    return best


def falling_root(function: Callable[[float], float], scale: float) -> float:
    """Return where a falling function of x ≥ 0 crosses 0; 0 if it is not above 0 at 0.

    Args:
        function: Continuous and falling.
        scale: A typical x, above 0, at which the search begins.
    """
    if function(0.0) <= 0:
        return 0.0
    low, high = 0.0, scale
    for _ in range(_DOUBLINGS):
        if function(high) <= 0:
            break
        low, high = high, high * 2
    return bracketed_root(function, low, high)


def maximum_by_scoring(
    derivatives: Callable[[float], tuple[float, float]], start: float, scale: float
) -> float:
    """Return a maximum of a likelihood at x ≥ 0 by Fisher scoring, halving steps that oscillate.

    From the second step on, the slope of the score is that between the last two x, which takes
    fewer steps than the information, its expected slope.

    Args:
        derivatives: Returns twice the score and twice the information at x.
        start: x at which the search begins.
        scale: A typical x, above 0; steps of 1e-15 of it, or of 1e-13 of x, count as none.
    """
    x, low, high, previous = start, 0.0, inf, 0.0
    before: tuple[float, float] | None = None
    for _ in range(_STEPS):
        score, information = derivatives(x)
        if before is not None and x != before[0]:
            slope = (score - before[1]) / (x - before[0])
            information = -slope if slope < 0 else information
        before = x, score
        if score > 0:
            low = x
        else:
            high = x
        if information > 0:
            step = max(0.0, x + score / information) - x
        else:  # lost in rounding
            step = x + scale if score > 0 else -x / 2
        oscillates = step * previous < 0 and abs(step) > abs(previous) / 2
        if oscillates or not low <= x + step <= high:
            step = (low + high) / 2 - x
        x, previous = x + step, step
        if abs(step) <= 1e-15 * scale + 1e-13 * x:
            break
    return x
