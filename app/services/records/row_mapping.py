"""Row mapping: the table rows of one record input.

How the drafts of a noun become rows is worked out once, from its shape.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Table

from app import models as m
from app.domain.text_folding import fold
from app.kit.field_mapping import (
    Attr,
    Column,
    ObjectList,
    RecordMapping,
    ReferenceList,
    ScalarList,
    SingleReference,
)
from app.kit.resource import Resource
from app.resources import RESOURCES
from app.services.records.input_models import is_input

#: A draft's fields by their public names, as `drafts.whole` gives them.
Fields = Mapping[str, Any]
#: The id of the record with a slug in a collection.
Ids = Callable[[str, str], int]
#: A cell's value from a draft's values, or from those of one item of a list in it.
Cell = Callable[[Any, Ids], Any]
Cells = tuple[Any, ...]


class TableRows:
    """The rows of one table that the drafts of a noun fill: a record's own, or of a list in it.

    `path_columns` are the columns of the record's id, and of the position in the list.
    """

    def __init__(
        self, table: Table, path_columns: tuple[str, ...], field: str | None = None
    ) -> None:
        self.table, self.path_columns, self.field = table, path_columns, field
        self.copied: dict[str, str] = {}
        self.computed: dict[str, Cell] = {}

    def freeze(self) -> "TableRows":
        names = list(self.copied.values())
        self._copy = itemgetter(*names) if len(names) > 1 else _tuple_of(names)
        self._compute = tuple(self.computed.values())
        self.columns = (*self.copied, *self.path_columns, *self.computed)
        return self

    def row(self, values: Any, place: tuple[int, ...], ids: Ids) -> Cells:
        cells: Cells = self._copy(values) + place
        return (
            cells + tuple([cell(values, ids) for cell in self._compute]) if self._compute else cells
        )


def _tuple_of(names: Sequence[str]) -> Callable[[Any], Cells]:
    return lambda values: tuple(values[name] for name in names)


class RowMapper:
    """How the drafts of one noun become rows."""

    def __init__(self, resource: Resource) -> None:
        record, noun = (TableRows(table_of(key), ("id",)) for key in (m.Record.id, resource.key))
        record.computed["type"] = lambda *_: resource.kind
        record.computed["folded"] = lambda values, _: fold(values["name"])
        tables = {lines.table: lines for lines in (record, noun)}
        self.children = []
        for part in resource.mapping.fields:
            if isinstance(part.marker, ScalarList | ReferenceList | ObjectList):
                if is_input(part):
                    self.children.append(_child_rows(resource.mapping, part.name).freeze())
            else:
                _add_column(tables, resource.mapping, part.name)
        self.record_tables = [lines.freeze() for lines in tables.values()]

    def rows(self, values: Fields, key: int, ids: Ids) -> Iterator[tuple[TableRows, int, Cells]]:
        """Every row of a draft with its position, the record's first."""
        for lines in self.record_tables:
            yield lines, 0, lines.row(values, (key,), ids)
        for lines in self.children:
            for position, item in enumerate(values[lines.field or ""]):
                yield lines, position, lines.row(item, (key, position), ids)


@cache
def row_mapper(resource: Resource) -> RowMapper:
    return RowMapper(resource)


def children_of(resource: Resource) -> Iterator[tuple[Attr, ColumnElement[bool] | None]]:
    """The parent columns of the tables of a noun's children, and which of their rows are its."""
    for part in resource.mapping.fields:
        if isinstance(part.marker, ScalarList | ReferenceList | ObjectList) and is_input(part):
            where = part.marker.where if isinstance(part.marker, ObjectList) else None
            yield part.marker.parent, where() if where else None


def _add_column(tables: Mapping[Table, TableRows], shape: RecordMapping, name: str) -> None:
    """Put a field's column, or two, among those of its table."""
    part = shape.by_name[name]
    marker = part.marker
    assert isinstance(marker, Column | SingleReference)
    lines, column = tables[table_of(marker.column)], marker.column.key
    if isinstance(marker, SingleReference):
        lines.computed[column] = _reference_cell(name, marker)
        if marker.kind is not None:
            kind = marker.kind.key
            lines.computed[kind] = lambda values, _: values[name] and values[name].partition(":")[0]
    elif marker.derive:
        derive = marker.derive
        lines.computed[column] = lambda values, _: derive(values)
    else:
        lines.copied[column] = name


def _child_rows(shape: RecordMapping, name: str) -> TableRows:
    marker = shape.by_name[name].marker
    assert isinstance(marker, ScalarList | ReferenceList | ObjectList)
    lines = TableRows(table_of(marker.parent), (marker.parent.key, marker.position.key), name)
    if isinstance(marker, ScalarList):
        lines.computed[marker.value.key] = lambda value, _: value
        if marker.folded is not None:
            lines.computed[marker.folded.key] = lambda value, _: fold(value)
    elif isinstance(marker, ReferenceList):
        to = marker.to
        lines.computed[marker.child.key] = lambda slug, ids: ids(to, slug)
    else:
        for inner in shape.nested[name].fields:
            _add_column({lines.table: lines}, shape.nested[name], inner.name)
    return lines


def _reference_cell(name: str, marker: SingleReference) -> Cell:
    """The id behind a slug, or behind `type:slug` where the field takes several nouns."""
    to = marker.to

    def cell(values: Any, ids: Ids) -> int | None:
        slug = values[name]
        if slug is None:
            return None
        if isinstance(to, str):
            return ids(to, slug)
        kind, _, bare = slug.partition(":")
        return ids(RESOURCES.by_kind[kind].name, bare)

    return cell


def table_of(attribute: Attr) -> Table:
    table = attribute.class_.__table__
    assert isinstance(table, Table)
    return table
