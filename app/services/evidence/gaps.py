"""Gaps in the evidence: claims and cells without any, studies without a result, questions.

Each kind of gap is a list of its own, in an order of its own, and is read in pages. What is no gap
is passed over, so a first page and a total are computed once per state of the store.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.verdicts import ladder
from app.domain.vocabulary import Absence, CompoundKind, Species, StudyDesign, VerdictKind
from app.kit.batching import batched
from app.kit.repository import Repository
from app.kit.sessions import ReadSession
from app.resources.studies import has_note
from app.services.evidence.synthesis.loader import unread_studies_of

#: Verdicts of claims without evidence; `untested` is of releases before rule 2027.
UNASSESSED = frozenset({VerdictKind.NOT_ASSESSED, VerdictKind.UNTESTED})
_DESIGN = func.coalesce(m.Evidence.design, m.Study.design)
#: Designs of notes that are on a rung, and on one of people if the species is human; both follow
#: from `rung_of`, whatever the outcome.
EMPIRICAL_DESIGNS = frozenset(set(StudyDesign) - ladder.NON_EMPIRICAL)
HUMAN_DESIGNS = EMPIRICAL_DESIGNS - ladder.LABORATORY.keys()
#: Compounds whose unmeasured receptors are gaps: the forms and metabolites of ketamine.
_FAMILY = (CompoundKind.RACEMATE, CompoundKind.ENANTIOMER, CompoundKind.METABOLITE)

Gap = dict[str, Any]
#: Where a gap is in the order of its kind.
Position = tuple[str, ...]


class GapKind(StrEnum):
    """Kinds of gaps in the evidence, each with a list of its own."""

    UNASSESSED_CLAIMS = "unassessed_claims"
    CLAIMS_WITH_UNREAD_STUDIES = "claims_with_unread_studies"
    CLAIMS_WITHOUT_HUMAN_TEST = "claims_without_human_test"
    STUDIES_WITHOUT_RESULT = "studies_without_result"
    UNMEASURED_CELLS = "unmeasured_cells"
    OPEN_QUESTIONS = "open_questions"


@dataclass(frozen=True)
class GapPage:
    """Gaps of one kind, in order; `last` is the position of the last one if others follow."""

    items: list[Gap]
    total: int
    last: Position | None


@dataclass(frozen=True)
class UnmeasuredReceptors:
    """The first receptors at which a compound was not measured, by slug, and their number."""

    compound: str
    receptors: Sequence[str]
    total: int


@dataclass(frozen=True)
class UnmeasuredByCompound:
    """The first compounds of unmeasured cells, those with most cells first, and all cells."""

    compounds: Sequence[UnmeasuredReceptors]
    total: int


def read_gaps(
    session: ReadSession,
    repository: Repository,
    kind: GapKind,
    limit: int,
    after: Position | None = None,
) -> GapPage:
    """Return a page of the gaps of a kind.

    Args:
        session: The transaction to read in.
        repository: Holds totals and first pages of the state of the store.
        kind: The kind.
        limit: Maximum number of gaps.
        after: Position of the last gap of the page before; None for the first page.
    """
    key = ("gaps", repository.release, kind)
    counts = repository.counts
    read = partial(_read_page, session, kind, limit, after)
    rows = read() if after else counts.get_or_compute(session, (*key, "first page", limit), read)
    items = rows[:limit]
    if after is None and len(items) == len(rows):
        return GapPage(items, len(items), None)
    total = counts.get_or_compute(session, key, partial(_count, session, kind))
    if len(items) == len(rows):
        return GapPage(items, total, None)
    return GapPage(items, total, tuple(items[-1][name] for name in POSITIONS[kind]))


def _read_page(
    session: ReadSession, kind: GapKind, limit: int, after: Position | None
) -> list[Gap]:
    """Return the gaps of a page, and the one that follows."""
    gaps = _STATEMENTS[kind]().subquery()
    position = [gaps.c[name] for name in POSITIONS[kind]]
    stmt = select(gaps).order_by(*position).limit(limit + 1)
    if after:
        # The first condition follows from the second, and lets an index serve.
        stmt = stmt.where(position[0] >= after[0], tuple_(*position) > tuple_(*after))
    rows = [dict(row) for row in session.execute(stmt).mappings()]
    complete = _COMPLETIONS.get(kind)
    return complete(session, rows) if complete else rows


def _count(session: ReadSession, kind: GapKind) -> int:
    if kind is GapKind.UNMEASURED_CELLS:
        return sum(number for _, number in _numbers_of_unmeasured_receptors(session))
    stmt = select(func.count()).select_from(_STATEMENTS[kind]().subquery())
    return int(session.execute(stmt).scalar_one())


def unmeasured_by_compound(
    session: ReadSession, repository: Repository, compounds: int, receptors: int
) -> UnmeasuredByCompound:
    """Return the unmeasured cells by compound.

    Args:
        session: The transaction to read in.
        repository: Holds the cells of the state of the store.
        compounds: Maximum number of compounds.
        receptors: Maximum number of receptors of each.
    """
    key = ("unmeasured by compound", repository.release, compounds, receptors)
    return repository.counts.get_or_compute(
        session, key, partial(_unmeasured_by_compound, session, compounds, receptors)
    )


def _unmeasured_by_compound(
    session: ReadSession, compounds: int, receptors: int
) -> UnmeasuredByCompound:
    numbers = _numbers_of_unmeasured_receptors(session)
    ranked = sorted(numbers, key=lambda row: (-row[1], row[0]))[:compounds]
    first: dict[str, list[str]] = {slug: [] for slug, _ in ranked}
    if first:
        cells = _unmeasured_cells().subquery()
        in_order = select(cells).order_by(cells.c.receptor).limit(receptors)
        # One statement, in which each compound stops at its last receptor that is shown.
        parts = [in_order.where(cells.c.compound == slug).subquery() for slug in first]
        for slug, receptor in session.execute(union_all(*map(select, parts))):
            first[slug].append(receptor)
    return UnmeasuredByCompound(
        [UnmeasuredReceptors(slug, first[slug], number) for slug, number in ranked],
        sum(number for _, number in numbers),
    )


def _numbers_of_unmeasured_receptors(session: ReadSession) -> list[tuple[str, int]]:
    """Return the number of unmeasured cells of each compound that has any.

    It is counted in the affinities: to look each cell up takes ten times as long.
    """
    receptor_id, in_family = m.Affinity.receptor_id, m.Compound.kind.in_(_FAMILY)
    receptors = select(func.count(receptor_id.distinct())).join(
        m.Compound, m.Compound.id == m.Affinity.compound_id
    )
    total = session.execute(receptors.where(in_family)).scalar_one()
    is_measured = m.Affinity.value_nm.is_not(None)
    measured = func.count(case((is_measured, receptor_id)).distinct())
    stmt = select(m.Record.slug, measured).join(m.Compound, m.Compound.id == m.Record.id)
    stmt = stmt.outerjoin(m.Affinity, m.Affinity.compound_id == m.Compound.id)
    rows = session.execute(stmt.where(in_family).group_by(m.Record.slug)).all()
    return [(slug, total - number) for slug, number in rows if number < total]


def _claims() -> Select[str, str]:
    return (
        select(m.Record.slug, m.Record.name)
        .select_from(m.Claim)
        .join(m.Record, m.Record.id == m.Claim.id)
        .join(m.Verdict, m.Verdict.claim_id == m.Claim.id)
    )


def _unassessed_claims() -> Select[Any]:
    is_read = or_(m.Verdict.absence.is_(None), m.Verdict.absence != Absence.STUDY_NOT_READ)
    stmt = _claims().add_columns(m.Verdict.absence)
    return stmt.where(m.Verdict.verdict.in_(UNASSESSED), is_read)


def _claims_with_unread_studies() -> Select[Any]:
    is_unread = m.Verdict.absence == Absence.STUDY_NOT_READ
    return _claims().add_columns(m.Claim.question).where(is_unread)


def _with_studies(session: ReadSession, rows: Sequence[Gap]) -> list[Gap]:
    return [
        {
            "slug": row["slug"],
            "name": row["name"],
            "studies": unread_studies_of(session, row["question"]),
        }
        for row in rows
    ]


def _claims_without_human_test() -> Select[Any]:
    """Return the statement of the claims with evidence of which none is from people."""
    in_people = and_(m.Study.species == Species.HUMAN, _DESIGN.in_(HUMAN_DESIGNS))
    return (
        _claims()
        .add_columns(m.Claim.id)
        .where(
            m.Verdict.verdict.not_in(UNASSESSED),
            _has_note(_DESIGN.in_(EMPIRICAL_DESIGNS)),
            ~_has_note(in_people),
        )
    )


def _with_highest_rung(session: ReadSession, rows: Sequence[Gap]) -> list[Gap]:
    rungs = _highest_rungs(session, [row["id"] for row in rows])
    return [
        {"slug": row["slug"], "name": row["name"], "highest_rung": rungs[row["id"]]} for row in rows
    ]


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


def _studies_without_result() -> Select[str, str]:
    stmt = select(m.Record.slug, m.Record.name).join(m.Study, m.Study.id == m.Record.id)
    return stmt.where(has_note(False))


def _unmeasured_cells() -> Select[str, str]:
    """Return the statement of the cells of ketamine's forms that only others of them measured."""
    compound, receptor = aliased(m.Record), aliased(m.Record)
    affinity, other = aliased(m.Affinity), aliased(m.Affinity)
    measured_in_family = (
        select(other.id)
        .join(m.Compound, m.Compound.id == other.compound_id)
        .where(other.receptor_id == receptor.id, m.Compound.kind.in_(_FAMILY))
        .correlate(receptor)
        .exists()
    )
    is_measured = (
        select(affinity.id)
        .where(
            affinity.compound_id == compound.id,
            affinity.receptor_id == receptor.id,
            affinity.value_nm.is_not(None),
        )
        .exists()
    )
    return (
        select(compound.slug.label("compound"), receptor.slug.label("receptor"))
        .select_from(compound)
        .join(m.Compound, m.Compound.id == compound.id)
        .join(receptor, receptor.type == "receptor")
        .where(
            compound.type == "compound",
            m.Compound.kind.in_(_FAMILY),
            measured_in_family,
            ~is_measured,
        )
    )


