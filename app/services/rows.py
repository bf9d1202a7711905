"""Rows: what the tables hold of one draft: its record, its noun's own row, and their children."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table

from app import models as m
from app.domain.text import fold
from app.kit.resource import Resource
from app.kit.shape import Attr, Col, Refs, RefTo, Rows, Shape, Values
from app.resources import RESOURCES
from app.services.drafts import Draft, Place, value_of, written

#: (collection, slug) → the record's id.
Ids = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Row:
    """One row, and the place in the draft that it came from; a record's own rows have none."""

    table: Table
    values: dict[str, Any]
    place: Place


def rows_of(resource: Resource, draft: Draft, key: int, ids: Ids) -> list[Row]:
    """Every row of a draft, the record's first."""
    name: str = draft.name  # type: ignore[attr-defined]
    own: dict[Table, dict[str, Any]] = {
        table_of(m.Record.id): {"id": key, "type": resource.kind, "folded": fold(name)},
        table_of(resource.key): {"id": key},
    }
    children = list(_fill(own, resource.shape, draft, key, ids, ()))
    return [*(Row(table, values, ()) for table, values in own.items()), *children]


def children_of(resource: Resource) -> Iterator[tuple[Attr, ColumnElement[bool] | None]]:
    """The parent columns of the tables of a noun's children, and which of their rows are its."""
    for part in resource.shape.parts:
        if isinstance(part.marker, Values | Refs | Rows) and written(part):
            where = part.marker.where if isinstance(part.marker, Rows) else None
            yield part.marker.parent, where() if where else None


def _fill(
    tables: dict[Table, dict[str, Any]], shape: Shape, draft: Any, key: int, ids: Ids, at: Place
) -> Iterator[Row]:
    """Put a draft's values into the rows of its own tables; give the rows of its children."""
    for part in shape.parts:
        marker = part.marker
        if isinstance(marker, Col) and marker.derive:
            column = marker.column
            tables[table_of(column)][column.key] = marker.derive(draft.model_dump())
            continue
        if not written(part):
            continue
        value = value_of(draft, part.name, shape)
        if isinstance(marker, Col):
            tables[table_of(marker.column)][marker.column.key] = value
        elif isinstance(marker, RefTo):
            own = tables[table_of(marker.column)]
            kind, own[marker.column.key] = _target(marker, value, ids)
            if marker.kind is not None:
                own[marker.kind.key] = kind
        else:
            for position, item in enumerate(value):
                place = (*at, part.name, position)
                yield _child(shape, part.name, item, key, ids, place)


def _child(shape: Shape, name: str, item: Any, key: int, ids: Ids, place: Place) -> Row:
    marker = shape.by_name[name].marker
    assert isinstance(marker, Values | Refs | Rows)
    values: dict[str, Any] = {marker.parent.key: key, marker.position.key: place[-1]}
    table = table_of(marker.parent)
    if isinstance(marker, Values):
        values[marker.value.key] = item
        if marker.folded is not None:
            values[marker.folded.key] = fold(item)
    elif isinstance(marker, Refs):
        values[marker.child.key] = ids[marker.to, item]
    else:
        # A child without a column keeps null; every row of a batch names the same columns.
        values.update({c.key: None for c in table.columns if c.key not in values and c.key != "id"})
        inner = list(_fill({table: values}, shape.nested[name], item, key, ids, place))
        assert not inner, "a child has no children"
    return Row(table, values, place)


def _target(marker: RefTo, value: str | None, ids: Ids) -> tuple[str | None, int | None]:
    if value is None:
        return None, None
    if isinstance(marker.to, str):
        return None, ids[marker.to, value]
    kind, _, slug = value.partition(":")
    return kind, ids[RESOURCES.by_kind[kind].name, slug]


def table_of(attribute: Attr) -> Table:
    table = attribute.class_.__table__
    assert isinstance(table, Table)
    return table
