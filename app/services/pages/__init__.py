"""Pages: all that a front-end's page of one record needs, in one answer.

The table says which sections a kind of record has. Every section has one shape, counts what it
leaves out, and says where the rest is; app/api/sections.py publishes the shape.
"""

from typing import Any

from app import models as m
from app.domain.vocabulary import ENTITY_TYPES, ClaimKind, RecordType
from app.kit.documents import Row
from app.kit.listing import Listing
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.pages.around import acts, counts, identity, records, relations
from app.services.pages.binding import constants, partners
from app.services.pages.citing import citations, own_citations
from app.services.pages.claims import claims, itself, steps, tally
from app.services.pages.evidence import figures, findings, sides
from app.services.pages.scopes import (
    by_key,
    by_slug,
    from_compound_to_receptor,
    meeting,
    of_claim,
    of_its_claims,
    of_pair,
)
from app.services.pages.subject import Builder, Filters, Subject
from app.services.pages.telling import conflict, readings, rungs, verdict

T = RecordType
ENTITY = by_key("entity")


def about(filters: Filters) -> tuple[Builder, ...]:
    """The claims that it stands in, how they stand, and the evidence on them."""
    return claims("claims", "Claims", filters), tally(filters), sides(filters)


EDGES = (
    claims("outgoing", "What it acts on", by_key("subject"), 8),
    claims("incoming", "What acts on it", by_key("object"), 8),
)
ON_ITS_CLAIMS = citations("citations", "What its claims rest on", "evidence", ENTITY)
MEASURED_IN = citations("measured_in", "Where it was measured", "affinities", by_slug("compound"))
MEASURED_AT = citations("measured_in", "Where it was measured", "affinities", by_slug("receptor"))
OF_CLAIM = (itself, verdict, conflict, sides(of_claim))

PAGES: dict[RecordType, tuple[Builder, ...]] = {
    T.COMPOUND: (
        partners,
        *about(ENTITY),
        *EDGES,
        relations,
        acts("regulatory_acts"),
        ON_ITS_CLAIMS,
        MEASURED_IN,
    ),
    T.RECEPTOR: (partners, *about(ENTITY), *EDGES, records, ON_ITS_CLAIMS, MEASURED_AT),
    T.PROCESS: (*EDGES, *about(ENTITY), records, ON_ITS_CLAIMS),
    T.REGION: (
        claims("here", "What happens here", by_slug("region"), 8),
        *EDGES,
        *about(ENTITY),
        ON_ITS_CLAIMS,
    ),
    T.INDICATION: (
        acts("regulatory_status"),
        claims("efficacy", "Does it work?", by_key("entity", kind=[ClaimKind.EFFICACY.value]), 8),
        *about(ENTITY),
        *EDGES,
        ON_ITS_CLAIMS,
    ),
    T.AFFINITY: (
        constants("Every constant of the pair", of_pair),
        claims("claims", "Claims on the pair", from_compound_to_receptor),
        own_citations,
    ),
    T.PATHWAY: (
        steps,
        tally(by_slug("pathway")),
        sides(by_slug("pathway")),
        own_citations,
    ),
    T.CLAIM: (
        *OF_CLAIM,
        readings,
        rungs,
        claims("onward", "What its object acts on", meeting("object", "subject"), 8),
        claims("upstream", "What acts on its subject", meeting("subject", "object"), 8),
        records,
        own_citations,
    ),
    T.VERDICT: (*OF_CLAIM, own_citations),
    T.CONFLICT: (*OF_CLAIM, own_citations),
    T.STUDY: (figures(m.Evidence.study_id), *about(by_slug("study")), records, own_citations),
    T.EVIDENCE: (
        findings,
        figures(m.Evidence.id),
        claims("claims", "Claims it bears on", by_slug("evidence")),
        sides(of_its_claims),
        own_citations,
    ),
    T.REFERENCE: (
        *about(by_slug("reference")),
        constants("Constants measured in it", by_slug("reference")),
        own_citations,
    ),
}


def graph(subject: Subject) -> str | None:
    """Where the graph around the record stands: wider than one hop, drawn, in other formats."""
    kind = RecordType(subject.resource.kind)
    if kind in ENTITY_TYPES:
        return f"/v1/neighbourhood/{subject.key}"
    return f"/v1/graph?pathway={subject.slug}" if kind is T.PATHWAY else None


def page(
    session: ReadSession, listing: Listing, resource: Resource, slug: str
) -> dict[str, Any] | None:
    """A record's page; None where there is no such record."""
    found: dict[str, tuple[int, Row]] = listing.find(session, resource, [slug])
    if slug not in found:
        return None
    subject = Subject(session, listing, resource, *found[slug])
    builders = (*PAGES[RecordType(resource.kind)], counts)
    return {
        "type": resource.kind,
        "slug": slug,
        "name": subject.row["name"],
        "url": subject.url,
        "graph": graph(subject),
        "identity": identity(subject),
        "sections": [section for build in builders for section in build(subject)],
    }
