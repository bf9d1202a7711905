"""Two-sided bar of what is for and against a claim, such as notes, people or points.

    result = balance(verdict["notes_for"], verdict["notes_against"], verdict["notes_neutral"])
    result.plot, result.percent_for                    # None: nothing on either side

For is solid, against is hatched, neither is open; both numbers stand beside the bar as text.
"""

from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup

from app.explorer.plots.cells import BAR_HEIGHT, bar, svg

#: Room between two parts of a bar, in per cent of its width.
GAP = 0.6


@dataclass(frozen=True)
class Balance:
    """A two-sided bar, and the share of what is for among what is for or against, in per cent."""

    percent_for: float | None
    plot: Markup


def balance(
    number_for: float | None, number_against: float | None, number_neither: float | None = None
) -> Balance:
    """Return the bar of three numbers; one that is missing or no number counts as 0."""
    parts = [
        ("for", _amount(number_for)),
        ("neither", _amount(number_neither)),
        ("against", _amount(number_against)),
    ]
    decided = parts[0][1] + parts[2][1]
    return Balance(
        percent_for=100 * parts[0][1] / decided if decided else None,
        plot=svg(*_bars(parts), height=BAR_HEIGHT, classes="plot balance"),
    )


def _bars(parts: list[tuple[str, float]]) -> list[Markup]:
    parts = [(side, amount) for side, amount in parts if amount]
    total = sum(amount for _, amount in parts)
    if not total:
        return [bar(0, 100, "empty")]
    room, x, bars = 100 - GAP * (len(parts) - 1), 0.0, []
    for side, amount in parts:
        width = room * (amount / total)
        bars.append(bar(x, width, side, hatched=side == "against"))
        x += width + GAP
    return bars


def _amount(number: float | None) -> float:
    return number if number is not None and isfinite(number) and 0 < number < 1e15 else 0.0
