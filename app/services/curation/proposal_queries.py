"""Proposals as curators read them, with the difference that each change makes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from app import models as m
from app.domain.curation import State
from app.domain.errors import NotFoundError
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.curation.proposal_changes import Row, changes_of, edits_of, is_stale
from app.services.records.audit_log import changed_fields
from app.services.records.input_models import RecordInput, full_dict
from app.services.records.lookup import record_inputs
from app.services.records.validation import RulesViolatedError

OPEN_STATES = {State.DRAFT, State.PROPOSED}


def proposal_detail(session: ReadSession, proposal_id: int) -> Row:
    """Return a proposal with its changes, their drafts and diffs, and its events.

    Raises:
        NotFoundError: There is no such proposal.
    """
    proposals = list_proposals(session, [m.Proposal.id == proposal_id], 1)
    if not proposals:
        raise NotFoundError(f"There is no proposal {proposal_id}. /v1/proposals lists them.")
    row = proposals[0]
    is_open = State(row["state"]) in OPEN_STATES
    for detail, change in zip(row["changes"], changes_of(session, proposal_id), strict=True):
        detail |= {
            "successor": change["successor"],
            "base_revision": change["base_revision"],
            "stale": is_open and is_stale(session, change),
            "draft": change["draft"],
            "diff": _diff(session, row, change),
        }
    return row | {"events": _events(session, proposal_id)}


def list_proposals(
    session: ReadSession,
    where: Sequence[ColumnElement[bool]],
    limit: int,
    before: int | None = None,
) -> list[Row]:
    """Return summaries of proposals, newest first, starting after the one with the id `before`."""
    table = m.Proposal.__table__
    stmt = select(table).where(*where).order_by(table.c.id.desc()).limit(limit)
    if before is not None:
        stmt = stmt.where(table.c.id < before)
    return [
        dict(row) | {"changes": [_change_summary(c) for c in changes_of(session, row["id"])]}
        for row in session.execute(stmt).mappings().all()
    ]


def proposals_about(collection: str | None, slug: str | None) -> list[ColumnElement[bool]]:
    """Match proposals that change a record of a collection, with a slug, or both."""
    clauses = [m.ProposedChange.proposal_id == m.Proposal.id]
    if collection is not None:
        clauses.append(m.ProposedChange.type == RESOURCES[collection].record_type)
    if slug is not None:
        clauses.append(m.ProposedChange.slug == slug)
    return [select(m.ProposedChange.id).where(*clauses).exists()] if len(clauses) > 1 else []


def _change_summary(change: Row) -> Row:
    return {name: change[name] for name in ("collection", "slug", "action", "why")}


def _diff(session: ReadSession, row: Row, change: Row) -> list[dict[str, Any]]:
    """Return the difference to the current record; if accepted, what the proposal changed."""
    if row["revision"] is not None:
        same_change = (m.Change.proposal_id == row["id"], m.Change.type == change["type"])
        stmt = select(m.Change.fields).where(*same_change, m.Change.slug == change["slug"])
        return list(session.execute(stmt).scalars().first() or [])
    resource = RESOURCES[change["collection"]]
    current = record_inputs(session, resource, [change["slug"]]).get(change["slug"])
    try:
        proposed: RecordInput | None = edits_of([change])[0].draft
    except RulesViolatedError:
        return []
    return changed_fields(resource, full_dict(current), full_dict(proposed))


def _events(session: ReadSession, proposal_id: int) -> list[Row]:
    table = m.ProposalEvent.__table__
    stmt = select(table.c.at, table.c.who, table.c.move, table.c.text)
    stmt = stmt.where(table.c.proposal_id == proposal_id).order_by(table.c.id)
    return [dict(row) for row in session.execute(stmt).mappings()]
