"""Filter clauses: the filters of a query as SQL conditions, and statements prepared with them."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select

from app.kit.field_mapping import Attr
from app.kit.prepared_statements import prepared_statement
from app.kit.query_types import WhereRef, WhereRelated
from app.kit.resource import Filter
from app.kit.sessions import ReadSession


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
        reusable, condition = not isinstance(marker.sql, FunctionType), marker.sql
        if isinstance(marker, WhereRelated) and (join := marker.on) is not None:
            condition = lambda bound: and_(marker.sql(bound), join)  # noqa: E731
        return FilterClause(declared.name, condition, value, declared.via, reusable)
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
        # Not correlated: a list sorted by a derived field has the same table joined outside.
        owner.in_(select(parent).where(*sqls).correlate(None))
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
