"""Differences between two states of the records, and the changelog of a release.

Each state is read once and kept as one hash per record. Only the records of a page are read again,
to find the fields that differ.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from threading import Lock
from typing import Any

from cachetools import LRUCache
from pydantic_core import from_json, to_jsonable_python

from app.kit.batching import batched
from app.kit.raw_json import Row
from app.kit.repository import EXPORT_CHUNK_ROWS, Repository
from app.kit.sessions import ReadSession, Store
from app.resources import RESOURCES
from app.services.releases.manifest import ChangedRecord, Changelog, VerdictChange
from app.services.store.revision import DatasetRevision, current_revision

#: Collection → slug → BLAKE2b hash of the record's JSON document.
RecordHashes = dict[str, dict[str, bytes]]
VERDICTS = RESOURCES["verdicts"]
MAX_STATES = 8


class DifferenceKind(StrEnum):
    """How a record differs between the old and the new state."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class RecordDifference:
    """Record that differs between the two releases."""

    collection: str
    slug: str
    kind: DifferenceKind


@dataclass(frozen=True)
class ComparedSide:
    """One of the two states to compare."""

    session: ReadSession
    hashes: RecordHashes


class SnapshotCache:
    """LRU cache of the record hashes of recently compared states."""

    def __init__(self, repository: Repository) -> None:
        """Create an empty cache."""
        self.repository = repository
        self._hashes: LRUCache[DatasetRevision | None, RecordHashes] = LRUCache(MAX_STATES)
        self._lock = Lock()  # held while a state is read: waiting threads need the same one

    def side(self, session: ReadSession) -> ComparedSide:
        """Return the state that a session reads; its hashes are cached by revision."""
        revision = current_revision(session)
        with self._lock:
            if revision not in self._hashes:
                self._hashes[revision] = record_hashes(session, self.repository)
            return ComparedSide(session, self._hashes[revision])


def record_hashes(session: ReadSession, repository: Repository) -> RecordHashes:
    """Return the hash of every record's public JSON document."""
    hashes: RecordHashes = {}
    for name, resource in RESOURCES.items():
        everything = RESOURCES.export_query(resource)()
        hashes[name] = {
            from_json(document)["slug"]: blake2b(document, digest_size=16).digest()
            for chunk in repository.iter_documents(session, resource, everything)
            for document in chunk
        }
    return hashes


def find_changes(
    old: RecordHashes, new: RecordHashes, collections: Sequence[str]
) -> list[RecordDifference]:
    """Return the records that differ, by collection in the order of the catalogue, then by slug."""
    return [
        RecordDifference(name, slug, how)
        for name in RESOURCES
        if name in collections
        for slug in sorted(old[name].keys() | new[name].keys())
        if (how := _difference_kind(old[name].get(slug), new[name].get(slug)))
    ]


def _difference_kind(old: bytes | None, new: bytes | None) -> DifferenceKind | None:
    if old == new:
        return None
    if old is None:
        return DifferenceKind.ADDED
    return DifferenceKind.REMOVED if new is None else DifferenceKind.CHANGED


def render_changes(
    repository: Repository,
    old: ComparedSide,
    new: ComparedSide,
    changes: Sequence[RecordDifference],
) -> list[dict[str, Any]]:
    """Return changes as JSON, each with the record's name and the fields that differ."""
    before, after = (_records(repository, side, changes) for side in (old, new))
    out = []
    for change in changes:
        key = change.collection, change.slug
        before_row, after_row = before.get(key), after.get(key)
        shown = after_row or before_row
        assert shown is not None
        out.append(
            {
                "collection": change.collection,
                "slug": change.slug,
                "name": shown["name"],
                "difference": change.kind,
                "fields": list(_fields(before_row, after_row)) if before_row and after_row else [],
            }
        )
    return out


def _records(
    repository: Repository, side: ComparedSide, changes: Sequence[RecordDifference]
) -> dict[tuple[str, str], dict[str, Any]]:
    slugs_by_collection: dict[str, list[str]] = {}
    for change in changes:
        slugs_by_collection.setdefault(change.collection, []).append(change.slug)
    return {
        (name, slug): to_jsonable_python(row)
        for name, slugs in slugs_by_collection.items()
        for slug, row in _rows(repository, side.session, name, slugs)
    }


def _rows(
    repository: Repository,
    session: ReadSession,
    name: str,
    slugs: Sequence[str],
) -> Iterator[tuple[str, Row]]:
    for batch in batched(slugs, EXPORT_CHUNK_ROWS):
        for slug, (_, row) in repository.get_parsed(session, RESOURCES[name], batch).items():
            yield slug, row


def _fields(before_row: dict[str, Any], after_row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in after_row.items():
        if before_row[name] != value:
            yield {"field": name, "before": before_row[name], "after": value}


def verdict_changes(
    repository: Repository, old: ComparedSide, new: ComparedSide
) -> list[dict[str, Any]]:
    """Return the claims in both states whose verdict or certainty differs."""
    differing = find_changes(old.hashes, new.hashes, [VERDICTS.name])
    slugs = [change.slug for change in differing if change.kind is DifferenceKind.CHANGED]
    before, after = (
        dict(_rows(repository, side.session, VERDICTS.name, slugs)) for side in (old, new)
    )
    return [
        {"claim": after[slug]["claim"]["slug"], "before": before_row, "after": after_row}
        for slug in slugs
        if (before_row := _verdict_summary(before[slug]))
        != (after_row := _verdict_summary(after[slug]))
    ]


def _verdict_summary(row: Row) -> dict[str, Any]:
    return {"verdict": row["verdict"], "certainty": row["certainty"]}


def build_changelog(repository: Repository, previous: Store, session: ReadSession) -> Changelog:
    """Return the differences from the previous release to the records that `session` reads."""
    with previous.read() as before:
        old = ComparedSide(before, record_hashes(before, repository))
        new = ComparedSide(session, record_hashes(session, repository))
        differences = find_changes(old.hashes, new.hashes, list(RESOURCES))
        added: dict[str, list[str]] = defaultdict(list)
        changed: dict[str, list[ChangedRecord]] = defaultdict(list)
        withdrawn: dict[str, list[str]] = defaultdict(list)
        for change in render_changes(repository, old, new, differences):
            name, slug = change["collection"], change["slug"]
            if change["difference"] is DifferenceKind.ADDED:
                added[name].append(slug)
            elif change["difference"] is DifferenceKind.REMOVED:
                withdrawn[name].append(slug)
            else:
                fields = [field["field"] for field in change["fields"]]
                changed[name].append(ChangedRecord(slug=slug, fields=fields))
        verdicts = [
            VerdictChange.model_validate(change) for change in verdict_changes(repository, old, new)
        ]
    return Changelog(added=added, changed=changed, withdrawn=withdrawn, verdicts=verdicts)
