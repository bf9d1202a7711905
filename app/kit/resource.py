"""Resource declarations: record, query, filters and tables of one collection.

A Resource holds the record (what the world sees), the query (how it is narrowed), and the tables
behind them. Everything uniform is built from it; a wrong declaration fails at import.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import GenericAlias
from typing import Annotated, Any, Literal, get_args

from annotated_types import Le, Lt
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from sqlalchemy import ColumnElement

from app.kit.declarations import DatasetFile, GraphNode, PageSection, SearchFields
from app.kit.field_mapping import Attr, Column, RecordMapping, ReferenceList, SingleReference

MAX_LIMIT = 500
#: What belongs to a page, and has no meaning for an export, which holds every row.
PAGE_PARAMETERS = ("limit", "cursor", "include", "facets")


def split_commas(value: Any) -> Any:
    """`a,b` and `a&b=` alike: a list parameter may be repeated or comma-separated."""
    if not isinstance(value, str | list):
        return value
    items = [value] if isinstance(value, str) else value
    parts = [
        part for item in items for part in (item.split(",") if isinstance(item, str) else [item])
    ]
    return [part.strip() if isinstance(part, str) else part for part in parts]


_FORBIDDEN_CHARACTERS = re.compile("[\x00\ud800-\udfff]")


def clean_text(value: str) -> str:
    """Text a store can hold: PostgreSQL refuses NUL, and no store wants a lone surrogate."""
    if _FORBIDDEN_CHARACTERS.search(value):
        raise ValueError("must not hold NUL characters or lone surrogates")
    return value


NO_NUL = {"pattern": "^[^\\u0000]*$"}
#: As long as a slug (200) with its kind before it.
Text = Annotated[str, Field(max_length=250, json_schema_extra=NO_NUL), AfterValidator(clean_text)]
Cursor = Annotated[
    str, Field(min_length=1, max_length=2000, json_schema_extra=NO_NUL), AfterValidator(clean_text)
]
CommaSeparated = BeforeValidator(split_commas)
#: The slugs that a filter takes: any of them.
Slugs = Annotated[list[Text], CommaSeparated, Field(max_length=500)]


@dataclass(frozen=True)
class EnumIn:
    """The SQL of a closed vocabulary in a column: a list can be counted by it, as a facet."""

    column: Attr

    def __call__(self, values: Sequence[Any]) -> ColumnElement[bool]:
        return self.column.in_(values)


@dataclass(frozen=True)
class Where:
    """The SQL of one filter, from its validated value."""

    sql: Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True)
class WhereRelated:
    """A filter on related rows: some row whose `parent` is the record's `key` meets `sql`.

    Filters through the same `parent` must hold for one and the same row: notes with
    `claim=x&direction=disputes` dispute that claim, not another.
    """

    parent: Attr
    sql: Callable[[Any], ColumnElement[bool]]
    key: Attr | None = None


@dataclass(frozen=True)
class WhereRef:
    """A filter by the slugs of related records: some of `columns` holds one of their ids.

    The columns are the record's own, or stand in a related row as in WhereRelated; `on` joins them
    to that row where they stand one table further.
    """

    to: str
    columns: Sequence[Attr]
    parent: Attr | None = None
    key: Attr | None = None
    on: ColumnElement[bool] | None = None


#: Of parameters: built when a route is first asked, and nothing unknown is taken.
QUERY_CONFIG = ConfigDict(
    defer_build=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
)


class ListQuery(BaseModel):
    """The parameters every list takes; a noun adds its filters."""

    model_config = QUERY_CONFIG

    q: Annotated[Text | None, "words"] = Field(
        None, description="Words looked for in names and synonyms; case and accents are ignored."
    )
    limit: int = Field(50, ge=1, le=MAX_LIMIT, description="Records per page.")
    cursor: Cursor | None = Field(
        None, description="Where the last page ended: `page.next` of the answer before."
    )


@dataclass(frozen=True)
class Include:
    """Related records that an answer can carry, as pairs of (this id, other id) columns."""

    to: str | tuple[str, ...]
    links: Sequence[tuple[Attr, Attr]]

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.to,) if isinstance(self.to, str) else self.to


@dataclass(frozen=True)
class RecordColumns:
    """What every noun shares: key, slug, name and words in one table, what goes out in another."""

    id: Attr
    kind: Attr
    slug: Attr
    name: Attr
    document_id: Attr
    document: Attr
    line: Attr
    matches: Callable[[str], ColumnElement[bool]]


@dataclass(frozen=True)
class Filter:
    """One declared filter: its public name and how it narrows."""

    name: str
    attribute: str
    marker: Where | WhereRelated | WhereRef
    description: str
    via: tuple[Attr, Attr] | None  # of a filter on related rows: their column, the record's

    @property
    def column(self) -> Attr | None:
        """The column of a closed vocabulary."""
        sql = None if isinstance(self.marker, WhereRef) else self.marker.sql
        return sql.column if isinstance(sql, EnumIn) else None


@dataclass(frozen=True, eq=False)
class Resource:
    """The declaration of one collection: everything that the software knows about it by name.

    Args:
        name: Collection name, plural, as in its address: `claims`.
        kind: Record type, singular: `claim`.
        description: One sentence for the catalogue and the API documentation.
        key: Primary key column of the collection's table, which is the record's id.
        identity: Columns that all collections share.
        record: Model of a record as it is served.
        query: Model of the filters.
        search: How its records are searched and ranked.
        dataset: Where its records are written in a dataset folder; None if it is derived.
        graph: How its records appear as nodes of the graph; None if they do not.
        graph_address: Address of the graph around a record, with `{slug}` or `{key}`, if any.
        page: Sections of a record's page, in order; counts of what points at it follow by
            themselves.
        sort: Fields by which a list can be sorted.
        extra_includes: Related records that no field of the record shows.
        formats: Formats of the export.
        cites: Dotted includes that lead to its references; "" if its records are references.
        derived: Whether it is computed when a dataset is loaded, never written by a curator.
        example: Slug of the record shown in the API documentation; None for the first.

    Raises:
        TypeError: If a fact names a field that the record does not have, or has no meaning.
    """

    name: str
    kind: str
    description: str
    key: Attr
    identity: RecordColumns
    record: type[BaseModel]
    query: type[ListQuery]
    search: SearchFields
    dataset: DatasetFile | None = None
    graph: GraphNode | None = None
    graph_address: str | None = None
    page: Sequence[PageSection] = ()
    sort: Sequence[str] = ("slug", "name")
    extra_includes: Mapping[str, Include] = field(default_factory=dict)
    formats: Sequence[str] = ("csv", "tsv", "ndjson", "parquet")
    cites: str | None = None
    derived: bool = False
    example: str | None = None

    def __post_init__(self) -> None:
        for name in self.sort:
            self.column(name)
        if undeclared := {f for f in self._declared_filters() if not self._marker(f)}:
            raise TypeError(f"{self.name}: filters without SQL: {sorted(undeclared)}")
        for name in self._declared_filters():
            self._check_integers(name)
        self._check_search()
        self._check_dataset()
        if self.graph:
            self.column("kind")

    def _check_integers(self, name: str) -> None:
        """A filter's integer must fit a column: no store takes one of any size."""
        info = self.query.model_fields[name]
        bounds = [m for m in info.metadata if isinstance(m, Le | Lt)]
        if int in (info.annotation, *get_args(info.annotation)) and not bounds:
            raise TypeError(f"{self.name}: filter {name} needs an upper bound, such as le=10_000")

    def _check_search(self) -> None:
        preferred = [self.search.preferred[0]] if self.search.preferred else []
        for name in (*self.search.texts, *self.search.titles, *self.search.identifiers, *preferred):
            head, _, tail = name.partition(".")
            nested = (
                self.mapping.nested[head].by_name if tail and head in self.mapping.nested else {}
            )
            if head not in self.mapping.by_name or (tail and tail not in nested):
                raise TypeError(f"{self.name}: search names an unknown field {name}")
            if tail and isinstance(nested[tail].marker, SingleReference | ReferenceList):
                raise TypeError(f"{self.name}: search field {name} leads out of the record")

    def _check_dataset(self) -> None:
        if (self.dataset is None) != self.derived:
            raise TypeError(f"{self.name}: `dataset` is required, unless the collection is derived")
        if self.dataset and (beside := self.dataset.beside):
            part = self.mapping.by_name.get(beside)
            if part is None or not isinstance(part.marker, SingleReference):
                raise TypeError(f"{self.name}: {beside} names no other record")

    @cached_property
    def mapping(self) -> RecordMapping:
        return RecordMapping(self.record)

    def column(self, name: str) -> Attr:
        """The column that holds a field.

        Raises:
            TypeError: If no single column does.
        """
        part = self.mapping.by_name.get(name)
        if part is None or not isinstance(part.marker, Column):
            raise TypeError(f"{self.name}: no column holds {name}")
        return part.marker.column

    @cached_property
    def includes(self) -> dict[str, Include]:
        """Every reference the record shows, and what the declaration adds."""
        includes: dict[str, Include] = {}
        for part in self.mapping.fields:
            if isinstance(part.marker, SingleReference):
                includes[part.name] = Include(part.marker.to, [(self.key, part.marker.column)])
            elif isinstance(part.marker, ReferenceList):
                pair = (part.marker.parent, part.marker.child)
                includes[part.name] = Include(part.marker.to, [pair])
        return includes | dict(self.extra_includes)

    @cached_property
    def filters(self) -> list[Filter]:
        return [
            Filter(info.alias or name, name, marker, info.description or "", self._via(marker))
            for name, info in self.query.model_fields.items()
            if (marker := self._marker(name))
        ]

    @cached_property
    def facets(self) -> dict[str, Filter]:
        """The filters by which a list can be counted: closed vocabularies and related slugs."""
        return {
            f.name: f
            for f in self.filters
            if f.column is not None or isinstance(f.marker, WhereRef)
        }

    @cached_property
    def enum_fields(self) -> frozenset[str]:
        """Names of the fields that hold a value of a closed vocabulary."""
        types = {part.name: part.scalar for part in self.mapping.fields}
        return frozenset(
            name
            for name, kind in types.items()
            if isinstance(kind, type) and issubclass(kind, StrEnum)
        )

    def _via(self, marker: Where | WhereRelated | WhereRef) -> tuple[Attr, Attr] | None:
        if isinstance(marker, Where) or marker.parent is None:
            return None
        return marker.parent, marker.key or self.key

    def _declared_filters(self) -> set[str]:
        return set(self.query.model_fields) - set(ListQuery.model_fields)

    def _marker(self, name: str) -> Where | WhereRelated | WhereRef | None:
        info = self.query.model_fields[name]
        return next(
            (m for m in info.metadata if isinstance(m, Where | WhereRelated | WhereRef)), None
        )


