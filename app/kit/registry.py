"""Registry: all resources by name, and the query models that need to know all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from app.kit.field_mapping import (
    Column,
    FieldMapping,
    ObjectList,
    ReferenceList,
    ScalarList,
    SingleReference,
)
from app.kit.query_types import (
    PAGE_PARAMETERS,
    QUERY_CONFIG,
    CommaSeparated,
    ListQuery,
    QueryModel,
    Slugs,
    WhereRef,
    list_field,
)
from app.kit.resource import Filter, Resource


def _list_of(values: tuple[str, ...], limit: int) -> Any:
    """Return the type of a list of some of `values`, with at most `limit` items."""
    choice: Any = Literal[values]
    return Annotated[GenericAlias(list, (choice,)), CommaSeparated, Field(max_length=limit)]


def _refuse_repeated(description: str, values: Sequence[Any]) -> None:
    if repeated := sorted({value for value in values if values.count(value) > 1}):
        raise TypeError(f"{description} declared twice: {', '.join(map(str, repeated))}")


@dataclass(frozen=True)
class RowList:
    """A list of objects in the records of one collection, whose rows are records of another.

    Args:
        field: Name of the list.
        to: Collection of the rows.
        parent: Field of `to` that refers to the record which the list is in.
        position: Field of `to` with the place in the list.
    """

    field: str
    to: Resource
    parent: str
    position: str


class ResourceRegistry(dict[str, Resource]):
    """The resources by name, and the query models that need to know all of them.

    Raises:
        TypeError: If an include leads to an unknown collection, two resources share a name, a
            record type, a search number or a search word, or a list of rows fits no collection.
    """

    def __init__(self, resources: Sequence[Resource]) -> None:
        super().__init__({resource.name: resource for resource in resources})
        for resource in resources:
            for include in resource.includes.values():
                for target in include.targets:
                    if target not in self:
                        raise TypeError(f"{resource.name} includes unknown {target}")
        self.by_record_type = {resource.record_type: resource for resource in resources}
        _refuse_repeated("collection name", [resource.name for resource in resources])
        _refuse_repeated("record type", [resource.record_type for resource in resources])
        _refuse_repeated("search number", [resource.search.number for resource in resources])
        _refuse_repeated("search word", [w for r in resources for w in r.search.type_words])
        #: Collection → the lists in its records whose rows are records of another collection.
        self.row_lists = {
            resource.name: [
                self._row_list(resource, mapped)
                for mapped in resource.mapping.fields
                if isinstance(mapped.marker, ObjectList) and mapped.marker.collection
            ]
            for resource in resources
        }
        listed = {rows.to.name for lists in self.row_lists.values() for rows in lists}
        if unlisted := [r.name for r in resources if r.rows and r.name not in listed]:
            raise TypeError(f"collections of rows that no list names: {', '.join(unlisted)}")
        numerous = [resource for resource in resources if resource.numerous]
        self._numerous_tables = {resource.key.class_ for resource in numerous} | {
            field.marker.parent.class_
            for resource in numerous
            for field in resource.mapping.fields
            if isinstance(field.marker, ObjectList | ReferenceList | ScalarList)
        }
        self._list_queries: dict[str, type[ListQuery]] = {}
        self._record_queries: dict[str, type[BaseModel]] = {}
        self._export_queries: dict[str, type[BaseModel]] = {}

    def _row_list(self, resource: Resource, mapped: FieldMapping) -> RowList:
        marker, where = mapped.marker, f"{resource.name}.{mapped.name}"
        assert isinstance(marker, ObjectList)
        to = self.get(marker.collection or "")
        if to is None or to.rows is None:
            raise TypeError(f"{where} names {marker.collection}, which is no collection of rows")
        names = {
            inner.marker.column: inner.name
            for inner in to.mapping.fields
            if isinstance(inner.marker, SingleReference | Column)
        }
        if missing := [c.key for c in (marker.parent, marker.position) if c not in names]:
            raise TypeError(f"{where}: {to.name} has no field for {', '.join(missing)}")
        return RowList(mapped.name, to, names[marker.parent], names[marker.position])

    def has_stored_counts(self, resource: Resource, facet: Filter) -> bool:
        """Return whether numbers of records per value of a facet are stored.

        They are where numerous records are counted, or their rows. They are not for values that are
        free text, of any length, or records of numerous collections.
        """
        tables = {resource.key.class_, facet.via[0].class_ if facet.via else None}
        if tables.isdisjoint(self._numerous_tables):
            return False
        if isinstance(facet.marker, WhereRef):
            return not any(self[name].numerous for name in facet.marker.to.split("|"))
        return facet.vocabulary is not None

    def include_names(self, resource: Resource) -> list[str]:
        """Return the includes of a resource, and one level below: `receptor`, `claims.evidence`."""
        names = list(resource.includes)
        for name, include in resource.includes.items():
            for target in include.targets:
                names += [f"{name}.{inner}" for inner in self[target].includes]
        return list(dict.fromkeys(names))

    def record_query(self, resource: Resource) -> type[BaseModel]:
        """Return the model of the parameters of a single record: include and fields."""
        if resource.name not in self._record_queries:
            name, choices = f"{resource.record.__name__}Query", self._choices(resource)
            model: type[BaseModel] = create_model(name, __config__=QUERY_CONFIG, **choices)
            self._record_queries[resource.name] = model
        return self._record_queries[resource.name]

    def list_query(self, resource: Resource) -> type[ListQuery]:
        """Return the model of a list's parameters: filters, paging, sort, include and fields."""
        if resource.name not in self._list_queries:
            self._list_queries[resource.name] = create_model(
                f"{resource.record.__name__}ListQuery",
                __base__=resource.query,
                slug=(
                    Annotated[Slugs, resource.slug_filter.marker],
                    ListQuery.model_fields["slug"],
                ),
                sort=self._sort(resource),
                facets=self._facets(resource),
                **self._choices(resource),
            )
        return self._list_queries[resource.name]

    def export_query(self, resource: Resource) -> type[BaseModel]:
        """Return the model of an export's parameters: filters, sort and fields, without paging."""
        if resource.name not in self._export_queries:
            parameters: dict[str, Any] = {
                name: (info.annotation, info)
                for name, info in self.list_query(resource).model_fields.items()
                if name not in PAGE_PARAMETERS
            }
            self._export_queries[resource.name] = create_model(
                f"{resource.record.__name__}ExportQuery", __base__=QueryModel, **parameters
            )
        return self._export_queries[resource.name]

    def _sort(self, resource: Resource) -> Any:
        keys = tuple(k for name in resource.sort for k in (name, f"-{name}"))
        return (
            _list_of(keys, len(keys)),
            list_field("Sort keys in order of precedence; prefix with `-` for descending order."),
        )

    def _facets(self, resource: Resource) -> Any:
        names = tuple(resource.facets)
        description = "Facets to count: number of records per value under the other active filters."
        return _list_of(names, len(names)), list_field(description)

    def _choices(self, resource: Resource) -> dict[str, Any]:
        included, fields = tuple(self.include_names(resource)), tuple(resource.mapping.by_name)
        return {
            "include": (
                _list_of(included, 20),
                list_field("Related records to add under `included`."),
            ),
            "fields": (
                _list_of(fields, len(fields)),
                list_field(
                    "Fields to return for each record; `slug` is always returned. The"
                    " records are partial then: required fields that are not listed are missing.",
                ),
            ),
        }
