"""The points of the timeline and their totals, as rows that follow from the notes."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
)

from app import models as m
from app.domain.durations import HOURS
from app.domain.vocabulary import ClaimKind
from app.kit.batching import batched
from app.kit.sessions import WriteSession

#: Kinds of points, in the order of points at the same time.
KINDS = ("effect", "mechanism", "proportion")
#: Scopes beside the indications: every point, and the points of every indication.
ALL_POINTS, MECHANISMS = 0, -1
#: The id in place of the compound of a note that has none.
NO_COMPOUND = 0
BATCH = 500  # notes
_POINT, _TOTAL = m.TimelinePoint, m.TimelineTotal


def rebuild(session: WriteSession) -> None:
    """Write the points of all notes, and the totals."""
    session.execute(delete(_POINT))
    session.execute(delete(_TOTAL))
    _insert_points(session, true())
    pairs = (_POINT.scope, _POINT.compound_id)
    session.execute(
        insert(_TOTAL).from_select(
            ["scope", "compound_id", "points"], select(*pairs, func.count()).group_by(*pairs)
        )
    )


def refresh(session: WriteSession, notes: Iterable[int]) -> None:
    """Write the points of notes that were written or deleted, by id, and their totals."""
    for batch in batched(sorted(notes), BATCH):
        _add_to_totals(session, batch, -1)
        session.execute(delete(_POINT).where(_POINT.evidence_id.in_(batch)))
        _insert_points(session, m.Evidence.id.in_(batch))
        _add_to_totals(session, batch, 1)


def _add_to_totals(session: WriteSession, notes: Sequence[int], sign: int) -> None:
    """Add the points of notes to the totals, or subtract them."""
    pairs = (_POINT.scope, _POINT.compound_id)
    counts = select(*pairs, func.count()).where(_POINT.evidence_id.in_(notes)).group_by(*pairs)
    for scope, compound_id, points in session.execute(counts).all():
        key = (_TOTAL.scope == scope, _TOTAL.compound_id == compound_id)
        known = session.execute(select(_TOTAL.points).where(*key)).scalar_one_or_none() or 0
        session.execute(delete(_TOTAL).where(*key))
        if total := known + sign * points:
            row = {"scope": scope, "compound_id": compound_id, "points": total}
            session.execute(insert(_TOTAL).values(row))


def _insert_points(session: WriteSession, condition: ColumnElement[bool]) -> None:
    """Insert the points of the notes that meet a condition, in each scope that they are in."""
    points = union_all(*_points_by_kind(condition)).subquery()
    is_mechanism = points.c.kind == KINDS.index("mechanism")

    def in_scope(scope: Any) -> Select[Any]:
        compound_id = func.coalesce(m.Evidence.compound_id, NO_COMPOUND)
        return (
            select(scope, points, m.Record.slug, compound_id)
            .select_from(points)
            .join(m.Evidence, m.Evidence.id == points.c.evidence_id)
            .join(m.Record, m.Record.id == points.c.evidence_id)
        )

    of_indication = m.StudyIndication
    rows = union_all(
        in_scope(literal(ALL_POINTS)),
        in_scope(literal(MECHANISMS)).where(is_mechanism),
        in_scope(of_indication.indication_id)
        .join(of_indication, of_indication.study_id == m.Evidence.study_id)
        .where(~is_mechanism),
    )
    columns = ["scope", "evidence_id", "number", "kind", "hours", "note", "compound_id"]
    session.execute(insert(_POINT).from_select(columns, rows))


def _points_by_kind(condition: ColumnElement[bool]) -> tuple[Select[Any], ...]:
    """Return the points of each kind: note, number within it, kind, and hours after the dose."""

    def columns(kind: str, table: Any) -> tuple[ColumnElement[Any], ...]:
        in_hours = case(
            *((table.timepoint_unit == of, literal(hours)) for of, hours in HOURS.items())
        )
        hours = table.timepoint_value * in_hours
        return literal(KINDS.index(kind)).label("kind"), hours.label("hours")

    effect = (
        select(
            m.Effect.evidence_id.label("evidence_id"),
            m.Effect.position.label("number"),
            *columns("effect", m.Effect),
        )
        .join(m.Evidence, m.Evidence.id == m.Effect.evidence_id)
        .where(m.Effect.timepoint_value.is_not(None), condition)
    )
    percent = (
        select(m.Arm.evidence_id, m.Arm.position, *columns("proportion", m.Arm))
        .join(m.Evidence, m.Evidence.id == m.Arm.evidence_id)
        .where(m.Arm.timepoint_value.is_not(None), m.Arm.percent.is_not(None), condition)
    )
    is_mechanism = (
        select(m.Finding.id)
        .join(m.Claim, m.Claim.id == m.Finding.claim_id)
        .where(m.Finding.evidence_id == m.Evidence.id, m.Claim.kind == ClaimKind.MECHANISM)
        .exists()
    )
    mechanism = select(m.Evidence.id, literal(0), *columns("mechanism", m.Evidence)).where(
        m.Evidence.timepoint_value.is_not(None), is_mechanism, condition
    )
    return effect, percent, mechanism
