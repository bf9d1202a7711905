"""Root of a falling function, by bisection."""

from collections.abc import Callable

_DOUBLINGS = 400
_BISECTIONS = 200


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
