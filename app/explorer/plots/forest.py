"""Forest plot of the synthesis of a claim, one row a study; right always favours the claim.

    data = ForestData.from_synthesis(response["data"])     # GET /v1/claims/{slug}/synthesis
    table = forest_table(data)
    table.axis                                              # head of the plot's column
    for row in table.rows:
        row.estimate.study, row.text, row.plot              # "berman-2000", "1.19 (0.19 to 2.18)"
    if table.summary:
        table.summary.text, table.summary.plot, table.summary.prediction_plot
    for left_out in table.undrawn:
        left_out.item.study, left_out.reason                # listed below the plot

Marks: square for the claim, diamond against it, ring neither. The side is that of the point
estimate, as in the vocabulary `Favours`; its interval shows how certain it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan, sqrt

from markupsafe import Markup

from app.domain.vocabulary import EstimateMetric
from app.explorer.plots.cells import (
    MARK_SIZE,
    arrow_head,
    axis,
    line,
    mark,
    spanning_diamond,
    svg,
    vertical_line,
)
from app.explorer.plots.forest_data import (
    ForestData,
    ForestEstimate,
    drawable_pool,
    known_metric,
    split_drawable,
    within_limit,
)
from app.explorer.plots.marks import SIDE_SHAPES, Side, Undrawn
from app.explorer.plots.scale import AxisScale, AxisTick
from app.services.evidence.synthesis.forest_plot import ForestPlot, PlottedSummary, PlottedUnit
from app.services.evidence.synthesis.plot_scale import SCALES, PlotScale

#: Sides in pixels of the squares of the largest weight, and of weights that round to nothing.
LARGEST, SMALLEST = 15.0, 3.0
#: Half of a 95% interval in standard errors.
Z_95 = 1.959964
#: Least standard error that an axis is made for, as a share of the estimate or of 1.
LEAST_STANDARD_ERROR = 0.01


@dataclass(frozen=True)
class ForestRow:
    """One study of a forest plot, as drawn.

    Args:
        text: Estimate with interval, as readers see it.
        is_cut: Whether its interval goes on beyond the axis.
    """

    estimate: ForestEstimate
    side: Side
    text: str
    is_cut: bool
    plot: Markup


@dataclass(frozen=True)
class ForestSummary:
    """The rows of the pooled estimate and of the prediction interval, which may be missing."""

    side: Side
    method: str
    text: str
    plot: Markup
    prediction_text: str | None
    prediction_plot: Markup | None


@dataclass(frozen=True)
class ForestTable:
    """A forest plot as the cells of a table.

    Args:
        axis: Head of the column; None if nothing is drawn.
        measure: What is plotted, for example `odds ratio`.
        null_text: Value of no effect as readers see it; None if nothing is drawn.
        worthwhile_text: Smallest worthwhile effect as readers see it, if there is one.
        is_cut: Whether any interval goes on beyond the axis.
        undrawn: What has no place in the plot, with the reason.
    """

    rows: Sequence[ForestRow]
    summary: ForestSummary | None
    axis: Markup | None
    measure: str
    unit: str | None
    null_text: str | None
    worthwhile_text: str | None
    is_cut: bool
    undrawn: Sequence[Undrawn[ForestEstimate]]


def forest_table(data: ForestData) -> ForestTable:
    """Return the cells of a forest plot."""
    reader = SCALES.get(known_metric(data.metric), SCALES[EstimateMetric.MD])
    drawn, undrawn = split_drawable(data)
    if not drawn or data.null is None:
        return ForestTable((), None, None, reader.name, data.unit, None, None, False, undrawn)
    drawing = _ForestDrawing(data, drawn, reader)
    rows = [drawing.row(estimate) for estimate in drawn]
    summary = drawing.summary()
    worthwhile = drawing.worthwhile
    return ForestTable(
        rows=rows,
        summary=summary,
        axis=axis(drawing.scale, drawing.ticks),
        measure=reader.name,
        unit=data.unit,
        null_text=drawing.text(data.null),
        worthwhile_text=None if worthwhile is None else drawing.text(worthwhile),
        is_cut=any(row.is_cut for row in rows) or drawing.is_prediction_cut,
        undrawn=undrawn,
    )


class _ForestDrawing:
    """The scale of one forest plot, and the cells drawn on it."""

    def __init__(
        self, data: ForestData, drawn: Sequence[ForestEstimate], reader: PlotScale
    ) -> None:
        assert data.null is not None
        self.reader, self.sign, self.null = reader, data.reading_sign, data.null
        self.worthwhile = within_limit(data.metric, data.worthwhile)
        self.pool = drawable_pool(data)
        self.prediction = None if self.pool is None else _interval(*self.pool.prediction or ())
        self.ticks, self.scale = self._axis(drawn)
        self.largest_weight = max((_weight(estimate) for estimate in drawn), default=0.0)
        self.lines = vertical_line(self.scale.at(self.null), "null")
        if self.worthwhile is not None:
            self.lines += vertical_line(self.scale.at(self.worthwhile), "worthwhile")
        self.is_prediction_cut = self.prediction is not None and self._is_cut(*self.prediction)

    def _axis(self, drawn: Sequence[ForestEstimate]) -> tuple[list[AxisTick], AxisScale]:
        """Return the ticks, and the scale from the first to the last one.

        They are those of the drawing at `synthesis/forest.svg`, turned if needed so that the
        claim's side is on the right.
        """
        sign, pool = self.sign, self.pool
        drawing = ForestPlot(
            title="",
            caption="",
            unit="",
            lower_side="",
            upper_side="",
            scale=self.reader,
            null=sign * self.null,
            worthwhile=None if self.worthwhile is None else sign * self.worthwhile,
            units=[_plotted(estimate, sign) for estimate in drawn],
            summary=None
            if pool is None
            else PlottedSummary(
                sign * (pool.value or 0.0),
                *_turned(sign, pool.lower or 0.0, pool.upper or 0.0),
                prediction=None if self.prediction is None else _turned(sign, *self.prediction),
                method=pool.method,
            ),
        )
        values = drawing.axis_ticks()
        ticks = [AxisTick(sign * value, self.reader.tick_text(value)) for value in values]
        ticks.sort(key=lambda tick: tick.value)
        points = [self.null, *(e.value for e in drawn if e.value is not None)]
        ends = [tick.value for tick in ticks] + points
        return ticks, AxisScale(min(ends), max(ends))

    def text(self, value: float) -> str:
        """Return a value on the claim's side as readers see it."""
        return self.reader.text(self.sign * value)

    def interval_text(self, lower: float, upper: float) -> str:
        """Return an interval on the claim's side as readers see it."""
        return self.reader.interval_text(*_turned(self.sign, lower, upper))

    def row(self, estimate: ForestEstimate) -> ForestRow:
        """Return the row of a study."""
        value = estimate.value
        assert value is not None
        side, bounds = self._side(value), _interval(estimate.lower, estimate.upper)
        text = self.text(value)
        interval = Markup("")
        if bounds is not None:
            text += f" ({self.interval_text(*bounds)})"
            interval = self._interval(*bounds, side.value)
        size = MARK_SIZE
        if self.largest_weight and estimate.weight is not None:
            # The area, not the side, is in proportion to the weight.
            size = max(LARGEST * sqrt(_weight(estimate) / self.largest_weight), SMALLEST)
        square = mark(self.scale.at(value), SIDE_SHAPES[side], side.value, size=size)
        is_cut = bounds is not None and self._is_cut(*bounds)
        return ForestRow(estimate, side, text, is_cut, svg(self.lines, interval, square))

    def summary(self) -> ForestSummary | None:
        """Return the rows of the pooled estimate and the prediction interval."""
        pool = self.pool
        if pool is None or pool.value is None or pool.lower is None or pool.upper is None:
            return None
        at, side = self.scale.at, self._side(pool.value)
        diamond = spanning_diamond(
            at(pool.lower), at(pool.value), at(pool.upper), f"pooled {side.value}"
        )
        prediction = self.prediction
        return ForestSummary(
            side=side,
            method=pool.method,
            text=f"{self.text(pool.value)} ({self.interval_text(pool.lower, pool.upper)})",
            plot=svg(self.lines, diamond),
            prediction_text=None if prediction is None else self.interval_text(*prediction),
            prediction_plot=None
            if prediction is None
            else svg(self.lines, self._interval(*prediction, "prediction")),
        )

    def _side(self, value: float) -> Side:
        if abs(value - self.null) < 1e-9:
            return Side.NEITHER
        return Side.FOR if value > self.null else Side.AGAINST

    def _is_cut(self, lower: float, upper: float) -> bool:
        return not (self.scale.contains(lower) and self.scale.contains(upper))

    def _interval(self, lower: float, upper: float, classes: str) -> Markup:
        """Return the line of an interval; an end beyond the axis is an arrow head."""
        left, right = self.scale.at(lower), self.scale.at(upper)
        parts = line(left, right, f"interval {classes}")
        if not self.scale.contains(lower):
            parts += arrow_head(left, classes, is_left=True)
        if not self.scale.contains(upper):
            parts += arrow_head(right, classes, is_left=False)
        return parts


