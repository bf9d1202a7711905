"""The one statement builder: WHERE, sort, keyset, includes; every mouth of the API reads from it.

Documents are selected, never entities. The number of statements depends on the shape of what was
asked, not on how many rows there are.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic_core import from_json
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, union

from app.kit import cursor as cursors
from app.kit.documents import Json, Row, picked
from app.kit.facets import Condition, Tallies, combined, condition, count, counted
from app.kit.prepared import Prepared
from app.kit.resource import PAGED, Catalogue, Identity, Include, Resource, WhereSlug
from app.kit.sessions import ReadSession
from app.kit.shape import Attr, Col
from app.kit.tables import utf8

CHUNK = 100  # rows of an export at a time: the turn that everybody else waits for
#: Which of a query's parameters leave what it finds as it is.
UNMARKED = {*PAGED, "fields", "sort"}
MAX_PREPARED = 1000
MAX_INCLUDED = 5000
#: So many records are sooner found and sorted than met on the way through all of them.
FEW = 5000


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
    """One page: documents with their ids, the exact total, the page after, counts per facet."""

    documents: list[Json]
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


class Listing:
    """Lists, records, exports and includes of every resource in a catalogue.

    A cursor of one `edition` of the records serves no other.
    """

    def __init__(
        self, catalogue: Catalogue, edition: str = "", tallies: Tallies | None = None
    ) -> None:
        self.catalogue, self.edition, self.tallies = catalogue, edition, tallies or Tallies()
        self._prepared: dict[tuple[Any, ...], Prepared] = {}

    def conditions(
        self, session: ReadSession, resource: Resource, query: BaseModel
    ) -> list[Condition]:
        """What a query asks; raises UnknownSlugError for a slug that names nothing."""
        found: list[Condition] = []
        for declared in resource.filters:
            value, marker = getattr(query, declared.attribute), declared.marker
            if value is None or value == []:
                continue
            if isinstance(marker, WhereSlug):
                value = self.resolve(session, declared.name, marker.to, value)
            found.append(condition(declared, value))
        if words := getattr(query, "q", None):
            found.append(Condition("q", resource.identity.matches, words))
        return found

    def resolve(self, session: ReadSession, name: str, to: str, slugs: Sequence[str]) -> list[int]:
        """The ids behind slugs; a mixed target takes `type:slug` or a slug alone."""
        who = next(iter(self.catalogue.values())).identity
        kinds = tuple(self.catalogue[t].kind for t in to.split("|"))
        bare = [s.rpartition(":")[2] for s in slugs]
        rows = _named(who, kinds).rows(session, slugs=bare)
        for slug in slugs:
            kind, _, plain = slug.rpartition(":")
            if not any(r[2] == plain and (not kind or r[1] == kind) for r in rows):
                raise UnknownSlugError(name, slug, to, self.nearest(session, to, plain))
        return [r[0] for r in rows if any(s in (r[2], f"{r[1]}:{r[2]}") for s in slugs)]

    def nearest(self, session: ReadSession, to: str, slug: str) -> list[str]:
        """Up to three slugs that look like the one asked for."""
        who = next(iter(self.catalogue.values())).identity
        kinds = [self.catalogue[t].kind for t in to.split("|")]
        stmt = select(who.slug).where(who.kind.in_(kinds)).order_by(who.slug)
        starts = stmt.where(who.slug.startswith(slug[:1] or "a", autoescape=True)).limit(2000)
        inside = stmt.where(who.slug.contains(slug[:60], autoescape=True)).limit(20)
        pool = [one for some in (starts, inside) for one in session.execute(some).scalars()]
        close = difflib.get_close_matches(slug, pool, n=3, cutoff=0.5)
        return list(dict.fromkeys(close + [p for p in pool if slug and slug in p]))[:3]

    def page(self, session: ReadSession, resource: Resource, query: Any) -> Page:
        """One keyset page and the exact total under the query's filters."""
        conditions = self.conditions(session, resource, query)
        own = self._mark(resource, query)
        mark = cursors.fingerprint(own, query.sort)
        after: Sequence[Any] = ()
        if query.cursor:
            keys = self._sort_keys(resource, query.sort)
            after = cursors.decode(query.cursor, mark, [key.kind for key in keys])
        total = self._total(session, resource, own, conditions)
        rows = self._read(session, resource, query, conditions, total, after)
        token = None
        if len(rows) > query.limit:
            rows.pop()
            token = cursors.encode(rows[-1][2:], mark)
        count_of = partial(count, session, self.catalogue, resource, conditions)
        asked = dict.fromkeys(getattr(query, "facets", ()))
        return Page(
            [picked(row[1], query.fields) for row in rows],
            [row[0] for row in rows],
            total,
            token,
            {n: self.tallies.once(session, (own, n), partial(count_of, n)) for n in asked},
        )

    def _total(
        self, session: ReadSession, resource: Resource, mark: str, conditions: Sequence[Condition]
    ) -> int:
        def build(**given: Any) -> Select[Any]:
            stmt = counted(resource, conditions).add_columns(func.count())
            return stmt.where(*combined(conditions, given))

        def total() -> int:
            rows = self._rows(session, (resource, "total"), build, conditions)
            return int(rows[0][0])

        return self.tallies.once(session, mark, total)

    def _rows(
        self,
        session: ReadSession,
        shape: tuple[Any, ...],
        build: Callable[..., Select[Any]],
        conditions: Sequence[Condition],
        **more: Any,
    ) -> list[tuple[Any, ...]]:
        """What a statement of one `shape` finds; it is put together once for all steady values."""
        given = {one.name: one.value for one in conditions} | more
        if not all(one.steady for one in conditions):
            return [tuple(row) for row in session.execute(build(**given))]
        shape = (*shape, *given)
        prepared = self._prepared.get(shape)
        if prepared is None:
            if len(self._prepared) >= MAX_PREPARED:
                self._prepared.clear()
            prepared = self._prepared[shape] = Prepared(build)
        return prepared.rows(session, **given)

    def stream(
        self,
        session: ReadSession,
        resource: Resource,
        query: Any,
        also: Sequence[ColumnElement[bool]] = (),
        what: Attr | None = None,
    ) -> Iterator[Sequence[bytes]]:
        """Every document (or its line of CSV) under the query's filters, in chunks of one walk."""
        conditions = self.conditions(session, resource, query)
        conditions += [Condition("", _as_it_is, one) for one in also]
        mark = self._mark(resource, query)
        total = FEW if also else self._total(session, resource, mark, conditions)
        who, keys = resource.identity, self._sort_keys(resource, query.sort)
        stmt = _found(resource, keys, conditions, few=total <= FEW)
        stmt = stmt.join(who.document.class_, who.document_id == resource.key)
        text = utf8(session.connection, what or who.document)
        stmt = stmt.with_only_columns(text, maintain_column_froms=True)
        rows = session.execute(stmt.execution_options(yield_per=CHUNK))
        yield from rows.scalars().partitions()

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

    def documents(
        self, session: ReadSession, resource: Resource, slugs: Sequence[str]
    ) -> dict[str, tuple[int, str]]:
        """Records by slug, each with its id."""
        rows = _bearing(resource.identity, resource.kind).rows(session, slugs=list(slugs))
        return {slug: (key, document) for slug, key, document in rows}

    def find(
        self, session: ReadSession, resource: Resource, slugs: Sequence[str]
    ) -> dict[str, tuple[int, Row]]:
        """The same, to be looked into."""
        found = self.documents(session, resource, slugs)
        return {slug: (key, from_json(document)) for slug, (key, document) in found.items()}

    def included(
        self, session: ReadSession, resource: Resource, ids: Sequence[int], names: Sequence[str]
    ) -> dict[str, dict[str, Json]]:
        """Related records, each once: collection → slug → document."""
        out: dict[str, dict[str, Json]] = {}
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
        out: dict[str, dict[str, Json]],
    ) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for target in include.targets:
            resource = self.catalogue[target]
            related = _related(resource.identity, resource.key, tuple(include.links))
            rows = related.rows(session, ids=list(ids))
            if len(rows) > MAX_INCLUDED:
                raise TooManyIncludedError(name, target)
            out.setdefault(target, {}).update((row[0], Json(row[2])) for row in rows)
            found[target] = [row[1] for row in rows]
        return found

    def _read(
        self,
        session: ReadSession,
        resource: Resource,
        query: Any,
        conditions: Sequence[Condition],
        total: int,
        after: Sequence[Any],
    ) -> list[Any]:
        """Ids, documents, and the values of the sort keys, of one page and the record after it."""
        who, keys, few = resource.identity, self._sort_keys(resource, query.sort), total <= FEW
        marks = {f"after_{at}": value for at, value in enumerate(after) if value is not None}

        def build(limit: Any, **given: Any) -> Select[Any]:
            behind = [given.get(f"after_{at}") for at, _ in enumerate(after)]
            # Documents are joined to what is left then: they are too large to be sorted along.
            some = _found(resource, keys, conditions, given, behind, few=few).limit(limit)
            key, *values = some.subquery().c
            stmt = select(key, who.document, *values).join(
                who.document.class_, who.document_id == key
            )
            return stmt.order_by(*_order(keys, values))

        shape = (resource, "page", *query.sort, few, not after)
        return self._rows(session, shape, build, conditions, limit=query.limit + 1, **marks)

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
        """What a query asks, but for its order and its page."""
        own = sorted(query.model_dump(exclude=UNMARKED, exclude_defaults=True).items())
        return cursors.fingerprint(resource.name, own, *([self.edition] if self.edition else []))


