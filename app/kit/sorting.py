"""Sorting: sort keys and keyset conditions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, false, or_, true

from app.kit.field_mapping import Attr, Column
from app.kit.resource import Resource


@dataclass(frozen=True)
class SortKey:
    """One key of a sort; null comes last both ways."""

    column: Attr
    descending: bool
    nullable: bool
    kind: TypeAdapter[Any]


def sort_keys(resource: Resource, sort: Sequence[str]) -> list[SortKey]:
    """The keys of a sort; the slug ends them, so that order is total."""
    keys = []
    names = [*sort] if any(s.lstrip("-") == "slug" for s in sort) else [*sort, "slug"]
    for name in names:
        part = resource.mapping.by_name[name.lstrip("-")]
        assert isinstance(part.marker, Column)
        keys.append(SortKey(part.marker.column, name.startswith("-"), part.nullable, part.adapter))
    return keys


def order_by(keys: Sequence[SortKey], columns: Sequence[Any]) -> Iterator[ColumnElement[Any]]:
    for key, column in zip(keys, columns, strict=True):
        order = column.desc() if key.descending else column.asc()
        yield order.nulls_last() if key.nullable else order


def keyset_condition(keys: Sequence[SortKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that come after `values` in the order of `keys`, nulls last both ways."""
    alternatives: list[ColumnElement[bool]] = []
    same: ColumnElement[bool] = true()
    for key, value in zip(keys, values, strict=True):
        if value is None:
            same = and_(same, key.column.is_(None))
            continue
        beyond = key.column < value if key.descending else key.column > value
        alternatives.append(
            and_(same, or_(beyond, key.column.is_(None)) if key.nullable else beyond)
        )
        same = and_(same, key.column == value)
    return or_(false(), *alternatives)
