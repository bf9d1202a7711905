"""The one statement builder: WHERE, sort, keyset, includes; every mouth of the API reads from it.

Columns are selected, never entities. The number of statements depends on the shape of what was
asked, not on how many rows there are.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, union
from sqlalchemy.orm import aliased

from app.kit import cursor as cursors
from app.kit.facets import Condition, combined, condition, count
from app.kit.resource import PAGED, Catalogue, Identity, Include, Resource, WhereSlug
from app.kit.sessions import ReadSession
from app.kit.shape import Attr, Col, Refs, RefTo, Rows, Shape, Values

Row = dict[str, Any]
CHUNK = 500
MAX_INCLUDED = 5000


class UnknownSlugError(ValueError):
    """A filter names a record that is not there."""

    def __init__(self, name: str, slug: str, to: str, near: list[str]) -> None:
        self.name, self.slug, self.to, self.near = name, slug, to, near
        super().__init__(f"{to} has no record {slug!r}")


class TooManyIncludedError(ValueError):
    """An include would add more records than one answer may hold."""

    def __init__(self, name: str, to: str) -> None:
        self.name, self.to = name, to
        super().__init__(f"include={name} would add more than {MAX_INCLUDED} records")


@dataclass(frozen=True)
class Page:
    """One page: rows with their ids, the exact total, the page after, and counts per facet."""

    rows: list[Row]
    ids: list[int]
    total: int
    next: str | None
    facets: dict[str, list[Row]]


@dataclass(frozen=True)
class SortKey:
    """One key of a sort; null comes last both ways."""

    column: Attr
    down: bool
    nullable: bool
    kind: TypeAdapter[Any]


def wanted(shape: Shape, fields: Sequence[str]) -> list[str]:
    """The parts to read: all, or `slug` and the ones asked for, in the record's order."""
    return [n for n in shape.by_name if not fields or n in fields or n == "slug"]


class Reader:
    """Reads the rows of one shape: one statement, and one more per list-valued part."""

    def __init__(self, key: Attr, identity: Identity, shape: Shape, fields: Sequence[str]) -> None:
        self.key, self.identity, self.shape = key, identity, shape
        self.columns: list[ColumnElement[Any]] = []
        self.slices: list[tuple[str, int, RefTo | None]] = []
        self.joins: list[tuple[Any, ColumnElement[bool]]] = []
        self.many = []
        for name in fields:
            marker = shape.by_name[name].marker
            if isinstance(marker, Col):
                self._add(name, None, marker.column)
            elif isinstance(marker, RefTo):
                other = aliased(identity.id.class_)
                of = [getattr(other, c.key) for c in (identity.kind, identity.slug, identity.name)]
                self._add(name, marker, *of)
                self.joins.append((other, getattr(other, identity.id.key) == marker.column))
            else:
                self.many.append((name, marker))

    def _add(self, name: str, ref: RefTo | None, *columns: Any) -> None:
        self.slices.append((name, len(self.columns), ref))
        self.columns += columns

    def statement(self, first: Attr, *more: Any) -> Select[Any]:
        """`first` leads each row; `more` trails it (sort keys)."""
        table = self.key.class_
        stmt = select(first, *self.columns, *more).select_from(table)
        if any(c.class_ is self.identity.id.class_ for c in [*self.columns, *more] if _orm(c)):
            stmt = stmt.join(self.identity.id.class_, self.identity.id == self.key)
        for other, on in self.joins:
            stmt = stmt.outerjoin(other, on)
        return stmt

    def unpack(self, row: Sequence[Any]) -> Row:
        out: Row = dict.fromkeys(self.order)
        for name, at, ref in self.slices:
            value = row[at + 1]
            if ref is not None:
                kind, slug, label = row[at + 1 : at + 4]
                mixed = not isinstance(ref.to, str)
                value = slug and ({"type": kind} if mixed else {}) | {"slug": slug, "name": label}
            out[name] = value
        for name, _ in self.many:
            out[name] = []
        return out

    @cached_property
    def order(self) -> list[str]:
        own = {n for n, _, _ in self.slices} | {n for n, _ in self.many}
        return [n for n in self.shape.by_name if n in own]

    def attach(self, session: ReadSession, ids: Sequence[int], rows: Sequence[Row]) -> None:
        """Fill the list-valued parts of `rows`, whose keys are `ids`, in order."""
        at = dict(zip(ids, rows, strict=True))
        for name, marker in self.many:
            for parent, value in self._children(session, name, marker, ids):
                at[parent][name].append(value)

    def _children(
        self, session: ReadSession, name: str, marker: Values | Refs | Rows, ids: Sequence[int]
    ) -> Iterator[tuple[int, Any]]:
        order = (marker.parent, marker.position)
        if isinstance(marker, Values):
            stmt = select(marker.parent, marker.value).where(marker.parent.in_(ids))
            yield from (tuple(r) for r in session.execute(stmt.order_by(*order)))
        elif isinstance(marker, Refs):
            who = self.identity
            refs = select(marker.parent, who.slug, who.name).join(
                who.id.class_, who.id == marker.child
            )
            for parent, slug, label in session.execute(
                refs.where(marker.parent.in_(ids)).order_by(*order, who.slug)
            ):
                yield parent, {"slug": slug, "name": label}
        else:
            shape = self.shape.nested[name]
            inner = reader(marker.parent, self.identity, shape, tuple(shape.by_name))
            rows = inner.statement(marker.parent).where(marker.parent.in_(ids))
            if marker.where:
                rows = rows.where(marker.where())
            for row in session.execute(rows.order_by(*order)):
                yield row[0], inner.unpack(row)