def _found(
    resource: Resource,
    keys: Sequence[SortKey],
    conditions: Sequence[Condition],
    given: Mapping[str, Any] | None = None,
    after: Sequence[Any] = (),
    *,
    few: bool,
) -> Select[Any]:
    """Ids and the values of the sort keys, in order.

    Of few records all are found and sorted; many are met in the order of an index.
    """
    who = resource.identity
    stmt = select(resource.key, *(key.column for key in keys))
    stmt = stmt.join(who.id.class_, who.id == resource.key)
    stmt = stmt.where(*combined(conditions, given, few=few))
    if not few and keys[0].column.class_ is who.id.class_:
        stmt = stmt.where(who.kind == resource.kind)
    if after:
        stmt = stmt.where(_after(keys, after))
    return stmt.order_by(*_order(keys, [key.column for key in keys]))


def _order(keys: Sequence[SortKey], columns: Sequence[Any]) -> Iterator[ColumnElement[Any]]:
    for key, column in zip(keys, columns, strict=True):
        order = column.desc() if key.down else column.asc()
        yield order.nulls_last() if key.nullable else order


def _as_it_is(sql: ColumnElement[bool]) -> ColumnElement[bool]:
    return sql


def _told(who: Identity) -> Select[Any]:
    """Slug, id and document of records."""
    stmt = select(who.slug, who.id, who.document)
    return stmt.join(who.document.class_, who.document_id == who.id)


@lru_cache(1024)
def _named(who: Identity, kinds: tuple[str, ...]) -> Prepared:
    """The ids, kinds and slugs of the records of some kinds with any of some slugs."""
    found = select(who.id, who.kind, who.slug).where(who.kind.in_(kinds))
    return Prepared(lambda slugs: found.where(who.slug.in_(slugs)))


@lru_cache(1024)
def _bearing(who: Identity, kind: str) -> Prepared:
    """The records with any of some slugs."""
    return Prepared(
        lambda slugs: _told(who).where(who.kind == kind, who.slug.in_(slugs)),
    )


@lru_cache(1024)
def _related(who: Identity, key: Attr, links: tuple[tuple[Attr, Attr], ...]) -> Prepared:
    """The records that links lead to from any of some ids."""

    def build(ids: Any) -> Select[Any]:
        children = union(*(select(child).where(parent.in_(ids)) for parent, child in links))
        stmt = _told(who).join(key.class_, key == who.id)
        stmt = stmt.where(key.in_(select(children.subquery().c[0])))
        return stmt.order_by(who.slug).limit(MAX_INCLUDED + 1)

    return Prepared(build)


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
