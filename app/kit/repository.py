"""Repository: lists, records, exports and includes of every collection.

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
from app.kit.database import as_bytes
from app.kit.facets import (
    CountCache,
    FilterClause,
    count_query,
    facet_counts,
    filter_clause,
    run_cached_statement,
    where_clauses,
)
from app.kit.field_mapping import Attr
from app.kit.prepared_statements import prepared_statement
from app.kit.query_types import PAGE_PARAMETERS, WhereRef
from app.kit.raw_json import RawJson, Row, select_fields
from app.kit.registry import ResourceRegistry
from app.kit.resource import Include, RecordColumns, Resource
from app.kit.sessions import ReadSession
from app.kit.sorting import SortKey, keyset_condition, order_by, sort_keys
from app.kit.suggestions import similar

EXPORT_CHUNK_ROWS = 100  # rows of an export that are fetched at a time
#: Which of a query's parameters leave what it finds as it is.
NON_FILTER_PARAMETERS = {*PAGE_PARAMETERS, "fields", "sort"}
MAX_INCLUDED = 5000
#: So many records are sooner found and sorted than met on the way through all of them.
SMALL_RESULT = 5000


class UnknownSlugError(ValueError):
    """A filter names a record that is not there."""

    def __init__(self, name: str, slug: str, to: str, similar: list[str]) -> None:
        self.name, self.slug, self.to, self.similar = name, slug, to, similar
        super().__init__(f"{to} has no record {slug!r}")


class TooManyIncludedError(ValueError):
    """An include would add more records than one answer may hold."""

    def __init__(self, name: str, to: str) -> None:
        self.name, self.to = name, to
        super().__init__(f"include={name} would add more than {MAX_INCLUDED} records")


@dataclass(frozen=True)
class Page:
    """One page: documents with their ids, the exact total, the page after, counts per facet."""

    documents: list[RawJson]
    ids: list[int]
    total: int
    next: str | None
    facets: dict[str, list[Row]]


class Repository:
    """Lists, records, exports and includes of every resource in a catalogue.

    A cursor of one `release` of the records serves no other.
    """

    def __init__(
        self, catalogue: ResourceRegistry, release: str = "", counts: CountCache | None = None
    ) -> None:
        self.catalogue, self.release, self.counts = catalogue, release, counts or CountCache()

    def conditions(
        self, session: ReadSession, resource: Resource, query: BaseModel
    ) -> list[FilterClause]:
        """What a query asks; raises UnknownSlugError for a slug that names nothing."""
        conditions: list[FilterClause] = []
        for declared in resource.filters:
            value, marker = getattr(query, declared.attribute), declared.marker
            if value is None or value == []:
                continue
            if isinstance(marker, WhereRef):
                value = self.resolve(session, declared.name, marker.to, value)
            conditions.append(filter_clause(declared, value))
        if words := getattr(query, "q", None):
            conditions.append(FilterClause("q", resource.identity.matches, words))
        return conditions

    def resolve(self, session: ReadSession, name: str, to: str, slugs: Sequence[str]) -> list[int]:
        """The ids behind slugs; a mixed target takes `type:slug` or a slug alone."""
        cols = next(iter(self.catalogue.values())).identity
        kinds = [self.catalogue[t].kind for t in to.split("|")]
        slugs_only = [s.rpartition(":")[2] for s in slugs]

        def build(slugs: Any) -> Select[Any]:
            stmt = select(cols.id, cols.kind, cols.slug)
            return stmt.where(cols.kind.in_(kinds), cols.slug.in_(slugs))

        rows = prepared_statement((cols, *kinds), build).rows(session, slugs=slugs_only)
        for slug in slugs:
            kind, _, plain = slug.rpartition(":")
            if not any(r[2] == plain and (not kind or r[1] == kind) for r in rows):
                raise UnknownSlugError(name, slug, to, self.similar_slugs(session, to, plain))
        return [r[0] for r in rows if any(s in (r[2], f"{r[1]}:{r[2]}") for s in slugs)]

    def similar_slugs(self, session: ReadSession, to: str, slug: str) -> list[str]:
        """Up to three slugs that look like the one asked for."""
        cols = next(iter(self.catalogue.values())).identity
        kinds = [self.catalogue[t].kind for t in to.split("|")]
        stmt = select(cols.slug).where(cols.kind.in_(kinds)).order_by(cols.slug)
        starts = stmt.where(cols.slug.startswith(slug[:1] or "a", autoescape=True)).limit(2000)
        inside = stmt.where(cols.slug.contains(slug[:60], autoescape=True)).limit(20)
        pool = [
            candidate
            for query in (starts, inside)
            for candidate in session.execute(query).scalars()
        ]
        close = similar(slug, pool)
        return list(dict.fromkeys(close + [p for p in pool if slug and slug in p]))[:3]

    def list_page(self, session: ReadSession, resource: Resource, query: Any) -> Page:
        """One keyset page and the exact total under the query's filters."""
        conditions = self.conditions(session, resource, query)
        filters_mark = self._filter_fingerprint(resource, query)
        mark = cursors.fingerprint(filters_mark, query.sort)
        after: Sequence[Any] = ()
        if query.cursor:
            keys = sort_keys(resource, query.sort)
            after = cursors.decode(query.cursor, mark, [key.kind for key in keys])
        total = self._total(session, resource, filters_mark, conditions)
        rows = self._read_page(session, resource, query, conditions, total, after)
        token = None
        if len(rows) > query.limit:
            rows.pop()
            token = cursors.encode(rows[-1][2:], mark)
        count_of = partial(facet_counts, session, self.catalogue, resource, conditions)
        facet_names = dict.fromkeys(getattr(query, "facets", ()))
        return Page(
            [select_fields(row[1], query.fields) for row in rows],
            [row[0] for row in rows],
            total,
            token,
            {
                n: self.counts.get_or_compute(session, (filters_mark, n), partial(count_of, n))
                for n in facet_names
            },
        )

    def _total(
        self, session: ReadSession, resource: Resource, key: str, conditions: Sequence[FilterClause]
    ) -> int:
        def build(**bound: Any) -> Select[Any]:
            stmt = count_query(resource, conditions).add_columns(func.count())
            return stmt.where(*where_clauses(conditions, bound))

        of = (session, (resource, "total"), build, conditions)
        return self.counts.get_or_compute(
            session, key, lambda: int(run_cached_statement(*of)[0][0])
        )

    def iter_documents(
        self,
        session: ReadSession,
        resource: Resource,
        query: Any,
        extra_where: Sequence[ColumnElement[bool]] = (),
        column: Attr | None = None,
    ) -> Iterator[Sequence[bytes]]:
        """Every document (or its line of CSV) under the query's filters, in chunks of one walk."""
        conditions = self.conditions(session, resource, query)
        conditions += [FilterClause("", lambda sql: sql, clause) for clause in extra_where]
        mark = self._filter_fingerprint(resource, query)
        total = SMALL_RESULT if extra_where else self._total(session, resource, mark, conditions)
        cols, keys = resource.identity, sort_keys(resource, query.sort)
        stmt = _ordered_ids(resource, keys, conditions, small=total <= SMALL_RESULT)
        stmt = stmt.join(cols.document.class_, cols.document_id == resource.key)
        text = as_bytes(session.connection, column or cols.document)
        stmt = stmt.with_only_columns(text, maintain_column_froms=True)
        rows = session.execute(stmt.execution_options(yield_per=EXPORT_CHUNK_ROWS))
        yield from rows.scalars().partitions()

    def include_target(
        self, resource: Resource, path: str, where: Sequence[ColumnElement[bool]]
    ) -> tuple[Resource, ColumnElement[bool]]:
        """Where a dotted path of includes leads from some records: the noun, and which of it."""
        cols = resource.identity
        ids = select(resource.key).join(cols.id.class_, cols.id == resource.key).where(*where)
        for name in path.split(".") if path else ():
            include = resource.includes[name]
            links = (select(child).where(parent.in_(ids)) for parent, child in include.links)
            resource, ids = self.catalogue[include.targets[0]], select(union(*links).subquery())
        return resource, resource.key.in_(ids)

    def get_documents(
        self, session: ReadSession, resource: Resource, slugs: Sequence[str]
    ) -> dict[str, tuple[int, str]]:
        """Records by slug, each with its id."""
        cols = resource.identity

        def build(slugs: Any) -> Select[Any]:
            return _select_slug_id_document(cols).where(
                cols.kind == resource.kind, cols.slug.in_(slugs)
            )

        rows = prepared_statement((resource, "documents"), build).rows(session, slugs=list(slugs))
        return {slug: (key, document) for slug, key, document in rows}

    def get_parsed(
        self, session: ReadSession, resource: Resource, slugs: Sequence[str]
    ) -> dict[str, tuple[int, Row]]:
        """The same, to be looked into."""
        documents = self.get_documents(session, resource, slugs)
        return {slug: (key, from_json(document)) for slug, (key, document) in documents.items()}

    def load_includes(
        self, session: ReadSession, resource: Resource, ids: Sequence[int], names: Sequence[str]
    ) -> dict[str, dict[str, RawJson]]:
        """Related records, each once: collection → slug → document."""
        out: dict[str, dict[str, RawJson]] = {}
        for name in sorted(names):
            head, _, tail = name.partition(".")
            loaded = self._load_include(session, name, resource.includes[head], ids, out)
            if not tail:
                continue
            for target, target_ids in loaded.items():
                if inner := self.catalogue[target].includes.get(tail):
                    self._load_include(session, name, inner, target_ids, out)
        return out

    def _load_include(
        self,
        session: ReadSession,
        name: str,
        include: Include,
        ids: Sequence[int],
        out: dict[str, dict[str, RawJson]],
    ) -> dict[str, list[int]]:
        ids_by_target: dict[str, list[int]] = {}
        for target in include.targets:
            rows = _related(session, self.catalogue[target], include, list(ids))
            if len(rows) > MAX_INCLUDED:
                raise TooManyIncludedError(name, target)
            out.setdefault(target, {}).update((row[0], RawJson(row[2])) for row in rows)
            ids_by_target[target] = [row[1] for row in rows]
        return ids_by_target

    def _read_page(
        self,
        session: ReadSession,
        resource: Resource,
        query: Any,
        conditions: Sequence[FilterClause],
        total: int,
        after: Sequence[Any],
    ) -> list[Any]:
        """Ids, documents, and the values of the sort keys, of one page and the record after it."""
        cols, keys, small = (
            resource.identity,
            sort_keys(resource, query.sort),
            total <= SMALL_RESULT,
        )
        after_parameters = {
            f"after_{at}": value for at, value in enumerate(after) if value is not None
        }

        def build(limit: Any, **bound: Any) -> Select[Any]:
            after_values = [bound.get(f"after_{at}") for at, _ in enumerate(after)]
            # Documents are joined to what is left then: they are too large to be sorted along.
            ids_stmt = _ordered_ids(
                resource, keys, conditions, bound, after_values, small=small
            ).limit(limit)
            key, *values = ids_stmt.subquery().c
            stmt = select(key, cols.document, *values).order_by(*order_by(keys, values))
            return stmt.join(cols.document.class_, cols.document_id == key)

        shape = (resource, "page", *query.sort, small, not after)
        return run_cached_statement(
            session, shape, build, conditions, limit=query.limit + 1, **after_parameters
        )

    def _filter_fingerprint(self, resource: Resource, query: BaseModel) -> str:
        """What a query asks, but for its order and its page."""
        filters = sorted(
            query.model_dump(exclude=NON_FILTER_PARAMETERS, exclude_defaults=True).items()
        )
        return cursors.fingerprint(
            resource.name, filters, *([self.release] if self.release else [])
        )


