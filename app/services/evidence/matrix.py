"""Matrices: compounds against receptors, and compounds against outcomes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import (
    AffinityState,
    ClaimKind,
    Direction,
    OutcomeState,
    Relation,
)
from app.kit.sessions import ReadSession

#: Maximum number of notes that a cell of outcomes lists in a response.
MAX_NOTES = 500
#: Ids of the compound and of the outcome of a cell.
CellIds = tuple[int, int]


def affinity_grid(
    session: ReadSession, compounds: Sequence[str], receptors: Sequence[str]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return all cells of compounds × receptors; by default the receptors of any measurement."""
    compound, receptor, affinity = aliased(m.Record), aliased(m.Record), aliased(m.Record)
    stmt = select(
        compound.slug,
        receptor.slug,
        affinity.slug,
        m.Affinity.relation,
        m.Affinity.value_nm,
        m.Affinity.upper_value_nm,
    )
    stmt = (
        stmt.select_from(m.Affinity)
        .join(compound, compound.id == m.Affinity.compound_id)
        .join(receptor, receptor.id == m.Affinity.receptor_id)
        .join(affinity, affinity.id == m.Affinity.id)
        .where(compound.type == "compound", compound.slug.in_(compounds))
        .order_by(affinity.slug)
    )
    if receptors:
        stmt = stmt.where(receptor.type == "receptor", receptor.slug.in_(receptors))
    cells: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in session.execute(stmt):
        cells[row[0], row[1]].append(row)
    columns = list(receptors) or sorted({receptor for _, receptor in cells})
    return columns, [_cell(c, r, cells.get((c, r), [])) for c in compounds for r in columns]


def _cell(compound: str, receptor: str, rows: Sequence[Any]) -> dict[str, Any]:
    """Return a cell: measured, else no affinity up to the highest bound, else not tested."""
    known = [row for row in rows if row[4] is not None]
    measured = [row for row in known if row[3] != Relation.GREATER]
    bounds = [row[4] for row in known if row[3] == Relation.GREATER]
    state = (
        AffinityState.MEASURED
        if measured
        else AffinityState.NONE_UP_TO_BOUND
        if bounds
        else AffinityState.NOT_TESTED
    )
    return {
        "compound": compound,
        "receptor": receptor,
        "state": state,
        "min_nm": min((row[4] for row in measured), default=None),
        "max_nm": max((row[5] or row[4] for row in measured), default=None),
        "none_up_to_nm": max(bounds, default=None),
        "count": len(rows),
        "affinities": [row[2] for row in rows],
    }


