"""Timeline: effects and mechanisms by time after the dose."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, case, func, literal, null, select, tuple_, union_all
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
    points, note = _points(), aliased(m.Record)
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
    stmt = _selected(_points(), compounds, indications).add_columns(func.count())
    return int(session.execute(stmt).scalar_one())


def _points() -> Subquery:
    """Return all points: kind, note, number within it, time, and what is shown."""

    def columns(kind: str, table: Any, label: Any, value: Any, unit: Any) -> Any:
        in_hours = case(
            *((table.timepoint_unit == of, literal(float(hours))) for of, hours in HOURS.items())
        )
        return (
            literal(KINDS.index(kind)).label("kind"),
            (table.timepoint_value * in_hours).label("hours"),
            label.label("label"),
            value.label("value"),
            unit.label("unit"),
            table.outcome.label("outcome"),
            table.timepoint_value.label("time"),
            table.timepoint_unit.label("time_unit"),
        )

    effect = select(
        m.Effect.evidence_id.label("evidence_id"),
        m.Effect.position.label("number"),
        *columns("effect", m.Effect, m.Effect.label, m.Effect.value, m.Effect.unit),
    ).where(m.Effect.timepoint_value.is_not(None))
    percent = select(
        m.Arm.evidence_id,
        m.Arm.position,
        *columns("proportion", m.Arm, m.Arm.title, m.Arm.percent, literal("%")),
    ).where(m.Arm.timepoint_value.is_not(None), m.Arm.percent.is_not(None))
    is_mechanism = (
        select(m.Finding.id)
        .join(m.Claim, m.Claim.id == m.Finding.claim_id)
        .where(m.Finding.evidence_id == m.Evidence.id, m.Claim.kind == ClaimKind.MECHANISM)
        .exists()
    )
    mechanism = (
        select(
            m.Evidence.id,
            literal(0),
            *columns("mechanism", m.Evidence, m.Record.name, null(), null()),
        )
        .join(m.Record, m.Record.id == m.Evidence.id)
        .where(m.Evidence.timepoint_value.is_not(None), is_mechanism)
    )
    return union_all(effect, percent, mechanism).subquery()


def _selected(
    points: Subquery, compounds: Sequence[str], indications: Sequence[str]
) -> Select[Any]:
    """Return a SELECT of no columns yet from the points that match, and their notes."""
    stmt: Select[Any] = (
        select().select_from(points).join(m.Evidence, m.Evidence.id == points.c.evidence_id)
    )
    if compounds:
        compound = aliased(m.Record)
        named = select(compound.id).where(compound.slug.in_(compounds))
        stmt = stmt.where(m.Evidence.compound_id.in_(named))
    if indications:
        indication = aliased(m.Record)
        about = (
            select(m.StudyIndication.study_id)
            .join(indication, indication.id == m.StudyIndication.indication_id)
            .where(indication.slug.in_(indications))
        )
        is_mechanism = points.c.kind == KINDS.index("mechanism")
        stmt = stmt.where(is_mechanism | m.Evidence.study_id.in_(about))
    return stmt


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
