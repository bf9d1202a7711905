"""Gaps in the evidence: claims and cells without any, studies without a result, questions."""

from collections import defaultdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.verdicts import ladder
from app.domain.vocabulary import Absence, AffinityState, VerdictKind
from app.kit.sessions import ReadSession
from app.services.evidence import unread_studies
from app.services.evidence.matrix import affinity_grid

#: Verdicts of claims without evidence; `untested` is of releases before rule 2027.
UNASSESSED = frozenset({VerdictKind.NOT_ASSESSED, VerdictKind.UNTESTED})
HUMAN_RUNGS = {ladder.Rung.HUMAN_BIOMARKER, ladder.Rung.HUMAN_TRIAL}


def find_gaps(session: ReadSession) -> dict[str, list[dict[str, Any]]]:
    """Return the gaps of each kind, by the name of their list in the API."""
    unassessed, no_human, rungs_by_claim = [], [], _rungs_by_claim(session)
    claims = select(m.Claim.id, m.Record.slug, m.Record.name, m.Verdict.verdict)
    claims = claims.add_columns(m.Verdict.absence)
    claims = claims.join(m.Record, m.Record.id == m.Claim.id)
    claims = claims.join(m.Verdict, m.Verdict.claim_id == m.Claim.id).order_by(m.Record.slug)
    for key, slug, name, verdict, absence in session.execute(claims):
        rungs = rungs_by_claim.get(key, set())
        if verdict in UNASSESSED:
            if absence is not Absence.STUDY_NOT_READ:
                unassessed.append({"slug": slug, "name": name, "absence": absence})
            continue
        reached = [rung for rung in ladder.Rung if rung in rungs]
        if reached and not rungs & HUMAN_RUNGS:
            no_human.append({"slug": slug, "name": name, "highest_rung": reached[-1]})
    return {
        "unassessed_claims": unassessed,
        "claims_with_unread_studies": _claims_with_unread_studies(session),
        "claims_without_human_test": no_human,
        "studies_without_result": [
            {"slug": slug, "name": name}
            for slug, name in unread_studies.studies_without_result(session)
        ],
        "unmeasured_cells": _unmeasured_cells(session),
        "open_questions": _open_questions(session),
    }


def _claims_with_unread_studies(session: ReadSession) -> list[dict[str, Any]]:
    return [
        {"slug": slug, "name": name, "studies": studies}
        for slug, name, studies in unread_studies.claims_and_studies(session)
    ]


def _rungs_by_claim(session: ReadSession) -> dict[int, set[ladder.Rung | None]]:
    """Return the rungs that the notes of each claim reach, by claim id."""
    kinds = (
        m.Finding.claim_id,
        func.coalesce(m.Evidence.design, m.Study.design),
        m.Study.species,
        m.Finding.outcome_directness,
    )
    stmt = select(*kinds).select_from(m.Finding)
    stmt = stmt.join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
    stmt = stmt.join(m.Study, m.Study.id == m.Evidence.study_id).distinct()
    rungs: dict[int, set[ladder.Rung | None]] = defaultdict(set)
    for claim, *kind in session.execute(stmt):
        rungs[claim].add(ladder.rung_of(*kind))
    return rungs


def _unmeasured_cells(session: ReadSession) -> list[dict[str, Any]]:
    """Return cells of ketamine's forms and metabolites that only others of them have measured."""
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
    _, cells = affinity_grid(session, family, ())
    return [
        {"compound": cell["compound"], "receptor": cell["receptor"]}
        for cell in cells
        if cell["state"] is AffinityState.NOT_TESTED
    ]


def _open_questions(session: ReadSession) -> list[dict[str, Any]]:
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
