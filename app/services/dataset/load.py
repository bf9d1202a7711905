"""Load a checked dataset folder: write what differs from the store, in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import select, update

from app import models as m
from app.domain.curation import Action
from app.kit.progress import ProgressCallback
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.dataset.entry import DatasetError, Entry
from app.services.dataset.loaded_dataset import loaded_digest
from app.services.records import commit
from app.services.records.audit_log import ChangeAuthor
from app.services.records.input_models import full_dict
from app.services.records.lookup import RecordKey, record_ids, record_inputs_of
from app.services.records.record_edit import RecordEdit

LOADER = "kkb load"
MAX_WITHDRAWN = 0.1  # share of a collection that a load withdraws without `--allow-withdrawals`


class Source(Protocol):
    """Records to load: a dataset folder, or a larger synthetic dataset of the benchmarks.

    The records satisfy the rules of the dataset if `errors` is empty.
    """

    @property
    def release(self) -> str:
        """The name of the release, or "unreleased"."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the content, which identifies it."""

    @property
    def about(self) -> str:
        """The text of about.yaml, or ""."""

    @property
    def errors(self) -> Sequence[DatasetError]:
        """Violations of the rules of the dataset."""

    @property
    def entries(self) -> Iterable[Entry]:
        """The records, which may be regenerated on each iteration."""


class LocalChangesError(Exception):
    """Curators changed records since the last load, and loading the source would undo that."""

    def __init__(self, keys: list[RecordKey]) -> None:
        self.keys = keys
        listed = ", ".join("/".join(key) for key in keys[:5])
        rest = f" and {len(keys) - 5} more" if len(keys) > 5 else ""
        super().__init__(
            f"curators changed or added {listed}{rest}, and loading this folder would undo that."
            " Merge the two with `kkb export --dataset DIR`, which writes the store to a folder,"
            " or discard the curators' changes with `kkb load --replace`."
        )


class TooManyWithdrawalsError(Exception):
    """A load would withdraw more than `MAX_WITHDRAWN` of a collection."""

    def __init__(self, withdrawn: Mapping[str, Sequence[str]], stored: Mapping[str, int]) -> None:
        parts = []
        for collection, slugs in withdrawn.items():
            rest = ", …" if len(slugs) > 3 else ""
            listed = ", ".join(slugs[:3])
            parts.append(f"{len(slugs)} of {stored[collection]} {collection} ({listed}{rest})")
        super().__init__(
            f"this folder would withdraw {'; '.join(parts)}. Their addresses would answer 410 from"
            " then on. If no file is missing and they shall go, use `--allow-withdrawals`."
        )


def load(
    session: WriteSession,
    source: Source,
    progress: ProgressCallback | None = None,
    *,
    replace: bool = False,
    allow_withdrawals: bool = False,
) -> bool:
    """Make the records of the store those of a source; return whether any record changed.

    API keys, proposals and earlier audit log entries are preserved.

    Raises:
        LocalChangesError: It would undo changes of curators, and `replace` is not set.
        TooManyWithdrawalsError: It would withdraw more than `MAX_WITHDRAWN` of a collection, and
            `allow_withdrawals` is not set.
        RulesViolatedError: The database refuses a record.
    """
    if source.errors:
        raise ValueError("a folder with errors cannot be loaded")
    if loaded_digest(session) == source.digest and not replace:
        return False
    edits = SourceEdits(session, source)
    if not replace and (local_changes := _local_changes(session, edits)):
        raise LocalChangesError(local_changes)
    if not allow_withdrawals:
        edits.check_withdrawals()
    revision = commit.commit_edits(
        session, edits, ChangeAuthor(LOADER), validated=True, progress=progress
    )
    _save_source(session, source, revision)
    return revision is not None


class SourceEdits:
    """The edits of a load: every record of the source, and the withdrawal of every other one."""

    def __init__(self, session: ReadSession, source: Source) -> None:
        self.source = source
        stmt = select(m.Record.type, m.Record.slug).order_by(m.Record.type, m.Record.slug)
        stored = dict.fromkeys(
            (RESOURCES.by_record_type[k], slug) for k, slug in session.execute(stmt)
        )
        self.stored = Counter(resource.name for resource, _ in stored)
        for entry in source.entries if stored else ():
            stored.pop((entry.resource, entry.slug), None)
        self.withdrawn = [record for record in stored if not record[0].derived]

    def check_withdrawals(self) -> None:
        """Raise TooManyWithdrawalsError for more than `MAX_WITHDRAWN` of a collection."""
        withdrawn: dict[str, list[str]] = defaultdict(list)
        for resource, slug in self.withdrawn:
            withdrawn[resource.name].append(slug)
        if many := {
            name: slugs
            for name, slugs in withdrawn.items()
            if len(slugs) > MAX_WITHDRAWN * self.stored[name]
        }:
            raise TooManyWithdrawalsError(many, self.stored)

    def __iter__(self) -> Iterator[RecordEdit]:
        """Regenerate the edits on each iteration: a large source does not fit in memory."""
        why = f"Loaded with release {self.source.release}."
        for entry in self.source.entries:
            position = (entry.file, entry.position)
            yield RecordEdit(entry.resource, entry.slug, entry.draft, why, position=position)
        why = f"Not in the folder loaded with release {self.source.release}."
        for resource, slug in self.withdrawn:
            yield RecordEdit(resource, slug, None, why)


def _save_source(session: WriteSession, source: Source, revision: int | None) -> None:
    """Save the release, digest and about.yaml of the source that the store now equals.

    `loaded_revision` stays if no record changed.
    """
    values: dict[str, Any] = {"digest": source.digest, "release": source.release}
    values["about"] = source.about or None
    if revision is not None:
        values["loaded_revision"] = revision
    values["released_revision"] = commit.revision_of(session)
    session.execute(update(m.Dataset).values(values))


def _local_changes(session: ReadSession, edits: Iterable[RecordEdit]) -> list[RecordKey]:
    """Return the records that curators changed since the last load, if the edits differ.

    Records that curators ever added and the source lacks count, too: a load would withdraw them,
    and their URLs would answer 410.
    """
    loaded = session.execute(select(m.Dataset.loaded_revision)).scalar_one_or_none()
    stmt = select(m.Change.type, m.Change.slug, m.Change.revision, m.Change.action).where(
        m.Change.proposal_id.is_not(None)
    )
    changed, added = set(), set()
    for record_type, slug, revision, action in session.execute(stmt):
        key = (RESOURCES.by_record_type[record_type].name, slug)
        if revision > (loaded or 0):
            changed.add(key)
        if action is Action.CREATE:
            added.add(key)
    if not (changed or added):
        return []
    suspects = [e for e in edits if e.key in changed or (e.draft is None and e.key in added)]
    stored = record_inputs_of(session, record_ids(session, [edit.key for edit in suspects]))
    return [e.key for e in suspects if full_dict(e.draft) != full_dict(stored.get(e.key))]
