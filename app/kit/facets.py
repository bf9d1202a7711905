"""Facets: record counts per value of a filter.

A facet ignores its own filter: `kind=a&facets=kind` still counts what `kind=b` would give.

The counts of all records of a collection are stored; under other filters they are counted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy.orm import aliased

from app.kit.field_mapping import Attr
from app.kit.filter_clauses import FilterClause, run_cached_statement, where_clauses
from app.kit.prepared_statements import prepared_statement
from app.kit.query_types import WhereRef, WhereRelated
from app.kit.registry import ResourceRegistry
from app.kit.resource import Filter, Resource
from app.kit.sessions import ReadSession

MAX_VALUES = 5000  # of one facet


class TooManyValuesError(ValueError):
    """A facet has more values than `MAX_VALUES`."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"facets={name} would count more than {MAX_VALUES} values")


def facet_counts(
    session: ReadSession,
    catalogue: ResourceRegistry,
    resource: Resource,
    conditions: Sequence[FilterClause],
    name: str,
    total: int | None = None,
) -> list[dict[str, Any]]:
    """Count the records per value of a facet, unless it has too many values.

    Args:
        session: The transaction to read in.
        catalogue: All resources.
        resource: The collection.
        conditions: Filters in force; the facet's own is ignored.
        name: The facet, which is the name of a filter.
        total: Number of records that match all conditions, if it is known.

    Returns:
        Rows of value, name (of a record, or label of the value) and count, the highest count first.

    Raises:
        TooManyValuesError: If there are more than `MAX_VALUES` values.
    """
    facet = resource.facets[name]
    marker, others = facet.marker, [clause for clause in conditions if clause.name != name]
    mixed = isinstance(marker, WhereRef) and "|" in marker.to  # records of several collections
    is_stored = (
        not others and resource.identity.counts and catalogue.has_stored_counts(resource, facet)
    )

    def build_values(limit: Any, **bound: Any) -> Select[Any]:
        stmt, values = _facet_values(catalogue, resource, facet, others, bound)
        # DISTINCT stops at the limit; GROUP BY would read and count everything first.
        return stmt.add_columns(values[0]).distinct().limit(limit)

    def build_counts(limit: Any, **bound: Any) -> Select[Any]:
        stmt, values = _facet_values(catalogue, resource, facet, others, bound)
        # Several related rows of one record may have the same value.
        key = _counted_key(resource, facet, others)
        count = func.count(key.distinct()) if facet.via else func.count()
        return stmt.group_by(*values).limit(limit).add_columns(count, *values[-3:])

    def build_stored(limit: Any) -> Select[Any]:
        return _stored_counts(resource, facet).limit(limit)

    most = {"limit": MAX_VALUES + 1}
    # A list of few records has few values, if each has one and no filter is ignored.
    is_small = total is not None and total <= MAX_VALUES and len(others) == len(conditions)
    if not facet.vocabulary and not is_small and not is_stored:
        shape = (resource, "facet values", name)
        if len(run_cached_statement(session, shape, build_values, others, **most)) > MAX_VALUES:
            raise TooManyValuesError(name)
    rows = (
        run_cached_statement(session, (resource, "stored facet", name), build_stored, (), **most)
        if is_stored
        else run_cached_statement(session, (resource, "facet", name), build_counts, others, **most)
    )
    if len(rows) > MAX_VALUES:
        raise TooManyValuesError(name)
    # The values of a vocabulary have labels, unless the software of a newer version wrote them.
    # Other text, such as a country code, is its own name.
    labels = {member.value: getattr(member, "label", None) for member in facet.vocabulary or ()}
    counts = [
        {
            "value": f"{record[1]}:{value}" if mixed else str(value),
            "name": record[0] if record else labels.get(value) if labels else str(value),
            "count": count,
        }
        for count, value, *record in rows  # record: name and type, of a facet by slugs
    ]
    return sorted(counts, key=lambda row: (-row["count"], row["value"]))


def stored_total(
    session: ReadSession,
    catalogue: ResourceRegistry,
    resource: Resource,
    conditions: Sequence[FilterClause],
) -> int | None:
    """Return the stored number of records that match; None if it is to be counted.

    It is stored for no condition, and for one that a facet has one value.
    """
    if resource.identity.counts is None or len(conditions) > 1:
        return None
    facet_name, value = resource.name, ""
    for clause in conditions:
        facet = resource.facets.get(clause.name)
        if (
            facet is None
            or not catalogue.has_stored_counts(resource, facet)
            or len(clause.value) != 1
        ):
            return None
        facet_name, value = stored_name(resource, facet), str(clause.value[0])
    statement = prepared_statement((resource.identity, "stored total"), _stored_total(resource))
    rows = statement.rows(session, facet=facet_name, value=value)
    return int(rows[0][0]) if rows else 0


