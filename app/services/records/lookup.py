"""Records in the store, as the write path needs them: their ids, their drafts, who names whom."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, select

from app import models as m
from app.kit.batching import batched
from app.kit.field_mapping import Attr, ObjectList, ReferenceList, SingleReference
from app.kit.repository import EXPORT_CHUNK_ROWS, Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.records import json_documents
from app.services.records.input_models import Draft, draft_of, written

LISTING = Repository(RESOURCES)
#: A record's collection and slug.
Name = tuple[str, str]


def ids_of(session: ReadSession, names: Iterable[Name]) -> dict[Name, int]:
    """The ids of the records that are there."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for collection, slug in names:
        wanted[collection].add(slug)
    found = {}
    for collection, slugs in wanted.items():
        for batch in batched(sorted(slugs), EXPORT_CHUNK_ROWS):
            stmt = select(m.Record.slug, m.Record.id).where(
                m.Record.type == RESOURCES[collection].kind, m.Record.slug.in_(batch)
            )
            found.update({(collection, slug): key for slug, key in session.execute(stmt)})
    return found


def drafts(session: ReadSession, resource: Resource, slugs: Iterable[str]) -> dict[str, Draft]:
    """slug → the draft that each record was written from; what is not there is left out."""
    found = {}
    for batch in batched(sorted(set(slugs)), EXPORT_CHUNK_ROWS):
        ids = ids_of(session, [(resource.name, slug) for slug in batch]).values()
        for row in json_documents.read(session, resource, list(ids)).values():
            found[row["slug"]] = draft_of(resource, row)
    return found


def drafts_of(session: ReadSession, ids: Mapping[Name, int]) -> dict[Name, Draft]:
    """The drafts of stored records, whose ids are given by collection and slug."""
    keys: dict[str, list[int]] = defaultdict(list)
    for (collection, _), key in ids.items():
        keys[collection].append(key)
    found = {}
    for collection, some in keys.items():
        resource = RESOURCES[collection]
        for batch in batched(some, EXPORT_CHUNK_ROWS):
            for row in json_documents.read(session, resource, batch).values():
                found[collection, row["slug"]] = draft_of(resource, row)
    return found


def all_drafts(session: ReadSession, resource: Resource) -> Iterator[Draft]:
    """Every draft of a collection, by slug."""
    query = RESOURCES.export_query(resource)()
    for chunk in LISTING.iter_documents(session, resource, query):
        yield from (draft_of(resource, from_json(document)) for document in chunk)


def changed_revision(session: ReadSession, resource: Resource, slug: str) -> int | None:
    """The revision that last changed a record; None where there is no such record."""
    stmt = select(m.Record.changed_revision).where(
        m.Record.type == resource.kind, m.Record.slug == slug
    )
    found: int | None = session.execute(stmt).scalar_one_or_none()
    return found


def named_by(session: ReadSession, resource: Resource, slug: str) -> list[Name]:
    """The written records that name a record, each once."""
    key = ids_of(session, [(resource.name, slug)]).get((resource.name, slug))
    if key is None:
        return []
    found = []
    for other in (r for r in RESOURCES.values() if not r.derived):
        for owner, column, where in _references(other, resource):
            stmt = select(m.Record.slug).join(column.class_, owner == m.Record.id)
            stmt = stmt.where(column == key)
            rows = session.execute(stmt.where(where) if where is not None else stmt)
            found += [(other.name, row[0]) for row in rows]
    return sorted(set(found))


def _references(
    resource: Resource, to: Resource
) -> Iterator[tuple[Attr, Attr, ColumnElement[bool] | None]]:
    """The columns by which one noun's records name those of another: owner's key, column, rows."""
    for part in resource.mapping.fields:
        marker: Any = part.marker
        if isinstance(marker, SingleReference) and to.name in _targets(marker):
            yield resource.key, marker.column, None
        elif isinstance(marker, ReferenceList) and written(part) and marker.to == to.name:
            yield marker.parent, marker.child, None
        elif isinstance(marker, ObjectList):
            for inner in resource.mapping.nested[part.name].fields:
                if isinstance(inner.marker, SingleReference) and to.name in _targets(inner.marker):
                    where = marker.where() if marker.where else None
                    yield marker.parent, inner.marker.column, where


def _targets(marker: SingleReference) -> Sequence[str]:
    return (marker.to,) if isinstance(marker.to, str) else marker.to
