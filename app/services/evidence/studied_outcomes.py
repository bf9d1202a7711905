"""The cells of the matrix of outcomes, as rows that follow from the notes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, delete, func, insert, select

from app import models as m
from app.domain.vocabulary import ClaimKind, Direction
from app.kit.batching import batched
from app.kit.sessions import ReadSession, WriteSession

#: Kinds of claims whose object is an outcome.
OUTCOME_KINDS = (ClaimKind.EFFICACY, ClaimKind.SAFETY)
#: Maximum number of notes that a cell lists, by slug.
MAX_NOTES = 500
BATCH = 500  # ids in one statement
#: Ids of the compound and of the outcome of a cell.
CellIds = tuple[int, int]
_CELL = m.StudiedOutcome


def rebuild(session: WriteSession) -> None:
    """Write all cells."""
    session.execute(delete(_CELL))
    compounds = select(m.Evidence.compound_id).where(m.Evidence.compound_id.is_not(None))
    for compound_id in session.execute(compounds.distinct()).scalars().all():
        _insert(session, compound_id, None)


def refresh(session: WriteSession, cells: Iterable[CellIds]) -> None:
    """Write the cells whose notes or claims were written or deleted."""
    outcomes: dict[int, set[int]] = defaultdict(set)
    for compound_id, outcome_id in cells:
        outcomes[compound_id].add(outcome_id)
    for compound_id, ids in outcomes.items():
        for batch in batched(sorted(ids), BATCH):
            stale = (_CELL.compound_id == compound_id, _CELL.outcome_id.in_(batch))
            session.execute(delete(_CELL).where(*stale))
            _insert(session, compound_id, batch)


def cells_of_notes(session: ReadSession, notes: Iterable[int]) -> set[CellIds]:
    """Return the cells that notes are in, by the ids of the notes."""
    stmt = select(m.Evidence.compound_id, m.Claim.object_id).distinct().select_from(m.Finding)
    stmt = stmt.join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
    stmt = stmt.join(m.Claim, m.Claim.id == m.Finding.claim_id)
    stmt = stmt.where(m.Evidence.compound_id.is_not(None), m.Claim.object_id.is_not(None))
    cells: set[CellIds] = set()
    for batch in batched(sorted(notes), BATCH):
        rows = session.execute(stmt.where(m.Finding.evidence_id.in_(batch)))
        cells.update((row[0], row[1]) for row in rows)
    return cells


def _insert(session: WriteSession, compound_id: int, outcomes: Collection[int] | None) -> None:
    """Insert the cells of a compound.

    Args:
        session: The transaction to write in.
        compound_id: Id of the compound.
        outcomes: Ids of the outcomes; None for all.
    """
    notes = _notes_of_cells(compound_id, outcomes)
    slugs, ranges = _slugs(session, notes), _ranges(session, notes)
    counts = session.execute(
        select(
            notes.c.outcome_id,
            func.count().label("count"),
            func.count(notes.c.study_id.distinct()).label("studies"),
            func.max(notes.c.has_effect).label("has_effect"),
            func.max(notes.c.has_none).label("has_none"),
        ).group_by(notes.c.outcome_id)
    )
    rows = [
        {
            "compound_id": compound_id,
            "outcome_id": row.outcome_id,
            "count": row.count,
            "studies": row.studies,
            "has_effect": bool(row.has_effect),
            "has_none": bool(row.has_none),
            "notes": slugs[row.outcome_id],
            "ranges": ranges[row.outcome_id],
        }
        for row in counts
    ]
    if rows:
        session.execute(insert(_CELL), rows)


def _notes_of_cells(compound_id: int, outcomes: Collection[int] | None) -> Subquery:
    """Return the notes of each cell of a compound once, and whether they find an effect or none."""

    def finds(direction: Direction) -> ColumnElement[int]:
        either = m.Finding.direction.in_([direction, Direction.MIXED])
        return func.max(case((either, 1), else_=0))

    stmt = (
        select(
            m.Claim.object_id.label("outcome_id"),
            m.Evidence.id.label("note_id"),
            m.Evidence.study_id.label("study_id"),
            finds(Direction.SUPPORTS).label("has_effect"),
            finds(Direction.DISPUTES).label("has_none"),
        )
        .select_from(m.Finding)
        .join(m.Claim, m.Claim.id == m.Finding.claim_id)
        .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
        .where(
            # Every direction: the index that begins with it has all that is read of a finding.
            m.Finding.direction.in_(list(Direction)),
            m.Evidence.compound_id == compound_id,
            m.Claim.kind.in_(OUTCOME_KINDS),
            m.Claim.object_id.is_not(None),
        )
        .group_by(m.Claim.object_id, m.Evidence.id, m.Evidence.study_id)
    )
    if outcomes is not None:  # by their claims: the index has these after the direction
        claims = select(m.Claim.id).where(m.Claim.object_id.in_(outcomes))
        stmt = stmt.where(m.Finding.claim_id.in_(claims))
    return stmt.subquery()


def _slugs(session: ReadSession, notes: Subquery) -> dict[int, list[str]]:
    """Return the slugs of the first notes of each cell, in order, by the id of the outcome."""
    place = func.row_number().over(partition_by=notes.c.outcome_id, order_by=m.Record.slug)
    numbered = (
        select(notes.c.outcome_id, m.Record.slug, place.label("place"))
        .select_from(notes)
        .join(m.Record, m.Record.id == notes.c.note_id)
        .subquery()
    )
    rows = select(numbered.c.outcome_id, numbered.c.slug).where(numbered.c.place <= MAX_NOTES)
    slugs: dict[int, list[str]] = defaultdict(list)
    for outcome_id, slug in session.execute(rows.order_by(numbered.c.outcome_id, numbered.c.place)):
        slugs[outcome_id].append(slug)
    return slugs


def _ranges(session: ReadSession, notes: Subquery) -> dict[int, list[dict[str, Any]]]:
    """Return the ranges of the values of each measure, by the id of the outcome."""
    measure = (
        notes.c.outcome_id,
        func.coalesce(m.Effect.outcome, m.Evidence.outcome, "").label("measured"),
        m.Effect.metric.label("metric"),
        m.Effect.unit.label("unit"),
    )
    value = m.Effect.value
    rows = session.execute(
        select(*measure, func.min(value), func.max(value), func.count())
        .select_from(notes)
        .join(m.Evidence, m.Evidence.id == notes.c.note_id)
        .join(m.Effect, m.Effect.evidence_id == notes.c.note_id)
        .where(value.is_not(None))
        .group_by(*measure)
    )
    ranges: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for outcome_id, measured, metric, unit, least, most, count in sorted(rows):
        ranges[outcome_id].append(
            {
                "measured": measured or None,
                "metric": metric,
                "unit": unit,
                "min": least,
                "max": most,
                "count": count,
            }
        )
    return ranges
