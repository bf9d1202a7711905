"""What a forest plot shows, and the range of its axis; independent of how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.evidence.synthesis.plot_scale import PlotScale


@dataclass(frozen=True)
class PlottedUnit:
    """One unit of a synthesis: its estimate with the 95% interval, on the scale of the metric.

    Args:
        label: Name of the study.
        weight: Share in the pooled estimate, from 0 to 1; None if nothing was pooled.
        participants: Number of participants, if known.
    """

    label: str
    value: float
    lower: float
    upper: float
    standard_error: float
    weight: float | None
    participants: int | None


@dataclass(frozen=True)
class PlottedSummary:
    """The pooled estimate with its interval and, of two or more units, the prediction interval."""

    value: float
    lower: float
    upper: float
    prediction: tuple[float, float] | None
    method: str


@dataclass(frozen=True)
class ForestPlot:
    """A forest plot.

    Args:
        title: The claim as a statement or question.
        caption: Release and rule version.
        unit: Unit of the effects, for example `MADRS points`.
        lower_side: What values below the null mean.
        upper_side: What values above the null mean.
        null: Value of no effect, or the margin or proportion of the claim.
        worthwhile: Smallest effect worth having, as a value on the axis; None if there is none.
    """

    title: str
    caption: str
    unit: str
    lower_side: str
    upper_side: str
    scale: PlotScale
    null: float
    worthwhile: float | None
    units: Sequence[PlottedUnit]
    summary: PlottedSummary | None

    def axis_ticks(self) -> list[float]:
        """Return the divisions of the axis; the first and the last are its ends.

        The axis holds every estimate and the pooled interval. A longer interval of a single unit is
        cut where it would more than double the axis.
        """
        core = [self.null, *(unit.value for unit in self.units)]
        if self.worthwhile is not None:
            core.append(self.worthwhile)
        if self.summary is not None:
            core += [self.summary.lower, self.summary.upper]
        lowest, highest = min(core), max(core)
        reach = max(highest - lowest, max((u.standard_error for u in self.units), default=0.1)) / 2
        ends = [end for unit in self.units for end in (unit.lower, unit.upper)]
        if self.summary is not None and self.summary.prediction is not None:
            ends += self.summary.prediction
        low = max(min([lowest, *ends]), lowest - reach)
        high = min(max([highest, *ends]), highest + reach)
        return self.scale.ticks(low, high)

    def description(self) -> str:
        """Return everything that the plot shows, in words."""
        scale = self.scale
        parts = [
            f"Forest plot of {scale.name}" + (f" in {self.unit}" if self.unit else ""),
            *(
                f"{unit.label}: {scale.text(unit.value)}"
                f" ({scale.interval_text(unit.lower, unit.upper)})"
                + ("" if unit.weight is None else f", weight {unit.weight:.0%}")
                for unit in self.units
            ),
        ]
        if self.summary is not None:
            pooled = self.summary
            parts.append(
                f"Pooled ({pooled.method}): {scale.text(pooled.value)}"
                f" ({scale.interval_text(pooled.lower, pooled.upper)})"
            )
            if pooled.prediction is not None:
                parts.append(f"Prediction interval: {scale.interval_text(*pooled.prediction)}")
        if self.worthwhile is not None:
            parts.append(f"Smallest worthwhile effect: {scale.text(self.worthwhile)}")
        return "; ".join(parts) + "."