def _list_of(values: tuple[str, ...], limit: int) -> Any:
    """A list of a closed choice among values that only the declarations know."""
    choice: Any = Literal[values]
    return Annotated[GenericAlias(list, (choice,)), CommaSeparated, Field(max_length=limit)]


def _refuse_repeated(description: str, values: Sequence[Any]) -> None:
    if repeated := sorted({value for value in values if values.count(value) > 1}):
        raise TypeError(f"{description} declared twice: {', '.join(map(str, repeated))}")


class ResourceRegistry(dict[str, Resource]):
    """The resources by name, and the parameter models that need to know all of them."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        super().__init__({resource.name: resource for resource in resources})
        for resource in resources:
            for include in resource.includes.values():
                for target in include.targets:
                    if target not in self:
                        raise TypeError(f"{resource.name} includes unknown {target}")
        self.by_kind = {resource.kind: resource for resource in resources}
        _refuse_repeated("collection name", [resource.name for resource in resources])
        _refuse_repeated("record type", [resource.kind for resource in resources])
        _refuse_repeated("search number", [resource.search.number for resource in resources])
        _refuse_repeated("search word", [w for r in resources for w in r.search.type_words])
        self._queries: dict[str, type[ListQuery]] = {}

    def include_names(self, resource: Resource) -> list[str]:
        """`receptor`, and one dotted level: `claims.evidence`."""
        names = list(resource.includes)
        for name, include in resource.includes.items():
            for target in include.targets:
                names += [f"{name}.{inner}" for inner in self[target].includes]
        return list(dict.fromkeys(names))

    def record_query(self, resource: Resource) -> type[BaseModel]:
        """The parameters of one record's address."""
        name, choices = f"{resource.record.__name__}Query", self._choices(resource)
        return create_model(name, __config__=QUERY_CONFIG, **choices)

    def list_query(self, resource: Resource) -> type[ListQuery]:
        """The parameters of a list: the noun's filters, paging, sort, include and fields."""
        if resource.name not in self._queries:
            self._queries[resource.name] = create_model(
                f"{resource.record.__name__}ListQuery",
                __base__=resource.query,
                sort=self._sort(resource),
                facets=self._facets(resource),
                **self._choices(resource),
            )
        return self._queries[resource.name]

    def export_query(self, resource: Resource, choose_fields: bool = True) -> type[BaseModel]:
        """The parameters of an export: filters, sort and fields; it has no pages."""
        dropped = set(PAGE_PARAMETERS) | (set() if choose_fields else {"fields"})
        fields = self.list_query(resource).model_fields.items()
        parameters = {name: (info.annotation, info) for name, info in fields if name not in dropped}
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
            Field([], description="Sort keys, first to last; `-` before one turns it round."),
        )

    def _facets(self, resource: Resource) -> Any:
        names = tuple(resource.facets)
        description = (
            "Filters to count the list by: records per value, under the other filters in force."
        )
        return _list_of(names, len(names)), Field([], description=description)

    def _choices(self, resource: Resource) -> dict[str, Any]:
        included, fields = tuple(self.include_names(resource)), tuple(resource.mapping.by_name)
        return {
            "include": (
                _list_of(included, 20),
                Field([], description="Related records to add, each once, under `included`."),
            ),
            "fields": (
                _list_of(fields, len(fields)),
                Field([], description="Only these fields of each record; `slug` always comes."),
            ),
        }
