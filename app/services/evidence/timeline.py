"""Timeline: effects and mechanisms by time after the dose."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    case,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import ClaimKind, TimeUnit
from app.kit.sessions import ReadSession

#: Hours of each unit; months and years are averages.
HOURS = {
    TimeUnit.MINUTE: 1 / 60,
    TimeUnit.HOUR: 1,
    TimeUnit.DAY: 24,
    TimeUnit.WEEK: 168,
    TimeUnit.MONTH: 730.5,
    TimeUnit.YEAR: 8766,
}
#: Kinds of points, in the order of points at the same time.
KINDS = ("effect", "mechanism", "proportion")


class TimelinePosition(NamedTuple):
    """The place of a point in the timeline: its sort key, which is unique."""

    hours: float
    kind: int
    note: str
    number: int


class TimelineSlice(NamedTuple):
    """Consecutive points, and the position of the last one if others follow."""

    points: list[dict[str, Any]]
    last: TimelinePosition | None


def timeline_slice(
    session: ReadSession,
    compounds: Sequence[str],
    indications: Sequence[str],
    limit: int,
    after: TimelinePosition | None = None,
) -> TimelineSlice:
    """Return figures and mechanism notes with a time-point, by hours after the dose.

    Args:
        session: The transaction to read in.
        compounds: Slugs of the compounds; all if empty.
        indications: Slugs of the indications of the studies; all if empty.
        limit: Maximum number of points.
        after: Position of the point before the first one.
    """
    note, first = aliased(m.Record), None if after is None else after.hours
    points = _points(first, _hours_of_end(session, compounds, indications, limit, first))
    position = (points.c.hours, points.c.kind, note.slug, points.c.number)
    keys = _selected(points, compounds, indications).join(note, note.id == m.Evidence.id)
    if after is not None:
        keys = keys.where(tuple_(*position) > tuple_(*(literal(value) for value in after)))
    keys = keys.add_columns(
        *(column for column in points.c), note.slug.label("note"), m.Evidence.study_id
    )
    keys = keys.add_columns(m.Evidence.compound_id).order_by(*position).limit(limit + 1)
    page, study, compound = keys.subquery(), aliased(m.Record), aliased(m.Record)
    stmt = (
        select(page, study.slug.label("study"), compound.slug.label("compound"))
        .join(study, study.id == page.c.study_id)
        .outerjoin(compound, compound.id == page.c.compound_id)
        .order_by(page.c.hours, page.c.kind, page.c.note, page.c.number)
    )
    rows = session.execute(stmt).all()
    last = None
    if len(rows) > limit:
        rows = rows[:limit]
        last = TimelinePosition(rows[-1].hours, rows[-1].kind, rows[-1].note, rows[-1].number)
    return TimelineSlice([_render(row) for row in rows], last)


def count_points(session: ReadSession, compounds: Sequence[str], indications: Sequence[str]) -> int:
    """Return the number of points on the timeline."""
    if compounds or indications:
        stmt = _selected(_points(), compounds, indications).add_columns(func.count())
    else:  # every point has a note, which need not be read
        stmt = select(func.count()).select_from(
            union_all(
                *(part.with_only_columns(literal(1)) for part in _points_by_kind())
            ).subquery()
        )
    return int(session.execute(stmt).scalar_one())


def _hours_of_end(
    session: ReadSession,
    compounds: Sequence[str],
    indications: Sequence[str],
    limit: int,
    first: float | None,
) -> float | None:
    """Return hours up to which there are more points than `limit`; None if not known.

    The effects alone have as many: they are found without the joins that a point takes.
    """
    hours = _hours(m.Effect)
    stmt = select(hours).where(m.Effect.timepoint_value.is_not(None))
    if first is not None:
        stmt = stmt.where(hours > first)
    if compounds or indications:
        stmt = stmt.join(m.Evidence, m.Evidence.id == m.Effect.evidence_id)
        stmt = stmt.where(*_conditions(compounds, indications))
    end = session.execute(stmt.order_by(hours).offset(limit).limit(1)).scalar()
    return None if end is None else float(end)


def _hours(table: Any) -> ColumnElement[float]:
    """Return the expression of the time-point of a row in hours."""
    in_hours = case(
        *((table.timepoint_unit == of, literal(float(hours))) for of, hours in HOURS.items())
    )
    hours: ColumnElement[float] = table.timepoint_value * in_hours
    return hours


def _points(first: float | None = None, last: float | None = None) -> Subquery:
    """Return all points of a period: kind, note, number within it, time, and what is shown."""
    return union_all(*_points_by_kind(first, last)).subquery()


def _points_by_kind(
    first: float | None = None, last: float | None = None
) -> tuple[Select[Any], Select[Any], Select[Any]]:
    """Return the points of each kind.

    Args:
        first: Hours of the first points; None from the beginning.
        last: Hours of the last points; None to the end.
    """

    def columns(kind: str, table: Any, label: Any, value: Any, unit: Any) -> Any:
        return (
            literal(KINDS.index(kind)).label("kind"),
            _hours(table).label("hours"),
            label.label("label"),
            value.label("value"),
            unit.label("unit"),
            table.outcome.label("outcome"),
            table.timepoint_value.label("time"),
            table.timepoint_unit.label("time_unit"),
        )

    def in_period(table: Any) -> Iterator[ColumnElement[bool]]:
        yield table.timepoint_value.is_not(None)
        if first is not None:
            yield _hours(table) >= first
        if last is not None:
            yield _hours(table) <= last

    effect = select(
        m.Effect.evidence_id.label("evidence_id"),
        m.Effect.position.label("number"),
        *columns("effect", m.Effect, m.Effect.label, m.Effect.value, m.Effect.unit),
    ).where(*in_period(m.Effect))
    percent = select(
        m.Arm.evidence_id,
        m.Arm.position,
        *columns("proportion", m.Arm, m.Arm.title, m.Arm.percent, literal("%")),
    ).where(*in_period(m.Arm), m.Arm.percent.is_not(None))
    is_mechanism = (
        select(m.Finding.id)
        .join(m.Claim, m.Claim.id == m.Finding.claim_id)
        .where(m.Finding.evidence_id == m.Evidence.id, m.Claim.kind == ClaimKind.MECHANISM)
        .exists()
    )
    name = select(m.Record.name).where(m.Record.id == m.Evidence.id).scalar_subquery()
    mechanism = select(
        m.Evidence.id,
        literal(0),
        *columns("mechanism", m.Evidence, name, null(), null()),
    ).where(*in_period(m.Evidence), is_mechanism)
    return effect, percent, mechanism


def _selected(
    points: Subquery, compounds: Sequence[str], indications: Sequence[str]
) -> Select[Any]:
    """Return a SELECT of no columns yet from the points that match, and their notes."""
    is_mechanism = points.c.kind == KINDS.index("mechanism")
    stmt: Select[Any] = (
        select().select_from(points).join(m.Evidence, m.Evidence.id == points.c.evidence_id)
    )
    return stmt.where(*_conditions(compounds, indications, is_mechanism))


def _conditions(
    compounds: Sequence[str],
    indications: Sequence[str],
    is_mechanism: ColumnElement[bool] | None = None,
) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions on a note; mechanisms are of every indication."""
    if compounds:
        compound = aliased(m.Record)
        named = select(compound.id).where(compound.type == "compound", compound.slug.in_(compounds))
        yield m.Evidence.compound_id.in_(named)
    if indications:
        indication = aliased(m.Record)
        about = (
            select(m.StudyIndication.study_id)
            .join(indication, indication.id == m.StudyIndication.indication_id)
            .where(indication.type == "indication", indication.slug.in_(indications))
        )
        of_study = m.Evidence.study_id.in_(about)
        yield of_study if is_mechanism is None else is_mechanism | of_study


def _render(row: Any) -> dict[str, Any]:
    return {
        "hours": round(row.hours, 3),
        "kind": KINDS[row.kind],
        "label": row.label,
        "value": row.value,
        "unit": row.unit,
        "outcome": row.outcome,
        "timepoint_value": row.time,
        "timepoint_unit": row.time_unit,
        "compound": row.compound,
        "note": row.note,
        "study": row.study,
    }
