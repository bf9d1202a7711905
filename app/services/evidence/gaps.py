"""Gaps in the evidence: claims and cells without any, studies without a result, questions."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, case, cast, func, literal, null, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.verdicts import ladder
from app.domain.vocabulary import Absence, AffinityState, VerdictKind
from app.kit.sessions import ReadSession
from app.services.evidence import unread_studies
from app.services.evidence.matrix import affinity_grid

#: Verdicts of claims without evidence; `untested` is of releases before rule 2027.
UNASSESSED = frozenset({VerdictKind.NOT_ASSESSED, VerdictKind.UNTESTED})
RUNGS = tuple(ladder.Rung)
#: What the rung of a note follows from.
_KINDS = (
    func.coalesce(m.Evidence.design, m.Study.design),
    m.Study.species,
    m.Finding.outcome_directness,
)


@dataclass(frozen=True)
class GapList:
    """Gaps of one kind, in order: all, or as many as the limit; `total` is the number of all."""

    items: list[dict[str, Any]]
    total: int


def find_gaps(session: ReadSession, limit: int | None = None) -> dict[str, GapList]:
    """Return the gaps of each kind, by the name of their list in the API.

    Args:
        session: The transaction to read in.
        limit: Maximum number of gaps of each kind; None for all. It does not apply to unmeasured
            cells, which are at most as many as receptors for each form of ketamine.
    """
    return {name: find(session, limit) for name, find in _LISTS.items()}


def _gap_list(session: ReadSession, stmt: Any, limit: int | None) -> GapList:
    """Return the rows of a statement as dictionaries, and their number without the limit."""
    rows = session.execute(stmt.add_columns(func.count().over().label("total")).limit(limit))
    found = [dict(row) for row in rows.mappings()]
    total = found[0]["total"] if found else 0
    return GapList([{n: v for n, v in row.items() if n != "total"} for row in found], total)


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
    found, total = unread_studies.claims_and_studies(session, limit)
    items = [{"slug": slug, "name": name, "studies": studies} for slug, name, studies in found]
    return GapList(items, total)


def _claims_without_human_test(session: ReadSession, limit: int | None) -> GapList:
    """Return the claims with evidence of which none is from people, with the highest rung."""
    heights = _heights_by_claim(session)
    first_human = RUNGS.index(ladder.Rung.HUMAN_BIOMARKER)
    stmt = _claims().add_columns(heights.c.height)
    stmt = stmt.join(heights, heights.c.claim_id == m.Claim.id)
    stmt = stmt.where(m.Verdict.verdict.not_in(UNASSESSED), heights.c.height < first_human)
    found = _gap_list(session, stmt, limit)
    items = [
        {"slug": row["slug"], "name": row["name"], "highest_rung": RUNGS[row["height"]]}
        for row in found.items
    ]
    return GapList(items, found.total)


def _heights_by_claim(session: ReadSession) -> Any:
    """Return a subquery of each claim that has notes on a rung, and the place of the highest."""
    notes = select(*_KINDS).select_from(m.Finding)
    notes = notes.join(m.Evidence, m.Evidence.id == m.Finding.evidence_id)
    notes = notes.join(m.Study, m.Study.id == m.Evidence.study_id)
    kinds_by_height: dict[int, list[Any]] = defaultdict(list)
    for kinds in session.execute(notes.distinct()):
        rung = ladder.rung_of(*kinds)
        if rung is not None:
            kinds_by_height[RUNGS.index(rung)].append(tuple(kinds))
    places = [(tuple_(*_KINDS).in_(kinds), place) for place, kinds in kinds_by_height.items()]
    height: Any = case(*places) if places else cast(null(), Integer)
    stmt = notes.with_only_columns(m.Finding.claim_id, func.max(height).label("height"))
    return stmt.group_by(m.Finding.claim_id).having(func.max(height).is_not(None)).subquery()


def _studies_without_result(session: ReadSession, limit: int | None) -> GapList:
    return _gap_list(session, unread_studies.studies_without_result(), limit)


def _unmeasured_cells(session: ReadSession, _limit: int | None) -> GapList:
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
    found = [
        {"compound": cell["compound"], "receptor": cell["receptor"]}
        for cell in cells
        if cell["state"] is AffinityState.NOT_TESTED
    ]
    return GapList(found, len(found))


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
