"""Studies whose results are not entered: they have no evidence note."""

from sqlalchemy import Select, func, select

from app import models as m
from app.domain.vocabulary import Absence
from app.kit.sessions import ReadSession
from app.resources.studies import has_note
from app.services.evidence.synthesis.loader import unread_studies_of


def claims_and_studies(
    session: ReadSession, limit: int | None = None
) -> tuple[list[tuple[str, str, list[str]]], int]:
    """Return slug, name and unread studies of claims whose study was not read, and their number.

    Args:
        session: The transaction to read in.
        limit: Maximum number of claims; None for all.
    """
    stmt = (
        select(m.Record.slug, m.Record.name, m.Claim.question, func.count().over().label("total"))
        .select_from(m.Verdict)
        .join(m.Claim, m.Claim.id == m.Verdict.claim_id)
        .join(m.Record, m.Record.id == m.Claim.id)
        .where(m.Verdict.absence == Absence.STUDY_NOT_READ)
        .order_by(m.Record.slug)
        .limit(limit)
    )
    rows = session.execute(stmt).all()
    claims = [(row.slug, row.name, unread_studies_of(session, row.question)) for row in rows]
    return claims, rows[0].total if rows else 0


def studies_without_result() -> Select[str, str]:
    """Return the statement of slug and name of each study without an evidence note, by slug."""
    stmt = select(m.Record.slug, m.Record.name).join(m.Study, m.Study.id == m.Record.id)
    return stmt.where(has_note(False)).order_by(m.Record.slug)
