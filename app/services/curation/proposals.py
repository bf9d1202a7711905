"""Proposals: written, submitted, returned, accepted, rejected, and talked about.

The public tables hold accepted records alone: a draft is not seen there because it is not there.
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
    edits_of,
    error_details,
    is_stale,
    try_out,
)
from app.services.records import commit
from app.services.records.audit_log import ChangeAuthor
from app.services.records.edits import RulesViolatedError
from app.services.records.history import withdrawals
from app.services.records.input_models import RecordInput, input_model, sparse_dict
from app.services.records.lookup import changed_revision


@dataclass(frozen=True)
class Wanted:
    """What a curator wants of one record."""

    action: Action
    resource: Resource
    slug: str
    why: str
    draft: RecordInput | None = None
    base_revision: int | None = None
    successor: str | None = None


def write(
    session: WriteSession,
    curator: Curator,
    wanted: Wanted,
    proposal_id: int | None = None,
    *,
    submit: bool = True,
) -> int:
    """Put a change into a draft proposal of one's own, or into a new one; gives its id.

    A new proposal is submitted at once, unless told otherwise; then it must keep every rule.
    A second change of the same record replaces the first.
    """
    if wanted.action is Action.CREATE:
        _free(session, wanted.resource, wanted.slug)
    if proposal_id is None:
        _permit(ProposalAction.WRITE, curator, curator.name)
        proposal_id, version = _open(session, curator), 0
    else:
        row = _row(session, proposal_id)
        _permit(ProposalAction.WRITE, curator, row["author"])
        _possible(ProposalAction.WRITE, row)
        submit, version = False, row["version"]
    _keep(session, proposal_id, wanted)
    said = f"{wanted.action.value} {wanted.resource.name}/{wanted.slug}: {wanted.why}"
    _note(session, curator, proposal_id, ProposalAction.WRITE, said)
    flaws = try_out(session, proposal_id)
    if submit:
        if flaws:
            raise RulesViolatedError(flaws)
        _note(session, curator, proposal_id, ProposalAction.SUBMIT, None)
    state = State.PROPOSED if submit else State.DRAFT
    problems = [detail.to_dict() for detail in error_details(flaws)]
    _turn(session, proposal_id, version, state=state, problems=problems)
    return proposal_id


def begun(
    session: ReadSession, proposal_id: int | None, resource: Resource, slug: str, base: int
) -> RecordInput | None:
    """What a proposal already makes of a record, where that was written against its state now."""
    for change in changes_of(session, proposal_id) if proposal_id else ():
        mine = (change["collection"], change["slug"], change["base_revision"])
        if mine == (resource.name, slug, base) and change["draft"] is not None:
            with suppress(ValidationError):  # written when the model was another
                return input_model(resource).model_validate(change["draft"])
    return None


def move(
    session: WriteSession,
    curator: Curator,
    proposal_id: int,
    what: ProposalAction,
    text: str | None,
    version: int | None,
) -> None:
    """Do with a proposal what the table of moves allows; `version` is the one that was seen."""
    row, rule = _row(session, proposal_id), curation.TRANSITIONS[what]
    _permit(what, curator, row["author"])
    if version is not None and version != row["version"]:
        raise PreconditionFailedError(
            f"Proposal {proposal_id} moved on since you saw it. Read it again."
        )
    _possible(what, row)
    more: Row = {} if rule.to_state is None else {"state": rule.to_state}
    if what is ProposalAction.SUBMIT:
        if flaws := try_out(session, proposal_id):
            raise RulesViolatedError(flaws)
        more["problems"] = []
    if what is ProposalAction.ACCEPT:
        more["revision"] = _accept(session, curator, proposal_id, row["author"])
    _note(session, curator, proposal_id, what, text)
    _turn(session, proposal_id, row["version"], **more)


def _accept(session: WriteSession, curator: Curator, proposal_id: int, author: str) -> int:
    changes = changes_of(session, proposal_id)
    for change in changes:
        if change["action"] == Action.CREATE:
            _free(session, RESOURCES[change["collection"]], change["slug"])
    if stale := [c for c in changes if is_stale(session, c)]:
        names = ", ".join(f"{c['collection']}/{c['slug']}" for c in stale)
        raise ConflictError(
            f"What it was written against has moved: {names}. Return it to its author, who reads"
            f" the record again and writes the change anew with proposal={proposal_id}."
        )
    signed = ChangeAuthor(author, curator.name, proposal_id)
    revision = commit.commit_edits(session, edits_of(changes), signed)
    if revision is None:
        raise ConflictError("Nothing would change: the records are already as it wants them.")
    return revision


def _free(session: ReadSession, resource: Resource, slug: str) -> None:
    """A slug is given once, and never again for something else."""
    name = f"{resource.name}/{slug}"
    if changed_revision(session, resource, slug) is not None:
        raise ConflictError(f"{name} is there already; PATCH /v1/{name} would change it.")
    if withdrawals(session, resource, [slug]):
        raise ConflictError(f"{name} was withdrawn, and a slug is never used for something else.")


def _permit(what: ProposalAction, curator: Curator, author: str) -> None:
    rule, own = curation.TRANSITIONS[what], curator.name == author
    scopes = rule.own_scopes if own else rule.other_scopes
    if not scopes:
        raise ForbiddenError(
            "Nobody accepts their own proposal: another curator has to."
            if own
            else f"It is {author}'s draft, and theirs alone to write. You can comment on it."
        )
    need(curator, scopes)


def need(curator: Curator, scopes: frozenset[Scope]) -> None:
    """Refuse a key without any of these scopes, naming them."""
    if not scopes & curator.scopes:
        names = " or ".join(sorted(scopes))
        have = ", ".join(sorted(curator.scopes))
        raise ForbiddenError(
            f"This needs a key with the scope {names}; yours has {have}.", " ".join(sorted(scopes))
        )


def _possible(what: ProposalAction, row: Row) -> None:
    rule = curation.TRANSITIONS[what]
    if State(row["state"]) not in rule.from_states:
        state = State(row["state"]).value
        since = " or ".join(sorted(rule.from_states))
        raise ConflictError(
            f"Proposal {row['id']} is {state}; to {what.value}, it must be {since}."
        )


def _row(session: ReadSession, proposal_id: int) -> Row:
    table = m.Proposal.__table__
    found = session.execute(select(table).where(table.c.id == proposal_id)).mappings().one_or_none()
    if found is None:
        raise NotFoundError(f"There is no proposal {proposal_id}. /v1/proposals lists them.")
    return dict(found)


def _open(session: WriteSession, curator: Curator) -> int:
    at = utc_now()
    row: Row = {"author": curator.name, "state": State.DRAFT, "version": 0}
    more: Row = {"created_at": at, "changed_at": at, "problems": [], "revision": None}
    made = insert(m.Proposal).values(row | more).returning(m.Proposal.id)
    return int(session.execute(made).scalar_one())


def _keep(session: WriteSession, proposal_id: int, wanted: Wanted) -> None:
    table = m.ProposedChange.__table__
    own = table.c.proposal_id == proposal_id
    same = (table.c.type == wanted.resource.kind) & (table.c.slug == wanted.slug)
    session.execute(delete(m.ProposedChange).where(own, same))
    last = session.execute(select(func.max(table.c.position)).where(own)).scalar_one()
    row = {
        "proposal_id": proposal_id,
        "position": 0 if last is None else last + 1,
        "action": wanted.action,
        "type": wanted.resource.kind,
        "slug": wanted.slug,
        "draft": sparse_dict(wanted.draft) if wanted.draft else None,
        "base_revision": wanted.base_revision,
        "successor": wanted.successor,
        "why": wanted.why,
    }
    session.execute(insert(m.ProposedChange).values(row))


def _note(
    session: WriteSession,
    curator: Curator,
    proposal_id: int,
    what: ProposalAction,
    text: str | None,
) -> None:
    row: Row = {"proposal_id": proposal_id, "key_id": curator.key_id, "who": curator.name}
    more: Row = {"at": utc_now(), "move": what, "text": text}
    session.execute(insert(m.ProposalEvent).values(row | more))


def _turn(session: WriteSession, proposal_id: int, version: int, **values: Any) -> None:
    stmt = update(m.Proposal).where(m.Proposal.id == proposal_id)
    session.execute(stmt.values(version=version + 1, changed_at=utc_now(), **values))
