"""Roots of falling functions, and maxima of likelihoods, of x ≥ 0."""

from collections.abc import Callable
from math import inf

_DOUBLINGS = 400
_BISECTIONS = 200
_STEPS = 300


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
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if high - low <= 1e-13 * high or not low < middle < high:
            break
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


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
