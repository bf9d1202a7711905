"""Gaps in the evidence: claims and cells without any, studies without a result, questions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.verdicts import ladder
from app.domain.vocabulary import Absence, Species, StudyDesign, VerdictKind
from app.kit.batching import batched
from app.kit.sessions import ReadSession
from app.services.evidence import unread_studies

#: Verdicts of claims without evidence; `untested` is of releases before rule 2027.
UNASSESSED = frozenset({VerdictKind.NOT_ASSESSED, VerdictKind.UNTESTED})
_DESIGN = func.coalesce(m.Evidence.design, m.Study.design)
#: Designs of notes that are on a rung, and on one of people if the species is human; both follow
#: from `rung_of`, whatever the outcome.
EMPIRICAL_DESIGNS = frozenset(set(StudyDesign) - ladder.NON_EMPIRICAL)
HUMAN_DESIGNS = EMPIRICAL_DESIGNS - ladder.LABORATORY.keys()
#: Claims with unread studies that are listed if there is a limit: their studies are looked up for
#: each claim.
MAX_UNREAD = 10


@dataclass(frozen=True)
class GapList:
    """Gaps of one kind, in order: all, or as many as the limit; `total` is the number of all."""

    items: list[dict[str, Any]]
    total: int


def find_gaps(session: ReadSession, limit: int | None = None) -> dict[str, GapList]:
    """Return the gaps of each kind, by the name of their list in the API.

    Args:
        session: The transaction to read in.
        limit: Maximum number of gaps of each kind; None for all. Claims with unread studies are
            `MAX_UNREAD` at most. It does not apply to unmeasured cells, which are at most as many
            as receptors for each form of ketamine.
    """
    return {name: find(session, limit) for name, find in _LISTS.items()}


def _gap_list(session: ReadSession, stmt: Any, limit: int | None) -> GapList:
    """Return the rows of a statement as dictionaries, and their number without the limit."""
    rows = session.execute(stmt.add_columns(func.count().over().label("total")).limit(limit))
    items = [dict(row) for row in rows.mappings()]
    total = items[0]["total"] if items else 0
    return GapList([{n: v for n, v in row.items() if n != "total"} for row in items], total)


def _claims() -> Any:
    return (
        select(m.Record.slug, m.Record.name)
        .select_from(m.Claim)
        .join(m.Record, m.Record.id == m.Claim.id)
        .join(m.Verdict, m.Verdict.claim_id == m.Claim.id)
        .order_by(m.Record.slug)
    )


def _unassessed_claims(session: ReadSession, limit: int | None) -> GapList:
    is_read = or_(m.Verdict.absence.is_(None), m.Verdict.absence != Absence.STUDY_NOT_READ)
    stmt = _claims().add_columns(m.Verdict.absence)
    return _gap_list(session, stmt.where(m.Verdict.verdict.in_(UNASSESSED), is_read), limit)


def _claims_with_unread_studies(session: ReadSession, limit: int | None) -> GapList:
    limit = None if limit is None else min(limit, MAX_UNREAD)
    claims, total = unread_studies.claims_and_studies(session, limit)
    items = [{"slug": slug, "name": name, "studies": studies} for slug, name, studies in claims]
    return GapList(items, total)


def _claims_without_human_test(session: ReadSession, limit: int | None) -> GapList:
    """Return the claims with evidence of which none is from people, with the highest rung."""
    in_people = and_(m.Study.species == Species.HUMAN, _DESIGN.in_(HUMAN_DESIGNS))
    stmt = (
        _claims()
        .add_columns(m.Claim.id)
        .where(
            m.Verdict.verdict.not_in(UNASSESSED),
            _has_note(_DESIGN.in_(EMPIRICAL_DESIGNS)),
            ~_has_note(in_people),
        )
    )
    claims = _gap_list(session, stmt, limit)
    rungs = _highest_rungs(session, [row["id"] for row in claims.items])
    items = [
        {"slug": row["slug"], "name": row["name"], "highest_rung": rungs[row["id"]]}
        for row in claims.items
    ]
    return GapList(items, claims.total)


def _has_note(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a claim has a note that meets another."""
    return (
        select(m.Finding.claim_id)
        .join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
        .join(m.Study, m.Study.id == m.Evidence.study_id)
        .where(m.Finding.claim_id == m.Claim.id, condition)
        .exists()
    )


def _highest_rungs(session: ReadSession, claims: list[int]) -> dict[int, ladder.Rung]:
    """Return the highest rung that the notes of each claim reach."""
    stmt = select(m.Finding.claim_id, _DESIGN, m.Study.species, m.Finding.outcome_directness)
    stmt = stmt.join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
    stmt = stmt.join(m.Study, m.Study.id == m.Evidence.study_id).distinct()
    order, highest = list(ladder.Rung), dict[int, ladder.Rung]()
    for batch in batched(claims, 500):
        for claim, *kinds in session.execute(stmt.where(m.Finding.claim_id.in_(batch))):
            rung = ladder.rung_of(*kinds)
            if rung is not None:
                highest[claim] = max(highest.get(claim, rung), rung, key=order.index)
    return highest


def _studies_without_result(session: ReadSession, limit: int | None) -> GapList:
    return _gap_list(session, unread_studies.studies_without_result(), limit)


def _unmeasured_cells(session: ReadSession, _limit: int | None) -> GapList:
    """Return cells of ketamine's forms and metabolites that only others of them have measured."""
    compound, receptor = aliased(m.Record), aliased(m.Record)
    family = (
        select(compound.slug)
        .select_from(m.Compound)
        .join(compound, compound.id == m.Compound.id)
        .where(m.Compound.kind.in_(["racemate", "enantiomer", "metabolite"]))
    )
    pairs = session.execute(
        family.add_columns(receptor.slug, func.count(m.Affinity.value_nm))
        .join(m.Affinity, m.Affinity.compound_id == m.Compound.id)
        .join(receptor, receptor.id == m.Affinity.receptor_id)
        .group_by(m.Affinity.compound_id, m.Affinity.receptor_id, compound.slug, receptor.slug)
    )
    values = {(row[0], row[1]): row[2] for row in pairs}
    receptors = sorted({slug for _, slug in values})
    items = [
        {"compound": slug, "receptor": tested}
        for slug in session.execute(family.order_by(compound.slug)).scalars()
        for tested in receptors
        if not values.get((slug, tested))
    ]
    return GapList(items, len(items))


def _open_questions(session: ReadSession, limit: int | None) -> GapList:
    """Return the open questions of claims and then of pathways."""
    parts = [
        select(
            literal(kind).label("type"),
            m.Record.slug.label("slug"),
            m.Record.name.label("name"),
            table.open_question.label("question"),
        )
        .select_from(table)
        .join(m.Record, m.Record.id == table.id)
        .where(table.open_question.is_not(None))
        for table, kind in ((m.Claim, "claim"), (m.Pathway, "pathway"))
    ]
    questions = union_all(*parts).subquery()
    return _gap_list(session, select(questions).order_by(questions.c.type, questions.c.slug), limit)


_LISTS: dict[str, Callable[[ReadSession, int | None], GapList]] = {
    "unassessed_claims": _unassessed_claims,
    "claims_with_unread_studies": _claims_with_unread_studies,
    "claims_without_human_test": _claims_without_human_test,
    "studies_without_result": _studies_without_result,
    "unmeasured_cells": _unmeasured_cells,
    "open_questions": _open_questions,
}
