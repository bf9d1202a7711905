"""Claims of a page: each with its verdict, and the edge that it is; and how many have which."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app import models as m
from app.kit.declarations import PageFilters
from app.kit.facets import facet_counts
from app.resources.claims import CLAIMS
from app.resources.page_sections import of_claim
from app.services.pages.context import Builder, Section, Subject, link, named, section

OWN, ACTS, ACTED_ON = named(), named(), named()
MOST_WEIGHED = (m.Verdict.points_for + m.Verdict.points_against).desc()
#: A claim, its verdict and its two ends; the count is of all that the query gives.
LINES = (
    select(
        func.count().over(),
        OWN.slug,
        OWN.name,
        m.Claim.kind,
        m.Claim.predicate,
        m.Claim.sign,
        m.Verdict.verdict,
        m.Verdict.certainty,
        m.Verdict.points_for,
        m.Verdict.points_against,
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


def claims(key: str, title: str, filters: PageFilters, limit: int = 12) -> Builder:
    """The claims that a list gives, most weighed first."""

    def build(subject: Subject) -> list[Section]:
        chosen = filters(subject)
        if chosen is None:
            return []
        those = subject.those("claims", chosen)

        def build(**given: Any) -> Any:
            where = those.where(given)
            return LINES.where(*where).order_by(MOST_WEIGHED, OWN.slug).limit(limit)

        items, total = _lines(subject.rows(("claims", limit), build, those))
        url = those.address(include=["verdict"])
        return [section("claims", key, title, items, total, url)]

    return build


def steps(subject: Subject) -> list[Section]:
    """The claims of a pathway, in order."""
    those = subject.those("claims", {"pathway": [subject.slug]})

    def build(own: Any, **given: Any) -> Any:
        here = (m.Step.claim_id == m.Claim.id, m.Step.pathway_id == own)
        place = select(func.min(m.Step.position)).where(*here).scalar_subquery()
        return LINES.where(*those.where(given)).order_by(place, OWN.slug).limit(25)

    items, total = _lines(subject.rows("steps", build, those, own=subject.id))
    url = those.address(include=["verdict"])
    return [section("claims", "steps", "Its steps", items, total, url)]


def itself(subject: Subject) -> list[Section]:
    """The claim that a claim, a verdict or a conflict is about, as an edge with its verdict."""
    slug = claim_of(subject)
    items, total = _lines(subject.rows("claim", _one, slug=slug))
    url = f"/v1/claims/{slug}?include=verdict"
    return [section("claims", "claim", "The claim", items, total, url)]


def _one(slug: Any) -> Any:
    return LINES.where(OWN.type == CLAIMS.kind, OWN.slug == slug)


def claim_of(subject: Subject) -> str:
    """The slug of the claim that the record is, or is about."""
    return of_claim(subject)["claim"][0]


def _lines(rows: Sequence[tuple[Any, ...]]) -> tuple[list[dict[str, Any]], int]:
    """Some claims with their verdicts, and how many there are."""
    return [_line(row) for row in rows], rows[0][0] if rows else 0


def _line(row: Any) -> dict[str, Any]:
    _, slug, name, kind, predicate, sign, *verdict = row[:12]
    names = ("verdict", "certainty", "points_for", "points_against")
    return {
        "claim": link("claim", slug, name),
        "kind": kind,
        "subject": link(*row[12:15]) if predicate else None,
        "predicate": predicate,
        "object": link(*row[15:18]) if predicate else None,
        "sign": sign,
        **dict(zip((*names, "studies_for", "studies_against"), verdict, strict=True)),
    }


def tally(filters: PageFilters) -> Builder:
    """How many of the claims have which verdict: the list's own facet."""

    def build(subject: Subject) -> list[Section]:
        chosen = filters(subject)
        assert chosen is not None
        those = subject.those("claims", chosen)
        counted = facet_counts(
            subject.session,
            subject.listing.catalogue,
            those.resource,
            those.conditions,
            "verdict",
        )
        items = [
            {
                "value": one["value"],
                "count": one["count"],
                "url": those.address(verdict=[one["value"]]),
            }
            for one in counted
        ]
        url = those.address(facets=["verdict"])
        title = "How its claims stand"
        return [section("tally", "standing", title, items, len(items), url)]

    return build
