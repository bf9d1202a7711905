"""Scales of plots: a value as a position in per cent of the width, and the ticks of an axis.

>>> AxisScale(10, 1_000_000, is_log=True).at(1000)
40.6
>>> decade_ticks(50, 3000)
[10.0, 100.0, 1000.0, 10000.0]
"""

from dataclasses import dataclass
from math import ceil, floor, isfinite, isnan, log10

#: Room at both ends of an axis, in per cent of its width: half of the largest mark.
MARGIN = 3.0


@dataclass(frozen=True)
class AxisScale:
    """The values that an axis shows, and where they are.

    Args:
        lower: Value at the left end.
        upper: Value at the right end, more than `lower`.
        is_log: Whether equal ratios have equal distances.
        margin: Room at both ends, in per cent of the width.

    Raises:
        ValueError: The ends are no finite numbers in order, or not positive on a log scale.
    """

    lower: float
    upper: float
    is_log: bool = False
    margin: float = MARGIN

    def __post_init__(self) -> None:
        if not (isfinite(self.lower) and isfinite(self.upper) and self.lower < self.upper):
            raise ValueError(f"An axis from {self.lower} to {self.upper} has no length.")
        if self.is_log and self.lower <= 0:
            raise ValueError("A log scale starts above 0.")
        if not 0 <= self.margin < 50:
            raise ValueError("The margin is a percentage from 0 to below 50.")

    def at(self, value: float) -> float:
        """Return the position of a value, in per cent; one beyond the axis is at its end.

        Use `contains` to mark what is beyond the axis.

        Raises:
            ValueError: The value is not a number.
        """
        if isnan(value):
            raise ValueError("A value that is not a number has no position.")
        inside = min(max(value, self.lower), self.upper)
        if self.is_log:
            share = log10(inside / self.lower) / log10(self.upper / self.lower)
        else:
            length = self.upper - self.lower
            if isfinite(length):
                share = (inside - self.lower) / length
            else:  # the difference of two large floats overflows
                share = (inside / 2 - self.lower / 2) / (self.upper / 2 - self.lower / 2)
        return round(self.margin + (100 - 2 * self.margin) * min(max(share, 0.0), 1.0), 2)

    def contains(self, value: float) -> bool:
        """Return whether a value lies on the axis, its ends included."""
        tolerance = 0 if self.is_log else 1e-9 * (self.upper / 2 - self.lower / 2)
        return self.lower - tolerance <= value <= self.upper + tolerance


@dataclass(frozen=True)
class AxisTick:
    """A division of an axis: its value on the scale, and its label."""

    value: float
    label: str


def decade_ticks(lower: float, upper: float) -> list[float]:
    """Return the powers of ten from `lower` or below to `upper` or above.

    Raises:
        ValueError: The ends are not positive, finite and in order.
    """
    if not 0 < lower <= upper < float("inf"):
        raise ValueError(f"No powers of ten divide {lower} to {upper}.")
    first, last = floor(log10(lower) + 1e-9), ceil(log10(upper) - 1e-9)
    return [10.0**power for power in range(first, last + 1)]
