"""Difference between two states of the records, field by field.

A state is read once and remembered as one print per record; only the records of a page are then
read again, to say in which fields they differ.
"""

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
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.store.revision import DatasetRevision, current_revision

#: collection → slug → print
RecordHashes = dict[str, dict[str, bytes]]
VERDICTS = RESOURCES["verdicts"]
MAX_STATES = 8


class DifferenceKind(StrEnum):
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
    """One of the two states that are compared."""

    session: ReadSession
    hashes: RecordHashes


class SnapshotCache:
    """The prints of the states that were compared last."""

    def __init__(self, listing: Repository) -> None:
        self.listing = listing
        self._prints: LRUCache[DatasetRevision | None, RecordHashes] = LRUCache(MAX_STATES)
        self._lock = Lock()  # held while a state is read: whoever waits would read the same

    def side(self, session: ReadSession) -> ComparedSide:
        revision = current_revision(session)
        with self._lock:
            if revision not in self._prints:
                self._prints[revision] = record_hashes(session, self.listing)
            return ComparedSide(session, self._prints[revision])


def record_hashes(session: ReadSession, listing: Repository) -> RecordHashes:
    """A print of every record, of all that the world sees of it."""
    hashes: RecordHashes = {}
    for name, resource in RESOURCES.items():
        everything = RESOURCES.export_query(resource)()
        hashes[name] = {
            from_json(document)["slug"]: blake2b(document, digest_size=16).digest()
            for chunk in listing.iter_documents(session, resource, everything)
            for document in chunk
        }
    return hashes


def find_changes(
    old: RecordHashes, new: RecordHashes, collections: Sequence[str]
) -> list[RecordDifference]:
    """Every record that differs, by collection in the catalogue's order, then by slug."""
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
    listing: Repository, old: ComparedSide, new: ComparedSide, changes: Sequence[RecordDifference]
) -> list[dict[str, Any]]:
    """The changes as they are shown: each with the record's name and the fields that differ."""
    before, after = (_records(listing, side, changes) for side in (old, new))
    out = []
    for change in changes:
        key = change.collection, change.slug
        was, became = before.get(key), after.get(key)
        shown = became or was
        assert shown is not None
        out.append(
            {
                "collection": change.collection,
                "slug": change.slug,
                "name": shown["name"],
                "difference": change.kind,
                "fields": list(_fields(was, became)) if was and became else [],
            }
        )
    return out


def _records(
    listing: Repository, side: ComparedSide, changes: Sequence[RecordDifference]
) -> dict[tuple[str, str], dict[str, Any]]:
    slugs_by_collection: dict[str, list[str]] = {}
    for change in changes:
        slugs_by_collection.setdefault(change.collection, []).append(change.slug)
    return {
        (name, slug): to_jsonable_python(row)
        for name, slugs in slugs_by_collection.items()
        for slug, row in _rows(listing, side.session, name, slugs)
    }


def _rows(
    listing: Repository,
    session: ReadSession,
    name: str,
    slugs: Sequence[str],
) -> Iterator[tuple[str, Row]]:
    for batch in batched(slugs, EXPORT_CHUNK_ROWS):
        for slug, (_, row) in listing.get_parsed(session, RESOURCES[name], batch).items():
            yield slug, row


def _fields(was: dict[str, Any], became: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in became.items():
        if was[name] != value:
            yield {"field": name, "before": was[name], "after": value}


def verdict_changes(
    listing: Repository, old: ComparedSide, new: ComparedSide
) -> list[dict[str, Any]]:
    """Claims on both sides whose verdict, or its certainty, differs."""
    moved = find_changes(old.hashes, new.hashes, [VERDICTS.name])
    slugs = [change.slug for change in moved if change.kind is DifferenceKind.CHANGED]
    before, after = (
        dict(_rows(listing, side.session, VERDICTS.name, slugs)) for side in (old, new)
    )
    return [
        {"claim": after[slug]["claim"]["slug"], "before": was, "after": became}
        for slug in slugs
        if (was := _verdict_summary(before[slug])) != (became := _verdict_summary(after[slug]))
    ]


def _verdict_summary(row: Row) -> dict[str, Any]:
    return {"verdict": row["verdict"], "certainty": row["certainty"]}
