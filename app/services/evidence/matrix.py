"""Matrices: compounds against receptors, and compounds against outcomes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import AffinityState, OutcomeState, Relation
from app.kit.sessions import ReadSession
from app.services.evidence.studied_outcomes import OUTCOME_KINDS


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
    """Return a cell: measured, else no affinity up to the highest bound, else no data."""
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
    outcomes: Sequence[str],
    ids: Sequence[int],
    *,
    is_brief: bool = False,
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return all cells of compounds × outcomes; by default the outcomes that were studied.

    An outcome is the object of an efficacy or safety claim: a condition treated, an effect caused.
    A cell has the notes of studies that gave that compound, and lists the first `MAX_NOTES`.

    Args:
        session: The transaction to read in.
        compounds: Slugs of the compounds, in the order of the rows.
        outcomes: The outcomes as `type:slug`, in the order of the columns.
        ids: The ids of the same records, in any order.
        is_brief: Whether the cells are without notes and ranges of the reported values.
    """
    stored, compound, outcome = m.StudiedOutcome, aliased(m.Record), aliased(m.Record)
    columns = [stored.count, stored.studies, stored.has_effect, stored.has_none]
    stmt = (
        select(
            compound.slug.label("compound"),
            (outcome.type + ":" + outcome.slug).label("outcome"),
            *columns,
            *([] if is_brief else [stored.notes, stored.ranges]),
        )
        .select_from(stored)
        .join(compound, compound.id == stored.compound_id)
        .join(outcome, outcome.id == stored.outcome_id)
        .where(compound.type == "compound", compound.slug.in_(compounds))
    )
    if outcomes:
        stmt = stmt.where(stored.outcome_id.in_(ids))
    cells = {(row.compound, row.outcome): row for row in session.execute(stmt)}
    names = list(outcomes) or sorted({outcome for _, outcome in cells})
    return names, [
        _outcome_cell(c, name, cells.get((c, name))) for c in compounds for name in names
    ]


def count_notes(session: ReadSession, compounds: Sequence[str], outcomes: Sequence[int]) -> int:
    """Return the number of notes on some compounds and outcomes, each counted once.

    Args:
        session: The transaction to read in.
        compounds: Slugs of the compounds.
        outcomes: Ids of the outcomes; all if empty.
    """
    compound = aliased(m.Record)
    stmt = (
        select(func.count(m.Evidence.id.distinct()))
        .select_from(m.Evidence)
        .join(compound, compound.id == m.Evidence.compound_id)
        .join(m.Finding, m.Finding.evidence_id == m.Evidence.id)
        .join(m.Claim, m.Claim.id == m.Finding.claim_id)
        .where(
            compound.type == "compound",
            compound.slug.in_(compounds),
            m.Claim.kind.in_(OUTCOME_KINDS),
            m.Claim.object_id.is_not(None),
        )
    )
    if outcomes:
        stmt = stmt.where(m.Claim.object_id.in_(outcomes))
    return int(session.execute(stmt).scalar_one())


def outcomes_in_order(
    session: ReadSession, requested: Sequence[str], ids: Sequence[int]
) -> list[str]:
    """Return `type:slug` of each outcome, in the order in which they are requested.

    Args:
        session: The transaction to read in.
        requested: The outcomes as slug or `type:slug`.
        ids: The ids of the same records, in any order.
    """
    if not requested:
        return []
    rows = session.execute(select(m.Record.type, m.Record.slug).where(m.Record.id.in_(ids)))
    curies = [f"{record_type}:{slug}" for record_type, slug in rows]
    names = [
        curie for name in requested for curie in curies if name in (curie, curie.split(":")[1])
    ]
    return list(dict.fromkeys(names))


def _outcome_cell(compound: str, outcome: str, stored: Any) -> dict[str, Any]:
    """Return a cell; its state is never null, as a cell without notes has no data."""
    state = (
        OutcomeState.NOT_TESTED
        if stored is None
        else OutcomeState.MIXED
        if stored.has_effect and stored.has_none
        else OutcomeState.EFFECT
        if stored.has_effect
        else OutcomeState.NO_EFFECT
        if stored.has_none
        else OutcomeState.OPEN
    )
    return {
        "compound": compound,
        "outcome": outcome,
        "state": state,
        "ranges": getattr(stored, "ranges", []),
        "count": 0 if stored is None else stored.count,
        "studies": 0 if stored is None else stored.studies,
        "notes": getattr(stored, "notes", []),
    }
