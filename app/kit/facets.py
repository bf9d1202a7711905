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

MAX_VALUES = 5000
T = TypeVar("T")


class TooManyValuesError(ValueError):
    """A facet would count more values than one answer may hold."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"facets={name} would count more than {MAX_VALUES} values")


class CountCache:
    """Totals and facet counts of the states that a store was read in, each computed once.

    Least recently used out; a session without a state is not cached.
    """

    def __init__(self, max_values: int = 100_000) -> None:
        self._counts: LRUCache[Hashable, Any] = LRUCache(max_values, getsizeof=_size)
        self._lock = Lock()

    def get_or_compute(self, session: ReadSession, key: Hashable, count: Callable[[], T]) -> T:
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
    """What one filter in force asks: of the record itself, or of a row related `via` it.

    Where it is `reusable`, the same statement serves all of its values.
    """

    name: str
    to_sql: Callable[[Any], ColumnElement[bool]]
    value: Any
    via: tuple[Attr, Attr] | None = None
    reusable: bool = False


def filter_clause(declared: Filter, value: Any) -> FilterClause:
    """One filter with its value; of a filter by slugs, the value is the ids behind them."""
    marker = declared.marker
    if not isinstance(marker, WhereRef):
        reusable = not isinstance(marker.sql, FunctionType)  # but a column's own operator
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
    """The WHERE; what is asked of related rows through one column holds for one and the same.

    Where a `small` records are left, related rows are what leads to them; else each record's own
    are looked at, in whatever order the records come. `given` has what stands for each value.
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
    """What a statement of one `shape` finds; it is put together once for all steady values.

    `build` takes what stands for each value by its name, and is kept: it may hold no session.
    """
    parameters = {clause.name: clause.value for clause in conditions} | extra_parameters
    if not all(clause.reusable for clause in conditions):
        return [tuple(row) for row in session.execute(build(**parameters))]
    return prepared_statement((*shape, *parameters), build).rows(session, **parameters)


def count_query(resource: Resource, conditions: Sequence[FilterClause]) -> Select[Any]:
    """The records of a noun, to be counted; the table of names is joined where words are asked."""
    stmt, cols = select().select_from(resource.key.class_), resource.identity
    named = any(clause.name == "q" for clause in conditions)
    return stmt.join(cols.id.class_, cols.id == resource.key) if named else stmt


def facet_counts(
    session: ReadSession,
    catalogue: ResourceRegistry,
    resource: Resource,
    conditions: Sequence[FilterClause],
    name: str,
) -> list[dict[str, Any]]:
    """value, name and count per value of a facet, most first; one statement."""
    facet, cols = resource.facets[name], resource.identity
    marker, others = facet.marker, [clause for clause in conditions if clause.name != name]
    mixed = isinstance(marker, WhereRef) and "|" in marker.to

    def build(**bound: Any) -> Select[Any]:
        stmt, rest = count_query(resource, others), others
        if facet.via:
            same_row = [
                clause.to_sql(bound[clause.name]) for clause in others if clause.via == facet.via
            ]
            stmt = stmt.join(facet.via[0].class_, facet.via[0] == facet.via[1])
            stmt, rest = (
                stmt.where(*same_row),
                [clause for clause in others if clause.via != facet.via],
            )
        if isinstance(marker, WhereRef):
            other = aliased(cols.id.class_)
            values = [getattr(other, column.key) for column in (cols.slug, cols.name, cols.kind)]
            if marker.on is not None:
                stmt = stmt.join(marker.columns[0].class_, marker.on)
            stmt = stmt.join(other, getattr(other, cols.id.key).in_(marker.columns))
            stmt = stmt.where(values[2].in_([catalogue[to].kind for to in marker.to.split("|")]))
        else:
            values = [facet.column]
            stmt = stmt.where(facet.column.is_not(None))  # type: ignore[union-attr]
        number = func.count(resource.key.distinct()) if facet.via else func.count()
        stmt = stmt.where(*where_clauses(rest, bound)).group_by(*values).limit(MAX_VALUES + 1)
        return stmt.add_columns(number, *values)

    rows = run_cached_statement(session, (resource, "facet", name), build, others)
    if len(rows) > MAX_VALUES:
        raise TooManyValuesError(name)
    counts = [
        {
            "value": f"{named[1]}:{value}" if mixed else str(value),
            "name": named[0] if named else None,
            "count": number,
        }
        for number, value, *named in rows
    ]
    return sorted(counts, key=lambda row: (-row["count"], row["value"]))
