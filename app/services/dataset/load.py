"""Load a checked dataset folder: write what differs from the store, in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import select, update

from app import models as m
from app.domain.curation import Action
from app.domain.verdicts.rule import RULE_VERSION
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.dataset.folder import DatasetError, Entry, Folder
from app.services.records import commit, read_models
from app.services.records.audit_log import ChangeAuthor
from app.services.records.edits import Edit, Progress, RulesViolatedError
from app.services.records.input_models import full_dict
from app.services.records.lookup import RecordKey, record_ids, record_inputs_of

LOADER = "kkb load"


class Source(Protocol):
    """What is loaded: a dataset folder, or a larger one made up for measurements.

    Its entries satisfy the rules of the dataset; `errors` is what does not.
    """

    @property
    def release(self) -> str: ...

    @property
    def digest(self) -> str: ...

    @property
    def about(self) -> str: ...

    @property
    def errors(self) -> Sequence[DatasetError]: ...

    @property
    def entries(self) -> Iterable[Entry]: ...


class LocalChangesError(Exception):
    """Curators changed records since the last load, and the folder would undo it."""

    def __init__(self, names: list[RecordKey]) -> None:
        self.names = names
        listed = ", ".join("/".join(name) for name in names[:5])
        rest = f" and {len(names) - 5} more" if len(names) > 5 else ""
        super().__init__(
            f"curators changed or added {listed}{rest}, and this folder would undo it."
            " `kkb export --dataset DIR` writes the store to a folder, to merge the two;"
            " `kkb load --replace` undoes it."
        )


def loaded_digest(session: ReadSession) -> str | None:
    """The digest of the dataset in the store, or None where it is empty."""
    return session.execute(select(m.Dataset.digest)).scalar_one_or_none()


def load(
    session: WriteSession,
    source: Source,
    progress: Progress | None = None,
    *,
    replace: bool = False,
) -> bool:
    """Bring the store's records to the source's; False where nothing of them changes.

    Keys, proposals and the audit log stay.

    Raises:
        LocalChangesError: It would undo a curator's work, and `replace` is not set.
        RulesViolatedError: The database refuses a record.
    """
    if source.errors:
        raise ValueError("a folder with faults is not loaded")
    rule_has_changed = _has_verdicts_of_another_rule(session)
    is_loaded = loaded_digest(session) == source.digest and not replace
    if is_loaded and not rule_has_changed:
        if not read_models.is_current(session):
            read_models.rebuild(session)
        return False
    edits = () if is_loaded else SourceEdits(session, source)
    if not replace and (ahead := _local_changes(session, edits)):
        raise LocalChangesError(ahead)
    revision = commit.commit_edits(
        session,
        edits,
        ChangeAuthor(LOADER),
        validated=True,
        recompute_verdicts=rule_has_changed,
        progress=progress,
    )
    _save_name(session, source, revision)
    return revision is not None


class SourceEdits:
    """Every record of a source, and the withdrawal of every other one that the store holds."""

    def __init__(self, session: ReadSession, source: Source) -> None:
        self.source = source
        stmt = select(m.Record.type, m.Record.slug).order_by(m.Record.type, m.Record.slug)
        stored = dict.fromkeys((RESOURCES.by_kind[k], slug) for k, slug in session.execute(stmt))
        for entry in source.entries if stored else ():
            stored.pop((entry.resource, entry.slug), None)
        self.withdrawn = [record for record in stored if not record[0].derived]

    def __iter__(self) -> Iterator[Edit]:
        why = f"Loaded with release {self.source.release}."
        for entry in self.source.entries:
            position = (entry.file, entry.position)
            yield Edit(entry.resource, entry.slug, entry.draft, why, position=position)
        why = f"Not in the folder loaded with release {self.source.release}."
        for resource, slug in self.withdrawn:
            yield Edit(resource, slug, None, why)


def _save_name(session: WriteSession, source: Source, revision: int | None) -> None:
    """What the store holds now, as the folder calls it; what wrote no record was no load."""
    values: dict[str, Any] = {"digest": source.digest, "release": source.release}
    values["about"] = source.about or None
    if revision is not None:
        values["loaded_revision"] = revision
    session.execute(update(m.Dataset).values(values))


def _has_verdicts_of_another_rule(session: ReadSession) -> bool:
    stmt = select(m.Verdict.id).where(m.Verdict.rule_version != RULE_VERSION).limit(1)
    return session.execute(stmt).scalar_one_or_none() is not None


def _local_changes(session: ReadSession, edits: Iterable[Edit]) -> list[RecordKey]:
    """The records that curators changed since the last load, and the folder has otherwise.

    And whatever they ever added, and the folder has not: withdrawing it would end its address.
    """
    loaded = session.execute(select(m.Dataset.loaded_revision)).scalar_one_or_none()
    stmt = select(m.Change.type, m.Change.slug, m.Change.revision, m.Change.action).where(
        m.Change.proposal_id.is_not(None)
    )
    changed, added = set(), set()
    for kind, slug, revision, action in session.execute(stmt):
        name = (RESOURCES.by_kind[kind].name, slug)
        if revision > (loaded or 0):
            changed.add(name)
        if action is Action.CREATE:
            added.add(name)
    if not (changed or added):
        return []
    suspects = [e for e in edits if e.name in changed or (e.draft is None and e.name in added)]
    stored = record_inputs_of(session, record_ids(session, [edit.name for edit in suspects]))
    return [e.name for e in suspects if full_dict(e.draft) != full_dict(stored.get(e.name))]


def database_errors(session: WriteSession, folder: Folder) -> list[DatasetError]:
    """What the database's own rules refuse, tried in an empty store."""
    entries = {(entry.resource.name, entry.slug): entry for entry in folder.entries}
    try:
        load(session, folder)
    except RulesViolatedError as error:
        errors = []
        for flaw in error.violations:
            entry = entries[flaw.resource.name, flaw.slug]
            errors.append(DatasetError(entry.file, entry.line(*flaw.path), flaw.message))
        return errors
    return []
