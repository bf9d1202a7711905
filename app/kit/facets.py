"""Facets: record counts per value of a filter.

A facet ignores its own filter: `kind=a&facets=kind` still counts what `kind=b` would give.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.kit.filter_clauses import FilterClause, run_cached_statement, where_clauses
from app.kit.query_types import WhereRef, WhereRelated
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
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
) -> list[dict[str, Any]]:
    """Count the records per value of a facet, in one statement.

    Args:
        session: The transaction to read in.
        catalogue: All resources.
        resource: The collection.
        conditions: Filters in force; the facet's own is ignored.
        name: The facet, which is the name of a filter.

    Returns:
        Rows of value, name (of a record, or label of the value) and count, the highest count first.

    Raises:
        TooManyValuesError: If there are more than `MAX_VALUES` values.
    """
    facet, cols = resource.facets[name], resource.identity
    marker, others = facet.marker, [clause for clause in conditions if clause.name != name]
    mixed = isinstance(marker, WhereRef) and "|" in marker.to  # records of several collections

    def build(**bound: Any) -> Select[Any]:
        stmt, record_filters = select().select_from(resource.key.class_), others
        if facet.via:
            # The value is in a related row: filters on the same row apply to the joined row itself.
            same_row = [
                clause.to_sql(bound[clause.name]) for clause in others if clause.via == facet.via
            ]
            stmt = stmt.join(facet.via[0].class_, facet.via[0] == facet.via[1]).where(*same_row)
            record_filters = [clause for clause in others if clause.via != facet.via]
        if isinstance(marker, WhereRef):
            # An alias, since conditions of other filters may name the record table, too.
            other = aliased(cols.id.class_)
            values = [
                getattr(other, column.key) for column in (cols.slug, cols.name, cols.record_type)
            ]
            if marker.on is not None:
                stmt = stmt.join(marker.columns[0].class_, marker.on)
            stmt = stmt.join(other, getattr(other, cols.id.key).in_(marker.columns))
            stmt = stmt.where(
                values[2].in_([catalogue[to].record_type for to in marker.to.split("|")])
            )
        else:
            values = [facet.column]
            if isinstance(marker, WhereRelated) and marker.on is not None:
                stmt = stmt.join(facet.column.class_, marker.on)  # type: ignore[union-attr]
            stmt = stmt.where(facet.column.is_not(None))  # type: ignore[union-attr]
        # Several related rows of one record may have the same value.
        count = func.count(resource.key.distinct()) if facet.via else func.count()
        stmt = stmt.where(*where_clauses(record_filters, bound)).group_by(*values)
        return stmt.limit(MAX_VALUES + 1).add_columns(count, *values)

    rows = run_cached_statement(session, (resource, "facet", name), build, others)
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
