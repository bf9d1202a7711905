"""Lookups for the write path: ids, current inputs, referrers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from app import models as m
from app.kit.batching import batched
from app.kit.field_mapping import Attr, Column, ObjectList, ReferenceList, SingleReference
from app.kit.repository import EXPORT_CHUNK_ROWS, Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.records import json_documents
from app.services.records.input_models import (
    RecordInput,
    input_from_record,
    is_input,
    object_input,
    slugs_in_object,
)

REPOSITORY = Repository(RESOURCES)
#: A record's collection and slug.
RecordKey = tuple[str, str]


def record_ids(session: ReadSession, names: Iterable[RecordKey]) -> dict[RecordKey, int]:
    """Return the ids of those records that exist."""
    slugs_by_collection: dict[str, set[str]] = defaultdict(set)
    for collection, slug in names:
        slugs_by_collection[collection].add(slug)
    ids = {}
    for collection, slugs in slugs_by_collection.items():
        for batch in batched(sorted(slugs), EXPORT_CHUNK_ROWS):
            stmt = select(m.Record.slug, m.Record.id).where(
                m.Record.type == RESOURCES[collection].record_type, m.Record.slug.in_(batch)
            )
            ids.update({(collection, slug): key for slug, key in session.execute(stmt)})
    return ids


def record_inputs(
    session: ReadSession, resource: Resource, slugs: Iterable[str]
) -> dict[str, RecordInput]:
    """Return the inputs of records by slug, without those that do not exist."""
    inputs = {}
    for batch in batched(sorted(set(slugs)), EXPORT_CHUNK_ROWS):
        ids = record_ids(session, [(resource.name, slug) for slug in batch]).values()
        rows = json_documents.read_documents(session, resource, list(ids), as_input=True)
        for row in rows.values():
            inputs[row["slug"]] = input_from_record(resource, row)
    return inputs


def record_inputs_of(
    session: ReadSession, ids: Mapping[RecordKey, int]
) -> dict[RecordKey, RecordInput]:
    """Return the inputs of stored records, given their ids by collection and slug."""
    keys: dict[str, list[int]] = defaultdict(list)
    for (collection, _), key in ids.items():
        keys[collection].append(key)
    inputs = {}
    for collection, slugs in keys.items():
        resource = RESOURCES[collection]
        for batch in batched(slugs, EXPORT_CHUNK_ROWS):
            rows = json_documents.read_documents(session, resource, batch, as_input=True)
            for row in rows.values():
                inputs[collection, row["slug"]] = input_from_record(resource, row)
    return inputs


def all_record_inputs(session: ReadSession, resource: Resource) -> Iterator[RecordInput]:
    """Yield the input of every record of a collection, ordered by slug."""
    stmt = select(m.Record.id).where(m.Record.type == resource.record_type)
    ids = session.execute(stmt.order_by(m.Record.slug)).scalars().all()
    for batch in batched(ids, EXPORT_CHUNK_ROWS):
        rows = json_documents.read_documents(session, resource, batch, as_input=True)
        yield from (input_from_record(resource, rows[key]) for key in batch)


def changed_revision(session: ReadSession, resource: Resource, slug: str) -> int | None:
    """Return the revision that last changed a record; None if there is no such record."""
    stmt = select(m.Record.changed_revision).where(
        m.Record.type == resource.record_type, m.Record.slug == slug
    )
    revision: int | None = session.execute(stmt).scalar_one_or_none()
    return revision


def referrers(session: ReadSession, resource: Resource, slug: str) -> list[RecordKey]:
    """Return the records, derived ones aside, that refer to a record; each once."""
    return sorted(set(_iterate_referrers(session, resource, slug)))


def has_referrers(session: ReadSession, resource: Resource, slug: str) -> bool:
    """Return whether a record that is not derived refers to a record."""
    return any(True for _ in _iterate_referrers(session, resource, slug))


def _iterate_referrers(session: ReadSession, resource: Resource, slug: str) -> Iterator[RecordKey]:
    """Yield a referrer for each reference, those that are found without reading JSON first."""
    key = record_ids(session, [(resource.name, slug)]).get((resource.name, slug))
    if key is None:
        return
    others = [other for other in RESOURCES.values() if not other.derived]
    for other in others:
        for owner, column, where in _references(other, resource):
            stmt = select(m.Record.slug).join(column.class_, owner == m.Record.id)
            stmt = stmt.where(column == key)
            rows = session.execute(stmt if where is None else stmt.where(where)).all()
            yield from ((other.name, row[0]) for row in rows)
    for other in others:
        yield from _referring_objects(session, other, resource, slug)


def _referring_objects(
    session: ReadSession, other: Resource, to: Resource, slug: str
) -> Iterator[RecordKey]:
    """Yield the records of a collection that refer to a record in the object of a JSON column."""
    for field in other.mapping.fields:
        if field.object_model is None or not isinstance(field.marker, Column):
            continue
        read = object_input(field.object_model)
        stmt = select(m.Record.slug, field.marker.column).join(
            field.marker.column.class_, other.key == m.Record.id
        )
        for owner, value in session.execute(stmt):
            if value is not None and any(
                named == slug and to.name in collections
                for collections, named, _ in slugs_in_object(
                    field.object_model, read.model_validate(value), ()
                )
            ):
                yield other.name, owner


def _references(
    resource: Resource, to: Resource
) -> Iterator[tuple[Attr, Attr, ColumnElement[bool] | None]]:
    """Yield the columns of one collection that refer to another.

    Each comes with the column of the referring record's id, and a condition on the rows.
    """
    for field in resource.mapping.fields:
        marker: Any = field.marker
        if isinstance(marker, SingleReference) and to.name in marker.targets:
            yield resource.key, marker.column, None
        elif isinstance(marker, ReferenceList) and is_input(field) and marker.to == to.name:
            yield marker.parent, marker.child, None
        elif isinstance(marker, ObjectList):
            for inner in resource.mapping.nested[field.name].fields:
                if isinstance(inner.marker, SingleReference) and to.name in inner.marker.targets:
                    where = marker.where() if marker.where else None
                    yield marker.parent, inner.marker.column, where
