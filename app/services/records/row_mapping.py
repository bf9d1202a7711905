"""Row mapping: the table rows of one record input.

The rows of a collection are derived once from its `RecordMapping`, when it is first written.
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
    DerivedColumn,
    FieldMapping,
    ObjectList,
    RecordMapping,
    ReferenceList,
    ScalarList,
    SingleReference,
)
from app.kit.resource import Resource
from app.resources import RESOURCES
from app.services.records.input_models import is_input

#: The fields of a record input by public name, as `full_dict` returns them.
Fields = Mapping[str, Any]
#: The id of the record with a slug in a collection.
Ids = Callable[[str, str], int]
#: Computes a cell from the values of a record input, or of one item of a list in it.
Cell = Callable[[Any, Ids], Any]
Cells = tuple[Any, ...]


class TableRows:
    """The rows of a record input in one table: those of the record, or of one of its lists.

    Args:
        path_columns: The columns of the record's id, and of the position in the list.
        field: The name of the list; None for the record's own row.
    """

    def __init__(
        self, table: Table, path_columns: tuple[str, ...], field: str | None = None
    ) -> None:
        self.table, self.path_columns, self.field = table, path_columns, field
        self.copied: dict[str, str] = {}
        self.computed: dict[str, Cell] = {}

    def freeze(self) -> "TableRows":
        """Fix the columns, after which rows can be made."""
        names = list(self.copied.values())
        self._copy = itemgetter(*names) if len(names) > 1 else _tuple_of(names)
        self._compute = tuple(self.computed.values())
        self.columns = (*self.copied, *self.path_columns, *self.computed)
        return self

    def row(self, values: Any, path: tuple[int, ...], ids: Ids) -> Cells:
        """Return the cells of one row in the order of `columns`."""
        cells: Cells = self._copy(values) + path
        return (
            cells + tuple([cell(values, ids) for cell in self._compute]) if self._compute else cells
        )


def _tuple_of(names: Sequence[str]) -> Callable[[Any], Cells]:
    return lambda values: tuple(values[name] for name in names)


class RowMapper:
    """Turns the record inputs of one collection into table rows."""

    def __init__(self, resource: Resource) -> None:
        record, own_rows = (
            TableRows(table_of(key), ("id",)) for key in (m.Record.id, resource.key)
        )
        record.computed["type"] = lambda *_: resource.record_type
        record.computed["folded"] = lambda values, _: fold(values["name"])
        tables = {rows.table: rows for rows in (record, own_rows)}
        self.children = []
        for field in resource.mapping.fields:
            if field.many:
                if is_input(field) and not is_row_list(field):
                    self.children.append(_child_rows(resource.mapping, field.name).freeze())
            else:
                _add_column(tables, resource.mapping, field.name)
        for item in _row_mappings(resource):
            for field in item.fields:  # columns of the row that no field of the record names
                column = field.marker.column.key if isinstance(field.marker, Column) else None
                if column and column not in {**own_rows.copied, **own_rows.computed}:
                    own_rows.copied[column] = field.name
        self.record_tables = [rows.freeze() for rows in tables.values()]

    def rows(self, values: Fields, key: int, ids: Ids) -> Iterator[tuple[TableRows, int, Cells]]:
        """Yield every row of a record input with its position in its list, the record's first."""
        for rows in self.record_tables:
            yield rows, 0, rows.row(values, (key,), ids)
        for rows in self.children:
            for position, item in enumerate(values[rows.field or ""]):
                yield rows, position, rows.row(item, (key, position), ids)


@cache
def row_mapper(resource: Resource) -> RowMapper:
    """Return the row mapper of a collection, which is made once."""
    return RowMapper(resource)


def children_of(resource: Resource) -> Iterator[tuple[Attr, ColumnElement[bool] | None]]:
    """Yield the parent column of each child table, and a condition on its rows."""
    for field in resource.mapping.fields:
        if field.many and is_input(field) and not is_row_list(field):
            assert isinstance(field.marker, ScalarList | ReferenceList | ObjectList)
            where = field.marker.where if isinstance(field.marker, ObjectList) else None
            yield field.marker.parent, where() if where else None


def is_row_list(field: FieldMapping) -> bool:
    """Return whether a field is a list whose rows are records, and are written as such."""
    return isinstance(field.marker, ObjectList) and field.marker.collection is not None


def _row_mappings(resource: Resource) -> Iterator[RecordMapping]:
    """Yield the mappings of the list items that are records of a collection."""
    for collection, lists in RESOURCES.row_lists.items():
        for rows in lists:
            if rows.to is resource:
                yield RESOURCES[collection].mapping.nested[rows.field]


def _add_column(tables: Mapping[Table, TableRows], mapping: RecordMapping, name: str) -> None:
    """Add the column of a field to its table; a reference of several types has two."""
    field = mapping.by_name[name]
    marker = field.marker
    assert isinstance(marker, Column | SingleReference)
    if isinstance(marker, DerivedColumn):
        if marker.input_column is not None:
            tables[table_of(marker.input_column)].copied[marker.input_column.key] = name
        return
    rows, column = tables[table_of(marker.column)], marker.column.key
    if isinstance(marker, Column) and marker.rank is not None:
        rows.computed[marker.rank.key] = lambda values, _: field.ranks.get(values[name])
    if isinstance(marker, SingleReference):
        rows.computed[column] = _reference_cell(name, marker)
        if marker.kind is not None:
            kind = marker.kind.key
            rows.computed[kind] = lambda values, _: values[name] and values[name].partition(":")[0]
    elif marker.derive:
        derive = marker.derive
        rows.computed[column] = lambda values, _: derive(values)
    else:
        rows.copied[column] = name


def _child_rows(mapping: RecordMapping, name: str) -> TableRows:
    marker = mapping.by_name[name].marker
    assert isinstance(marker, ScalarList | ReferenceList | ObjectList)
    rows = TableRows(table_of(marker.parent), (marker.parent.key, marker.position.key), name)
    if isinstance(marker, ScalarList):
        rows.computed[marker.value.key] = lambda value, _: value
        if marker.folded is not None:
            rows.computed[marker.folded.key] = lambda value, _: fold(value)
    elif isinstance(marker, ReferenceList):
        to = marker.to
        rows.computed[marker.child.key] = lambda slug, ids: ids(to, slug)
    else:
        for inner in mapping.nested[name].fields:
            _add_column({rows.table: rows}, mapping.nested[name], inner.name)
    return rows


def _reference_cell(name: str, marker: SingleReference) -> Cell:
    """Return a cell with the id of a slug, or of `type:slug` if several types are allowed."""
    to = marker.to

    def cell(values: Any, ids: Ids) -> int | None:
        slug = values[name]
        if slug is None:
            return None
        if isinstance(to, str):
            return ids(to, slug)
        record_type, _, bare_slug = slug.partition(":")
        return ids(RESOURCES.by_record_type[record_type].name, bare_slug)

    return cell


def table_of(attribute: Attr) -> Table:
    """Return the table of a mapped attribute."""
    table = attribute.class_.__table__
    assert isinstance(table, Table)
    return table
