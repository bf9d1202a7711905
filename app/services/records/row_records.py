"""Rows inside records that are records themselves: their edits follow from those of the records.

An act of a regulator is written in the list of its indication, and is a record of its own. An
effect estimate is written in its note, and its record takes the design from the study of the note.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app import models as m
from app.kit.batching import batched
from app.kit.field_mapping import SingleReference
from app.kit.registry import RowList
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.records.input_models import RecordInput, computed_input, full_dict
from app.services.records.lookup import RecordKey, record_ids, record_inputs
from app.services.records.record_edit import RecordEdit

BATCH = 500  # ids in one statement
Fields = Mapping[str, Any]
NO_FIELDS: Fields = {}


class WithRows:
    """Edits of records, each followed by the edits of its rows; regenerated on each iteration.

    The rows of records that are not edited follow last, if a source of their fields is edited. An
    empty store has no such rows, and its edits are generated once.

    Args:
        has_stored: Whether the store has records.
    """

    def __init__(
        self, session: ReadSession, edits: Iterable[RecordEdit], *, has_stored: bool
    ) -> None:
        self._edits = edits
        self._sources = RowSources(session, () if has_stored else edits)
        parents: set[RecordKey] = set()
        changed: dict[RecordKey, RecordEdit] = {}
        for edit in edits if has_stored else ():
            if self._sources.add(edit):
                changed[edit.key] = edit
            elif RESOURCES.row_lists[edit.resource.name]:
                parents.add(edit.key)
        self._parents_of_changed = _referring(session, changed, parents) if changed else []

    def __iter__(self) -> Iterator[RecordEdit]:
        """Yield each edit, then those of its rows."""
        for edit in self._edits:
            self._sources.add(edit)
            yield edit
            yield from row_edits(edit, self._sources)
        for edit in self._parents_of_changed:
            yield from row_edits(edit, self._sources)


class RowSources:
    """The fields that rows take from other records, which are edited or stored.

    Args:
        edits: Searched for records that were not added before the rows which take their fields.
    """

    def __init__(self, session: ReadSession, edits: Iterable[RecordEdit] = ()) -> None:
        self._session, self._edits = session, iter(edits)
        self._fields: dict[RecordKey, Fields] = {}

    def add(self, edit: RecordEdit) -> bool:
        """Register a record that is written; return whether rows take fields from it."""
        is_source = bool(SOURCE_FIELDS.get(edit.resource.name)) and edit.draft is not None
        if is_source and edit.key not in self._fields:
            self._register(edit.key, edit.values)
        return is_source

    def fields(self, key: RecordKey) -> Fields:
        """Return the fields that rows take from a record; empty if it does not exist."""
        while key not in self._fields and (edit := next(self._edits, None)):
            self.add(edit)
        if key not in self._fields:
            collection, slug = key
            draft = record_inputs(self._session, RESOURCES[collection], [slug]).get(slug)
            return self._register(key, full_dict(draft)) if draft else NO_FIELDS
        return self._fields[key]

    def _register(self, key: RecordKey, values: Fields) -> Fields:
        self._fields[key] = {name: values[name] for name in SOURCE_FIELDS[key[0]]}
        return self._fields[key]


def _sources() -> Iterator[tuple[str, SingleReference, tuple[str, ...]]]:
    """Yield the collections with rows that take fields, their references, and the fields."""
    for name, lists in RESOURCES.row_lists.items():
        for declared in filter(None, (rows.to.rows for rows in lists)):
            if declared.source:
                marker = RESOURCES[name].mapping.by_name[declared.source].marker
                assert isinstance(marker, SingleReference)
                yield name, marker, declared.source_fields


#: Collection from whose records rows take fields → the names of these.
SOURCE_FIELDS: dict[str, set[str]] = {}
#: Collections with such rows, each with its references to the sources.
SOURCE_REFERENCES: dict[tuple[str, str], SingleReference] = {}
for _name, _marker, _fields in _sources():
    SOURCE_FIELDS.setdefault(str(_marker.to), set()).update(_fields)
    SOURCE_REFERENCES[_name, str(_marker.to)] = _marker


def _referring(
    session: ReadSession, changed: Mapping[RecordKey, RecordEdit], except_for: set[RecordKey]
) -> list[RecordEdit]:
    """Return the stored records whose rows take fields of changed ones, as edits without effect."""
    edits = []
    sources = {key: changed[name] for name, key in record_ids(session, changed).items()}
    for (name, _), marker in SOURCE_REFERENCES.items():
        resource = RESOURCES[name]
        stmt = select(m.Record.slug, marker.column).join(
            marker.column.class_, m.Record.id == resource.key
        )
        for batch in batched(sources, BATCH):
            rows = session.execute(stmt.where(marker.column.in_(batch)))
            ids_by_slug: dict[str, int] = dict(rows.all())
            slugs = [slug for slug in ids_by_slug if (name, slug) not in except_for]
            for slug, draft in record_inputs(session, resource, slugs).items():
                source = sources[ids_by_slug[slug]]
                causes = ("/".join(source.key),)
                edits.append(RecordEdit(resource, slug, draft, source.why, causes=causes))
    return edits


def row_edits(edit: RecordEdit, sources: RowSources) -> Iterator[RecordEdit]:
    """Yield the edits of the rows of a record that is created or changed."""
    if edit.draft is None or not RESOURCES.row_lists[edit.resource.name]:
        return
    parent = edit.values
    for rows in RESOURCES.row_lists[edit.resource.name]:
        for position in range(len(parent[rows.field])):
            draft = _row_input(edit.resource, rows, parent, position, sources)
            slug = str(draft.slug)  # type: ignore[attr-defined]
            causes = (*edit.causes, f"{edit.resource.name}/{edit.slug}")
            row_of = (edit, (rows.field, position))
            yield RecordEdit(rows.to, slug, draft, edit.why, causes=causes, row_of=row_of)


def withdrawn_rows(
    edits: Iterable[RecordEdit], replaced: Mapping[RecordKey, RecordInput]
) -> list[RecordEdit]:
    """Return the withdrawals of rows that no record has any more.

    Args:
        edits: Edits of records, with those of their rows.
        replaced: The stored inputs of the records that the edits change or withdraw.
    """
    before = {
        key: edit
        for edit in (edits if replaced else ())
        if edit.key in replaced and RESOURCES.row_lists[edit.resource.name]
        for key in _row_keys(edit.resource, replaced[edit.key])
    }
    for edit in edits if before else ():
        if edit.draft is not None:
            before.pop(edit.key, None)
    return [
        RecordEdit(RESOURCES[collection], slug, None, edit.why, causes=("/".join(edit.key),))
        for (collection, slug), edit in before.items()
    ]


def _row_keys(resource: Resource, draft: RecordInput) -> Iterator[RecordKey]:
    """Yield the keys of the rows of a record."""
    parent = full_dict(draft)
    for rows in RESOURCES.row_lists[resource.name]:
        assert rows.to.rows is not None
        for row in parent[rows.field]:
            yield rows.to.name, rows.to.rows.slug(parent["slug"], row)


def _row_input(
    resource: Resource, rows: RowList, parent: Fields, position: int, sources: RowSources
) -> RecordInput:
    """Return the record input of a row of a record."""
    declared = rows.to.rows
    assert declared is not None
    row = parent[rows.field][position]
    source = NO_FIELDS
    if declared.source:
        marker = resource.mapping.by_name[declared.source].marker
        assert isinstance(marker, SingleReference)
        source = sources.fields((str(marker.to), parent[declared.source]))
    values = {**row, rows.parent: parent["slug"], rows.position: position}
    values |= declared.context(parent, row, source)
    values |= {
        "slug": declared.slug(parent["slug"], row),
        "name": declared.name(values),
        "summary": declared.summary(values),
    }
    return computed_input(rows.to, values)
