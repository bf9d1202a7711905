"""Facets: what the filters of a list ask, and how many records each of their values would leave.

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
from app.kit.prepared_statements import prepared
from app.kit.resource import Catalogue, Filter, Resource, WhereSlug
from app.kit.sessions import ReadSession

MAX_VALUES = 5000
T = TypeVar("T")


class TooManyValuesError(ValueError):
    """A facet would count more values than one answer may hold."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"facets={name} would count more than {MAX_VALUES} values")


class Tallies:
    """Totals and facet counts of the states that a store was read in, each computed once.

    Least recently used out; a session without a state is not cached.
    """

    def __init__(self, max_values: int = 100_000) -> None:
        self._counts: LRUCache[Hashable, Any] = LRUCache(max_values, getsizeof=_size)
        self._lock = Lock()

    def once(self, session: ReadSession, key: Hashable, count: Callable[[], T]) -> T:
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
class Condition:
    """What one filter in force asks: of the record itself, or of a row related `through` it.

    Where it is `steady`, the same statement serves all of its values.
    """

    name: str
    make: Callable[[Any], ColumnElement[bool]]
    value: Any
    through: tuple[Attr, Attr] | None = None
    steady: bool = False


def condition(declared: Filter, value: Any) -> Condition:
    """One filter with its value; of a filter by slugs, the value is the ids behind them."""
    marker = declared.marker
    if not isinstance(marker, WhereSlug):
        steady = not isinstance(marker.sql, FunctionType)  # but a column's own operator
        return Condition(declared.name, marker.sql, value, declared.through, steady)
    columns, on = marker.columns, () if marker.on is None else (marker.on,)

    def make(ids: Any) -> ColumnElement[bool]:
        return and_(or_(false(), *(column.in_(ids) for column in columns)), *on)

    return Condition(declared.name, make, value, declared.through, steady=True)


def combined(
    conditions: Sequence[Condition], given: Mapping[str, Any] | None = None, *, few: bool = True
) -> list[ColumnElement[bool]]:
    """The WHERE; what is asked of related rows through one column holds for one and the same.

    Where a `few` records are left, related rows are what leads to them; else each record's own
    are looked at, in whatever order the records come. `given` has what stands for each value.
    """
    asked = [(one, one.make(given[one.name] if given else one.value)) for one in conditions]
    related: dict[tuple[Attr, Attr], list[ColumnElement[bool]]] = defaultdict(list)
    for one, sql in asked:
        if one.through:
            related[one.through].append(sql)
    return [sql for one, sql in asked if not one.through] + [
        own.in_(select(theirs).where(*sqls))
        if few
        else exists().where(theirs == own, *sqls).correlate(own.class_)
        for (theirs, own), sqls in related.items()
    ]


def selected(
    session: ReadSession,
    shape: tuple[Hashable, ...],
    build: Callable[..., Select[Any]],
    conditions: Sequence[Condition] = (),
    **more: Any,
) -> list[tuple[Any, ...]]:
    """What a statement of one `shape` finds; it is put together once for all steady values.

    `build` takes what stands for each value by its name, and is kept: it may hold no session.
    """
    given = {one.name: one.value for one in conditions} | more
    if not all(one.steady for one in conditions):
        return [tuple(row) for row in session.execute(build(**given))]
    return prepared((*shape, *given), build).rows(session, **given)


def counted(resource: Resource, conditions: Sequence[Condition]) -> Select[Any]:
    """The records of a noun, to be counted; the table of names is joined where words are asked."""
    stmt, who = select().select_from(resource.key.class_), resource.identity
    named = any(one.name == "q" for one in conditions)
    return stmt.join(who.id.class_, who.id == resource.key) if named else stmt


def count(
    session: ReadSession,
    catalogue: Catalogue,
    resource: Resource,
    conditions: Sequence[Condition],
    name: str,
) -> list[dict[str, Any]]:
    """value, name and count per value of a facet, most first; one statement."""
    facet, who = resource.facets[name], resource.identity
    marker, others = facet.marker, [one for one in conditions if one.name != name]
    mixed = isinstance(marker, WhereSlug) and "|" in marker.to

    def build(**given: Any) -> Select[Any]:
        stmt, rest = counted(resource, others), others
        if facet.through:
            same = [one.make(given[one.name]) for one in others if one.through == facet.through]
            stmt = stmt.join(facet.through[0].class_, facet.through[0] == facet.through[1])
            stmt, rest = stmt.where(*same), [o for o in others if o.through != facet.through]
        if isinstance(marker, WhereSlug):
            other = aliased(who.id.class_)
            values = [getattr(other, column.key) for column in (who.slug, who.name, who.kind)]
            if marker.on is not None:
                stmt = stmt.join(marker.columns[0].class_, marker.on)
            stmt = stmt.join(other, getattr(other, who.id.key).in_(marker.columns))
            stmt = stmt.where(values[2].in_([catalogue[to].kind for to in marker.to.split("|")]))
        else:
            values = [facet.column]
            stmt = stmt.where(facet.column.is_not(None))  # type: ignore[union-attr]
        number = func.count(resource.key.distinct()) if facet.through else func.count()
        stmt = stmt.where(*combined(rest, given)).group_by(*values).limit(MAX_VALUES + 1)
        return stmt.add_columns(number, *values)

    rows = selected(session, (resource, "facet", name), build, others)
    if len(rows) > MAX_VALUES:
        raise TooManyValuesError(name)
    found = [
        {
            "value": f"{named[1]}:{value}" if mixed else str(value),
            "name": named[0] if named else None,
            "count": number,
        }
        for number, value, *named in rows
    ]
    return sorted(found, key=lambda row: (-row["count"], row["value"]))
