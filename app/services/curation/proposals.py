"""Proposals: write, submit, return, accept, reject, comment.

The public tables hold accepted records only: nothing of a draft is in them.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, func, insert, select, update

from app import models as m
from app.domain import curation
from app.domain.curation import Action, ProposalAction, Scope, State
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError, PreconditionFailedError
from app.domain.timestamps import utc_now
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.curation.api_keys import Curator
from app.services.curation.proposal_changes import (
    Row,
    changes_of,
    dry_run,
    edits_of,
    error_details,
    is_stale,
)
from app.services.records import commit
from app.services.records.audit_log import ChangeAuthor
from app.services.records.input_models import RecordInput, input_model, sparse_dict
from app.services.records.lookup import changed_revision
from app.services.records.validation import RulesViolatedError
from app.services.store.withdrawals import withdrawals


@dataclass(frozen=True)
class RequestedChange:
    """The change of one record that a curator proposes."""

    action: Action
    resource: Resource
    slug: str
    why: str
    draft: RecordInput | None = None
    base_revision: int | None = None
    successor: str | None = None


def write_proposal(
    session: WriteSession,
    curator: Curator,
    change: RequestedChange,
    proposal_id: int | None = None,
    *,
    submit: bool = True,
) -> int:
    """Add a change to a draft proposal of the curator, or to a new one; return its id.

    A second change of the same record replaces the first.

    Args:
        proposal_id: A draft proposal; None creates one.
        submit: Submit a new proposal at once, for which it must satisfy all rules.

    Raises:
        RulesViolatedError: It is to be submitted and violates rules.
        ConflictError: A new slug exists or was withdrawn, or the proposal is not a draft.
        ForbiddenError: The key lacks a scope, or the proposal is of another author.
    """
    if change.action is Action.CREATE:
        _require_free_slug(session, change.resource, change.slug)
    if proposal_id is None:
        require_permission(ProposalAction.WRITE, curator, curator.name)
        proposal_id, version = _create_proposal(session, curator), 0
    else:
        row = _row(session, proposal_id)
        require_permission(ProposalAction.WRITE, curator, row["author"])
        _require_state(ProposalAction.WRITE, row)
        submit, version = False, row["version"]
    _save_change(session, proposal_id, change)
    event_text = f"{change.action.value} {change.resource.name}/{change.slug}: {change.why}"
    _record_event(session, curator, proposal_id, ProposalAction.WRITE, event_text)
    violations = dry_run(session, proposal_id)
    if submit:
        if violations:
            raise RulesViolatedError(violations)
        _record_event(session, curator, proposal_id, ProposalAction.SUBMIT, None)
    state = State.PROPOSED if submit else State.DRAFT
    problems = [detail.to_dict() for detail in error_details(violations)]
    _update_state(session, proposal_id, version, state=state, problems=problems)
    return proposal_id


def pending_input(
    session: ReadSession, proposal_id: int | None, resource: Resource, slug: str, base_revision: int
) -> RecordInput | None:
    """Return the input of a record in a proposal, if it was written against `base_revision`."""
    for change in changes_of(session, proposal_id) if proposal_id else ():
        key = (change["collection"], change["slug"], change["base_revision"])
        if key == (resource.name, slug, base_revision) and change["draft"] is not None:
            with suppress(ValidationError):  # written for an older model
                return input_model(resource).model_validate(change["draft"])
    return None


def perform_action(
    session: WriteSession,
    curator: Curator,
    proposal_id: int,
    action: ProposalAction,
    text: str | None,
    version: int | None,
) -> None:
    """Perform an action that `TRANSITIONS` allows in the state of a proposal.

    Args:
        version: The version that the client read; None skips the comparison.

    Raises:
        PreconditionFailedError: The proposal has changed since.
        ForbiddenError: The key lacks a scope, or the author acts as reviewer.
        ConflictError: The state does not allow the action, or the records have changed.
        RulesViolatedError: The changes violate rules.
    """
    row, transition = _row(session, proposal_id), curation.TRANSITIONS[action]
    require_permission(action, curator, row["author"])
    if version is not None and version != row["version"]:
        raise PreconditionFailedError(
            f"Proposal {proposal_id} has changed since it was read. Get the proposal again."
        )
    _require_state(action, row)
    state_values: Row = {} if transition.to_state is None else {"state": transition.to_state}
    if action is ProposalAction.SUBMIT:
        if violations := dry_run(session, proposal_id):
            raise RulesViolatedError(violations)
        state_values["problems"] = []
    if action is ProposalAction.ACCEPT:
        state_values["revision"] = _accept_proposal(session, curator, proposal_id, row["author"])
    _record_event(session, curator, proposal_id, action, text)
    _update_state(session, proposal_id, row["version"], **state_values)


def _accept_proposal(session: WriteSession, curator: Curator, proposal_id: int, author: str) -> int:
    changes = changes_of(session, proposal_id)
    for change in changes:
        if change["action"] == Action.CREATE:
            _require_free_slug(session, RESOURCES[change["collection"]], change["slug"])
    if stale := [c for c in changes if is_stale(session, c)]:
        names = ", ".join(f"{c['collection']}/{c['slug']}" for c in stale)
        raise ConflictError(
            f"These records have changed since the proposal was written: {names}. Return it to its"
            " author, who has to read them again and repeat each change with"
            f" proposal={proposal_id}."
        )
    change_author = ChangeAuthor(author, curator.name, proposal_id)
    revision = commit.commit_edits(session, edits_of(changes), change_author)
    if revision is None:
        raise ConflictError("Nothing would change: the records already have the proposed values.")
    return revision


def _require_free_slug(session: ReadSession, resource: Resource, slug: str) -> None:
    """Refuse a slug that exists or was withdrawn: slugs are never reused."""
    name = f"{resource.name}/{slug}"
    if changed_revision(session, resource, slug) is not None:
        raise ConflictError(f"{name} already exists. Use PATCH /v1/{name} to change it.")
    if withdrawals(session, resource, [slug]):
        raise ConflictError(f"{name} was withdrawn, and slugs are never reused. Choose another.")


def require_permission_for(
    session: ReadSession, curator: Curator, proposal_id: int, action: ProposalAction
) -> None:
    """Refuse an action on a proposal to a curator who may not perform it in any state.

    Raises:
        NotFoundError: There is no such proposal.
        ForbiddenError: The key lacks a scope, or the author acts as reviewer.
    """
    require_permission(action, curator, _row(session, proposal_id)["author"])


def require_permission(action: ProposalAction, curator: Curator, author: str) -> None:
    """Refuse an action on a proposal of an author to a curator who may not perform it.

    Raises:
        ForbiddenError: The key lacks a scope, or the author acts as reviewer.
    """
    transition, is_author = curation.TRANSITIONS[action], curator.name == author
    scopes = transition.own_scopes if is_author else transition.other_scopes
    if not scopes:
        raise ForbiddenError(
            "A proposal cannot be accepted by its own author: another curator has to."
            if is_author
            else f"Only its author, {author}, can write to this draft. You can comment on it."
        )
    require_scope(curator, scopes)


def require_scope(curator: Curator, scopes: frozenset[Scope]) -> None:
    """Refuse a key that has none of these scopes.

    Raises:
        ForbiddenError: It names the scopes.
    """
    if not scopes & curator.scopes:
        names = " or ".join(sorted(scopes))
        have = ", ".join(sorted(curator.scopes))
        raise ForbiddenError(
            f"This needs a key with the scope {names}; yours has {have}.", " ".join(sorted(scopes))
        )


def _require_state(action: ProposalAction, row: Row) -> None:
    allowed_states = curation.TRANSITIONS[action].from_states
    if State(row["state"]) not in allowed_states:
        state = State(row["state"]).value
        allowed = " or ".join(sorted(allowed_states))
        raise ConflictError(
            f"Proposal {row['id']} is {state}; to {action.value}, it must be {allowed}."
        )


def _row(session: ReadSession, proposal_id: int) -> Row:
    table = m.Proposal.__table__
    row = session.execute(select(table).where(table.c.id == proposal_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"There is no proposal {proposal_id}. /v1/proposals lists them.")
    return dict(row)


def _create_proposal(session: WriteSession, curator: Curator) -> int:
    at = utc_now()
    row: Row = {"author": curator.name, "state": State.DRAFT, "version": 0}
    values: Row = {"created_at": at, "changed_at": at, "problems": [], "revision": None}
    stmt = insert(m.Proposal).values(row | values).returning(m.Proposal.id)
    return int(session.execute(stmt).scalar_one())


def _save_change(session: WriteSession, proposal_id: int, change: RequestedChange) -> None:
    table = m.ProposedChange.__table__
    same_proposal = table.c.proposal_id == proposal_id
    same = (table.c.type == change.resource.record_type) & (table.c.slug == change.slug)
    session.execute(delete(m.ProposedChange).where(same_proposal, same))
    last = session.execute(select(func.max(table.c.position)).where(same_proposal)).scalar_one()
    row = {
        "proposal_id": proposal_id,
        "position": 0 if last is None else last + 1,
        "action": change.action,
        "type": change.resource.record_type,
        "slug": change.slug,
        "draft": sparse_dict(change.draft) if change.draft else None,
        "base_revision": change.base_revision,
        "successor": change.successor,
        "why": change.why,
    }
    session.execute(insert(m.ProposedChange).values(row))


def _record_event(
    session: WriteSession,
    curator: Curator,
    proposal_id: int,
    action: ProposalAction,
    text: str | None,
) -> None:
    row: Row = {"proposal_id": proposal_id, "key_id": curator.key_id, "who": curator.name}
    event: Row = {"at": utc_now(), "move": action, "text": text}
    session.execute(insert(m.ProposalEvent).values(row | event))


def _update_state(session: WriteSession, proposal_id: int, version: int, **values: Any) -> None:
    stmt = update(m.Proposal).where(m.Proposal.id == proposal_id)
    session.execute(stmt.values(version=version + 1, changed_at=utc_now(), **values))