@lru_cache(512)
def reader(key: Attr, identity: Identity, shape: Shape, fields: tuple[str, ...]) -> Reader:
    """A reader is the same for every request: making its aliases costs more than a query."""
    return Reader(key, identity, shape, fields)


def _orm(column: Any) -> bool:
    return getattr(column, "class_", None) is not None


class Listing:
    """Lists, records, exports and includes of every resource in a catalogue.

    A cursor of one `edition` of the records serves no other.
    """

    def __init__(self, catalogue: Catalogue, edition: str = "") -> None:
        self.catalogue, self.edition = catalogue, edition

    def narrow(
        self, session: ReadSession, resource: Resource, query: BaseModel
    ) -> list[ColumnElement[bool]]:
        """The WHERE of a query; raises UnknownSlugError for a slug that names nothing."""
        return combined(self.conditions(session, resource, query))

    def conditions(
        self, session: ReadSession, resource: Resource, query: BaseModel
    ) -> list[Condition]:
        found: list[Condition] = []
        for declared in resource.filters:
            value, marker = getattr(query, declared.attribute), declared.marker
            if value is None or value == []:
                continue
            if isinstance(marker, WhereSlug):
                value = self.resolve(session, declared.name, marker.to, value)
            found.append(condition(declared, value))
        if words := getattr(query, "q", None):
            found.append(Condition("q", resource.identity.matches(words)))
        return found

    def resolve(self, session: ReadSession, name: str, to: str, slugs: Sequence[str]) -> list[int]:
        """The ids behind slugs; a mixed target takes `type:slug` or a slug alone."""
        who = next(iter(self.catalogue.values())).identity
        kinds = [self.catalogue[t].kind for t in to.split("|")]
        bare = [s.rpartition(":")[2] for s in slugs]
        stmt = select(who.id, who.kind, who.slug).where(who.kind.in_(kinds), who.slug.in_(bare))
        rows = session.execute(stmt).all()
        for slug in slugs:
            kind, _, plain = slug.rpartition(":")
            if not any(r[2] == plain and (not kind or r[1] == kind) for r in rows):
                raise UnknownSlugError(name, slug, to, self.nearest(session, to, plain))
        return [r[0] for r in rows if any(s in (r[2], f"{r[1]}:{r[2]}") for s in slugs)]

    def nearest(self, session: ReadSession, to: str, slug: str) -> list[str]:
        """Up to three slugs that look like the one asked for."""
        who = next(iter(self.catalogue.values())).identity
        kinds = [self.catalogue[t].kind for t in to.split("|")]
        head = slug[:1] or "a"
        stmt = select(who.slug).where(who.kind.in_(kinds))
        inside = select(who.slug).where(
            who.kind.in_(kinds), who.slug.contains(slug[:60], autoescape=True)
        )
        near = session.execute(
            stmt.where(who.slug.startswith(head, autoescape=True)).order_by(who.slug).limit(2000)
        )
        pool = [r[0] for r in near] + [
            r[0] for r in session.execute(inside.order_by(who.slug).limit(20))
        ]
        close = difflib.get_close_matches(slug, pool, n=3, cutoff=0.5)
        return list(dict.fromkeys(close + [p for p in pool if slug and slug in p]))[:3]

    def page(self, session: ReadSession, resource: Resource, query: Any) -> Page:
        """One keyset page and the exact total under the query's filters."""
        conditions = self.conditions(session, resource, query)
        where = combined(conditions)
        total = session.execute(
            select(func.count())
            .select_from(resource.key.class_)
            .join(resource.identity.id.class_, resource.identity.id == resource.key)
            .where(*where)
        ).scalar_one()
        mark = self._mark(resource, query)
        after = None
        if query.cursor:
            keys = self._sort_keys(resource, query.sort)
            after = cursors.decode(query.cursor, mark, [key.kind for key in keys])
        rows, ids, last = self._read(session, resource, query, where, query.limit, after)
        more = len(rows) == query.limit and total > query.limit
        token = cursors.encode(last, mark) if more and last is not None else None
        asked = dict.fromkeys(getattr(query, "facets", ()))
        facets = {n: count(session, self.catalogue, resource, n, conditions) for n in asked}
        return Page(rows, ids, total, token, facets)

    def stream(
        self,
        session: ReadSession,
        resource: Resource,
        query: Any,
        also: Sequence[ColumnElement[bool]] = (),
    ) -> Iterator[list[Row]]:
        """Every row under the query's filters, in chunks: memory stays flat."""
        where = [*self.narrow(session, resource, query), *also]
        after = None
        while True:
            rows, _, after = self._read(session, resource, query, where, CHUNK, after)
            if rows:
                yield rows
            if len(rows) < CHUNK:
                return

    def trail(
        self, resource: Resource, path: str, where: Sequence[ColumnElement[bool]]
    ) -> tuple[Resource, ColumnElement[bool]]:
        """Where a dotted path of includes leads from some records: the noun, and which of it."""
        who = resource.identity
        ids = select(resource.key).join(who.id.class_, who.id == resource.key).where(*where)
        for name in path.split(".") if path else ():
            include = resource.includes[name]
            links = (select(child).where(parent.in_(ids)) for parent, child in include.links)
            resource, ids = self.catalogue[include.targets[0]], select(union(*links).subquery())
        return resource, resource.key.in_(ids)

    def find(
        self, session: ReadSession, resource: Resource, slugs: Sequence[str], fields: Sequence[str]
    ) -> dict[str, tuple[int, Row]]:
        """Records by slug, each with its id."""
        who = resource.identity
        where = [who.kind == resource.kind, who.slug.in_(slugs)]
        rows, ids = self._rows(session, resource, fields, where)
        return {row["slug"]: (key, row) for key, row in zip(ids, rows, strict=True)}

    def included(
        self, session: ReadSession, resource: Resource, ids: Sequence[int], names: Sequence[str]
    ) -> dict[str, dict[str, Row]]:
        """Related records, each once: collection → slug → record."""
        out: dict[str, dict[str, Row]] = {}
        for name in sorted(names):
            head, _, tail = name.partition(".")
            first = self._follow(session, name, resource.includes[head], ids, out)
            if not tail:
                continue
            for target, found in first.items():
                if inner := self.catalogue[target].includes.get(tail):
                    self._follow(session, name, inner, found, out)
        return out

    def _follow(
        self,
        session: ReadSession,
        name: str,
        include: Include,
        ids: Sequence[int],
        out: dict[str, dict[str, Row]],
    ) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for target in include.targets:
            resource = self.catalogue[target]
            children = union(*(select(c).where(p.in_(ids)) for p, c in include.links)).subquery()
            where = [resource.key.in_(select(children.c[0]))]
            rows, keys = self._rows(session, resource, (), where, MAX_INCLUDED + 1)
            if len(rows) > MAX_INCLUDED:
                raise TooManyIncludedError(name, target)
            out.setdefault(target, {}).update((row["slug"], row) for row in rows)
            found[target] = keys
        return found

    def _rows(
        self,
        session: ReadSession,
        resource: Resource,
        fields: Sequence[str],
        where: Sequence[ColumnElement[bool]],
        limit: int | None = None,
    ) -> tuple[list[Row], list[int]]:
        found = self._reader(resource, fields)
        stmt = found.statement(resource.key, resource.identity.slug).where(*where)
        result = session.execute(stmt.order_by(resource.identity.slug).limit(limit)).all()
        rows, ids = [found.unpack(r) for r in result], [r[0] for r in result]
        if ids:
            found.attach(session, ids, rows)
        return rows, ids

    def _read(
        self,
        session: ReadSession,
        resource: Resource,
        query: Any,
        where: Sequence[ColumnElement[bool]],
        limit: int,
        after: Sequence[Any] | None,
    ) -> tuple[list[Row], list[int], list[Any] | None]:
        found = self._reader(resource, getattr(query, "fields", ()))
        keys = self._sort_keys(resource, query.sort)
        stmt = found.statement(resource.key, *(key.column for key in keys)).where(*where)
        if after is not None:
            stmt = stmt.where(_after(keys, after))
        for key in keys:
            order = key.column.desc() if key.down else key.column.asc()
            stmt = stmt.order_by(order.nulls_last() if key.nullable else order)
        result = session.execute(stmt.limit(limit)).all()
        rows, ids = [found.unpack(r) for r in result], [r[0] for r in result]
        if ids:
            found.attach(session, ids, rows)
        last = list(result[-1][-len(keys) :]) if result else None
        return rows, ids, last

    @staticmethod
    def _reader(resource: Resource, fields: Sequence[str]) -> Reader:
        shown = tuple(wanted(resource.shape, fields))
        return reader(resource.key, resource.identity, resource.shape, shown)

    @staticmethod
    def _sort_keys(resource: Resource, sort: Sequence[str]) -> list[SortKey]:
        """The keys of a sort; the slug ends them, so that order is total."""
        keys = []
        names = [*sort] if any(s.lstrip("-") == "slug" for s in sort) else [*sort, "slug"]
        for name in names:
            part = resource.shape.by_name[name.lstrip("-")]
            assert isinstance(part.marker, Col)
            keys.append(
                SortKey(part.marker.column, name.startswith("-"), part.nullable, part.adapter)
            )
        return keys

    def _mark(self, resource: Resource, query: BaseModel) -> str:
        skip = {*PAGED, "fields"}
        own = sorted(query.model_dump(exclude=skip).items())
        return cursors.fingerprint(resource.name, own, *([self.edition] if self.edition else []))


def _after(keys: Sequence[SortKey], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that come after `values` in the order of `keys`, nulls last both ways."""
    ways: list[ColumnElement[bool]] = []
    same: ColumnElement[bool] = true()
    for key, value in zip(keys, values, strict=True):
        if value is None:
            same = and_(same, key.column.is_(None))
            continue
        beyond = key.column < value if key.down else key.column > value
        ways.append(and_(same, or_(beyond, key.column.is_(None)) if key.nullable else beyond))
        same = and_(same, key.column == value)
    return or_(false(), *ways)
