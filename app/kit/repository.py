"""The one statement builder: WHERE, sort, keyset, includes; every mouth of the API reads from it.

Documents are selected, never entities. The number of statements depends on the shape of what was
asked, not on how many rows there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel
from pydantic_core import from_json
from sqlalchemy import ColumnElement, Select, func, select, union

from app.kit import cursor as cursors
from app.kit.database import utf8
from app.kit.facets import Condition, Tallies, combined, condition, count, counted, selected
from app.kit.field_mapping import Attr
from app.kit.prepared_statements import prepared
from app.kit.raw_json import Json, Row, picked
from app.kit.resource import PAGED, Catalogue, Identity, Include, Resource, WhereSlug
from app.kit.sessions import ReadSession
from app.kit.sorting import SortKey, comes_after, orders, sort_keys
from app.kit.suggestions import similar

CHUNK = 100  # rows of an export that are fetched at a time
#: Which of a query's parameters leave what it finds as it is.
UNMARKED = {*PAGED, "fields", "sort"}
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


class Listing:
    """Lists, records, exports and includes of every resource in a catalogue.

    A cursor of one `edition` of the records serves no other.
    """

    def __init__(
        self, catalogue: Catalogue, edition: str = "", tallies: Tallies | None = None
    ) -> None:
        self.catalogue, self.edition, self.tallies = catalogue, edition, tallies or Tallies()

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
        kinds = [self.catalogue[t].kind for t in to.split("|")]
        bare = [s.rpartition(":")[2] for s in slugs]

        def build(slugs: Any) -> Select[Any]:
            found = select(who.id, who.kind, who.slug)
            return found.where(who.kind.in_(kinds), who.slug.in_(slugs))

        rows = prepared((who, *kinds), build).rows(session, slugs=bare)
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
        close = similar(slug, pool)
        return list(dict.fromkeys(close + [p for p in pool if slug and slug in p]))[:3]

    def page(self, session: ReadSession, resource: Resource, query: Any) -> Page:
        """One keyset page and the exact total under the query's filters."""
        conditions = self.conditions(session, resource, query)
        own = self._mark(resource, query)
        mark = cursors.fingerprint(own, query.sort)
        after: Sequence[Any] = ()
        if query.cursor:
            keys = sort_keys(resource, query.sort)
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

        of = (session, (resource, "total"), build, conditions)
        return self.tallies.once(session, mark, lambda: int(selected(*of)[0][0]))

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
        conditions += [Condition("", lambda sql: sql, one) for one in also]
        mark = self._mark(resource, query)
        total = FEW if also else self._total(session, resource, mark, conditions)
        who, keys = resource.identity, sort_keys(resource, query.sort)
        stmt = _in_order(resource, keys, conditions, few=total <= FEW)
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
        who = resource.identity

        def build(slugs: Any) -> Select[Any]:
            return _told(who).where(who.kind == resource.kind, who.slug.in_(slugs))

        rows = prepared((resource, "documents"), build).rows(session, slugs=list(slugs))
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
            rows = _related(session, self.catalogue[target], include, list(ids))
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
        who, keys, few = resource.identity, sort_keys(resource, query.sort), total <= FEW
        marks = {f"after_{at}": value for at, value in enumerate(after) if value is not None}

        def build(limit: Any, **given: Any) -> Select[Any]:
            behind = [given.get(f"after_{at}") for at, _ in enumerate(after)]
            # Documents are joined to what is left then: they are too large to be sorted along.
            some = _in_order(resource, keys, conditions, given, behind, few=few).limit(limit)
            key, *values = some.subquery().c
            stmt = select(key, who.document, *values).order_by(*orders(keys, values))
            return stmt.join(who.document.class_, who.document_id == key)

        shape = (resource, "page", *query.sort, few, not after)
        return selected(session, shape, build, conditions, limit=query.limit + 1, **marks)

    def _mark(self, resource: Resource, query: BaseModel) -> str:
        """What a query asks, but for its order and its page."""
        own = sorted(query.model_dump(exclude=UNMARKED, exclude_defaults=True).items())
        return cursors.fingerprint(resource.name, own, *([self.edition] if self.edition else []))


def _in_order(
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
        stmt = stmt.where(comes_after(keys, after))
    return stmt.order_by(*orders(keys, [key.column for key in keys]))


def _told(who: Identity) -> Select[Any]:
    """Slug, id and document of records."""
    stmt = select(who.slug, who.id, who.document)
    return stmt.join(who.document.class_, who.document_id == who.id)


def _related(
    session: ReadSession, resource: Resource, include: Include, ids: list[int]
) -> list[tuple[Any, ...]]:
    """The records of a noun that an include leads to from any of some."""
    who, key = resource.identity, resource.key

    def build(ids: Any) -> Select[Any]:
        children = union(*(select(child).where(parent.in_(ids)) for parent, child in include.links))
        stmt = _told(who).join(key.class_, key == who.id)
        stmt = stmt.where(key.in_(select(children.subquery().c[0])))
        return stmt.order_by(who.slug).limit(MAX_INCLUDED + 1)

    return prepared((resource, *include.links), build).rows(session, ids=ids)