def _stored_total(resource: Resource) -> Callable[..., Select[Any]]:
    counts = resource.identity.counts
    assert counts is not None
    return lambda facet, value: select(counts.count).where(
        counts.facet == facet, counts.value == value
    )


def stored_name(resource: Resource, facet: Filter) -> str:
    """Return the name by which the counts of a facet are stored."""
    return f"{resource.name}.{facet.name}"


def _stored_counts(resource: Resource, facet: Filter) -> Select[Any]:
    """Return a SELECT of count and value of a facet; of records also name and type."""
    counts, cols = resource.identity.counts, resource.identity
    assert counts is not None
    stmt = select(counts.count).where(counts.facet == stored_name(resource, facet))
    if not isinstance(facet.marker, WhereRef):
        return stmt.add_columns(counts.value)
    stmt = stmt.join(cols.id.class_, cols.id == cast(counts.value, Integer))
    return stmt.add_columns(cols.slug, cols.name, cols.record_type)


@dataclass(frozen=True)
class FacetRows:
    """The rows from which the facet of a whole collection is counted.

    Args:
        statement: SELECT without columns; each row leads from a record to one of its values.
        key: Column of the record.
        value: Column of the value: a word, or the id of a record.
        tables: The classes of the tables that the rows are of.
        repeated: Whether several rows may lead from a record to a value.
    """

    statement: Select[Any]
    key: Attr
    value: Any
    tables: frozenset[type]
    repeated: bool


def facet_rows(catalogue: ResourceRegistry, resource: Resource, facet: Filter) -> FacetRows:
    """Return the rows from which the facet of a whole collection is counted."""
    statement, values = _facet_values(catalogue, resource, facet, (), {})
    key, marker = _counted_key(resource, facet, ()), facet.marker
    columns = marker.columns if isinstance(marker, WhereRef) else [facet.column]
    columns = [key, *columns, *(facet.via[:1] if facet.via else ())]
    tables = frozenset(column.class_ for column in columns if column is not None)
    return FacetRows(statement, key, values[0], tables, facet.via is not None)


def _counted_key(resource: Resource, facet: Filter, filters: Sequence[FilterClause]) -> Attr:
    """Return the column with the id of the record that a row of a facet leads from."""
    return facet.via[0] if facet.via and _is_read_alone(facet, filters) else resource.key


def _is_read_alone(facet: Filter, filters: Sequence[FilterClause]) -> bool:
    """Return whether the related rows of a facet are those of this collection alone.

    The records need not be read then: a foreign key of the rows is to their table.
    """
    if facet.via is None or filters:
        return False
    column, key = (attribute.property.columns[0] for attribute in facet.via)
    return any(foreign.column is key for foreign in column.foreign_keys)


def _facet_values(
    catalogue: ResourceRegistry,
    resource: Resource,
    facet: Filter,
    filters: Sequence[FilterClause],
    bound: Mapping[str, Any],
) -> tuple[Select[Any], list[Any]]:
    """Return a SELECT of the values of all records that match, and its columns.

    These are the value alone, or id, slug, name and type of a record.
    """
    marker, cols = facet.marker, resource.identity
    stmt, record_filters = select().select_from(resource.key.class_), filters
    if facet.via and _is_read_alone(facet, filters):
        stmt = select().select_from(facet.via[0].class_).where(facet.via[0].is_not(None))
    elif facet.via:
        # The value is in a related row: filters on the same row apply to the joined row itself.
        same_row = [
            clause.to_sql(bound[clause.name]) for clause in filters if clause.via == facet.via
        ]
        stmt = stmt.join(facet.via[0].class_, facet.via[0] == facet.via[1]).where(*same_row)
        record_filters = [clause for clause in filters if clause.via != facet.via]
    if isinstance(marker, WhereRef):
        # An alias, since conditions of other filters may name the record table, too.
        other = aliased(cols.id.class_)
        columns = (cols.id, cols.slug, cols.name, cols.record_type)
        values = [getattr(other, column.key) for column in columns]
        if marker.on is not None:
            stmt = stmt.join(marker.columns[0].class_, marker.on)
        stmt = stmt.join(other, values[0].in_(marker.columns))
        types = [catalogue[to].record_type for to in marker.to.split("|")]
        # Not the bare column: SQLite would take its index, and scan all rows for each record.
        stmt = stmt.where(func.coalesce(values[3], "").in_(types))
    else:
        column: Any = facet.column
        values = [column]
        if isinstance(marker, WhereRelated) and marker.on is not None:
            is_joined = column.class_ is marker.parent.class_
            stmt = stmt.where(marker.on) if is_joined else stmt.join(column.class_, marker.on)
        stmt = stmt.where(column.is_not(None))
    return stmt.where(*where_clauses(record_filters, bound)), values
