"""Page sections on citations."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain import citation
from app.kit.declarations import PageFilters
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.pages.context import (
    PageContext,
    Section,
    SectionBuilder,
    link,
    record_alias,
)
from app.services.pages.record_sections import external_links

MAX_CITATIONS = 6
OWN, FIRST = record_alias(), aliased(m.Author)
#: Highest place of a note from the reference, over all verdicts.
HIGHEST_SCORE = (
    select(func.max(m.LedgerLine.importance))
    .join(m.Evidence, m.Evidence.id == m.LedgerLine.evidence_id)
    .where(m.Evidence.reference_id == m.Reference.id)
    .scalar_subquery()
)
AUTHORS = select(func.count()).where(m.Author.reference_id == m.Reference.id).scalar_subquery()
#: Fields of a short citation, with the total number of references.
SHORT_STATEMENT = (
    select(
        func.count().over().label("total"),
        OWN.slug,
        OWN.name,
        FIRST.name.label("first_author"),
        AUTHORS.label("authors"),
        m.Reference.title,
        m.Reference.authors_complete,
        m.Reference.journal,
        m.Reference.year,
        m.Reference.volume,
        m.Reference.issue,
        m.Reference.pages,
        m.Reference.doi,
        m.Reference.pmid,
        m.Reference.pmcid,
        m.Reference.url,
        m.Reference.retraction,
    )
    .select_from(m.Reference)
    .join(OWN, OWN.id == m.Reference.id)
    .outerjoin(FIRST, (FIRST.reference_id == m.Reference.id) & (FIRST.position == 0))
)


def own_citations(page: PageContext) -> list[Section]:
    """Build the section of references that the record itself cites."""
    resource, repository = page.resource, page.repository

    def build(own: Any, limit: Any, offset: Any) -> Any:
        cited = _most_important_references(repository, resource, [m.Record.id == own])
        return cited.limit(limit).offset(offset)

    rows = page.rows("own citations", build, own=page.id, **page.bounds(MAX_CITATIONS))
    title = "References"
    return [_citations_section(page, rows, "citations", title, lambda form: page.url + form)]


def citations(key: str, title: str, collection: str, filters: PageFilters) -> SectionBuilder:
    """Return the builder of the section of references that related records cite."""

    def build(page: PageContext) -> list[Section]:
        filter_values = filters(page)
        assert filter_values is not None
        related, repository = page.related(collection, filter_values), page.repository

        def build(limit: Any, offset: Any, **bound: Any) -> Any:
            where = related.where(bound)
            cited = _most_important_references(repository, related.resource, where)
            return cited.limit(limit).offset(offset)

        rows = page.rows("citations", build, related, **page.bounds(MAX_CITATIONS))
        return [_citations_section(page, rows, key, title, related.url)]

    return build


def cite_references(session: ReadSession, slugs: Sequence[str]) -> list[dict[str, Any]]:
    """Return the short citations of references, in the order of their slugs.

    They have the form of the items of a section of citations.
    """
    named = (OWN.type == "reference", OWN.slug.in_(slugs))  # slugs are unique within a type
    rows = session.execute(SHORT_STATEMENT.where(*named)).all()
    items = _citation_items([tuple(row) for row in rows])
    return sorted(items, key=lambda item: slugs.index(item["reference"]["slug"]))


def _named(references: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    columns = SHORT_STATEMENT.selected_columns.keys()
    return [dict(zip(columns, row, strict=True)) for row in references]


def _citation_items(references: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [
        {
            "reference": link("reference", row["slug"], row["name"]),
            "text": citation.cite_short(row),
            "url": next(iter(external_links(row)), None),
            "retraction": row["retraction"],
        }
        for row in _named(references)
    ]


def _most_important_references(
    repository: Repository, resource: Resource, where: Sequence[ColumnElement[bool]]
) -> Any:
    """Select the references that records cite, those of the most important notes first."""
    _, cited = repository.include_target(resource, resource.cites, where)
    return SHORT_STATEMENT.where(cited).order_by(HIGHEST_SCORE.desc().nulls_last(), OWN.slug)


def _citations_section(
    page: PageContext,
    references: Sequence[tuple[Any, ...]],
    key: str,
    title: str,
    address: Callable[[str], str],
) -> Section:
    """Return a section with some references and links to the full list in other formats."""
    rows, items = _named(references), _citation_items(references)
    alternates = {form: address(f".{form}") for form in citation.CITATION_FORMATS}
    total = rows[0]["total"] if rows else 0
    url = alternates["csl.json"]
    return page.section("citations", key, title, items, url, total=total, alternates=alternates)
