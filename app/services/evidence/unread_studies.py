"""Studies whose results are not entered: they have no evidence note.

A claim that no note supports or disputes is not untested if such a study has the claim's compound
and indication.
"""

from collections.abc import Sequence

from sqlalchemy import and_, literal, or_, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain.vocabulary import Absence, VerdictKind
from app.kit.sessions import ReadSession
from app.resources.claims import NOT_STUDIED
from app.resources.studies import has_note

#: Joins a claim with the studies without a note that have its compound and its indication.
_SAME_SUBJECT = (
    m.Claim.kind.not_in(NOT_STUDIED),
    m.StudyCompound.compound_id.in_([m.Claim.compound_id, m.Claim.subject_id]),
    m.StudyIndication.study_id == m.StudyCompound.study_id,
    m.StudyIndication.indication_id.in_([m.Claim.indication_id, m.Claim.object_id]),
    ~select(m.Evidence.id).where(m.Evidence.study_id == m.StudyCompound.study_id).exists(),
)
_HAS_UNREAD_STUDY = select(m.StudyCompound.id).where(*_SAME_SUBJECT).correlate(m.Claim).exists()


def claims_with_any(session: ReadSession, claims: Sequence[int]) -> set[int]:
    """Return those of the claims, by id, that have a study without a note."""
    stmt = select(m.Claim.id).where(m.Claim.id.in_(claims), _HAS_UNREAD_STUDY)
    return set(session.execute(stmt).scalars())


def claims_with_outdated_absence(session: ReadSession) -> list[str]:
    """Return claims, by slug, whose stored `absence` does not fit the studies in the store."""
    is_unread = m.Verdict.absence.is_not_distinct_from(Absence.STUDY_NOT_READ)
    stmt = (
        select(m.Record.slug)
        .join(m.Claim, m.Claim.id == m.Record.id)
        .join(m.Verdict, m.Verdict.claim_id == m.Claim.id)
        .where(
            m.Verdict.verdict == VerdictKind.UNTESTED,
            or_(and_(is_unread, ~_HAS_UNREAD_STUDY), and_(~is_unread, _HAS_UNREAD_STUDY)),
        )
        .order_by(m.Record.slug)
    )
    return list(session.execute(stmt).scalars())


def claims_and_studies(session: ReadSession) -> list[tuple[str, str, str]]:
    """Return slug and name of each claim whose study was not read, with the slug of the study."""
    claim, study = aliased(m.Record), aliased(m.Record)
    stmt = (
        select(claim.slug, claim.name, study.slug)
        .select_from(m.Verdict)
        .join(m.Claim, m.Claim.id == m.Verdict.claim_id)
        .join(claim, claim.id == m.Claim.id)
        .join(m.StudyCompound, literal(True))
        .join(m.StudyIndication, and_(*_SAME_SUBJECT))
        .join(study, study.id == m.StudyCompound.study_id)
        .where(
            m.Verdict.verdict == VerdictKind.UNTESTED,  # which has an index
            m.Verdict.absence == Absence.STUDY_NOT_READ,
        )
        .distinct()
        .order_by(claim.slug, study.slug)
    )
    return [(slug, name, of) for slug, name, of in session.execute(stmt)]


def studies_without_result(session: ReadSession) -> list[tuple[str, str]]:
    """Return slug and name of each study without an evidence note, ordered by slug."""
    stmt = select(m.Record.slug, m.Record.name).join(m.Study, m.Study.id == m.Record.id)
    rows = session.execute(stmt.where(has_note(False)).order_by(m.Record.slug))
    return [(slug, name) for slug, name in rows]
