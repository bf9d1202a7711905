"""Read models: JSON documents and search entries, refreshed with each write.

All of it follows from the tables, in the transaction that wrote them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256

from pydantic_core import from_json
from sqlalchemy import delete, func, select, update

from app import models as m
from app.kit.batching import batched
from app.kit.field_mapping import Attr, ObjectList, RecordMapping, ReferenceList, SingleReference
from app.kit.raw_json import Row
from app.kit.resource import Resource
from app.kit.sessions import ReadSession, WriteSession
from app.resources import RESOURCES
from app.services.records import json_documents
from app.services.search import indexer

CHUNK = 2000
DERIVED_CHUNK = 100  # of what is derived: a verdict may have a thousand lines
Progress = Callable[[int, int], None]


def _signature(shape: RecordMapping) -> Iterator[str]:
    for part in shape.fields:
        yield f"{part.name} {type(part.marker).__name__}"
        if isinstance(part.marker, ObjectList):
            yield from _signature(shape.nested[part.name])


#: Moves with the fields of any noun: documents of another version are written anew.
DOCUMENT_VERSION = sha256(
    repr([list(_signature(r.mapping)) for r in RESOURCES.values()]).encode()
).hexdigest()[:16]


def is_current(session: ReadSession) -> bool:
    """Whether what is kept was written by this version."""
    version = session.execute(select(m.Dataset.document_version)).scalar_one_or_none()
    return version == DOCUMENT_VERSION and indexer.is_current(session)


def rebuild(session: WriteSession, progress: Progress | None = None) -> None:
    """Write everything anew."""
    session.execute(delete(m.Document))
    total, done = session.execute(select(func.count()).select_from(m.Record)).scalar_one(), 0
    index = indexer.FullReindex(session)
    for resource in RESOURCES.values():
        for ids in _id_chunks(session, resource.key, DERIVED_CHUNK if resource.derived else CHUNK):
            index.add(resource, json_documents.write_documents(session, resource, ids))
            done += len(ids)
            if progress:
                progress(done, total)
    index.finish()
    session.execute(update(m.Dataset).values(document_version=DOCUMENT_VERSION))


def refresh(session: WriteSession, record_ids: Iterable[int]) -> None:
    """What some records, written or deleted just now, ask for; those that show them included."""
    requested = set(record_ids)
    before = stored_documents(session, requested)
    after = _rewrite_documents(session, requested)
    renamed = {key for key in after if key in before and before[key]["name"] != after[key]["name"]}
    dependents = (
        _referrers(session, renamed) | _reverse_referrers(session, requested, before)
    ) - requested
    _rewrite_documents(session, dependents)
    indexer.reindex(session, requested | dependents)


def stored_documents(session: ReadSession, ids: Iterable[int]) -> dict[int, Row]:
    """The documents of records by id, to be looked into; of those that are gone, too."""
    documents: dict[int, Row] = {}
    for batch in batched(sorted(ids), CHUNK):
        stmt = select(m.Document.id, m.Document.body).where(m.Document.id.in_(batch))
        documents.update((key, from_json(body)) for key, body in session.execute(stmt))
    return documents


def _rewrite_documents(session: WriteSession, ids: set[int]) -> dict[int, Row]:
    documents: dict[int, Row] = {}
    for batch in batched(sorted(ids), CHUNK):
        session.execute(delete(m.Document).where(m.Document.id.in_(batch)))
        kinds: dict[Resource, list[int]] = defaultdict(list)
        stmt = select(m.Record.type, m.Record.id).where(m.Record.id.in_(batch))
        for kind, key in session.execute(stmt):
            kinds[RESOURCES.by_kind[kind]].append(key)
        for resource, keys in kinds.items():
            documents |= json_documents.write_documents(session, resource, keys)
    return documents


def _referrers(session: ReadSession, ids: set[int]) -> set[int]:
    """The records that show any of these by name."""
    referrers: set[int] = set()
    for resource in RESOURCES.values() if ids else ():
        for owner, column in _reference_columns(resource.mapping, resource.key):
            for batch in batched(sorted(ids), CHUNK):
                referrers.update(session.execute(select(owner).where(column.in_(batch))).scalars())
    return referrers


def _reference_columns(shape: RecordMapping, key: Attr) -> Iterator[tuple[Attr, Attr]]:
    """Where a noun's records hold the ids of those they show, beside their own id."""
    for part in shape.fields:
        if isinstance(part.marker, SingleReference):
            yield key, part.marker.column
        elif isinstance(part.marker, ReferenceList):
            yield part.marker.parent, part.marker.child
        elif isinstance(part.marker, ObjectList):
            yield from _reference_columns(shape.nested[part.name], part.marker.parent)


def _reverse_referrers(session: ReadSession, ids: set[int], before: Mapping[int, Row]) -> set[int]:
    """Records that show a link which another one owns: those it leads to now, and led to before."""
    ids_: set[int] = set()
    for resource in RESOURCES.values():
        for part in resource.mapping.fields:
            marker = part.marker
            if not (isinstance(marker, ReferenceList) and marker.owned_by_other_side):
                continue
            for batch in batched(sorted(ids), CHUNK):
                linked = select(marker.parent).where(marker.child.in_(batch))
                ids_.update(session.execute(linked).scalars())
            slugs = {slug for row in before.values() for slug in _linked_slugs(marker, row)}
            known = select(m.Record.id).where(m.Record.type == resource.kind)
            for names in batched(sorted(slugs), CHUNK):
                ids_.update(session.execute(known.where(m.Record.slug.in_(names))).scalars())
    return ids_


def _linked_slugs(reference_list: ReferenceList, row: Row) -> Iterator[str]:
    """Slugs in the field of an owner's document that another noun shows from its own side."""
    for part in RESOURCES[reference_list.to].mapping.fields:
        if isinstance(part.marker, ReferenceList) and part.marker.parent is reference_list.child:
            yield from (ref["slug"] for ref in row.get(part.name, ()))


def _id_chunks(session: ReadSession, key: Attr, limit: int) -> Iterator[list[int]]:
    after = 0
    while ids := list(
        session.execute(select(key).where(key > after).order_by(key).limit(limit)).scalars()
    ):
        yield ids
        after = ids[-1]
