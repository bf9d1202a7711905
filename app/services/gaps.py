"""Gaps: claims nobody tested, cells nobody measured, open questions."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain import ladder
from app.domain.points import weigh_note
from app.domain.vocabulary import AffinityState
from app.kit.sessions import ReadSession
from app.services.matrix import grid
from app.services.weighing import claims_and_notes


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
