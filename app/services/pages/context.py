"""The record of a page, and the related sets that its sections query.

A set is the answer of a list's address: what a section counts is what its `url` gives.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import aliased

from app import models as m
from app.kit.facets import FilterClause, run_cached_statement, where_clauses
from app.kit.raw_json import Row
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES


@dataclass(frozen=True)
class RelatedSet:
    """Some records of a collection: those that its list gives under some filters."""

    resource: Resource
    filters: dict[str, list[str]]
    conditions: Sequence[FilterClause]

    def where(self, bound: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """Which they are; `bound` has what stands for the value of each filter."""
        return where_clauses(self.conditions, bound)

    def url(self, suffix: str = "", **extra_filters: list[str]) -> str:
        """Their list; `suffix` is an export's, such as `.bib`."""
        query = {
            name: ",".join(values) for name, values in {**self.filters, **extra_filters}.items()
        }
        return f"/v1/{self.resource.name}{suffix}?{urlencode(query, safe=':,')}"


@dataclass(frozen=True)
class PageContext:
    """The record, and the means to read what surrounds it."""

    session: ReadSession
    listing: Repository
    resource: Resource
    id: int
    row: Row

    @property
    def slug(self) -> str:
        return str(self.row["slug"])

    @property
    def key(self) -> str:
        return f"{self.resource.record_type}:{self.slug}"

    @property
    def url(self) -> str:
        return f"/v1/{self.resource.name}/{self.slug}"

    def related(self, collection: str, filters: dict[str, list[str]]) -> RelatedSet:
        resource, parameters = RESOURCES[collection], cast(dict[str, Any], filters)
        # Of our own making: neither too long nor too many for us to ask.
        query = resource.query.model_construct(**parameters)
        return RelatedSet(resource, filters, self.listing.conditions(self.session, resource, query))

    def rows(
        self,
        shape: Hashable,
        build: Callable[..., Select[Any]],
        those: RelatedSet | None = None,
        **bound: Any,
    ) -> list[tuple[Any, ...]]:
        """What a statement of one shape finds, of the values of some filters and others."""
        of, conditions = (those.resource, those.conditions) if those else (self.resource, ())
        return run_cached_statement(
            self.session, (PageContext, shape, of), build, conditions, **bound
        )

    def fetch_related(self, collection: str, slug: str) -> Row | None:
        """Another record."""
        records = self.listing.get_parsed(self.session, RESOURCES[collection], [slug])
        return records[slug][1] if slug in records else None


Section = dict[str, Any]
#: What makes sections of a record.
SectionBuilder = Callable[[PageContext], list[Section]]


def section(
    kind: str, key: str, title: str, items: Sequence[Any], total: int, url: str, **extra: Any
) -> Section:
    head = {"key": key, "title": title, "shown": len(items), "total": total, "url": url}
    return {**head, "kind": kind, "items": list(items), **extra}


def link(kind: str, slug: str, name: str) -> dict[str, str]:
    return {"slug": slug, "name": name, "type": kind}


def links(to: str, ref: Row | None) -> dict[str, str] | None:
    """A reference of a record, as a link; `to` is the collection that it leads to."""
    return ref and link(ref.get("type") or RESOURCES[to].record_type, ref["slug"], ref["name"])


def record_alias() -> Any:
    """The record table under a name of its own, to read another record's slug and name."""
    return aliased(m.Record)
