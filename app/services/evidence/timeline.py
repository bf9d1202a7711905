"""Timeline: effects and mechanisms by time after the dose."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import aliased

from app import models as m
from app.kit.sessions import ReadSession
from app.services.evidence.timeline_points import ALL_POINTS, KINDS, MECHANISMS

#: Maximum number of ranges of the index that a page is read from.
MAX_RANGES = 100
_POINT, _TOTAL = m.TimelinePoint, m.TimelineTotal
_EFFECT, _MECHANISM, _PROPORTION = range(len(KINDS))


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
        indications: Slugs of the indications of the studies; all if empty. Mechanisms are of every
            indication.
        limit: Maximum number of points.
        after: Position of the point before the first one.
    """
    scopes = (
        [MECHANISMS, *_ids(session, "indication", indications)] if indications else [ALL_POINTS]
    )
    rows = session.execute(_details(_page(session, compounds, scopes, limit, after))).all()
    last = None
    if len(rows) > limit:
        rows = rows[:limit]
        last = TimelinePosition(rows[-1].hours, rows[-1].kind, rows[-1].note, rows[-1].number)
    return TimelineSlice([_render(row) for row in rows], last)


def count_points(session: ReadSession, compounds: Sequence[str], indications: Sequence[str]) -> int:
    """Return the number of points on the timeline."""

    def selected(table: type[m.TimelinePoint | m.TimelineTotal]) -> Iterator[ColumnElement[bool]]:
        if compounds:
            yield table.compound_id.in_(_named("compound", compounds))
        if indications:
            of_indication = table.scope.in_(_named("indication", indications))
            yield or_(table.scope == MECHANISMS, of_indication)
        else:
            yield table.scope == ALL_POINTS

    if len(indications) > 1:  # a study may be of two of them
        points = select(_POINT.evidence_id, _POINT.kind, _POINT.number).where(*selected(_POINT))
        stmt: Select[Any] = select(func.count()).select_from(points.distinct().subquery())
    else:
        stmt = select(func.coalesce(func.sum(_TOTAL.points), 0)).where(*selected(_TOTAL))
    return int(session.execute(stmt).scalar_one())


def _named(record_type: str, slugs: Sequence[str]) -> Select[int]:
    """Select the ids of records."""
    return select(m.Record.id).where(m.Record.type == record_type, m.Record.slug.in_(slugs))


def _ids(session: ReadSession, record_type: str, slugs: Sequence[str]) -> list[int]:
    """Return the ids of records."""
    return list(session.execute(_named(record_type, slugs)).scalars()) if slugs else []


def _page(
    session: ReadSession,
    compounds: Sequence[str],
    scopes: Sequence[int],
    limit: int,
    after: TimelinePosition | None,
) -> Select[Any]:
    """Select a page of points and the next one, in any order.

    Each scope of each compound is a range of an index, of which only the beginning is read.
    """
    position = (_POINT.hours, _POINT.kind, _POINT.note, _POINT.number)
    ids = _ids(session, "compound", compounds)
    of_compounds: list[tuple[ColumnElement[bool], ...]] = [()]
    if ids and len(ids) * len(scopes) <= MAX_RANGES:
        of_compounds = [(_POINT.compound_id == compound_id,) for compound_id in ids]
    elif compounds:
        of_compounds = [(_POINT.compound_id.in_(ids),)]
    following = [] if after is None else [tuple_(*position) > tuple_(*map(literal, after))]
    columns: Select[Any] = select().add_columns(*position, _POINT.compound_id, _POINT.evidence_id)
    beginnings = [
        columns.where(_POINT.scope == scope, *of_compound, *following)
        .order_by(*position)
        .limit(limit + 1)
        for scope, of_compound in product(scopes, of_compounds)
    ]
    if len(beginnings) == 1:
        return beginnings[0]
    # A study of two of the indications is in both ranges.
    points = union(*(select(beginning.subquery()) for beginning in beginnings)).subquery()
    return select(points).order_by(*list(points.c)[: len(position)]).limit(limit + 1)


def _details(page: Select[Any]) -> Select[Any]:
    """Select what is shown of the points of a page, in order."""
    point = page.subquery()
    note, study, compound = aliased(m.Record), aliased(m.Record), aliased(m.Record)

    def by_kind(effect: Any, mechanism: Any, proportion: Any) -> Any:
        return case(
            (point.c.kind == _EFFECT, effect),
            (point.c.kind == _PROPORTION, proportion),
            else_=mechanism,
        )

    def is_figure(kind: int, table: Any) -> ColumnElement[bool]:
        return and_(
            point.c.kind == kind,
            table.evidence_id == point.c.evidence_id,
            table.position == point.c.number,
        )

    tables = (m.Effect, m.Evidence, m.Arm)
    return (
        select(
            *point.c,
            by_kind(m.Effect.label, note.name, m.Arm.title).label("label"),
            by_kind(m.Effect.value, null(), m.Arm.percent).label("value"),
            by_kind(m.Effect.unit, null(), literal("%")).label("unit"),
            by_kind(m.Effect.outcome, m.Evidence.outcome, m.Arm.outcome).label("outcome"),
            by_kind(*(table.timepoint_value for table in tables)).label("time"),
            by_kind(*(table.timepoint_unit for table in tables)).label("time_unit"),
            study.slug.label("study"),
            compound.slug.label("compound"),
        )
        .select_from(point)
        .join(m.Evidence, m.Evidence.id == point.c.evidence_id)
        .join(note, note.id == point.c.evidence_id)
        .join(study, study.id == m.Evidence.study_id)
        .outerjoin(compound, compound.id == m.Evidence.compound_id)
        .outerjoin(m.Effect, is_figure(_EFFECT, m.Effect))
        .outerjoin(m.Arm, is_figure(_PROPORTION, m.Arm))
        .order_by(point.c.hours, point.c.kind, point.c.note, point.c.number)
    )


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
