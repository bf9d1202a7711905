"""The record of a page, the related sets that its sections query, and the sections themselves.

A related set is what the URL of a filtered list returns, so that the total of a section and the
list at its `url` always agree.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field, TypeAdapter
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import aliased

from app import models as m
from app.kit import cursor as cursors
from app.kit.filter_clauses import FilterClause, run_cached_statement, where_clauses
from app.kit.query_types import WhereRef
from app.kit.raw_json import Row
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES

Section = dict[str, Any]


@dataclass(frozen=True)
class RelatedSet:
    """The records of a collection that match filters."""

    resource: Resource
    filters: dict[str, list[str]]
    conditions: Sequence[FilterClause]

    def where(self, bound: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """Return the SQL conditions.

        Args:
            bound: Filter name → bind parameter of its value.
        """
        return where_clauses(self.conditions, bound)

    def single_id(self) -> tuple[str, int] | None:
        """Return the filter and the id of the record that it names; None unless it is just that."""
        for condition in self.conditions:
            facet = self.resource.facets.get(condition.name)
            is_by_record = facet is not None and isinstance(facet.marker, WhereRef)
            if is_by_record and len(condition.value) == 1 == len(self.conditions):
                return condition.name, condition.value[0]
        return None

    def url(self, suffix: str = "", /, **extra_filters: list[str]) -> str:
        """Return the path of the list.

        Args:
            suffix: Suffix of an export, such as `.bib`.
            extra_filters: Query parameters to add, as lists of values.
        """
        query = {
            name: ",".join(values) for name, values in {**self.filters, **extra_filters}.items()
        }
        return f"/v1/{self.resource.name}{suffix}?{urlencode(query, safe=':,')}"


@dataclass(frozen=True)
class Window:
    """The items of a section that are read: by default, as many as its page shows."""

    offset: int = 0
    limit: int | None = None


@dataclass(frozen=True)
class PageContext:
    """The record of a page, with the session and the repository to read related records.

    Args:
        revision: Revision of the dataset, which the cursors of sections belong to.
        window: The items of each section to read.
    """

    session: ReadSession
    repository: Repository
    resource: Resource
    id: int
    row: Row
    revision: int
    window: Window = Window()

    @property
    def slug(self) -> str:
        """Slug of the record."""
        return str(self.row["slug"])

    @property
    def key(self) -> str:
        """Record type and slug, as `type:slug`."""
        return f"{self.resource.record_type}:{self.slug}"

    @property
    def url(self) -> str:
        """Path of the record."""
        return f"/v1/{self.resource.name}/{self.slug}"

    def related(self, collection: str, filters: dict[str, list[str]]) -> RelatedSet:
        """Return the records of a collection that match filters."""
        resource = RESOURCES[collection]
        query = resource.unvalidated_query(**filters)
        return RelatedSet(
            resource, filters, self.repository.conditions(self.session, resource, query)
        )

    def rows(
        self,
        shape: Hashable,
        build: Callable[..., Select[Any]],
        related: RelatedSet | None = None,
        /,
        **bound: Any,
    ) -> list[tuple[Any, ...]]:
        """Run a prepared statement.

        Args:
            shape: Name of the statement; with the collection it is the key of its cache.
            build: Returns the statement; called once, with a bind parameter for each value.
            related: Set whose filter values are passed to `build`, by name.
            bound: More values; the names are those of the parameters of `build`.
        """
        resource, conditions = (
            (related.resource, related.conditions) if related else (self.resource, ())
        )
        return run_cached_statement(
            self.session, (PageContext, shape, resource), build, conditions, **bound
        )

    def summary_rows(
        self,
        shape: Hashable,
        build: Callable[..., Select[Any]],
        related: RelatedSet | None = None,
        /,
        **bound: Any,
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a prepared statement; if it is slow, once per state of the store.

        It takes the arguments of `rows`, and is for statements that visit every related record to
        return a few short rows.
        """
        filters = sorted(related.filters.items()) if related else []
        key = (shape, (related or self).resource.name, repr((filters, bound)))
        return self.repository.counts.get_or_compute_rows(
            self.session,
            (self.repository.release, *key),
            lambda: self.rows(shape, build, related, **bound),
        )

    def totals(
        self,
        shape: Hashable,
        build: Callable[..., Select[Any]],
        related: RelatedSet | None = None,
        /,
        **bound: Any,
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a statement that counts related records, without a time limit.

        It takes the arguments of `rows`. Like the graph, a total that is slow is counted once per
        state of the store, however many records it counts. It is not for values that a client
        chooses, such as the window of a section: there would be a count for each of them.
        """
        with self.session.without_time_limit():
            return self.summary_rows(shape, build, related, **bound)

    def bounds(self, shown: int) -> dict[str, int]:
        """Return the parameters `limit` and `offset` of a section that shows `shown` items."""
        return {"limit": self.window.limit or shown, "offset": self.window.offset}

    def cursor(self, key: str, offset: int) -> str:
        """Return the cursor of the items of a section from an offset on."""
        return cursors.encode([offset, self.revision], self._fingerprint(key))

    def offset_of(self, key: str, cursor: str) -> int:
        """Return the offset that a cursor of a section holds.

        Raises:
            BadCursorError: If it is not one of this section, or the dataset has changed since.
        """
        check = [TypeAdapter(Annotated[int, Field(ge=0)])] * 2
        offset, revision = cursors.decode(cursor, self._fingerprint(key), check)
        if revision != self.revision:
            raise cursors.BadCursorError(
                "the data changed since it was made: read the section again from its beginning"
            )
        return int(offset or 0)

    def _fingerprint(self, key: str) -> str:
        return cursors.fingerprint("section", self.key, key)

    def section(
        self,
        kind: str,
        key: str,
        title: str,
        items: Sequence[Any],
        url: str,
        *,
        total: int | None = None,
        shown: int | None = None,
        **extra: Any,
    ) -> Section:
        """Return a section.

        Args:
            kind: Type of the items, such as "claims".
            key: Unique name of the section on the page.
            items: The items of the window, if `total` is given; else all items there are.
            url: Path of the complete list.
            total: Number of all items.
            shown: Number of items that the page shows, if `items` are all; None for all.
            extra: Further fields of this kind of section.
        """
        start = self.window.offset
        if total is None:
            total, limit = len(items), self.window.limit or shown or len(items)
            items = items[start : start + limit]
        end = start + len(items)
        following = None
        if end < total:
            address = f"/v1/pages/{self.resource.record_type}/{self.slug}/sections/{key}"
            following = f"{address}?cursor={self.cursor(key, end)}"
        head = {"key": key, "title": title, "shown": len(items), "total": total, "url": url}
        return {**head, "next": following, "kind": kind, "items": list(items), **extra}

    def fetch_related(self, collection: str, slug: str) -> Row | None:
        """Return another record; None if there is no such record."""
        records = self.repository.get_parsed(self.session, RESOURCES[collection], [slug])
        return records[slug][1] if slug in records else None


#: Builds sections of a page.
SectionBuilder = Callable[[PageContext], list[Section]]


def link(kind: str, slug: str, name: str) -> dict[str, str]:
    """Return a reference to a record of type `kind`."""
    return {"slug": slug, "name": name, "type": kind}


def reference_link(to: str, ref: Row | None) -> dict[str, str] | None:
    """Return the link of a reference field whose collection is `to`; None if it is null."""
    return ref and link(ref.get("type") or RESOURCES[to].record_type, ref["slug"], ref["name"])


def record_alias() -> Any:
    """Return an alias of the record table, to select slug and name of a related record."""
    return aliased(m.Record)
