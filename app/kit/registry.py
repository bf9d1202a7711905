"""Registry: all resources by name, and the query models that need to know all of them."""

from collections.abc import Sequence
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from app.kit.query_types import PAGE_PARAMETERS, QUERY_CONFIG, CommaSeparated, ListQuery
from app.kit.resource import Resource


def _list_of(values: tuple[str, ...], limit: int) -> Any:
    """Return the type of a list of some of `values`, with at most `limit` items."""
    choice: Any = Literal[values]
    return Annotated[GenericAlias(list, (choice,)), CommaSeparated, Field(max_length=limit)]


def _refuse_repeated(description: str, values: Sequence[Any]) -> None:
    if repeated := sorted({value for value in values if values.count(value) > 1}):
        raise TypeError(f"{description} declared twice: {', '.join(map(str, repeated))}")


class ResourceRegistry(dict[str, Resource]):
    """The resources by name, and the query models that need to know all of them.

    Raises:
        TypeError: If an include leads to an unknown collection, or two resources share a name, a
            record type, a search number or a search word.
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
        self._queries: dict[str, type[ListQuery]] = {}

    def include_names(self, resource: Resource) -> list[str]:
        """Return the includes of a resource, and one level below: `receptor`, `claims.evidence`."""
        names = list(resource.includes)
        for name, include in resource.includes.items():
            for target in include.targets:
                names += [f"{name}.{inner}" for inner in self[target].includes]
        return list(dict.fromkeys(names))

    def record_query(self, resource: Resource) -> type[BaseModel]:
        """Return the model of the parameters of a single record: include and fields."""
        name, choices = f"{resource.record.__name__}Query", self._choices(resource)
        return create_model(name, __config__=QUERY_CONFIG, **choices)

    def list_query(self, resource: Resource) -> type[ListQuery]:
        """Return the model of a list's parameters: filters, paging, sort, include and fields."""
        if resource.name not in self._queries:
            self._queries[resource.name] = create_model(
                f"{resource.record.__name__}ListQuery",
                __base__=resource.query,
                sort=self._sort(resource),
                facets=self._facets(resource),
                **self._choices(resource),
            )
        return self._queries[resource.name]

    def export_query(self, resource: Resource) -> type[BaseModel]:
        """Return the model of an export's parameters: filters, sort and fields, without paging."""
        parameters = {
            name: (info.annotation, info)
            for name, info in self.list_query(resource).model_fields.items()
            if name not in PAGE_PARAMETERS
        }
        model: type[BaseModel] = create_model(
            f"{resource.record.__name__}ExportQuery",
            __config__=QUERY_CONFIG,
            **parameters,  # type: ignore[call-overload]
        )
        return model

    def _sort(self, resource: Resource) -> Any:
        keys = tuple(k for name in resource.sort for k in (name, f"-{name}"))
        return (
            _list_of(keys, len(keys)),
            Field(
                [],
                description="Sort keys in order of precedence; prefix with `-` for descending"
                " order.",
            ),
        )

    def _facets(self, resource: Resource) -> Any:
        names = tuple(resource.facets)
        description = "Facets to count: number of records per value under the other active filters."
        return _list_of(names, len(names)), Field([], description=description)

    def _choices(self, resource: Resource) -> dict[str, Any]:
        included, fields = tuple(self.include_names(resource)), tuple(resource.mapping.by_name)
        return {
            "include": (
                _list_of(included, 20),
                Field([], description="Related records to add under `included`."),
            ),
            "fields": (
                _list_of(fields, len(fields)),
                Field(
                    [],
                    description="Fields to return for each record; `slug` is always returned. The"
                    " records are partial then: required fields that are not listed are missing.",
                ),
            ),
        }
