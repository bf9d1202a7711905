"""Overviews across records: the grid of affinities, and what nobody has looked at."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain import ladder
from app.domain.points import weigh_note
from app.domain.vocabulary import AffinityState, RecordType, Relation
from app.kit.sessions import ReadSession
from app.services.weighing import claims_and_notes


def grid(
    session: ReadSession, compounds: Sequence[str], receptors: Sequence[str]
) -> tuple[list[str], list[dict[str, Any]]]:
    """Every cell of compounds × receptors; without receptors, those that any compound met."""
    compound, receptor, own = aliased(m.Record), aliased(m.Record), aliased(m.Record)
    found = select(
        compound.slug,
        receptor.slug,
        own.slug,
        m.Affinity.state,
        m.Affinity.relation,
        m.Affinity.value_nm,
        m.Affinity.upper_value_nm,
    )
    found = (
        found.select_from(m.Affinity)
        .join(compound, compound.id == m.Affinity.compound_id)
        .join(receptor, receptor.id == m.Affinity.receptor_id)
        .join(own, own.id == m.Affinity.id)
        .where(compound.slug.in_(compounds))
        .order_by(own.slug)
    )
    if receptors:
        found = found.where(receptor.slug.in_(receptors))
    cells: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in session.execute(found):
        cells[row[0], row[1]].append(row)
    columns = list(receptors) or sorted({receptor for _, receptor in cells})
    return columns, [_cell(c, r, cells.get((c, r), [])) for c in compounds for r in columns]


def _cell(compound: str, receptor: str, rows: Sequence[Any]) -> dict[str, Any]:
    """Measured where anybody found a constant; else none up to the highest bound, or not tested."""
    measured = [row for row in rows if row[4] != Relation.GREATER]
    bounds = [row[5] for row in rows if row[4] == Relation.GREATER]
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
        "min_nm": min((row[5] for row in measured), default=None),
        "max_nm": max((row[6] or row[5] for row in measured), default=None),
        "none_up_to_nm": max(bounds, default=None),
        "count": len(rows),
        "affinities": [row[2] for row in rows],
    }


def known(session: ReadSession, kind: RecordType, slugs: Sequence[str]) -> set[str]:
    return set(
        session.execute(
            select(m.Record.slug).where(m.Record.type == kind, m.Record.slug.in_(slugs))
        ).scalars()
    )


def gaps(session: ReadSession) -> dict[str, list[dict[str, Any]]]:
    """Claims that nobody tested, or nobody in people; cells nobody measured; open questions."""
    untested, no_human = [], []
    for slug, found in claims_and_notes(session).items():
        rungs = ladder.climb([weigh_note(note, found.claim) for note in found.notes])
        if not found.notes:
            untested.append({"slug": slug, "name": found.name})
        elif not rungs[ladder.Rung.HUMAN_BIOMARKER] and not rungs[ladder.Rung.HUMAN_TRIAL]:
            highest = [rung for rung, lines in rungs.items() if lines]
            if highest:
                no_human.append({"slug": slug, "name": found.name, "highest_rung": highest[-1]})
    return {
        "untested_claims": untested,
        "claims_without_human_test": no_human,
        "unmeasured_cells": _unmeasured(session),
        "open_questions": _questions(session),
    }


def _unmeasured(session: ReadSession) -> list[dict[str, Any]]:
    """For ketamine's forms and metabolites: receptors that met one of them and not the other."""
    record = aliased(m.Record)
    family = list(
        session.execute(
            select(record.slug)
            .select_from(m.Compound)
            .join(record, record.id == m.Compound.id)
            .where(m.Compound.kind.in_(["racemate", "enantiomer", "metabolite"]))
            .order_by(record.slug)
        ).scalars()
    )
    _, cells = grid(session, family, ())
    return [
        {"compound": cell["compound"], "receptor": cell["receptor"]}
        for cell in cells
        if cell["state"] is AffinityState.NOT_TESTED
    ]


def _questions(session: ReadSession) -> list[dict[str, Any]]:
    out = []
    for table, kind in ((m.Claim, "claim"), (m.Pathway, "pathway")):
        rows = session.execute(
            select(m.Record.slug, m.Record.name, table.open_question)
            .select_from(table)
            .join(m.Record, m.Record.id == table.id)
            .where(table.open_question.is_not(None))
            .order_by(m.Record.slug)
        )
        out += [{"type": kind, "slug": s, "name": n, "question": q} for s, n, q in rows]
    return out
