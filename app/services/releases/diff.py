"""Comparing: what differs between two states of the records, field by field.

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
from app.services.bootstrap import DatasetRevision, current_revision

#: collection → slug → print
Prints = dict[str, dict[str, bytes]]
VERDICTS = RESOURCES["verdicts"]
MAX_STATES = 8


class Difference(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Change:
    """A record that is not the same on both sides."""

    collection: str
    slug: str
    difference: Difference


@dataclass(frozen=True)
class Side:
    """One of the two states that are compared."""

    session: ReadSession
    prints: Prints


class Comparisons:
    """The prints of the states that were compared last."""

    def __init__(self, listing: Repository) -> None:
        self.listing = listing
        self._prints: LRUCache[DatasetRevision | None, Prints] = LRUCache(MAX_STATES)
        self._lock = Lock()  # held while a state is read: whoever waits would read the same

    def side(self, session: ReadSession) -> Side:
        revision = current_revision(session)
        with self._lock:
            if revision not in self._prints:
                self._prints[revision] = prints(session, self.listing)
            return Side(session, self._prints[revision])


def prints(session: ReadSession, listing: Repository) -> Prints:
    """A print of every record, of all that the world sees of it."""
    found: Prints = {}
    for name, resource in RESOURCES.items():
        everything = RESOURCES.export_query(resource)()
        found[name] = {
            from_json(document)["slug"]: blake2b(document, digest_size=16).digest()
            for chunk in listing.iter_documents(session, resource, everything)
            for document in chunk
        }
    return found


def changes(old: Prints, new: Prints, collections: Sequence[str]) -> list[Change]:
    """Every record that differs, by collection in the catalogue's order, then by slug."""
    return [
        Change(name, slug, how)
        for name in RESOURCES
        if name in collections
        for slug in sorted(old[name].keys() | new[name].keys())
        if (how := _how(old[name].get(slug), new[name].get(slug)))
    ]


def _how(old: bytes | None, new: bytes | None) -> Difference | None:
    if old == new:
        return None
    if old is None:
        return Difference.ADDED
    return Difference.REMOVED if new is None else Difference.CHANGED


def told(
    listing: Repository, old: Side, new: Side, found: Sequence[Change]
) -> list[dict[str, Any]]:
    """The changes as they are shown: each with the record's name and the fields that differ."""
    before, after = (_records(listing, side, found) for side in (old, new))
    out = []
    for change in found:
        key = change.collection, change.slug
        was, became = before.get(key), after.get(key)
        shown = became or was
        assert shown is not None
        out.append(
            {
                "collection": change.collection,
                "slug": change.slug,
                "name": shown["name"],
                "difference": change.difference,
                "fields": list(_fields(was, became)) if was and became else [],
            }
        )
    return out


def _records(
    listing: Repository, side: Side, found: Sequence[Change]
) -> dict[tuple[str, str], dict[str, Any]]:
    wanted: dict[str, list[str]] = {}
    for change in found:
        wanted.setdefault(change.collection, []).append(change.slug)
    return {
        (name, slug): to_jsonable_python(row)
        for name, slugs in wanted.items()
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


def verdict_changes(listing: Repository, old: Side, new: Side) -> list[dict[str, Any]]:
    """Claims on both sides whose verdict, or its certainty, differs."""
    moved = changes(old.prints, new.prints, [VERDICTS.name])
    slugs = [change.slug for change in moved if change.difference is Difference.CHANGED]
    before, after = (
        dict(_rows(listing, side.session, VERDICTS.name, slugs)) for side in (old, new)
    )
    return [
        {"claim": after[slug]["claim"]["slug"], "before": was, "after": became}
        for slug in slugs
        if (was := _stand(before[slug])) != (became := _stand(after[slug]))
    ]


def _stand(row: Row) -> dict[str, Any]:
    return {"verdict": row["verdict"], "certainty": row["certainty"]}