def _ordered_ids(
    resource: Resource,
    keys: Sequence[SortKey],
    conditions: Sequence[FilterClause],
    bound: Mapping[str, Any] | None = None,
    after: Sequence[Any] = (),
    *,
    small: bool,
) -> Select[Any]:
    """Ids and the values of the sort keys, in order.

    Of few records all are found and sorted; many are met in the order of an index.
    """
    cols = resource.identity
    stmt = select(resource.key, *(key.column for key in keys))
    stmt = stmt.join(cols.id.class_, cols.id == resource.key)
    stmt = stmt.where(*where_clauses(conditions, bound, small=small))
    if not small and keys[0].column.class_ is cols.id.class_:
        stmt = stmt.where(cols.kind == resource.kind)
    if after:
        stmt = stmt.where(keyset_condition(keys, after))
    return stmt.order_by(*order_by(keys, [key.column for key in keys]))


def _select_slug_id_document(cols: RecordColumns) -> Select[Any]:
    """Slug, id and document of records."""
    stmt = select(cols.slug, cols.id, cols.document)
    return stmt.join(cols.document.class_, cols.document_id == cols.id)


def _related(
    session: ReadSession, resource: Resource, include: Include, ids: list[int]
) -> list[tuple[Any, ...]]:
    """The records of a noun that an include leads to from any of some."""
    cols, key = resource.identity, resource.key

    def build(ids: Any) -> Select[Any]:
        children = union(*(select(child).where(parent.in_(ids)) for parent, child in include.links))
        stmt = _select_slug_id_document(cols).join(key.class_, key == cols.id)
        stmt = stmt.where(key.in_(select(children.subquery().c[0])))
        return stmt.order_by(cols.slug).limit(MAX_INCLUDED + 1)

    return prepared_statement((resource, *include.links), build).rows(session, ids=ids)
