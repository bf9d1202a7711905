"""Sorting: sort keys and keyset conditions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, false, or_, true

from app.kit.field_mapping import Attr, Column, DerivedColumn
from app.kit.resource import Resource

OPTIONAL_RANK: TypeAdapter[int | None] = TypeAdapter(int | None)


@dataclass(frozen=True)
class SortKey:
    """One key of a sort; nulls come last in both directions.

    Args:
        owner: Column that refers to the record, if the key is in another table.
        validator: Checks a value of the column that comes back in a cursor.
    """

    column: Attr
    owner: Attr | None
    descending: bool
    nullable: bool
    validator: TypeAdapter[Any]


def sort_keys(resource: Resource, sort: Sequence[str]) -> Sequence[SortKey]:
    """Return the keys of a sort, such as `["-year", "name"]`.

    The slug is appended unless it is there already: it is unique, which makes the order total.
    """
    return _sort_keys(resource, *sort)


@lru_cache(maxsize=1024)
def _sort_keys(resource: Resource, *sort: str) -> tuple[SortKey, ...]:
    keys = []
    names = [*sort] if any(s.lstrip("-") == "slug" for s in sort) else [*sort, "slug"]
    for name in names:
        field = resource.mapping.by_name[name.lstrip("-")]
        marker = field.marker
        assert isinstance(marker, Column)
        owner = marker.owner if isinstance(marker, DerivedColumn) else None
        adapter = OPTIONAL_RANK if marker.rank else field.adapter
        descending = name.startswith("-")
        keys.append(SortKey(marker.sort_column, owner, descending, field.nullable, adapter))
    return tuple(keys)


def order_by(keys: Sequence[SortKey], columns: Sequence[Any]) -> Iterator[ColumnElement[Any]]:
    """Yield the ORDER BY expressions of the keys, over `columns`: theirs, or a subquery's."""
    for key, column in zip(keys, columns, strict=True):
        order = column.desc() if key.descending else column.asc()
        yield order.nulls_last() if key.nullable else order


def keyset_condition(keys: Sequence[SortKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition on rows that come after `values` in the order of `keys`.

    For keys a, b, c it is `a > x OR (a = x AND b > y) OR (a = x AND b = y AND c > z)`, and not a
    comparison of row values, since keys may differ in direction and may be null.
    """
    alternatives: list[ColumnElement[bool]] = []
    equal_so_far: ColumnElement[bool] = true()
    for key, value in zip(keys, values, strict=True):
        if value is None:  # nulls are last: after one come only its equals, by the next key
            equal_so_far = and_(equal_so_far, key.column.is_(None))
            continue
        after = key.column < value if key.descending else key.column > value
        if key.nullable:
            after = or_(after, key.column.is_(None))
        alternatives.append(and_(equal_so_far, after))
        equal_so_far = and_(equal_so_far, key.column == value)
    return or_(false(), *alternatives)
