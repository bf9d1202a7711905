"""Build the JSON documents of records from the tables."""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import ColumnElement, Enum, Select, String, null, select, type_coerce
from sqlalchemy.orm import aliased

from app.kit.export_formats import DelimitedLines, flat_columns
from app.kit.field_mapping import (
    Attr,
    Column,
    DerivedColumn,
    ObjectList,
    RecordMapping,
    ReferenceList,
    ScalarList,
    SingleReference,
)
from app.kit.raw_json import Row
from app.kit.resource import RecordColumns, Resource
from app.kit.sessions import ReadSession, WriteSession
from app.services.store.bulk_insert import insert_rows


def write_documents(
    session: WriteSession, resource: Resource, ids: Sequence[int]
) -> dict[int, Row]:
    """Build and store the documents of records that have none; return their values by id."""
    cols, mapping = resource.identity, resource.mapping
    key, body, line = cols.document_id, cols.document, cols.line
    records = read_documents(session, resource, ids)
    lines = DelimitedLines(flat_columns(mapping, list(mapping.by_name)), ",")
    rows = [(n, to_json(row).decode(), lines.line(row)) for n, row in records.items()]
    insert_rows(session, body.class_.__table__, (key.key, body.key, line.key), rows)
    return records


def read_documents(
    session: ReadSession, resource: Resource, ids: Sequence[int], *, as_input: bool = False
) -> dict[int, Row]:
    """Return the public values of some records of a collection, ordered by id.

    `as_input` returns what curators wrote into derived fields, instead of the derived values.
    """
    reader = document_reader(resource.key, resource.identity, resource.mapping, as_input)
    return reader.read(session, ids)


class DocumentReader:
    """Reads the records of one mapping: one statement, and one more for each list field."""

    def __init__(
        self, key: Attr, identity: RecordColumns, mapping: RecordMapping, as_input: bool = False
    ) -> None:
        self.key, self.identity, self.mapping = key, identity, mapping
        self.columns: list[ColumnElement[Any]] = []  # one for each field; the slug of a reference
        self.more: list[ColumnElement[Any]] = []  # names and types of references
        # field, index of the name, whether a type is served, further fields; the type is after the
        # name, and the values of the further fields are after the type
        self.refs: list[tuple[str, int, bool, tuple[str, ...]]] = []
        self.joins: list[tuple[Any, ColumnElement[bool]]] = []
        self.many: list[tuple[str, ScalarList | ReferenceList | ObjectList]] = []
        owners: dict[Attr, None] = {}  # of the tables that derived fields are in
        for name, field in mapping.by_name.items():
            marker = field.marker
            if isinstance(marker, DerivedColumn) and as_input:
                column = marker.input_column
                self.columns.append(null() if column is None else _stored_text(column))
            elif isinstance(marker, DerivedColumn):
                self.columns.append(_stored_text(marker.column))
                owners[marker.owner] = None
            elif isinstance(marker, Column):
                self.columns.append(_stored_text(marker.column))
            elif isinstance(marker, SingleReference):
                self._join_reference(name, marker)
            else:
                self.columns.append(null())
                self.many.append((name, marker))
        self.joins += [(owner.class_, owner == key) for owner in owners]

    def _join_reference(self, name: str, marker: SingleReference) -> None:
        cols, other = self.identity, aliased(self.identity.id.class_)
        slug, label, kind = (
            getattr(other, c.key) for c in (cols.slug, cols.name, cols.record_type)
        )
        at = 1 + len(self.mapping.fields) + len(self.more)
        self.refs.append((name, at, not isinstance(marker.to, str), tuple(marker.shown)))
        self.columns.append(slug)
        self.more += [label, _stored_text(kind)]
        self.joins.append((other, getattr(other, cols.id.key) == marker.column))
        for shown in marker.shown.values():
            table = aliased(shown.class_)
            self.more.append(getattr(table, shown.key))
            self.joins.append((table, table.id == marker.column))

    @cached_property
    def statement(self) -> Select[Any]:
        """The SELECT: the key, then the fields in their order, then names and types."""
        table, record_id = self.key.class_, self.identity.id
        stmt = select(self.key, *self.columns, *self.more).select_from(table)
        plain = [
            field.marker.column for field in self.mapping.fields if isinstance(field.marker, Column)
        ]
        if any(column.class_ is record_id.class_ for column in plain):
            stmt = stmt.join(record_id.class_, record_id == self.key)
        for other, on in self.joins:
            stmt = stmt.outerjoin(other, on)
        return stmt

    def unpack(self, row: Sequence[Any]) -> Row:
        """Return the public values of a row, with empty lists."""
        out: Row = dict(zip(self.mapping.by_name, row[1:], strict=False))
        for name, at, mixed, shown in self.refs:
            if (slug := out[name]) is not None:
                reference = {"slug": slug, "name": row[at]}
                if shown:
                    reference |= zip(shown, row[at + 2 :], strict=False)
                out[name] = {"type": row[at + 1]} | reference if mixed else reference
        for name, _ in self.many:
            out[name] = []
        return out

    def read(self, session: ReadSession, ids: Sequence[int]) -> dict[int, Row]:
        """Return complete records by key, with the items of their lists."""
        stmt = self.statement.where(self.key.in_(ids)).order_by(self.key)
        rows = {row[0]: self.unpack(row) for row in session.execute(stmt).all()}
        for name, marker in self.many if rows else ():
            for parent, value in self._children(session, name, marker, list(rows)):
                rows[parent][name].append(value)
        return rows

    def _children(
        self,
        session: ReadSession,
        name: str,
        marker: ScalarList | ReferenceList | ObjectList,
        ids: Sequence[int],
    ) -> Iterator[tuple[int, Any]]:
        order, of_parents = (marker.parent, marker.position), marker.parent.in_(ids)
        if isinstance(marker, ScalarList):
            values = select(marker.parent, marker.value).where(of_parents)
            yield from session.execute(values.order_by(*order)).all()
        elif isinstance(marker, ReferenceList):
            cols = self.identity
            shown = [_stored_text(derived.column) for derived in marker.shown.values()]
            refs = select(marker.parent, cols.slug, cols.name, *shown)
            refs = refs.join(cols.id.class_, cols.id == marker.child).where(of_parents)
            for owner in dict.fromkeys(derived.owner for derived in marker.shown.values()):
                refs = refs.outerjoin(owner.class_, owner == marker.child)
            for row in session.execute(refs.order_by(*order, cols.slug)).all():
                parent, slug, label = row[:3]
                derived_values = dict(zip(marker.shown, row[3:], strict=True))
                yield parent, {"slug": slug, "name": label, **derived_values}
        else:
            inner = document_reader(marker.parent, self.identity, self.mapping.nested[name])
            lines = inner.statement.where(of_parents)
            if marker.where:
                lines = lines.where(marker.where())
            for row in session.execute(lines.order_by(*order)).all():
                yield row[0], inner.unpack(row)


@lru_cache(512)
def document_reader(
    key: Attr, identity: RecordColumns, mapping: RecordMapping, as_input: bool = False
) -> DocumentReader:
    """Return the reader of a mapping, cached: creating its aliases costs more than a query."""
    return DocumentReader(key, identity, mapping, as_input)


def _stored_text(column: Any) -> Any:
    """Return an enum column as its stored text."""
    return type_coerce(column, String) if isinstance(column.type, Enum) else column
