"""Wholeness: what a store must be after whatever befell it; every fault in words.

The ledger is played from its beginning: it must give the records as they stand, value by value.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.curation import Action, State
from app.kit.sessions import ReadSession, Store
from app.resources import RESOURCES
from app.services.dataset import load
from app.services.diagnostics import records
from app.services.records import commit, read_models
from app.services.records.input_models import full_dict, input_model
from app.services.records.lookup import all_record_inputs

SIDES = ("before", "after")
Records = dict[tuple[str, str], dict[str, Any]]


def integrity_errors(store: Store) -> list[str]:
    """What is wrong with a store, in one read of it; nothing of one that is whole."""
    with store.read() as session:
        standing: Records = {
            (resource.record_type, str(draft.slug)): full_dict(draft)  # type: ignore[attr-defined]
            for resource in RESOURCES.values()
            for draft in all_record_inputs(session, resource)
        }
        found = [
            *_audit_log_replays(session, standing),
            *_accepted_revisions_match(session),
            *records.derived_record_errors(session),
            *records.document_errors(session),
            *records.search_errors(session),
        ]
        if load.loaded_digest(session) is not None and not read_models.is_current(session):
            found.append("search is not of these records")
        if store.engine.dialect.name == "sqlite":
            found += _file(session)
    return found


def _audit_log_replays(session: ReadSession, standing: Records) -> Iterator[str]:
    """The ledger, from the first revision to the one that the store stands at."""
    played: Records = {}
    revisions = [0]
    for row in session.execute(select(m.Change.__table__).order_by(m.Change.id)).mappings():
        name = (str(row["type"]), row["slug"])
        if row["revision"] != revisions[-1]:
            revisions.append(row["revision"])
        before, after = ({f["field"]: f[side] for f in row["fields"]} for side in SIDES)
        if row["action"] == Action.WITHDRAW:
            del played[name]
        elif row["action"] == Action.CREATE:
            model = input_model(RESOURCES.by_record_type[name[0]])
            played[name] = full_dict(model.model_validate(after))
        else:
            skipped = [field for field in before if played[name][field] != before[field]]
            yield from (f"{name}: the ledger skips a value of {field}" for field in skipped)
            played[name] |= after
    stands_at = commit.revision_of(session)
    if revisions != list(range(stands_at + 1)):
        yield f"the store stands at {stands_at}, and its ledger ends with {revisions[-3:]}"
    for name in played.keys() | standing.keys():
        if played.get(name) != standing.get(name):
            yield f"{name} is not what the ledger makes of it"


def _accepted_revisions_match(session: ReadSession) -> Iterator[str]:
    """A proposal is accepted in just the revision that the ledger has it in."""
    stmt = select(m.Proposal.id, m.Proposal.revision).where(m.Proposal.state == State.ACCEPTED)
    said = {tuple(row) for row in session.execute(stmt)}
    changes = select(m.Change.proposal_id, m.Change.revision).where(
        m.Change.proposal_id.is_not(None)
    )
    told = {tuple(row) for row in session.execute(changes)}
    yield from (f"proposal and revision {pair} are half there" for pair in said ^ told)


def _file(session: ReadSession) -> Iterator[str]:
    for check in ("integrity_check", "foreign_key_check"):
        for row in session.connection.exec_driver_sql(f"PRAGMA {check}"):
            if row[0] != "ok":
                yield f"{check}: {row}"
