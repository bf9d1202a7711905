"""The input of a pooling: one estimate and standard error for each independent study."""

from collections.abc import Sequence
from math import isfinite

#: Beyond it the square of a value is no number.
MAX_MAGNITUDE = 1e50
#: How many of the smallest standard errors the values or other standard errors may differ by.
#: Beyond it the digits of a float do not suffice, and no analysis makes sense.
MAX_RATIO = 1e6


class PoolingError(ValueError):
    """Estimates that cannot be pooled; the message says what is wrong and what would work."""


def check_study_estimates(
    values: Sequence[float], standard_errors: Sequence[float], level: float = 0.95
) -> None:
    """Check that estimates can be pooled, with intervals of a level.

    Raises:
        PoolingError: If there are none, their number is not that of the standard errors, or one
            of them is not a number in range. Rows are counted from 1.
    """
    if not 0 < level < 1:
        raise PoolingError(f"the level must be between 0 and 1, such as 0.95, not {level:g}")
    if len(values) != len(standard_errors):
        raise PoolingError(
            f"there are {len(values)} values and {len(standard_errors)} standard errors; give one"
            " standard error for each value"
        )
    if not values:
        raise PoolingError("there is nothing to pool; give at least one estimate")
    for row, (value, error) in enumerate(zip(values, standard_errors, strict=True), 1):
        if not isfinite(value) or abs(value) > MAX_MAGNITUDE:
            raise PoolingError(
                f"row {row}: the value must be a finite number, at most {MAX_MAGNITUDE:g} in"
                f" size, not {value:g}"
            )
        if not isfinite(error) or not 1 / MAX_MAGNITUDE <= error <= MAX_MAGNITUDE:
            raise PoolingError(
                f"row {row}: the standard error must be above 0 and finite (from"
                f" {1 / MAX_MAGNITUDE:g} to {MAX_MAGNITUDE:g}), not {error:g}"
            )
    least = min(standard_errors)
    if max(standard_errors) > MAX_RATIO * least or max(values) - min(values) > MAX_RATIO * least:
        raise PoolingError(
            f"the rows differ by more than {MAX_RATIO:,.0f} times the smallest standard error"
            f" ({least:g}); check that all rows are in the same unit"
        )