def outcome_grid(
    session: ReadSession,
    compounds: Sequence[str],
    requested: Sequence[str],
    ids: Sequence[int],
    *,
    has_ranges: bool = True,
    max_notes: int | None = None,
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return all cells of compounds × outcomes; by default the outcomes that were studied.

    An outcome is the object of an efficacy or safety claim: a condition treated, an effect caused.
    A cell has the notes of studies that gave that compound.

    Args:
        session: The transaction to read in.
        compounds: Slugs of the compounds, in the order of the rows.
        requested: The outcomes, as slug or `type:slug`, in the order of the columns.
        ids: The ids of the same records, in any order.
        has_ranges: Whether the ranges of the reported values are read; else the cells have none.
        max_notes: Maximum number of notes that a cell lists, by slug; None for all.
    """
    notes = _notes_of_cells(compounds, ids if requested else None)
    compound, outcome = aliased(m.Record), aliased(m.Record)
    counts = session.execute(
        select(
            notes.c.compound_id,
            notes.c.outcome_id,
            compound.slug.label("compound"),
            (outcome.type + ":" + outcome.slug).label("outcome"),
            func.count().label("count"),
            func.count(notes.c.study_id.distinct()).label("studies"),
            func.max(notes.c.has_effect).label("has_effect"),
            func.max(notes.c.has_none).label("has_none"),
        )
        .select_from(notes)
        .join(compound, compound.id == notes.c.compound_id)
        .join(outcome, outcome.id == notes.c.outcome_id)
        .group_by(
            notes.c.compound_id, notes.c.outcome_id, compound.slug, outcome.type, outcome.slug
        )
    )
    cells = {(row.compound, row.outcome): row for row in counts}
    columns = _requested_order(session, requested, ids) or sorted({outcome for _, outcome in cells})
    slugs = _slugs_of_notes(session, notes, max_notes) if max_notes != 0 else {}
    ranges = _ranges(session, notes) if has_ranges else {}
    grid = [
        _outcome_cell(c, column, cells.get((c, column)), slugs, ranges)
        for c in compounds
        for column in columns
    ]
    return columns, grid


def _notes_of_cells(compounds: Sequence[str], outcomes: Sequence[int] | None) -> Subquery:
    """Return the notes of each cell once, and whether they find an effect or none.

    Args:
        compounds: Slugs of the compounds.
        outcomes: Ids of the outcomes; None for all.
    """

    def finds(direction: Direction) -> ColumnElement[int]:
        either = m.Finding.direction.in_([direction, Direction.MIXED])
        return func.max(case((either, 1), else_=0))

    compound = aliased(m.Record)
    stmt = (
        select(
            m.Evidence.compound_id.label("compound_id"),
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
            m.Evidence.compound_id.in_(
                select(compound.id).where(compound.type == "compound", compound.slug.in_(compounds))
            ),
            m.Claim.kind.in_([ClaimKind.EFFICACY, ClaimKind.SAFETY]),
            m.Claim.object_id.is_not(None),
        )
        .group_by(m.Evidence.compound_id, m.Claim.object_id, m.Evidence.id, m.Evidence.study_id)
    )
    if outcomes is not None:
        stmt = stmt.where(m.Claim.object_id.in_(outcomes))
    return stmt.subquery()


def _requested_order(
    session: ReadSession, requested: Sequence[str], ids: Sequence[int]
) -> list[str]:
    """Return `type:slug` of each requested outcome, in the order requested."""
    if not requested:
        return []
    rows = session.execute(select(m.Record.type, m.Record.slug).where(m.Record.id.in_(ids)))
    curies = [f"{record_type}:{slug}" for record_type, slug in rows]
    names = [
        curie for name in requested for curie in curies if name in (curie, curie.split(":")[1])
    ]
    return list(dict.fromkeys(names))


def _slugs_of_notes(
    session: ReadSession, notes: Subquery, limit: int | None
) -> dict[CellIds, list[str]]:
    """Return the slugs of the notes of each cell in order, as many as the limit."""
    cell = (notes.c.compound_id, notes.c.outcome_id)
    place = func.row_number().over(partition_by=cell, order_by=m.Record.slug)
    stmt = (
        select(*cell, m.Record.slug, place.label("place"))
        .select_from(notes)
        .join(m.Record, m.Record.id == notes.c.note_id)
    )
    numbered = stmt.subquery()
    rows = select(numbered).order_by(*list(numbered.c)[:2], numbered.c.place)
    if limit is not None:
        rows = rows.where(numbered.c.place <= limit)
    slugs: dict[CellIds, list[str]] = defaultdict(list)
    for compound_id, outcome_id, slug, _ in session.execute(rows):
        slugs[compound_id, outcome_id].append(slug)
    return slugs


def _ranges(session: ReadSession, notes: Subquery) -> dict[CellIds, list[dict[str, Any]]]:
    """Return the ranges of the values of each measure in each cell."""
    cell = (notes.c.compound_id, notes.c.outcome_id)
    measure = (
        func.coalesce(m.Effect.outcome, m.Evidence.outcome, "").label("measured"),
        m.Effect.metric.label("metric"),
        m.Effect.unit.label("unit"),
    )
    value = m.Effect.value
    rows = session.execute(
        select(*cell, *measure, func.min(value), func.max(value), func.count())
        .select_from(notes)
        .join(m.Evidence, m.Evidence.id == notes.c.note_id)
        .join(m.Effect, m.Effect.evidence_id == notes.c.note_id)
        .where(value.is_not(None))
        .group_by(*cell, *measure)
    )
    ranges: dict[CellIds, list[dict[str, Any]]] = defaultdict(list)
    for compound_id, outcome_id, measured, metric, unit, least, most, count in sorted(rows):
        ranges[compound_id, outcome_id].append(
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


def _outcome_cell(
    compound: str,
    column: str,
    counts: Any,
    slugs: Mapping[CellIds, list[str]],
    ranges: Mapping[CellIds, list[dict[str, Any]]],
) -> dict[str, Any]:
    """Return a cell; its state is never null, as a cell without notes is not tested."""
    state = (
        OutcomeState.NOT_TESTED
        if counts is None
        else OutcomeState.MIXED
        if counts.has_effect and counts.has_none
        else OutcomeState.EFFECT
        if counts.has_effect
        else OutcomeState.NO_EFFECT
        if counts.has_none
        else OutcomeState.OPEN
    )
    ids = None if counts is None else (counts.compound_id, counts.outcome_id)
    return {
        "compound": compound,
        "outcome": column,
        "state": state,
        "ranges": ranges.get(ids, []) if ids else [],
        "count": 0 if counts is None else counts.count,
        "studies": 0 if counts is None else counts.studies,
        "notes": slugs.get(ids, []) if ids else [],
    }