def _open_questions() -> CompoundSelect[Any]:
    """Return the statement of the open questions of claims and pathways."""
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
    return union_all(*parts)


_STATEMENTS: dict[GapKind, Callable[[], Any]] = {
    GapKind.UNASSESSED_CLAIMS: _unassessed_claims,
    GapKind.CLAIMS_WITH_UNREAD_STUDIES: _claims_with_unread_studies,
    GapKind.CLAIMS_WITHOUT_HUMAN_TEST: _claims_without_human_test,
    GapKind.STUDIES_WITHOUT_RESULT: _studies_without_result,
    GapKind.UNMEASURED_CELLS: _unmeasured_cells,
    GapKind.OPEN_QUESTIONS: _open_questions,
}
#: Columns that the gaps of each kind are ordered by; together they are unique.
POSITIONS: dict[GapKind, Position] = dict.fromkeys(GapKind, ("slug",)) | {
    GapKind.UNMEASURED_CELLS: ("compound", "receptor"),
    GapKind.OPEN_QUESTIONS: ("type", "slug"),
}
#: What is read for the rows of a page alone.
_COMPLETIONS: dict[GapKind, Callable[[ReadSession, Sequence[Gap]], list[Gap]]] = {
    GapKind.CLAIMS_WITH_UNREAD_STUDIES: _with_studies,
    GapKind.CLAIMS_WITHOUT_HUMAN_TEST: _with_highest_rung,
}
