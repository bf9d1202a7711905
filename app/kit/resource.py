"""Resource declarations: record, query, filters and tables of one collection.

A Resource holds the record (as it is served), the query (its filters), and the tables behind them.
Everything uniform is built from it; a wrong declaration fails at import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, get_args

from annotated_types import Le, Lt
from pydantic import BaseModel

from app.kit.declarations import DatasetFile, GraphNode, PageSection, RowRecords, SearchFields
from app.kit.field_mapping import Attr, Column, RecordMapping, ReferenceList, SingleReference
from app.kit.query_types import EnumIn, ListQuery, Where, WhereRef, WhereRelated


@dataclass(frozen=True, eq=False)
class Include:
    """Related records that a response can carry.

    Args:
        to: Collection of the related records, or several.
        links: Pairs of columns: the id of the record, and the id of the related record.
    """

    to: str | tuple[str, ...]
    links: Sequence[tuple[Attr, Attr]]

    @property
    def targets(self) -> tuple[str, ...]:
        """The collections that it leads to."""
        return (self.to,) if isinstance(self.to, str) else self.to


@dataclass(frozen=True)
class CountColumns:
    """The columns of stored numbers of records per value of a facet.

    Args:
        facet: Collection and facet, as in `evidence.direction`; for the number of all records the
            collection alone.
        value: Word, or id of a record; empty for the number of all records.
        count: Number of records.
    """

    facet: Attr
    value: Attr
    count: Attr


@dataclass(frozen=True)
class RecordColumns:
    """The columns that all collections share, in the tables of records and of their documents.

    Args:
        id: Key of the record table.
        record_type: Record type, singular.
        slug: Slug, unique within a record type.
        name: Display name.
        document_id: Key of the documents table, which is the id of the record.
        document: JSON document of the record.
        line: The record's line of the CSV export, without line end.
        counts: Stored numbers of records, if there are any.
    """

    id: Attr
    record_type: Attr
    slug: Attr
    name: Attr
    document_id: Attr
    document: Attr
    line: Attr
    counts: CountColumns | None = None


@dataclass(frozen=True)
class Filter:
    """One declared filter: its public name, its attribute in the query model, and its SQL."""

    name: str
    attribute: str
    marker: Where | WhereRelated | WhereRef
    description: str
    via: tuple[Attr, Attr] | None  # of a filter on related rows: (their column, the record's key)

    @property
    def vocabulary(self) -> type[StrEnum] | None:
        """The vocabulary of a filter by a closed one; None for other filters."""
        return None if self.column is None else getattr(self.column.type, "enum_class", None)

    @property
    def column(self) -> Attr | None:
        """The column of a filter by a closed vocabulary; None for other filters."""
        sql = None if isinstance(self.marker, WhereRef) else self.marker.sql
        return sql.column if isinstance(sql, EnumIn) else None


@dataclass(frozen=True, eq=False)
class Resource:
    """The declaration of one collection: everything that the software knows about it by name.

    Args:
        name: Collection name, plural, as in its address: `claims`.
        record_type: Singular name: `claim`.
        description: One sentence for the catalogue and the API documentation.
        key: Primary key column of the collection's table, which is the record's id.
        identity: Columns that all collections share.
        record: Model of a record as it is served.
        query: Model of the filters.
        search: How its records are searched and ranked.
        dataset: Where its records are written in a dataset folder; None if it is derived.
        graph: How its records appear as nodes of the graph; None if they do not.
        graph_address: Address of the graph around a record, with `{slug}` or `{key}`, if any.
        page: Sections of a record's page, in order; counts of records that refer to it follow by
            themselves.
        sort: Fields by which a list can be sorted.
        extra_includes: Related records that no field of the record shows.
        part_link: Columns of a whole and of its part, if records are parts of others: a name that
            both have means the whole.
        columns: Fields that its list page shows beside the name; by default those by which it can
            be sorted and filtered.
        excerpt: Field with the text below a name on its list page.
        formats: Formats of the export.
        cites: Dotted includes that lead to its references; "" if its records are references
            themselves, none if they rest on no references.
        distinct_names: Whether no two of its records may have the same name.
        derived: Whether it is computed when records are written, never written by a curator.
        numerous: Whether it has about as many records as there are notes, so that the numbers of
            its records per value of a facet are stored.
        rows: How rows of other collections' records are its records, if they are.
        parts: Last words of the paths below that of a record, which its `Link` header names.
        example: Slug of the record shown in the API documentation; None for the first.
        concerns_safety: Whether its records are about doses, interactions or harms: their pages say
            that they are no medical advice.

    Raises:
        TypeError: If a fact names a field that the record does not have, or has no meaning.
    """

    name: str
    record_type: str
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
    part_link: tuple[Attr, Attr] | None = None
    columns: Sequence[str] = ()
    excerpt: str = "summary"
    formats: Sequence[str] = ("csv", "tsv", "ndjson", "parquet")
    cites: Sequence[str] = ()
    distinct_names: bool = False
    derived: bool = False
    numerous: bool = False
    rows: RowRecords | None = None
    parts: Sequence[str] = ()
    example: str | None = None
    concerns_safety: bool = False

    def __post_init__(self) -> None:
        for name in self.sort:
            self.column(name)
        if missing := {*self.columns, self.excerpt} - self.mapping.by_name.keys():
            raise TypeError(f"{self.name}: its list names unknown fields {sorted(missing)}")
        if undeclared := {f for f in self._declared_filters() if not self._marker(f)}:
            raise TypeError(f"{self.name}: filters without SQL: {sorted(undeclared)}")
        for name in self._declared_filters():
            self._check_integers(name)
        self._check_search()
        self._check_dataset()
        if self.graph:
            self.column("kind")

    def _check_integers(self, name: str) -> None:
        """Require an upper bound of integer filters: SQL fails on integers of any size."""
        info = self.query.model_fields[name]
        bounds = [m for m in info.metadata if isinstance(m, Le | Lt)]
        if int in (info.annotation, *get_args(info.annotation)) and not bounds:
            raise TypeError(f"{self.name}: filter {name} needs an upper bound, such as le=10_000")

    def _check_search(self) -> None:
        preferred = [self.search.preferred[0]] if self.search.preferred else []
        search = self.search
        named = (*search.texts, *search.titles, *search.identifiers, *search.exact_texts)
        for name in (*named, *preferred):
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
        if self.rows and not self.derived:
            raise TypeError(f"{self.name}: a collection of rows must be `derived`")
        if self.dataset and (field := self.dataset.file_of):
            reference = self.mapping.by_name.get(field)
            if reference is None or not isinstance(reference.marker, SingleReference):
                raise TypeError(f"{self.name}: {field} does not refer to a single record")

    @property
    def identifier(self) -> str:
        """The name of the collection in operation ids, where `-` is not allowed."""
        return self.name.replace("-", "_")

    def unvalidated_query(self, **filters: Any) -> ListQuery:
        """Return a query of values that no client has sent, without validation or limits.

        Args:
            filters: Values by parameter.
        """
        # A copy: `model_construct` takes 0.2 ms to find the default of each field.
        return self._default_query.model_copy(update=filters)

    @cached_property
    def _default_query(self) -> ListQuery:
        return self.query.model_construct()

    @cached_property
    def mapping(self) -> RecordMapping:
        """The fields of the record, and where they are stored."""
        return RecordMapping(self.record)

    def column(self, name: str) -> Attr:
        """Return the column that holds a field.

        Raises:
            TypeError: If no single column does.
        """
        mapped = self.mapping.by_name.get(name)
        if mapped is None or not isinstance(mapped.marker, Column):
            raise TypeError(f"{self.name}: no column holds {name}")
        return mapped.marker.column

    @cached_property
    def includes(self) -> dict[str, Include]:
        """The includes by name: every reference that the record shows, and `extra_includes`."""
        includes: dict[str, Include] = {}
        for mapped in self.mapping.fields:
            marker = mapped.marker
            if isinstance(marker, SingleReference):
                includes[mapped.name] = Include(marker.to, [(self.key, marker.column)])
            elif isinstance(marker, ReferenceList):
                includes[mapped.name] = Include(marker.to, [(marker.parent, marker.child)])
        return includes | dict(self.extra_includes)

    @cached_property
    def filters(self) -> list[Filter]:
        """The filters of the query, without the parameters that every list has."""
        return [
            Filter(info.alias or name, name, marker, info.description or "", self._via(marker))
            for name, info in self.query.model_fields.items()
            if (marker := self._marker(name))
        ]

    @cached_property
    def slug_filter(self) -> Filter:
        """The filter by the slugs of the records themselves, which every list has."""
        description = ListQuery.model_fields["slug"].description or ""
        return Filter("slug", "slug", WhereRef(self.name, [self.key]), description, None)

    @cached_property
    def facets(self) -> dict[str, Filter]:
        """The filters by which a list can be counted: closed vocabularies and related slugs."""
        return {
            declared.name: declared
            for declared in self.filters
            if declared.column is not None or isinstance(declared.marker, WhereRef)
        }

    @cached_property
    def enum_fields(self) -> frozenset[str]:
        """Names of the fields that hold a value of a closed vocabulary."""
        types = {mapped.name: mapped.scalar for mapped in self.mapping.fields}
        return frozenset(
            name
            for name, scalar in types.items()
            if isinstance(scalar, type) and issubclass(scalar, StrEnum)
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
