"""Page sections on claims with their verdicts, and counts by verdict."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app import models as m
from app.kit.declarations import PageFilters
from app.kit.facets import facet_counts
from app.resources.claims import CLAIMS
from app.resources.page_sections import of_claim
from app.services.pages.context import (
    PageContext,
    Section,
    SectionBuilder,
    link,
    record_alias,
)

OWN, ACTS, ACTED_ON = record_alias(), record_alias(), record_alias()
MOST_STUDIED_ORDER = (m.Verdict.studies_for + m.Verdict.studies_against).desc()
#: A claim with its verdict and its subject and object, and the total number of claims.
LINES_STATEMENT = (
    select(
        func.count().over(),
        OWN.slug,
        OWN.name,
        m.Claim.kind,
        m.Claim.predicate,
        m.Claim.sign,
        m.Verdict.verdict,
        m.Verdict.certainty,
        m.Verdict.size,
        m.Verdict.studies_for,
        m.Verdict.studies_against,
        ACTS.type,
        ACTS.slug,
        ACTS.name,
        ACTED_ON.type,
        ACTED_ON.slug,
        ACTED_ON.name,
    )
    .select_from(m.Claim)
    .join(OWN, OWN.id == m.Claim.id)
    .join(m.Verdict, m.Verdict.claim_id == m.Claim.id)
    .outerjoin(ACTS, ACTS.id == m.Claim.subject_id)
    .outerjoin(ACTED_ON, ACTED_ON.id == m.Claim.object_id)
)


def claims(key: str, title: str, filters: PageFilters, shown: int = 8) -> SectionBuilder:
    """Return the builder of a section of related claims, those with most evidence first."""

    def build(page: PageContext) -> list[Section]:
        filter_values = filters(page)
        if filter_values is None:
            return []
        related = page.related("claims", filter_values)

        def build(limit: Any, offset: Any, **bound: Any) -> Any:
            lines = LINES_STATEMENT.where(*related.where(bound))
            return lines.order_by(MOST_STUDIED_ORDER, OWN.slug).limit(limit).offset(offset)

        items, total = _lines(page.rows("claims", build, related, **page.bounds(shown)))
        return [page.section("claims", key, title, items, related.url(), total=total)]

    return build


def steps(page: PageContext) -> list[Section]:
    """Build the section of the claims of a pathway, in order."""
    related = page.related("claims", {"pathway": [page.slug]})

    def build(page_id: Any, limit: Any, offset: Any, **bound: Any) -> Any:
        in_pathway = (m.Step.claim_id == m.Claim.id, m.Step.pathway_id == page_id)
        place = select(func.min(m.Step.position)).where(*in_pathway).scalar_subquery()
        lines = LINES_STATEMENT.where(*related.where(bound)).order_by(place, OWN.slug)
        return lines.limit(limit).offset(offset)

    items, total = _lines(page.rows("steps", build, related, page_id=page.id, **page.bounds(25)))
    return [page.section("claims", "steps", "Its steps", items, related.url(), total=total)]


def claim_section(page: PageContext) -> list[Section]:
    """Build the section with the claim of a claim, verdict or conflict, and its verdict."""
    slug = claim_of(page)
    items, _ = _lines(page.rows("claim", _one_claim, slug=slug))
    return [page.section("claims", "claim", "The claim", items, f"/v1/claims/{slug}")]


def _one_claim(slug: Any) -> Any:
    return LINES_STATEMENT.where(OWN.type == CLAIMS.record_type, OWN.slug == slug)


def claim_of(page: PageContext) -> str:
    """Return the slug of the claim that the record is, or is about."""
    return of_claim(page)["claim"][0]


def _lines(rows: Sequence[tuple[Any, ...]]) -> tuple[list[dict[str, Any]], int]:
    """Return claims with their verdicts, and the total number."""
    return [_line(row) for row in rows], rows[0][0] if rows else 0


def _line(row: Any) -> dict[str, Any]:
    _, slug, name, kind, predicate, sign, *verdict = row[:11]
    names = ("verdict", "certainty", "size", "studies_for", "studies_against")
    return {
        "claim": link("claim", slug, name),
        "kind": kind,
        "subject": link(*row[11:14]) if predicate else None,
        "predicate": predicate,
        "object": link(*row[14:17]) if predicate else None,
        "sign": sign,
        **dict(zip(names, verdict, strict=True)),
    }


def verdict_counts(filters: PageFilters) -> SectionBuilder:
    """Return the builder of the section that counts related claims by verdict."""

    def build(page: PageContext) -> list[Section]:
        filter_values = filters(page)
        assert filter_values is not None
        related = page.related("claims", filter_values)
        buckets = facet_counts(
            page.session,
            page.repository.catalogue,
            related.resource,
            related.conditions,
            "verdict",
        )
        items = [
            {
                "value": bucket["value"],
                "count": bucket["count"],
                "url": related.url(verdict=[bucket["value"]]),
            }
            for bucket in buckets
        ]
        url = related.url(facets=["verdict"])
        title = "Claims by verdict"
        return [page.section("tally", "verdict_counts", title, items, url)]

    return build
