"""What a forest plot shows, and how it follows from the synthesis that the API returns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from app.domain.vocabulary import EstimateMetric
from app.explorer.plots.marks import Undrawn, UndrawnReason
from app.services.evidence.synthesis.plot_scale import SCALES

#: Largest effects that are drawn, on the scale of the metric: beyond any that is measured.
LARGEST_LOGARITHM, LARGEST_DIFFERENCE = 50.0, 1e9
METRICS_OF_DIFFERENCES = (EstimateMetric.MD, EstimateMetric.SMD, EstimateMetric.RD)


@dataclass(frozen=True)
class ForestEstimate:
    """One study of a synthesis.

    Args:
        study: Slug of the study.
        value: Estimate on the scale of the metric, logarithms for ratios, on the claim's side:
            larger is more in favour of the claim.
        lower: Lower end of the 95% interval, on the same scale.
        upper: Upper end of it.
        weight: Share in the pooled estimate, from 0 to 1.
        has_direction: Whether it is on record which side the effect is in favour of.
        fields: The whole entry of `units`, for the text around the plot.
    """

    study: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    standard_error: float | None = None
    weight: float | None = None
    participants: int | None = None
    has_direction: bool = True
    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class ForestPool:
    """The pooled estimate with its interval, on the claim's side, and the prediction interval."""

    value: float | None
    lower: float | None
    upper: float | None
    prediction: tuple[float, float] | None = None
    method: str = ""


@dataclass(frozen=True)
class ForestData:
    """What a forest plot shows.

    Args:
        metric: Value of the vocabulary `EstimateMetric`.
        unit: What the figures are, for example `MADRS points`.
        null: Value of no effect, or the margin or proportion of the claim, on the claim's side.
        worthwhile: Smallest effect worth having, on the claim's side.
        reading_sign: -1 if figures are read against the claim's side, such as a risk ratio
            of 0.3 for a relapse that the claim says is prevented; else 1.
    """

    estimates: Sequence[ForestEstimate]
    metric: str | None = None
    unit: str | None = None
    null: float | None = None
    worthwhile: float | None = None
    pool: ForestPool | None = None
    reading_sign: int = 1

    @classmethod
    def from_synthesis(cls, synthesis: Mapping[str, Any]) -> "ForestData":
        """Return the data of a synthesis as `GET /v1/claims/{slug}/synthesis` returns it.

        The pooled estimate of a single study is left out: it would repeat it.
        """
        units = synthesis.get("units") or ()
        pooled = synthesis.get("pooled") or {}
        worthwhile = synthesis.get("worthwhile") or {}
        prediction = pooled.get("prediction")
        return cls(
            estimates=[
                ForestEstimate(
                    study=unit.get("study") or unit.get("trial") or "",
                    value=unit.get("value"),
                    lower=unit.get("lower"),
                    upper=unit.get("upper"),
                    standard_error=unit.get("standard_error"),
                    weight=unit.get("weight"),
                    participants=unit.get("participants"),
                    fields=unit,
                )
                for unit in units
            ],
            metric=synthesis.get("metric"),
            unit=synthesis.get("unit"),
            null=synthesis.get("null"),
            worthwhile=worthwhile.get("value"),
            pool=None
            if not pooled or len(units) < 2
            else ForestPool(
                pooled.get("estimate"),
                pooled.get("lower"),
                pooled.get("upper"),
                None if not prediction else (prediction["lower"], prediction["upper"]),
                pooled.get("method_text") or "",
            ),
            reading_sign=_reading_sign(synthesis.get("metric"), [*units, pooled]),
        )


def split_drawable(
    data: ForestData,
) -> tuple[list[ForestEstimate], list[Undrawn[ForestEstimate]]]:
    """Return the estimates that have a place in the plot, and the others with the reason."""
    drawn: list[ForestEstimate] = []
    undrawn: list[Undrawn[ForestEstimate]] = []
    for estimate in data.estimates:
        reason = None
        if estimate.value is None or not isfinite(estimate.value):
            reason = UndrawnReason.NO_VALUE
        elif not estimate.has_direction or within_limit(data.metric, data.null) is None:
            reason = UndrawnReason.NO_DIRECTION
        elif within_limit(data.metric, estimate.value) is None:
            reason = UndrawnReason.OUT_OF_RANGE
        if reason is None:
            drawn.append(estimate)
        else:
            undrawn.append(Undrawn(estimate, reason))
    return drawn, undrawn


def drawable_pool(data: ForestData) -> ForestPool | None:
    """Return the pooled estimate if it has numbers that an axis can show."""
    pool = data.pool
    if pool is None:
        return None
    numbers = (pool.lower, pool.value, pool.upper)
    if any(within_limit(data.metric, value) is None for value in numbers):
        return None
    return pool


def within_limit(metric: str | None, value: float | None) -> float | None:
    """Return a value that an axis can show, else None."""
    is_difference = known_metric(metric) in METRICS_OF_DIFFERENCES
    limit = LARGEST_DIFFERENCE if is_difference else LARGEST_LOGARITHM
    return value if value is not None and abs(value) <= limit else None


def known_metric(metric: str | None) -> EstimateMetric:
    """Return a metric of the vocabulary; that of plain numbers for another or none."""
    return EstimateMetric(metric) if metric in set(EstimateMetric) else EstimateMetric.MD


def _reading_sign(metric: str | None, entries: Iterable[Mapping[str, Any]]) -> int:
    """Return -1 if the readable figures are those of the opposite of the claim's side, else 1."""
    shown = SCALES[known_metric(metric)].shown
    for entry in entries:
        value, readable = entry.get("value", entry.get("estimate")), entry.get("readable") or {}
        figure = readable.get("estimate")
        if value is None or figure is None or not isfinite(value) or not isfinite(figure):
            continue
        same, opposite = abs(figure - shown(value)), abs(figure - shown(-value))
        if same != opposite:
            return 1 if same < opposite else -1
    return 1
