"""Page sections on citations."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, literal_column, select
from sqlalchemy.orm import aliased

from app import models as m
from app.domain import citation
from app.kit.declarations import PageFilters
from app.kit.filter_clauses import where_clauses
from app.kit.prepared_statements import prepared_statement
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.evidence.evidence_count_names import CITED_BY_ENTITY
from app.services.pages.context import (
    PageContext,
    RelatedSet,
    Section,
    SectionBuilder,
    link,
    record_alias,
)
from app.services.pages.evidence import LINE, VIA_FINDING, ledgers, nth_line
from app.services.pages.record_sections import external_links

MAX_CITATIONS = 6
MANY_REFERENCES = 1000
OWN, FIRST = record_alias(), aliased(m.Author)
#: Highest place of a note from the reference, over all verdicts.
HIGHEST_SCORE = (
    select(func.max(m.LedgerLine.importance))
    .join(m.Evidence, m.Evidence.id == m.LedgerLine.evidence_id)
    .where(m.Evidence.reference_id == m.Reference.id)
    .scalar_subquery()
)
AUTHORS = select(func.count()).where(m.Author.reference_id == m.Reference.id).scalar_subquery()
#: Fields of a short citation.
SHORT_STATEMENT = (
    select(
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

    def build(page_id: Any, limit: Any, offset: Any) -> Any:
        return _most_important_references(
            repository, resource, [m.Record.id == page_id], limit, offset
        )

    ranking = page.summary_rows(
        "own citations", build, page_id=page.id, **page.bounds(MAX_CITATIONS)
    )
    title = "References"
    return [_citations_section(page, ranking, "citations", title, lambda form: page.url + form)]


def citations(
    key: str, title: str, collection: str, filters: PageFilters, many: int = MANY_REFERENCES
) -> SectionBuilder:
    """Return the builder of the section of references that related records cite.

    From `many` references of notes on, only those with an important note are compared.
    """

    def build(page: PageContext) -> list[Section]:
        filter_values = filters(page)
        assert filter_values is not None
        related, repository = page.related(collection, filter_values), page.repository

        def build(limit: Any, offset: Any, **bound: Any) -> Any:
            where = related.where(bound)
            return _most_important_references(repository, related.resource, where, limit, offset)

        bounds = page.bounds(MAX_CITATIONS)
        ranking = _from_ledgers(page, related, many, **bounds)
        if ranking is None:
            ranking = page.summary_rows("citations", build, related, **bounds)
        return [_citations_section(page, ranking, key, title, related.url)]

    return build


def cite_references(session: ReadSession, slugs: Sequence[str]) -> list[dict[str, Any]]:
    """Return the short citations of references, in the order of their slugs.

    They have the form of the items of a section of citations.
    """
    rows = prepared_statement("short citations", _short_citations).rows(session, slugs=list(slugs))
    return sorted(_citation_items(rows), key=lambda item: slugs.index(item["reference"]["slug"]))


def _short_citations(slugs: Any) -> Any:
    # Slugs are unique within a type.
    return SHORT_STATEMENT.where(OWN.type == "reference", OWN.slug.in_(slugs))


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
    repository: Repository,
    resource: Resource,
    where: Sequence[ColumnElement[bool]],
    limit: Any,
    offset: Any,
) -> Any:
    """Select the references that records cite, those of the most important notes first.

    The columns are slug and the number of all such references.
    """
    _, cited = repository.include_target(resource, resource.cites, where)
    scored = select(m.Reference.id, HIGHEST_SCORE.label("score")).where(cited).subquery()
    by_score = scored.c.score.desc().nulls_last()
    ranked = select(
        *scored.c,
        func.rank().over(order_by=by_score).label("rank"),
        func.count().over().label("total"),
    ).subquery()
    # Only the references that may be in the window are joined to their slugs, which order equals.
    return (
        select(OWN.slug, ranked.c.total)
        .join(ranked, ranked.c.id == OWN.id)
        .where(ranked.c.rank <= offset + limit)
        .order_by(ranked.c.score.desc().nulls_last(), OWN.slug)
        .limit(limit)
        .offset(offset)
    )


def _from_ledgers(
    page: PageContext, related: RelatedSet, many: int, limit: int, offset: int
) -> list[tuple[str, int]] | None:
    """Return what `_most_important_references` selects, without a score of each reference.

    The first lines of the ledgers have so many references that each one shown has a line of at
    least their importance: only the references of such lines are compared.

    Returns:
        None for fewer than `many` references, where the first lines are of too few, and if the
        records are not the notes on some claims.
    """
    if any(clause.via != VIA_FINDING for clause in related.conditions):
        return None
    total = _number(page, related)
    if total < many:
        return None
    lowest = page.summary_rows(
        "lowest importance", partial(_lowest_importance, related), related, last=offset + limit - 1
    )
    if not lowest:
        return None
    build = partial(_references_above, related)
    bounds = {"lowest": lowest[0][0], "limit": limit, "offset": offset}
    slugs = page.summary_rows("citations above", build, related, **bounds)
    return [(slug, total) for (slug,) in slugs]


def _number(page: PageContext, related: RelatedSet) -> int:
    """Return the number of references of related notes, which is stored for each entity."""
    name, key = related.single_id() or ("", 0)
    if name == "entity":
        rows = page.rows("stored number of citations", _stored, value=str(key))
    else:
        rows = page.totals("number of citations", partial(_count, related), related)
    return int(rows[0][0]) if rows else 0


def _stored(value: Any) -> Any:
    counts = m.FacetCount
    return select(counts.count).where(counts.facet == CITED_BY_ENTITY, counts.value == value)


def _count(related: RelatedSet, **bound: Any) -> Any:
    """Select the number of references of related notes."""
    return select(func.count(m.Evidence.reference_id.distinct())).where(*related.where(bound))


def _lowest_importance(related: RelatedSet, last: Any, **bound: Any) -> Any:
    """Select the importance of the reference at a place, from 0 on, by first lines of ledgers."""
    of_claim = [clause.to_sql(bound[clause.name]) for clause in related.conditions]
    ledger = ledgers(of_claim)
    highest = func.max(m.LedgerLine.importance)
    return (
        select(highest)
        .select_from(ledger.claim_id.table)
        .join(m.LedgerLine, m.LedgerLine.id == nth_line(LINE.id, ledger, literal(0)))
        .join(m.Evidence, m.Evidence.id == m.LedgerLine.evidence_id)
        .group_by(m.Evidence.reference_id)
        .order_by(highest.desc())
        .limit(1)
        .offset(last)
    )


def _references_above(
    related: RelatedSet, lowest: Any, limit: Any, offset: Any, **bound: Any
) -> Any:
    """Select the slugs of references of related notes, by their lines from an importance on."""
    # Grouped by the column itself, SQLite would read all notes in the order of its index.
    reference = m.Evidence.reference_id + literal_column("0")
    scored = (
        select(reference.label("reference_id"), func.max(m.LedgerLine.importance).label("score"))
        .join(m.Evidence, m.Evidence.id == m.LedgerLine.evidence_id)
        .where(m.LedgerLine.importance >= lowest)
        .group_by(reference)
        .subquery()
        .c
    )
    is_related = exists().where(
        m.Evidence.reference_id == scored.reference_id,
        *where_clauses(related.conditions, bound, small=False),
    )
    return (
        select(OWN.slug)
        .join(scored.score.table, scored.reference_id == OWN.id)
        .where(is_related.correlate(scored.score.table))
        .order_by(scored.score.desc(), OWN.slug)
        .limit(limit)
        .offset(offset)
    )


def _citations_section(
    page: PageContext,
    ranking: Sequence[tuple[str, int]],
    key: str,
    title: str,
    address: Callable[[str], str],
) -> Section:
    """Return a section with some references and links to the full list in other formats."""
    items = cite_references(page.session, [slug for slug, _ in ranking])
    alternates = {form: address(f".{form}") for form in citation.CITATION_FORMATS}
    total = ranking[0][1] if ranking else 0
    url = alternates["csl.json"]
    return page.section("citations", key, title, items, url, total=total, alternates=alternates)