def _weight(estimate: ForestEstimate) -> float:
    weight = estimate.weight
    return weight if weight is not None and isfinite(weight) and weight > 0 else 0.0


def _interval(*ends: float | None) -> tuple[float, float] | None:
    """Return the ends of an interval in order; None unless there are two numbers."""
    known = [end for end in ends if end is not None and not isnan(end)]
    return (min(known), max(known)) if len(known) == 2 else None


def _turned(sign: int, lower: float, upper: float) -> tuple[float, float]:
    return (lower, upper) if sign > 0 else (-upper, -lower)


def _plotted(estimate: ForestEstimate, sign: int) -> PlottedUnit:
    """Return an estimate as readers see it, with an interval that gives an axis some length."""
    value = estimate.value or 0.0
    least = LEAST_STANDARD_ERROR * max(abs(value), 1.0)
    lower, upper = _interval(estimate.lower, estimate.upper) or (value, value)
    lower, upper = min(lower, value - least), max(upper, value + least)
    error = estimate.standard_error
    if error is None or not isfinite(error):
        error = (upper - lower) / (2 * Z_95)
    error = min(max(error, least), max(abs(value), 1.0) * 10)
    return PlottedUnit(
        estimate.study, sign * value, *_turned(sign, lower, upper), error, None, None
    )
