"""Read models: JSON documents, search entries, points of the timeline and studied outcomes.

They are derived from the tables, and refreshed in the transaction that writes those.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from pydantic_core import from_json
from sqlalchemy import delete, func, select, update

from app import __version__
from app import models as m
from app.kit.batching import batched
from app.kit.export_formats import LINE_VERSION
from app.kit.field_mapping import (
    Attr,
    DerivedColumn,
    ObjectList,
    RecordMapping,
    ReferenceList,
    SingleReference,
)
from app.kit.progress import ProgressCallback
from app.kit.raw_json import Row
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.kit.source_digest import source_digest
from app.resources import RESOURCES
from app.services.records import facet_counts, json_documents, overviews
from app.services.search import indexer

CHUNK = 2000  # records
VERDICT_CHUNK = 100  # verdicts and conflicts: one may have a thousand ledger lines


def _signature(mapping: RecordMapping) -> Iterator[str]:
    for field in mapping.fields:
        shown = (
            field.marker.shown if isinstance(field.marker, SingleReference | ReferenceList) else ()
        )
        yield " ".join([field.name, type(field.marker).__name__, *shown])
        if isinstance(field.marker, ObjectList):
            yield from _signature(mapping.nested[field.name])


def _shown_fields(mapping: RecordMapping) -> Iterator[str]:
    """Yield the fields of other records that the references in a mapping show."""
    for field in mapping.fields:
        if isinstance(field.marker, SingleReference | ReferenceList):
            yield from field.marker.shown
        elif isinstance(field.marker, ObjectList):
            yield from _shown_fields(mapping.nested[field.name])


#: The parts of the package whose code computes what is stored.
COMPUTING = ("domain", "kit", "models", "resources", "services")
#: Changes with the fields of any collection: documents with other fields cannot be read.
FIELDS_DIGEST = sha256(
    repr(
        [
            LINE_VERSION,
            *(list(_signature(r.mapping)) for r in RESOURCES.values()),
            facet_counts.stored_facet_names(),
        ]
    ).encode()
).hexdigest()[:16]
#: Fields of a record that the documents of other records show.
SHOWN_FIELDS = {"name"}.union(*(_shown_fields(r.mapping) for r in RESOURCES.values()))


@cache
def document_version() -> str:
    """Return what identifies the software that computes verdicts, documents and search entries.

    That is its version, a digest of its source, and the digest of the declared fields.
    """
    package = Path(__file__).parents[2]
    source = source_digest(*(package / part for part in COMPUTING))
    return f"{__version__}+{source}.{FIELDS_DIGEST}"


def is_current(session: ReadSession) -> bool:
    """Return whether documents and search index were built by just this software."""
    return _stored_version(session) == document_version() and indexer.is_current(session)


def is_readable(session: ReadSession) -> bool:
    """Return whether documents and search index have the form that this software reads.

    Releases are read as they were published, whichever software built them.
    """
    fields = (_stored_version(session) or "").rpartition(".")[2]
    return fields == FIELDS_DIGEST and indexer.is_current(session)


def _stored_version(session: ReadSession) -> str | None:
    return session.execute(select(m.Dataset.document_version)).scalar_one_or_none()


def rebuild(session: WriteSession, progress: ProgressCallback | None = None) -> None:
    """Rebuild all read models."""
    session.execute(delete(m.Document))
    total, done = session.execute(select(func.count()).select_from(m.Record)).scalar_one(), 0
    index = indexer.FullReindex(session)
    for resource in RESOURCES.values():
        is_of_claim = resource.derived and not resource.rows
        for ids in _id_chunks(session, resource.key, VERDICT_CHUNK if is_of_claim else CHUNK):
            index.add(resource, json_documents.write_documents(session, resource, ids))
            done += len(ids)
            if progress:
                progress(done, total)
    index.finish()
    overviews.rebuild(session)
    facet_counts.rebuild(session)
    session.execute(update(m.Dataset).values(document_version=document_version()))


def refresh(session: WriteSession, record_ids: Iterable[int]) -> None:
    """Refresh the read models of written or deleted records, and of records that show them."""
    requested = set(record_ids)
    # The owners of derived fields change without being written: a claim, with its verdict.
    # So does a note whose estimate is computed again, because its study has changed.
    changed = requested | _owners_of_derived_fields(session, requested)
    changed |= _owners_of_rows(session, requested)
    before = stored_documents(session, changed)
    after = _rewrite_documents(session, changed)
    shown_differently = {
        key
        for key in after
        if key in before and any(before[key].get(n) != after[key].get(n) for n in SHOWN_FIELDS)
    }
    dependents = _referrers(session, shown_differently)
    dependents |= _reverse_referrers(session, requested, before)
    dependents -= changed
    _rewrite_documents(session, dependents)
    indexer.reindex(session, changed | dependents)
    overviews.refresh(session, changed, before, after)


def stored_documents(session: ReadSession, ids: Iterable[int]) -> dict[int, Row]:
    """Return the stored documents of records by id, with those of records just deleted."""
    documents: dict[int, Row] = {}
    for batch in batched(sorted(ids), CHUNK):
        stmt = select(m.Document.id, m.Document.body).where(m.Document.id.in_(batch))
        documents.update((key, from_json(body)) for key, body in session.execute(stmt))
    return documents


def _rewrite_documents(session: WriteSession, ids: set[int]) -> dict[int, Row]:
    documents: dict[int, Row] = {}
    for batch in batched(sorted(ids), CHUNK):
        session.execute(delete(m.Document).where(m.Document.id.in_(batch)))
        ids_by_resource: dict[Resource, list[int]] = defaultdict(list)
        stmt = select(m.Record.type, m.Record.id).where(m.Record.id.in_(batch))
        for record_type, key in session.execute(stmt):
            ids_by_resource[RESOURCES.by_record_type[record_type]].append(key)
        for resource, keys in ids_by_resource.items():
            documents |= json_documents.write_documents(session, resource, keys)
    return documents


def _referrers(session: ReadSession, ids: set[int]) -> set[int]:
    """Return the ids of records that show the name of any of these."""
    referrers: set[int] = set()
    for batch in batched(sorted(ids), CHUNK):
        types = select(m.Record.type).where(m.Record.id.in_(batch)).distinct()
        targets = {RESOURCES.by_record_type[name].name for name in session.execute(types).scalars()}
        for resource in RESOURCES.values():
            for owner, column in _reference_columns(resource.mapping, resource.key, targets):
                # A row may be in no list of this kind: an act of drug control has no indication.
                stmt = select(owner).where(column.in_(batch), owner.is_not(None))
                referrers.update(session.execute(stmt).scalars())
    return referrers


def _reference_columns(
    mapping: RecordMapping, key: Attr, targets: set[str]
) -> Iterator[tuple[Attr, Attr]]:
    """Yield the columns of referring and referenced ids, of references to some collections."""
    for field in mapping.fields:
        marker = field.marker
        if isinstance(marker, SingleReference):
            if not targets.isdisjoint(marker.targets):
                yield key, marker.column
        elif isinstance(marker, ReferenceList):
            if marker.to in targets:
                yield marker.parent, marker.child
        elif isinstance(marker, ObjectList):
            yield from _reference_columns(mapping.nested[field.name], marker.parent, targets)


def _reverse_referrers(session: ReadSession, ids: set[int], before: Mapping[int, Row]) -> set[int]:
    """Return the ids of records that show references owned by these, now and before the write."""
    referenced: set[int] = set()
    for resource in RESOURCES.values():
        for field in resource.mapping.fields:
            marker = field.marker
            if not (isinstance(marker, ReferenceList) and marker.owned_by_other_side):
                continue
            for batch in batched(sorted(ids), CHUNK):
                linked = select(marker.parent).where(marker.child.in_(batch))
                referenced.update(session.execute(linked).scalars())
            slugs = {slug for row in before.values() for slug in _linked_slugs(marker, row)}
            known = select(m.Record.id).where(m.Record.type == resource.record_type)
            for names in batched(sorted(slugs), CHUNK):
                referenced.update(session.execute(known.where(m.Record.slug.in_(names))).scalars())
    return referenced


def _owners_of_derived_fields(session: ReadSession, ids: set[int]) -> set[int]:
    """Return the ids of records that show values of these, which are derived records."""
    owners = {
        field.marker.owner
        for resource in RESOURCES.values()
        for field in resource.mapping.fields
        if isinstance(field.marker, DerivedColumn)
    }
    owner_ids: set[int] = set()
    for owner in owners:
        (key,) = owner.class_.__table__.primary_key
        for batch in batched(sorted(ids), CHUNK):
            owner_ids.update(session.execute(select(owner).where(key.in_(batch))).scalars())
    return owner_ids


def _owners_of_rows(session: ReadSession, ids: set[int]) -> set[int]:
    """Return the ids of records in whose lists these are rows."""
    owner_ids: set[int] = set()
    for collection, lists in RESOURCES.row_lists.items():
        for rows in lists:
            marker = RESOURCES[collection].mapping.by_name[rows.field].marker
            assert isinstance(marker, ObjectList)
            for batch in batched(sorted(ids), CHUNK):
                owners = select(marker.parent).where(
                    rows.to.key.in_(batch), marker.parent.is_not(None)
                )
                owner_ids.update(session.execute(owners).scalars())
    return owner_ids


def _linked_slugs(reference_list: ReferenceList, row: Row) -> Iterator[str]:
    """Yield the slugs in the field of an owner's document that is shown from the other side.

    A document does not state its collection, and a field of another one may have the same name:
    what is no list of references there is passed over.
    """
    for field in RESOURCES[reference_list.to].mapping.fields:
        if isinstance(field.marker, ReferenceList) and field.marker.parent is reference_list.child:
            yield from (ref["slug"] for ref in row.get(field.name, ()) if "slug" in ref)


def _id_chunks(session: ReadSession, key: Attr, limit: int) -> Iterator[list[int]]:
    after = 0
    while ids := list(
        session.execute(select(key).where(key > after).order_by(key).limit(limit)).scalars()
    ):
        yield ids
        after = ids[-1]
