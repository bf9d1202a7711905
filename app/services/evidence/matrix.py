"""Matrices: compounds against receptors, and compounds against outcomes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
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

#: What was measured, in the note's words; the metric; the unit.
Kind = tuple[str, str, str]


def affinity_grid(
    session: ReadSession, compounds: Sequence[str], receptors: Sequence[str]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Every cell of compounds × receptors; without receptors, those that any compound met."""
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
    """Measured where anybody found a constant; else none up to the highest bound, or not tested."""
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
    session: ReadSession, compounds: Sequence[str], requested: Sequence[str], ids: Sequence[int]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Every cell of compounds × outcomes; without any wanted, those that were studied.

    `ids` are the records behind `requested`, in any order. An outcome is what an efficacy or safety
    claim is about: a condition treated, an effect caused. A cell holds the notes of studies
    that gave that very compound.
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
    figures = _figures(session, {row.id for rows in cells.values() for row in rows})
    shown = [
        _outcome_cell(c, column, cells.get((c, column), []), figures)
        for c in compounds
        for column in columns
    ]
    return columns, shown


def _requested_order(
    session: ReadSession, requested: Sequence[str], ids: Sequence[int]
) -> list[str]:
    """`type:slug` of each outcome asked for, in the order asked."""
    rows = session.execute(select(m.Record.type, m.Record.slug).where(m.Record.id.in_(ids)))
    all_names = [f"{kind}:{slug}" for kind, slug in rows]
    names = [
        name for name_ in requested for name in all_names if name_ in (name, name.split(":")[1])
    ]
    return list(dict.fromkeys(names))


def _figures(session: ReadSession, notes: Iterable[int]) -> dict[int, list[tuple[Kind, float]]]:
    """note → of each of its effects what it measured, as the note says it, and the value."""
    out: dict[int, list[tuple[Kind, float]]] = defaultdict(list)
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
    figures: dict[int, list[tuple[Kind, float]]],
) -> dict[str, Any]:
    """An effect where notes found one and none found the opposite; never a bare null."""
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
    values: dict[Kind, list[float]] = defaultdict(list)
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
