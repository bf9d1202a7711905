"""Studies whose results are not entered: they have no evidence note."""

from sqlalchemy import select

from app import models as m
from app.domain.vocabulary import Absence
from app.kit.sessions import ReadSession
from app.resources.studies import has_note
from app.services.evidence.synthesis.loader import unread_studies_of


def claims_and_studies(session: ReadSession) -> list[tuple[str, str, list[str]]]:
    """Return slug, name and unread studies of each claim whose study was not read."""
    stmt = (
        select(m.Record.slug, m.Record.name, m.Claim.question)
        .select_from(m.Verdict)
        .join(m.Claim, m.Claim.id == m.Verdict.claim_id)
        .join(m.Record, m.Record.id == m.Claim.id)
        .where(m.Verdict.absence == Absence.STUDY_NOT_READ)
        .order_by(m.Record.slug)
    )
    rows = session.execute(stmt).all()
    return [(row.slug, row.name, unread_studies_of(session, row.question)) for row in rows]


def studies_without_result(session: ReadSession) -> list[tuple[str, str]]:
    """Return slug and name of each study without an evidence note, ordered by slug."""
    stmt = select(m.Record.slug, m.Record.name).join(m.Study, m.Study.id == m.Record.id)
    rows = session.execute(stmt.where(has_note(False)).order_by(m.Record.slug))
    return [(slug, name) for slug, name in rows]
