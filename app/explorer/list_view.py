"""What a list page shows: columns with their sort links, rows, facets, filters and pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args

from app.explorer import labels
from app.explorer.field_values import Value
from app.explorer.list_address import ListAddress
from app.explorer.list_columns import ListColumn, excerpt, list_cells, list_columns
from app.explorer.list_facets import (
    ActiveFilter,
    FacetGroup,
    active_filters,
    facet_groups,
    other_facets,
    uncounted,
)
from app.explorer.queries import RecordList
from app.kit.query_types import ListQuery
from app.kit.resource import Resource

_NAME = ListColumn("name", "Name", "name")


@dataclass(frozen=True)
class ColumnHead:
    """Heading of a column; `href` sorts by it, `sorted` is the value of aria-sort."""

    label: str
    is_number: bool
    href: str | None
    sorted: str | None


@dataclass(frozen=True)
class ListRow:
    """A record in a list; `verdict` is drawn before its name."""

    href: str
    name: str
    excerpt: str | None
    cells: list[Value | None]


@dataclass(frozen=True)
class FilterField:
    """An input of the form with the filters that are no facets."""

    name: str
    label: str
    hint: str
    type: str
    value: str


@dataclass(frozen=True)
class ListView:
    """The parts of a list page."""

    resource: Resource
    title: str
    total: int
    counted: str
    heads: list[ColumnHead]
    rows: list[ListRow]
    facets: list[FacetGroup]
    other_facets: list[tuple[str, str]]
    default_facets_href: str | None
    filters: list[ActiveFilter]
    filter_fields: list[FilterField]
    form_path: str
    hidden: list[tuple[str, str]]
    hidden_in_filter_form: list[tuple[str, str]]
    text: str
    text_query: Mapping[str, Any] | None
    included: Mapping[str, Sequence[Mapping[str, Any]]]
    all_href: str
    first: str | None
    next: str | None
    csv: str


def list_view(
    resource: Resource,
    query: ListQuery,
    address: ListAddress,
    page: RecordList,
    names: Mapping[str, str],
) -> ListView:
    """Return the parts of a list page.

    Args:
        resource: The collection.
        query: The validated query of the page.
        address: Its address.
        page: The page of the list, with the facets to show.
        names: Names of the records that filters refer to.
    """
    chosen_facets = getattr(query, "facets", [])
    counts = page.facets or uncounted(resource)
    columns = list_columns(resource, getattr(query, "fields", ()))
    fields = _filter_fields(resource, query)
    return ListView(
        resource=resource,
        title=labels.collection_label(resource.name),
        total=page.total,
        counted=labels.record_noun(resource.name, resource.record_type, page.total),
        heads=[_head(column, query, address) for column in (_NAME, *columns)],
        rows=[
            ListRow(
                f"/{resource.name}/{record['slug']}",
                record["name"],
                excerpt(resource, record),
                list_cells(resource, columns, record),
            )
            for record in page.records
        ],
        facets=facet_groups(resource, counts, address, all_values=bool(chosen_facets)),
        other_facets=other_facets(resource, list(counts), address),
        default_facets_href=address.with_values(facets=None) if chosen_facets else None,
        filters=active_filters(resource, address, names),
        filter_fields=fields,
        form_path=address.path,
        hidden=address.hidden_fields("q"),
        hidden_in_filter_form=address.hidden_fields(*(field.name for field in fields)),
        text=query.q or "",
        text_query=page.text_query,
        included=page.included_names,
        all_href=address.url(address.path),
        first=address.with_values() if query.cursor else None,
        next=address.with_values(cursor=page.next) if page.next else None,
        csv=address.export_path(f"/v1/{resource.name}.csv"),
    )


def _head(column: ListColumn, query: Any, address: ListAddress) -> ColumnHead:
    """Return the heading of a column: the first click sorts upwards, the next downwards."""
    key, first = column.sort_key, next(iter(query.sort), "")
    if not key:
        return ColumnHead(column.label, column.is_number, None, None)
    descends = first == f"-{key}"
    order = "descending" if descends else "ascending" if first == key else None
    href = address.with_values(sort=[f"-{key}" if first == key else key])
    return ColumnHead(column.label, column.is_number, href, order)


def _filter_fields(resource: Resource, query: ListQuery) -> list[FilterField]:
    """Return inputs for the filters that are no facets."""
    fields = []
    for declared in resource.filters:
        if declared.name in resource.facets:
            continue
        info = type(query).model_fields[declared.attribute]
        value = getattr(query, declared.attribute)
        kinds = {info.annotation, *get_args(info.annotation)}
        kind = "boolean" if bool in kinds else "number" if kinds & {int, float} else "text"
        text = ",".join(map(str, value)) if isinstance(value, list) else _input_value(value)
        label = labels.field_label(declared.name)
        fields.append(FilterField(declared.name, label, declared.description, kind, text))
    return fields


def _input_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.value if isinstance(value, StrEnum) else str(value)
