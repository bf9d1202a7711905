"""Sides of the marks of plots, and records that have no place in a plot."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.explorer.plots.cells import Shape

T = TypeVar("T")


class Side(StrEnum):
    """Which side an estimate is on; also the class of its mark."""

    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"


#: The shape tells the side, and the colour repeats it.
SIDE_SHAPES = {
    Side.FOR: Shape.SQUARE,
    Side.AGAINST: Shape.DIAMOND,
    Side.NEITHER: Shape.RING,
}


class UndrawnReason(StrEnum):
    """Why a record is not drawn."""

    NO_VALUE = "no_value"
    NO_DIRECTION = "no_direction"
    NO_KIND = "no_kind"
    NO_TIME = "no_time"
    OUT_OF_RANGE = "out_of_range"

    @property
    def text(self) -> str:
        """The reason in words."""
        return REASONS[self]


REASONS = {
    UndrawnReason.NO_VALUE: "no figure is on record",
    UndrawnReason.NO_DIRECTION: "the record does not state which side it is in favour of",
    UndrawnReason.NO_KIND: "the record does not state whether it is a benefit or a harm",
    UndrawnReason.NO_TIME: "the time after the dose is not on record",
    UndrawnReason.OUT_OF_RANGE: "the figure is outside the range that can be measured",
}


@dataclass(frozen=True)
class Undrawn(Generic[T]):
    """A record that is not drawn, to be listed below the plot with the reason."""

    item: T
    reason: UndrawnReason
