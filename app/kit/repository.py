"""Repository: lists, records, exports and includes of every collection.

It selects ready JSON documents, never ORM entities. The number of statements depends on the
request, not on the number of rows.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel
from pydantic_core import from_json
from sqlalchemy import ColumnElement, Select, func, select

from app.kit import cursor as cursors
from app.kit import includes, lookup
from app.kit.count_cache import CountCache
from app.kit.database import as_bytes
from app.kit.facets import facet_counts, stored_total
from app.kit.field_mapping import Attr
from app.kit.filter_clauses import (
    FilterClause,
    filter_clause,
    run_cached_statement,
    where_clauses,
)
from app.kit.query_types import PAGE_PARAMETERS, WhereRef
from app.kit.raw_json import RawJson, Row, select_fields
from app.kit.registry import ResourceRegistry
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.kit.sorting import SortKey, keyset_condition, order_by, sort_keys
from app.kit.text_search import TextMatches, TextSearch, ranked_documents, relevance_page

EXPORT_CHUNK_ROWS = 100  # rows of an export that are fetched at a time
#: Parameters that change neither which records a query matches nor their number.
NON_FILTER_PARAMETERS = {*PAGE_PARAMETERS, "fields", "sort"}
#: A page of large records ends before its `limit`, at about so many characters of JSON.
MAX_PAGE_CHARACTERS = 4_000_000
#: Rows of a page that are read first, to see how large its records are: all of a page of 50.
FIRST_ROWS = 51
#: Up to this many matching records it is faster to find them all and sort them than to scan an
#: index in the order of the sort and test each row.
SMALL_RESULT = 5000


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Args:
        documents: JSON documents of the records, in order.
        ids: Ids of the records, in the same order.
        total: Exact number of records on all pages.
        next: Cursor of the next page; None on the last one.
        facets: Facet → rows of value, name and count.
        text_query: How the text `q` was read; None without one.
    """

    documents: list[RawJson]
    ids: list[int]
    total: int
    next: str | None
    facets: dict[str, list[Row]]
    text_query: Row | None


