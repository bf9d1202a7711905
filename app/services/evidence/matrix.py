"""Matrices: compounds against receptors, and compounds against outcomes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
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

#: The outcome as the note names it, the metric, and the unit.
Measure = tuple[str, str, str]


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
        .where(compound.slug.in_(compounds))
        .order_by(affinity.slug)
    )
    if receptors:
        stmt = stmt.where(receptor.slug.in_(receptors))
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
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return all cells of compounds × outcomes; by default the outcomes that were studied.

    An outcome is the object of an efficacy or safety claim: a condition treated, an effect caused.
    A cell has the notes of studies that gave that compound.

    Args:
        requested: The outcomes, as slug or `type:slug`, in the order of the columns.
        ids: The ids of the same records, in any order.
        has_ranges: Whether the ranges of the reported values are read; else the cells have none.
    """
    compound, outcome, note, study = (aliased(m.Record) for _ in range(4))
    stmt = (
        select(
            compound.slug.label("compound"),
            (outcome.type + ":" + outcome.slug).label("outcome"),
            note.id.label("id"),
            note.slug.label("note"),
            study.slug.label("study"),
            m.Finding.direction,
        )
        .select_from(m.Finding)
        .join(m.Claim, m.Claim.id == m.Finding.claim_id)
        .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
        .join(compound, compound.id == m.Evidence.compound_id)
        .join(outcome, outcome.id == m.Claim.object_id)
        .join(note, note.id == m.Evidence.id)
        .join(study, study.id == m.Evidence.study_id)
        .where(
            compound.slug.in_(compounds),
            m.Claim.kind.in_([ClaimKind.EFFICACY, ClaimKind.SAFETY]),
        )
        .order_by(note.slug)
    )
    if requested:
        stmt = stmt.where(outcome.id.in_(ids))
    cells: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in session.execute(stmt):
        cells[row.compound, row.outcome].append(row)
    columns = _requested_order(session, requested, ids) or sorted({outcome for _, outcome in cells})
    notes = {row.id for rows in cells.values() for row in rows} if has_ranges else ()
    figures = _figures(session, notes) if notes else {}
    grid = [
        _outcome_cell(c, column, cells.get((c, column), []), figures)
        for c in compounds
        for column in columns
    ]
    return columns, grid


def _requested_order(
    session: ReadSession, requested: Sequence[str], ids: Sequence[int]
) -> list[str]:
    """Return `type:slug` of each requested outcome, in the order requested."""
    rows = session.execute(select(m.Record.type, m.Record.slug).where(m.Record.id.in_(ids)))
    curies = [f"{record_type}:{slug}" for record_type, slug in rows]
    names = [
        curie for name in requested for curie in curies if name in (curie, curie.split(":")[1])
    ]
    return list(dict.fromkeys(names))


def _figures(session: ReadSession, notes: Iterable[int]) -> dict[int, list[tuple[Measure, float]]]:
    """Return the measure and the value of each effect, by note id."""
    out: dict[int, list[tuple[Measure, float]]] = defaultdict(list)
    rows = session.execute(
        select(
            m.Effect.evidence_id,
            func.coalesce(m.Effect.outcome, m.Evidence.outcome, ""),
            m.Effect.metric,
            m.Effect.unit,
            m.Effect.value,
        )
        .join(m.Evidence, m.Evidence.id == m.Effect.evidence_id)
        .where(m.Effect.evidence_id.in_(notes), m.Effect.value.is_not(None))
        .order_by(m.Effect.evidence_id, m.Effect.position)
    )
    for note, *kind, value in rows:
        out[note].append(((kind[0], kind[1], kind[2]), value))
    return out


def _outcome_cell(
    compound: str,
    column: str,
    rows: Sequence[Any],
    figures: Mapping[int, Sequence[tuple[Measure, float]]],
) -> dict[str, Any]:
    """Return a cell; its state is never null, as a cell without notes is not tested."""
    directions = {row.direction for row in rows}
    either_way = Direction.MIXED in directions
    effect = either_way or Direction.SUPPORTS in directions
    none = either_way or Direction.DISPUTES in directions
    state = (
        OutcomeState.NOT_TESTED
        if not rows
        else OutcomeState.MIXED
        if effect and none
        else OutcomeState.EFFECT
        if effect
        else OutcomeState.NO_EFFECT
        if none
        else OutcomeState.OPEN
    )
    values: dict[Measure, list[float]] = defaultdict(list)
    for key in {row.id: None for row in rows}:
        for kind, value in figures.get(key, []):
            values[kind].append(value)
    return {
        "compound": compound,
        "outcome": column,
        "state": state,
        "ranges": [
            {
                "measured": measured or None,
                "metric": metric,
                "unit": unit,
                "min": min(v),
                "max": max(v),
                "count": len(v),
            }
            for (measured, metric, unit), v in sorted(values.items())
        ],
        "count": len({row.note for row in rows}),
        "studies": len({row.study for row in rows}),
        "notes": list(dict.fromkeys(row.note for row in rows)),
    }
