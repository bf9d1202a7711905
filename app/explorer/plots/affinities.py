"""Dot plot of affinities on a log scale, one row a partner, the tightest first.

    measured = [AffinityPoint.from_record(record, "receptor") for record in response["data"]]
    bands = [DoseBand(250, 900, "antidepressant"), DoseBand(4300, 8600, "anaesthetic")]
    table = affinity_table(measured, bands)       # GET /v1/affinities?compound=ketamine
    for row in table.rows:
        row.name, row.tightest.value_nm, row.none_up_to_nm, row.plot

Marks: dot Ki and Kd, square IC50, diamond EC50; hollow if the source cites another one. A hollow
triangle and a dotted line to the right end: looked for, and none found up to there. A line with a
cap is a range. A band is drawn behind the marks; its name is its class.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from markupsafe import Markup

from app.domain.vocabulary import AffinityParameter, AffinityState, Relation, SourceKind
from app.explorer.plots.cells import (
    Shape,
    arrow_head,
    axis,
    band,
    cap,
    grid,
    line,
    mark,
    svg,
)
from app.explorer.plots.marks import Undrawn, UndrawnReason
from app.explorer.plots.scale import AxisScale, AxisTick, decade_ticks
from app.explorer.quantities import concentration

#: The axis of every plot, in nM, so that they can be compared; data beyond it make it longer.
LOWEST_NM, HIGHEST_NM = 10.0, 1e6
#: Bounds of what can be a concentration, in nM; an axis of any float would have 600 ticks.
SMALLEST_NM, LARGEST_NM = 1e-6, 1e12
SHAPES: Mapping[str, Shape] = {
    AffinityParameter.KI: Shape.DOT,
    AffinityParameter.KD: Shape.DOT,
    AffinityParameter.IC50: Shape.SQUARE,
    AffinityParameter.EC50: Shape.DIAMOND,
}


@dataclass(frozen=True)
class AffinityPoint:
    """One measurement of an affinity.

    Args:
        partner: Slug of the receptor, or of the compound on the page of a receptor.
        name: Its name.
        parameter: Value of the vocabulary `AffinityParameter`.
        state: Value of the vocabulary `AffinityState`.
        relation: Value of the vocabulary `Relation`; the value itself if None.
        value_nm: The constant, its lower end, or the bound up to which none was found, in nM.
        upper_value_nm: Upper end of a range, in nM.
        source: Value of the vocabulary `SourceKind`.
        fields: The whole record, for the text around the plot.
    """

    partner: str
    name: str
    parameter: str | None
    state: str | None
    value_nm: float | None
    upper_value_nm: float | None = None
    relation: str | None = None
    source: str | None = None
    fields: Mapping[str, Any] | None = None

    @classmethod
    def from_record(cls, record: Mapping[str, Any], partner: str) -> "AffinityPoint":
        """Return the measurement of a record of `/v1/affinities`.

        Args:
            partner: Field that rows are grouped by: `receptor` or `compound`.
        """
        other = record.get(partner) or {}
        return cls(
            partner=other.get("slug") or "",
            name=other.get("name") or other.get("slug") or "",
            parameter=record.get("parameter"),
            state=record.get("state"),
            value_nm=record.get("value_nm"),
            upper_value_nm=record.get("upper_value_nm"),
            relation=record.get("relation"),
            source=record.get("source"),
            fields=record,
        )

    @property
    def is_bound(self) -> bool:
        """Whether nothing was found up to `value_nm`."""
        return self.state == AffinityState.NONE_UP_TO_BOUND or self.relation == Relation.GREATER


@dataclass(frozen=True)
class DoseBand:
    """Concentrations of a dose, in nM, drawn behind all rows.

    Args:
        name: Class of the band in the style sheet, such as `anaesthetic`.
    """

    lower_nm: float
    upper_nm: float
    name: str


@dataclass(frozen=True)
class AffinityRow:
    """The measurements of one partner, as drawn.

    Args:
        tightest: The measurement with the lowest constant; None if none was measured.
        none_up_to_nm: Highest concentration up to which none was found.
        is_disputed: Whether none was found at a concentration that another measurement is below.
    """

    partner: str
    name: str
    points: Sequence[AffinityPoint]
    tightest: AffinityPoint | None
    none_up_to_nm: float | None
    is_disputed: bool
    plot: Markup


@dataclass(frozen=True)
class AffinityTable:
    """A dot plot of affinities as the cells of a table.

    Args:
        axis: Head of the plot's column.
        bands: The doses that are drawn, for the legend: those that are no concentration are not.
        undrawn: What has no place in the plot, with the reason.
    """

    rows: Sequence[AffinityRow]
    axis: Markup
    bands: Sequence[DoseBand]
    undrawn: Sequence[Undrawn[AffinityPoint]]


def affinity_table(
    points: Iterable[AffinityPoint], bands: Sequence[DoseBand] = ()
) -> AffinityTable:
    """Return the cells of a dot plot of affinities.

    Rows are in the order of the tightest constant; then those where none was found, by the highest
    concentration that was tried.
    """
    groups: dict[str, list[AffinityPoint]] = {}
    undrawn: list[Undrawn[AffinityPoint]] = []
    for point in points:
        if _is_concentration(point.value_nm):
            groups.setdefault(point.partner, []).append(point)
        else:
            has_value = point.value_nm is not None and isfinite(point.value_nm)
            reason = UndrawnReason.OUT_OF_RANGE if has_value else UndrawnReason.NO_VALUE
            undrawn.append(Undrawn(point, reason))
    bands = [
        dose
        for dose in bands
        if _is_concentration(dose.lower_nm)
        and _is_concentration(dose.upper_nm)
        and dose.lower_nm <= dose.upper_nm
    ]
    scale, ticks = _axis([point for group in groups.values() for point in group], bands)
    ground = Markup("").join(
        band(scale.at(dose.lower_nm), scale.at(dose.upper_nm), dose.name) for dose in bands
    ) + grid(scale, ticks)
    rows = [_row(partner, group, scale, ground) for partner, group in groups.items()]
    rows.sort(key=_order)
    return AffinityTable(rows, axis(scale, ticks), bands, undrawn)


def _row(
    partner: str, group: Sequence[AffinityPoint], scale: AxisScale, ground: Markup
) -> AffinityRow:
    bounds = [point for point in group if point.is_bound]
    measured = sorted((point for point in group if not point.is_bound), key=_value)
    none_up_to = max((_value(point) for point in bounds), default=None)
    tightest = measured[0] if measured else None
    marks = [_bound(bound, scale) for bound in sorted({_value(point) for point in bounds})]
    marks += [_constant(point, scale) for point in reversed(measured)]  # the tightest on top
    return AffinityRow(
        partner=partner,
        name=group[0].name,
        points=group,
        tightest=tightest,
        none_up_to_nm=none_up_to,
        is_disputed=tightest is not None
        and none_up_to is not None
        and none_up_to >= _value(tightest),
        plot=svg(ground, *marks),
    )


def _order(row: AffinityRow) -> tuple[bool, float, float, str]:
    tightest = 0.0 if row.tightest is None else _value(row.tightest)
    return row.tightest is None, tightest, -(row.none_up_to_nm or 0.0), row.name.casefold()


def _bound(value_nm: float, scale: AxisScale) -> Markup:
    x = scale.at(value_nm)
    return line(x, 100, "none") + mark(x, Shape.TRIANGLE, "none")


def _constant(point: AffinityPoint, scale: AxisScale) -> Markup:
    parts = Markup("")
    x = scale.at(_value(point))
    upper = point.upper_value_nm
    if upper is not None and upper > _value(point):
        end = scale.at(upper)
        is_cut = not scale.contains(upper)
        parts += line(x, end, "range")
        parts += arrow_head(end, "range", is_left=False) if is_cut else cap(end, "range")
    if point.relation == Relation.LESS:  # the true value is somewhere to the left
        parts += line(0, x, "below") + arrow_head(0, "below", is_left=True)
    shape = SHAPES.get(point.parameter or "", Shape.CROSS)
    is_cited = point.source is not None and point.source != SourceKind.PRIMARY
    return parts + mark(x, shape, "affinity", hollow=is_cited and shape is not Shape.CROSS)


def _axis(
    points: Sequence[AffinityPoint], bands: Sequence[DoseBand]
) -> tuple[AxisScale, list[AxisTick]]:
    """Return an axis of whole powers of ten that holds all values."""
    values = [LOWEST_NM, HIGHEST_NM]
    for point in points:
        values += [v for v in (point.value_nm, point.upper_value_nm) if v and _is_concentration(v)]
    for dose in bands:
        values += [dose.lower_nm, dose.upper_nm]
    ticks = decade_ticks(min(values), max(values))
    scale = AxisScale(ticks[0], ticks[-1], is_log=True)
    return scale, [AxisTick(tick, concentration(tick)) for tick in ticks]


def _is_concentration(value: float | None) -> bool:
    return value is not None and SMALLEST_NM <= value <= LARGEST_NM


def _value(point: AffinityPoint) -> float:
    assert point.value_nm is not None
    return point.value_nm
