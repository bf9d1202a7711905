"""Integrity check of a whole store: each error is one message.

The audit log is replayed from its first revision; the result must equal the stored records.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from app import models as m
from app.domain.curation import Action, State
from app.kit.sessions import ReadSession, Store, WriteSession
from app.resources import RESOURCES
from app.services.dataset.loaded_dataset import loaded_digest
from app.services.diagnostics import records
from app.services.records import commit, read_models
from app.services.records.computed_columns import outdated_rows
from app.services.records.input_models import full_dict, input_model
from app.services.records.lookup import all_record_inputs

SIDES = ("before", "after")
VERDICTS = RESOURCES["verdicts"]
Records = dict[tuple[str, str], dict[str, Any]]


def integrity_errors(store: Store) -> list[str]:
    """Return the errors of a store, in one read of it."""
    with store.read() as session:
        stored: Records = {
            (resource.record_type, str(draft.slug)): full_dict(draft)  # type: ignore[attr-defined]
            for resource in RESOURCES.values()
            for draft in all_record_inputs(session, resource)
        }
        errors = [
            *_audit_log_replays(session, stored),
            *_accepted_revisions_match(session),
            *records.derived_record_errors(session),
            *records.document_errors(session),
            *records.search_errors(session),
        ]
        errors += (f"{row} is outdated" for row in outdated_rows(session))
        if loaded_digest(session) is not None and not read_models.is_current(session):
            errors.append("search is not of these records")
        if store.engine.dialect.name == "sqlite":
            errors += _file(session)
    return errors


def _with_keys_of_arms(note: dict[str, Any], current: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a note with the keys that migration 0016 added to its arms."""
    if not note.get("arms") or "key" in note["arms"][0]:
        return note
    keys = [arm["key"] for arm in current["arms"]]
    arms = [{"key": key, **arm} for key, arm in zip(keys, note["arms"], strict=True)]
    return {**note, "arms": arms}


def _with_importance(verdict: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a verdict with the columns that migration 0021 added to its ledger."""
    added = {"weight": None, "rung": None, "reason": None}
    lines = [added | {"importance": line["points"]} | line for line in verdict.get("ledger") or ()]
    return verdict | ({"ledger": lines} if "ledger" in verdict else {})


def _audit_log_replays(session: ReadSession, stored: Records) -> Iterator[str]:
    """Replay the audit log, from its first revision to the current one.

    Records that are older than the log, or were created by a migration, have no entry with their
    first values: of these, only the values in the log are compared.
    """
    replayed: Records = {}
    first = session.execute(select(func.min(m.Change.revision))).scalar_one() or 1
    revisions = [first - 1]
    for row in session.execute(select(m.Change.__table__).order_by(m.Change.id)).mappings():
        name = (str(row["type"]), row["slug"])
        if first > 1:
            replayed.setdefault(name, {})
        if row["revision"] != revisions[-1]:
            revisions.append(row["revision"])
        before, after = ({f["field"]: f[side] for f in row["fields"]} for side in SIDES)
        if row["type"] == VERDICTS.record_type:
            before, after = _with_importance(before), _with_importance(after)
        if row["action"] == Action.WITHDRAW:
            del replayed[name]
        elif row["action"] == Action.CREATE:
            model = input_model(RESOURCES.by_record_type[name[0]])
            after = _with_keys_of_arms(after, stored.get(name, {}))
            replayed[name] = full_dict(model.model_validate(after)) if after else {}
        else:
            shared = before.keys() & replayed[name].keys()
            skipped = [field for field in shared if replayed[name][field] != before[field]]
            yield from (f"{name}: the ledger skips a value of {field}" for field in skipped)
            replayed[name] |= after
    current = commit.revision_of(session)
    if revisions != list(range(first - 1, current + 1)):
        yield f"the store stands at {current}, and its ledger ends with {revisions[-3:]}"
    if first == 1:
        yield from (f"{name} is in no entry" for name in stored.keys() - replayed.keys())
    for name, values in replayed.items():
        record = stored.get(name, {})
        if (not record) or {field: record[field] for field in values} != values:
            yield f"{name} is not what the ledger makes of it"


def read_model_errors(store: Store) -> list[str]:
    """Return how the tables of the read models differ from a rebuild, which is rolled back."""
    with store.engine.connect() as connection, connection.begin() as transaction:
        session = WriteSession(connection)
        stored = _read_model_rows(session)
        if connection.dialect.name == "sqlite":  # compares the index with the texts it is of
            check = "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
            connection.exec_driver_sql(check)
        read_models.rebuild(session)
        rebuilt = _read_model_rows(session)
        transaction.rollback()
    # Words of earlier texts remain in the spelling dictionary.
    stored["search_word"] &= rebuilt["search_word"]
    return [f"{name} differs from a rebuild" for name in stored if stored[name] != rebuilt[name]]


def _read_model_rows(session: ReadSession) -> dict[str, set[tuple[Any, ...]]]:
    tables = ["search_text", "search_name", "search_term", "search_word"]
    tables += ["timeline_point", "timeline_total", "studied_outcome", "studied_claim"]
    tables += ["facet_count"]
    tables += ["search_index"] if session.connection.dialect.name == "postgresql" else []
    read = session.connection.exec_driver_sql
    return {
        name: {tuple(map(str, row)) for row in read(f"SELECT * FROM {name}")} for name in tables
    }


def _accepted_revisions_match(session: ReadSession) -> Iterator[str]:
    """Compare the revisions of accepted proposals with the revisions in the audit log."""
    stmt = select(m.Proposal.id, m.Proposal.revision).where(m.Proposal.state == State.ACCEPTED)
    in_proposals = {tuple(row) for row in session.execute(stmt)}
    changes = select(m.Change.proposal_id, m.Change.revision).where(
        m.Change.proposal_id.is_not(None)
    )
    in_log = {tuple(row) for row in session.execute(changes)}
    yield from (f"proposal and revision {pair} are half there" for pair in in_proposals ^ in_log)


def _file(session: ReadSession) -> Iterator[str]:
    for check in ("integrity_check", "foreign_key_check"):
        for row in session.connection.exec_driver_sql(f"PRAGMA {check}"):
            if row[0] != "ok":
                yield f"{check}: {row}"