class Repository:
    """Read access to the records of every resource.

    Args:
        catalogue: All resources.
        release: Name of the release that is read; a cursor is valid in its release only.
        counts: Cache of totals and facet counts, shared by repositories of one store.
        text_search: Search for the parameter `q`, which without it is a TypeError.
    """

    def __init__(
        self,
        catalogue: ResourceRegistry,
        release: str = "",
        counts: CountCache | None = None,
        text_search: TextSearch | None = None,
    ) -> None:
        self.catalogue, self.release, self.counts = catalogue, release, counts or CountCache()
        self.text_search = text_search

    def as_of_release(self, name: str) -> "Repository":
        """Return the repository that reads a release."""
        return Repository(self.catalogue, name, self.counts, self.text_search)

    def conditions(
        self, session: ReadSession, resource: Resource, query: BaseModel
    ) -> list[FilterClause]:
        """Return the filters of a query that are set, with their values.

        Raises:
            UnknownSlugError: If a filter names a record that does not exist.
        """
        conditions = self._filters(session, resource, query)
        matches = self._text_matches(session, resource, query)
        return conditions if matches is None else [*conditions, matches.clause(resource)]

    def _filters(
        self, session: ReadSession, resource: Resource, query: BaseModel
    ) -> list[FilterClause]:
        """Return the filters of a query that are set, without the text `q`."""
        conditions: list[FilterClause] = []
        for declared in (resource.slug_filter, *resource.filters):
            value, marker = getattr(query, declared.attribute), declared.marker
            if value is None or value == []:
                continue
            if isinstance(marker, WhereRef):
                value = self.resolve(session, declared.name, marker.to, value)
            conditions.append(filter_clause(declared, value))
        return conditions

    def _text_matches(
        self, session: ReadSession, resource: Resource, query: BaseModel
    ) -> TextMatches | None:
        """Return what the text `q` of a query matches; None without one."""
        text = getattr(query, "q", None)
        if not text:
            return None
        if self.text_search is None:
            raise TypeError("this repository was made without a text search")
        return self.text_search(session, resource, text)

    def resolve(self, session: ReadSession, name: str, to: str, slugs: Sequence[str]) -> list[int]:
        """Return the ids of records by slug; see `lookup.resolve_slugs`."""
        return lookup.resolve_slugs(session, self.catalogue, name, to, slugs)

    def similar_slugs(self, session: ReadSession, to: str, slug: str) -> list[str]:
        """Return up to three slugs that resemble one that does not exist."""
        return lookup.similar_slugs(session, self.catalogue, to, slug)

    def get_documents(
        self, session: ReadSession, resource: Resource, slugs: Sequence[str]
    ) -> dict[str, tuple[int, str]]:
        """Return slug → (id, JSON document) of the records that exist."""
        return lookup.get_documents(session, resource, slugs)

    def get_parsed(
        self, session: ReadSession, resource: Resource, slugs: Sequence[str]
    ) -> dict[str, tuple[int, Row]]:
        """Return slug → (id, parsed document) of the records that exist."""
        documents = self.get_documents(session, resource, slugs)
        return {slug: (key, from_json(document)) for slug, (key, document) in documents.items()}

    def load_includes(
        self, session: ReadSession, resource: Resource, ids: Sequence[int], names: Sequence[str]
    ) -> includes.Included:
        """Return related records, each once; see `includes.load_includes`."""
        return includes.load_includes(session, self.catalogue, resource, ids, names)

    def include_target(
        self, resource: Resource, paths: Sequence[str], where: Sequence[ColumnElement[bool]]
    ) -> tuple[Resource, ColumnElement[bool]]:
        """Follow dotted paths of includes; see `includes.include_target`."""
        return includes.include_target(self.catalogue, resource, paths, where)

    def list_page(self, session: ReadSession, resource: Resource, query: Any) -> Page:
        """Return one keyset page, the exact total, and the facets that the query names.

        Raises:
            UnknownSlugError: If a filter names a record that does not exist.
            BadCursorError: If the cursor is not one of this list, in this order and release.
            TooManyValuesError: If a facet has too many values.
        """
        filters = self._filters(session, resource, query)
        matches = self._text_matches(session, resource, query)
        conditions = filters if matches is None else [*filters, matches.clause(resource)]
        filter_key = self._filter_fingerprint(resource, query)
        cursor_key = cursors.fingerprint(filter_key, query.sort)
        total = self._total(session, resource, filter_key, conditions)
        if matches is not None and not query.sort:
            rows, next_cursor = relevance_page(
                session,
                resource,
                matches,
                filters,
                query,
                cursor_key,
                lambda unranked, slug, limit: self._read_rows(
                    session,
                    resource,
                    [*filters, unranked],
                    (),
                    limit,
                    () if slug is None else [slug],
                    small=False,
                ),
            )
        else:
            rows, next_cursor = self._keyset_page(
                session, resource, query, conditions, total, cursor_key
            )
        count = partial(facet_counts, session, self.catalogue, resource, conditions, total=total)
        facet_names = dict.fromkeys(getattr(query, "facets", ()))
        return Page(
            documents=[select_fields(document, query.fields) for _, document in rows],
            ids=[key for key, _ in rows],
            total=total,
            next=next_cursor,
            facets={
                name: self.counts.get_or_compute(
                    session, (filter_key, name), partial(count, name=name)
                )
                for name in facet_names
            },
            text_query=None if matches is None else matches.interpretation,
        )

    def count(self, session: ReadSession, resource: Resource, query: BaseModel) -> int:
        """Return the exact number of records that a query matches.

        Raises:
            UnknownSlugError: If a filter names a record that does not exist.
        """
        conditions = self.conditions(session, resource, query)
        filter_key = self._filter_fingerprint(resource, query)
        return self._total(session, resource, filter_key, conditions)

    def _total(
        self, session: ReadSession, resource: Resource, key: str, conditions: Sequence[FilterClause]
    ) -> int:
        """Count the records that match, once per state of the store."""

        def build(**bound: Any) -> Select[Any]:
            stmt = select(func.count()).select_from(resource.key.class_)
            return stmt.where(*where_clauses(conditions, bound))

        def count() -> int:
            stored = stored_total(session, self.catalogue, resource, conditions)
            if stored is not None:
                return stored
            rows = run_cached_statement(session, (resource, "total"), build, conditions)
            return int(rows[0][0]) if rows else 0  # no rows: a list of ids is empty

        return self.counts.get_or_compute(session, key, count)

    def iter_documents(
        self,
        session: ReadSession,
        resource: Resource,
        query: Any,
        extra_where: Sequence[ColumnElement[bool]] = (),
        column: Attr | None = None,
    ) -> Generator[Sequence[bytes]]:
        """Yield the documents of all records that match, in chunks of `EXPORT_CHUNK_ROWS`.

        The order is that of the list: with `q` and without a sort, the best matches come first.

        Args:
            session: The transaction to read in, which must last until the last chunk.
            resource: The collection.
            query: Filters and order.
            extra_where: Conditions besides the query's.
            column: Column to read instead of the JSON document, such as the line of CSV.

        Raises:
            UnknownSlugError: If a filter names a record that does not exist.
        """
        conditions = self._filters(session, resource, query)
        conditions += [FilterClause("", lambda sql: sql, clause) for clause in extra_where]
        text = as_bytes(session.connection, column or resource.identity.document)
        matches = self._text_matches(session, resource, query)
        small = bool(extra_where)  # which match few records
        if matches is not None and not query.sort:
            yield from ranked_documents(
                session, resource, matches, conditions, text, EXPORT_CHUNK_ROWS
            )
            unranked = matches.unranked_clause(resource)
            if unranked is None:
                return
            conditions.append(unranked)
        else:
            if matches is not None:
                conditions.append(matches.clause(resource))
            if not small:
                filter_key = self._filter_fingerprint(resource, query)
                small = self._total(session, resource, filter_key, conditions) <= SMALL_RESULT
        cols, keys = resource.identity, sort_keys(resource, query.sort)
        stmt = _ordered_ids(resource, keys, conditions, small=small)
        stmt = stmt.join(cols.document.class_, cols.document_id == resource.key)
        stmt = stmt.with_only_columns(text, maintain_column_froms=True)
        # Closed also where the reader stops early: PostgreSQL holds a cursor on the server.
        with closing(session.execute(stmt.execution_options(yield_per=EXPORT_CHUNK_ROWS))) as rows:
            yield from rows.scalars().partitions()

    def _keyset_page(
        self,
        session: ReadSession,
        resource: Resource,
        query: Any,
        conditions: Sequence[FilterClause],
        total: int,
        cursor_key: str,
    ) -> tuple[list[tuple[int, Any]], str | None]:
        """Return ids and documents of a page in the order of the sort, and the next cursor."""
        after: Sequence[Any] = ()
        if query.cursor:
            keys = sort_keys(resource, query.sort)
            after = cursors.decode(query.cursor, cursor_key, [key.validator for key in keys])
        read = partial(
            self._read_rows, session, resource, conditions, query.sort, small=total <= SMALL_RESULT
        )
        number = query.limit + 1  # the page and the record after it, if there is another page
        rows = read(min(number, FIRST_ROWS), after)
        if len(rows) == FIRST_ROWS < number:
            characters = sum(len(row[1]) for row in rows)
            fitting = MAX_PAGE_CHARACTERS * FIRST_ROWS // characters
            number = max(FIRST_ROWS, min(number, fitting))
            if number > FIRST_ROWS:
                rows += read(number - FIRST_ROWS, rows[-1][2:])
        following = None
        if len(rows) == number:
            rows.pop()
            following = cursors.encode(rows[-1][2:], cursor_key)
        return [(row[0], row[1]) for row in rows], following

    def _read_rows(
        self,
        session: ReadSession,
        resource: Resource,
        conditions: Sequence[FilterClause],
        sort: Sequence[str],
        limit: int,
        after: Sequence[Any],
        *,
        small: bool,
    ) -> list[Any]:
        """Return id, document and sort key values of at most `limit` records, in order.

        `after` holds the sort key values of the last record of the page before; none on the first.
        """
        cols, keys = resource.identity, sort_keys(resource, sort)
        # A null is compared with IS NULL, which takes no parameter. The names of the parameters are
        # in the key of the prepared statement, so each pattern of nulls is a statement of its own.
        after_parameters = {
            f"after_{index}": value for index, value in enumerate(after) if value is not None
        }

        def build(limit: Any, **bound: Any) -> Select[Any]:
            after_values = [bound.get(f"after_{index}") for index, _ in enumerate(after)]
            # Documents are joined to the ids of the page: they are too large to be sorted along.
            ids_stmt = _ordered_ids(
                resource, keys, conditions, bound, after_values, small=small
            ).limit(limit)
            key, *values = ids_stmt.subquery().c
            stmt = select(key, cols.document, *values).order_by(*order_by(keys, values))
            return stmt.join(cols.document.class_, cols.document_id == key)

        shape = (resource, "page", *sort, small, not after)
        return run_cached_statement(
            session, shape, build, conditions, limit=limit, **after_parameters
        )

    def _filter_fingerprint(self, resource: Resource, query: BaseModel) -> str:
        """Return a digest of the collection, the filters and the release, without order and page.

        It is the key of cached counts, and part of what a cursor is bound to.
        """
        filters = sorted(
            query.model_dump(exclude=NON_FILTER_PARAMETERS, exclude_defaults=True).items()
        )
        release = [self.release] if self.release else []
        return cursors.fingerprint(resource.name, filters, *release)


def _ordered_ids(
    resource: Resource,
    keys: Sequence[SortKey],
    conditions: Sequence[FilterClause],
    bound: Mapping[str, Any] | None = None,
    after: Sequence[Any] = (),
    *,
    small: bool,
) -> Select[Any]:
    """Return a SELECT of ids and sort key values, in order.

    Where `small`, the conditions are written so that the store finds all matches and sorts them;
    else so that it scans an index in the order of the sort and stops when the page is full.
    """
    cols = resource.identity
    stmt = select(resource.key, *(key.column for key in keys))
    stmt = stmt.join(cols.id.class_, cols.id == resource.key)
    for owner in dict.fromkeys(key.owner for key in keys if key.owner):
        stmt = stmt.join(owner.class_, owner == resource.key)
    stmt = stmt.where(*where_clauses(conditions, bound, small=small))
    if not small and keys[0].column.class_ is cols.id.class_:
        # Redundant, as the join keeps only this type; it lets the index (type, slug | name) serve.
        stmt = stmt.where(cols.record_type == resource.record_type)
    if after:
        stmt = stmt.where(keyset_condition(keys, after))
    return stmt.order_by(*order_by(keys, [key.column for key in keys]))
