"""Facets and filters of lists: which are offered, in which order, and what is chosen in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.vocabulary import VerdictKind
from app.explorer import labels
from app.explorer.field_values import member, word_of
from app.explorer.list_address import ListAddress
from app.explorer.list_columns import default_fields
from app.kit.field_mapping import Column
from app.kit.query_types import WhereRef
from app.kit.resource import Filter, Resource

#: Most facets that a page counts if the address names none: each is a statement.
MAX_FACETS = 4
#: Records of a collection up to which they are counted for facets that the address does not name:
#: a count reads all records that match, and a list of more would be slow for it.
MAX_COUNTED_RECORDS = 20_000
#: Values of a facet that a page shows if the address does not name the facet.
MAX_VALUES = 8


@dataclass(frozen=True)
class FacetOption:
    """A value of a facet, with the address that chooses it, or removes it if it is chosen.

    `number` is None where the records were not counted.
    """

    text: str
    number: int | None
    href: str
    is_current: bool
    verdict: str | None


@dataclass(frozen=True)
class FacetGroup:
    """A facet; `more` is the address with all its values, None if they are shown."""

    name: str
    title: str
    options: list[FacetOption]
    more: str | None
    total: int


@dataclass(frozen=True)
class ActiveFilter:
    """A filter in words, with the address that removes it."""

    label: str
    text: str
    href: str


def default_facets(resource: Resource) -> list[str]:
    """Return the facets of a list if the address names none: closed vocabularies.

    Verdicts come first, then the fields that the list shows, then the order of the declaration.
    """
    closed = [name for name, facet in resource.facets.items() if facet.vocabulary]
    shown = default_fields(resource)

    def order(name: str) -> tuple[bool, bool]:
        return (resource.facets[name].vocabulary is not VerdictKind, name not in shown)

    return sorted(closed, key=order)[:MAX_FACETS]


def facet_groups(
    resource: Resource,
    counts: Mapping[str, Sequence[Mapping[str, Any]]],
    address: ListAddress,
    *,
    all_values: bool,
) -> list[FacetGroup]:
    """Return the facets of a list.

    Args:
        resource: The collection.
        counts: Facet → values with their name and count, most first.
        address: Address of the page.
        all_values: Whether every value is shown.
    """
    groups = []
    for name, values in counts.items():
        rows = _in_order(resource, resource.facets[name], values)
        chosen = [row for row in rows if address.has(name, str(row["value"]))]
        cut = not all_values and len(rows) > MAX_VALUES
        shown = rows[:MAX_VALUES] if cut else rows
        shown += [row for row in chosen if row not in shown]
        options = [_option(resource.facets[name], row, address) for row in shown]
        more = address.with_values(facets=[name]) if cut else None
        if options:
            groups.append(FacetGroup(name, labels.field_label(name), options, more, len(rows)))
    return groups


def uncounted(resource: Resource) -> dict[str, list[dict[str, Any]]]:
    """Return the default facets of a collection with all values of their vocabularies."""
    return {
        name: [
            {"value": value.value, "name": None, "count": None}
            for value in resource.facets[name].vocabulary or ()
            if not getattr(value, "superseded", False)
        ]
        for name in default_facets(resource)
    }


def _in_order(
    resource: Resource, facet: Filter, values: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the values of an ordered vocabulary in its order, others as they are."""
    mapped = resource.mapping.by_name.get(facet.name)
    marker = mapped.marker if mapped else None
    vocabulary = facet.vocabulary
    if vocabulary is None or not (isinstance(marker, Column) and _is_ordered(marker, vocabulary)):
        return list(values)
    place = {item.value: number for number, item in enumerate(vocabulary)}
    return sorted(values, key=lambda row: place.get(row["value"], len(place)))


def _is_ordered(marker: Column, vocabulary: type[StrEnum]) -> bool:
    return marker.rank is not None or vocabulary is VerdictKind


def _option(facet: Filter, row: Mapping[str, Any], address: ListAddress) -> FacetOption:
    value = str(row["value"])
    is_verdict = facet.vocabulary is VerdictKind and member(VerdictKind, value)
    return FacetOption(
        text=_facet_text(facet, row),
        number=row["count"],
        href=address.toggled(facet.name, value),
        is_current=address.has(facet.name, value),
        verdict=value if is_verdict else None,
    )


def _facet_text(facet: Filter, row: Mapping[str, Any]) -> str:
    value = str(row["value"])
    if facet.vocabulary:
        return word_of(facet.vocabulary, value)
    if facet.name == "jurisdiction":
        return labels.jurisdiction_label(value)
    return str(row["name"] or value)


def other_facets(
    resource: Resource, shown: Sequence[str], address: ListAddress
) -> list[tuple[str, str]]:
    """Return label and address of the facets that the page does not show."""
    names = [name for name in resource.facets if name not in shown]
    return [(labels.field_label(name), address.with_values(facets=[name])) for name in names]


def active_filters(
    resource: Resource, address: ListAddress, names: Mapping[str, str]
) -> list[ActiveFilter]:
    """Return the filters in force, one for each value.

    Args:
        resource: The collection.
        address: Address of the page.
        names: Names of the records that filters refer to, by slug or `type:slug`.
    """
    declared = {facet.name: facet for facet in (resource.slug_filter, *resource.filters)}
    active = []
    for name, value in address.filters.items():
        label = "Text" if name == "q" else labels.field_label(name)
        if isinstance(value, list):
            for item in map(str, value):
                text = _value_text(declared.get(name), item, names)
                active.append(ActiveFilter(label, text, address.toggled(name, item)))
        else:
            text = _value_text(declared.get(name), value, names)
            active.append(ActiveFilter(label, text, address.with_values(**{name: None})))
    return active


def _value_text(declared: Filter | None, value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if declared is None:
        return f"“{value}”"
    if declared.vocabulary:
        return word_of(declared.vocabulary, str(value))
    if declared.name == "jurisdiction":
        return labels.jurisdiction_label(str(value))
    return names.get(str(value), str(value))


def reference_filters(resource: Resource, address: ListAddress) -> list[tuple[str, list[str]]]:
    """Return collections, separated by `|`, and values of the filters that refer to records."""
    declared = {facet.name: facet for facet in (resource.slug_filter, *resource.filters)}
    return [
        (to, [str(item) for item in value])
        for name, value in address.filters.items()
        if name in declared and (to := _collections(declared[name]))
    ]


def _collections(declared: Filter) -> str:
    """Return the collections that a filter refers to, separated by `|`; "" for other filters."""
    return declared.marker.to if isinstance(declared.marker, WhereRef) else ""
