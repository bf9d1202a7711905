"""The changes of a proposal, and a dry run of accepting it."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from app import models as m
from app.domain.errors import ErrorDetail
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.records import commit
from app.services.records.audit_log import ChangeAuthor
from app.services.records.input_models import input_model
from app.services.records.lookup import changed_revision
from app.services.records.record_edit import RecordEdit
from app.services.records.validation import RulesViolatedError, Violation

Row = dict[str, Any]


def changes_of(session: ReadSession, proposal_id: int) -> list[Row]:
    """Return the changes of a proposal, in the order they were written."""
    table = m.ProposedChange.__table__
    stmt = select(table).where(table.c.proposal_id == proposal_id).order_by(table.c.position)
    rows = session.execute(stmt).mappings()
    return [dict(row) | {"collection": RESOURCES.by_record_type[row["type"]].name} for row in rows]


def is_stale(session: ReadSession, change: Row) -> bool:
    """Return whether the record has changed since the change was written."""
    current = changed_revision(session, RESOURCES[change["collection"]], change["slug"])
    base: int | None = change["base_revision"]
    return current != base


def edits_of(changes: Sequence[Row]) -> list[RecordEdit]:
    """Return the changes of a proposal as edits.

    Raises:
        RulesViolatedError: A stored draft does not fit the current model of its record.
    """
    edits, violations = [], []
    for change in changes:
        resource, draft = RESOURCES[change["collection"]], None
        if change["draft"] is not None:
            try:
                draft = input_model(resource).model_validate(change["draft"])
            except ValidationError as error:  # written for an older model
                violations += [
                    Violation(resource, change["slug"], detail["loc"], detail["msg"])
                    for detail in error.errors()
                ]
        edits.append(
            RecordEdit(resource, change["slug"], draft, change["why"], change["successor"])
        )
    if violations:
        raise RulesViolatedError(violations)
    return edits


def dry_run(session: WriteSession, proposal_id: int) -> list[Violation]:
    """Return the violations of accepting a proposal, by committing it and rolling back."""
    attempt = session.connection.begin_nested()
    try:
        edits = edits_of(changes_of(session, proposal_id))
        commit.commit_edits(session, edits, ChangeAuthor("nobody"), refresh=False)
    except RulesViolatedError as error:
        return error.violations
    finally:
        attempt.rollback()
    return []


def error_details(violations: Sequence[Violation]) -> list[ErrorDetail]:
    """Return violations by field and record, as responses show them."""
    return [
        ErrorDetail(
            "query" if violation.path == ("successor",) else "body",
            ".".join(str(part) for part in violation.path) or "slug",
            violation.message,
            record=f"{violation.resource.name}/{violation.slug}",
            did_you_mean=violation.did_you_mean or None,
        )
        for violation in violations
    ]
