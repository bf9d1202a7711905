"""Columns of lists: which fields of a collection its list shows, and the cells of a record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.explorer import labels, quantities
from app.explorer.field_values import Value, field_types, shown_fields
from app.explorer.plots.balance import balance
from app.kit.field_mapping import Column, SingleReference
from app.kit.resource import Resource

#: Most columns of a list besides the name of the record.
MAX_COLUMNS = 5
#: Fields that the first column shows.
FIRST_COLUMN = ("slug", "name", "summary")
#: Ends of the names of two fields that are drawn against each other, or the whole names.
_SIDES = (("_for", "_against"), ("supporting", "disputing"))


@dataclass(frozen=True)
class ListColumn:
    """A column of a list.

    Args:
        name: Name of the field; of fields that are shown together, the first.
        label: Heading.
        sort_key: Sort key of the column; "" if the list cannot be sorted by it.
        is_number: Whether its values are numbers.
        is_balance: Whether it draws two numbers, for and against, against each other.
    """

    name: str
    label: str
    sort_key: str = ""
    is_number: bool = False
    is_balance: bool = False


@cache
def default_fields(resource: Resource) -> tuple[str, ...]:
    """Return the fields that the list of a collection shows.

    They are those that the collection declares; else those that it can be sorted by, and then those
    that it is filtered by and that hold one value.
    """
    if resource.columns:
        return tuple(resource.columns)
    types = field_types(resource.record)
    sortable = [name for name in resource.sort if name not in FIRST_COLUMN]
    filtered = [
        declared.name
        for declared in resource.filters
        if declared.name in types and _has_one_value(resource, declared.name)
    ]
    return tuple(dict.fromkeys([*sortable, *filtered]))[:MAX_COLUMNS]


def _has_one_value(resource: Resource, name: str) -> bool:
    marker = resource.mapping.by_name[name].marker
    return isinstance(marker, Column | SingleReference)


def list_columns(resource: Resource, fields: Sequence[str] = ()) -> list[ListColumn]:
    """Return the columns of a list.

    Args:
        resource: The collection.
        fields: Fields to show; by default those of `default_fields`.
    """
    types = field_types(resource.record)
    names = [name for name in fields or default_fields(resource) if name not in FIRST_COLUMN]
    pairs = {name: other for name in names if (other := opposite(name)) in names}
    columns = []
    for name in names:
        if name in pairs.values():
            continue
        label = labels.field_label(name)
        if name in pairs:
            label = f"{labels.field_label(name.removesuffix('_for'))} for and against"
            label = "Notes for and against" if name == "supporting" else label
        sort_key = name if name in resource.sort else ""
        is_number = types[name].is_number and name not in pairs
        columns.append(ListColumn(name, label, sort_key, is_number, name in pairs))
    return columns


def opposite(name: str) -> str:
    """Return the field against the claim beside one for it; "" for other fields."""
    return next((name.removesuffix(a) + b for a, b in _SIDES if name.endswith(a)), "")


def list_cells(
    resource: Resource, columns: Sequence[ListColumn], record: Mapping[str, Any]
) -> list[Value | None]:
    """Return the values of a record in the columns of a list."""
    types = field_types(resource.record)
    names = {column.name for column in columns}
    unwanted = [name for name in types if name not in names]
    values = {field.name: field.value for field in shown_fields(resource.record, record, unwanted)}
    return [
        _balance(record, column)
        if column.is_balance
        else _differences(record["moderators"])
        if column.name == "moderators"
        else values.get(column.name)
        for column in columns
    ]


def _balance(record: Mapping[str, Any], column: ListColumn) -> Value | None:
    sides = [record.get(name) for name in (column.name, opposite(column.name))]
    pro, contra = (len(side) if isinstance(side, list) else side for side in sides)
    if pro is None or contra is None:
        return None
    text = f"{quantities.number(pro)} for, {quantities.number(contra)} against"
    return Value("balance", balance(pro, contra).plot, note=text)


def _differences(moderators: Sequence[Mapping[str, Any]]) -> Value | None:
    """Return the characteristics in which the sides of a conflict share no value."""
    names = [
        labels.in_words(moderator["name"]) for moderator in moderators if moderator["separates"]
    ]
    return Value("text", ", ".join(names) or "none recorded")


def excerpt(resource: Resource, record: Mapping[str, Any]) -> str | None:
    """Return the text that the list shows below the name of a record."""
    text = record.get(resource.excerpt) or record.get("summary")
    return str(text) if text and text != record.get("name") else None
