"""Filter clauses and facets: WHERE conditions, and record counts per value.

A facet ignores its own filter: `kind=a&facets=kind` still counts what `kind=b` would give.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from types import FunctionType
from typing import Any, TypeVar

from cachetools import LRUCache, cachedmethod
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from app.kit.field_mapping import Attr
from app.kit.prepared_statements import prepared_statement
from app.kit.query_types import WhereRef
from app.kit.registry import ResourceRegistry
from app.kit.resource import Filter, Resource
from app.kit.sessions import ReadSession

MAX_VALUES = 5000  # of one facet
T = TypeVar("T")


class TooManyValuesError(ValueError):
    """A facet has more values than `MAX_VALUES`."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"facets={name} would count more than {MAX_VALUES} values")


class CountCache:
    """LRU cache of totals and facet counts, by the state of the store that they were counted in.

    A session without a state is not cached. `max_values` bounds the number of counts held.
    """

    def __init__(self, max_values: int = 100_000) -> None:
        self._counts: LRUCache[Hashable, Any] = LRUCache(max_values, getsizeof=_size)
        self._lock = Lock()

    def get_or_compute(self, session: ReadSession, key: Hashable, count: Callable[[], T]) -> T:
        """Return the cached counts of a key in the session's state; else those of `count()`."""
        return count() if session.state is None else self._cached(session.state, key, count)

    @cachedmethod(
        lambda self: self._counts,
        key=lambda _self, state, key, _count: (state, key),
        lock=lambda self: self._lock,
    )
    def _cached(self, _state: Hashable, _key: Hashable, count: Callable[[], T]) -> T:
        return count()


def _size(counts: Any) -> int:
    return 1 + (len(counts) if isinstance(counts, list) else 0)


@dataclass(frozen=True)
class FilterClause:
    """One filter with its value, and how it becomes SQL.

    Args:
        name: Public name of the filter, and name of its bind parameter.
        to_sql: Makes the condition from a value or a bind parameter.
        value: The value; for a filter by slugs, the ids behind them.
        via: Of a filter on related rows: their foreign key column, and the record's key.
        reusable: Whether the SQL is the same for all values, so that it can be prepared.
    """

    name: str
    to_sql: Callable[[Any], ColumnElement[bool]]
    value: Any
    via: tuple[Attr, Attr] | None = None
    reusable: bool = False


def filter_clause(declared: Filter, value: Any) -> FilterClause:
    """Return the clause of a declared filter; of a filter by slugs, `value` is a list of ids."""
    marker = declared.marker
    if not isinstance(marker, WhereRef):
        # A Python function may look at the value and return different SQL; the operator of a column
        # or an EnumIn cannot.
        reusable = not isinstance(marker.sql, FunctionType)
        return FilterClause(declared.name, marker.sql, value, declared.via, reusable)
    columns, on = marker.columns, () if marker.on is None else (marker.on,)

    def to_sql(ids: Any) -> ColumnElement[bool]:
        return and_(or_(false(), *(column.in_(ids) for column in columns)), *on)

    return FilterClause(declared.name, to_sql, value, declared.via, reusable=True)


def where_clauses(
    conditions: Sequence[FilterClause],
    bound: Mapping[str, Any] | None = None,
    *,
    small: bool = True,
) -> list[ColumnElement[bool]]:
    """Return the conditions of a WHERE.

    Filters that share their `via` must hold for one and the same related row, so they are put into
    one subquery.

    Args:
        conditions: Filters with their values.
        bound: Bind parameters by filter name, instead of the values.
        small: Whether few records are expected to match. If so, the subquery is `IN`, which starts
            from the related rows; else it is a correlated `EXISTS`, which is tested for each record
            as the records are scanned in the order of the sort.
    """
    clauses = [
        (clause, clause.to_sql(bound[clause.name] if bound else clause.value))
        for clause in conditions
    ]
    related: dict[tuple[Attr, Attr], list[ColumnElement[bool]]] = defaultdict(list)
    for clause, sql in clauses:
        if clause.via:
            related[clause.via].append(sql)
    return [sql for clause, sql in clauses if not clause.via] + [
        owner.in_(select(parent).where(*sqls))
        if small
        else exists().where(parent == owner, *sqls).correlate(owner.class_)
        for (parent, owner), sqls in related.items()
    ]


def run_cached_statement(
    session: ReadSession,
    shape: tuple[Hashable, ...],
    build: Callable[..., Select[Any]],
    conditions: Sequence[FilterClause] = (),
    **extra_parameters: Any,
) -> list[tuple[Any, ...]]:
    """Execute a statement, prepared unless one of its filters is not reusable.

    Args:
        session: The transaction to read in.
        shape: Key of the prepared statement, together with the names of the parameters.
        build: Makes the statement from values or bind parameters, by keyword. It is cached with the
            prepared statement: its closure must not hold a session.
        conditions: Filters, whose values are parameters.
        extra_parameters: Further parameters.
    """
    parameters = {clause.name: clause.value for clause in conditions} | extra_parameters
    if not all(clause.reusable for clause in conditions):
        return [tuple(row) for row in session.execute(build(**parameters))]
    return prepared_statement((*shape, *parameters), build).rows(session, **parameters)


def count_query(resource: Resource, conditions: Sequence[FilterClause]) -> Select[Any]:
    """Return the FROM of a statement that counts records of a collection.

    The record table is joined only if a filter needs it: the search for words in names.
    """
    stmt, cols = select().select_from(resource.key.class_), resource.identity
    by_name = any(clause.name == "q" for clause in conditions)
    return stmt.join(cols.id.class_, cols.id == resource.key) if by_name else stmt


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
        Rows of value, name (of a record; else None) and count, the highest count first.

    Raises:
        TooManyValuesError: If there are more than `MAX_VALUES` values.
    """
    facet, cols = resource.facets[name], resource.identity
    marker, others = facet.marker, [clause for clause in conditions if clause.name != name]
    mixed = isinstance(marker, WhereRef) and "|" in marker.to  # records of several collections

    def build(**bound: Any) -> Select[Any]:
        stmt, record_filters = count_query(resource, others), others
        if facet.via:
            # The value is in a related row: filters on the same row apply to the joined row itself.
            same_row = [
                clause.to_sql(bound[clause.name]) for clause in others if clause.via == facet.via
            ]
            stmt = stmt.join(facet.via[0].class_, facet.via[0] == facet.via[1]).where(*same_row)
            record_filters = [clause for clause in others if clause.via != facet.via]
        if isinstance(marker, WhereRef):
            # An alias, since the record table may be joined already, for names.
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
            stmt = stmt.where(facet.column.is_not(None))  # type: ignore[union-attr]
        # Several related rows of one record may have the same value.
        count = func.count(resource.key.distinct()) if facet.via else func.count()
        stmt = stmt.where(*where_clauses(record_filters, bound)).group_by(*values)
        return stmt.limit(MAX_VALUES + 1).add_columns(count, *values)

    rows = run_cached_statement(session, (resource, "facet", name), build, others)
    if len(rows) > MAX_VALUES:
        raise TooManyValuesError(name)
    counts = [
        {
            "value": f"{record[1]}:{value}" if mixed else str(value),
            "name": record[0] if record else None,
            "count": count,
        }
        for count, value, *record in rows  # record: name and type, of a facet by slugs
    ]
    return sorted(counts, key=lambda row: (-row["count"], row["value"]))
