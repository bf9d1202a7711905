"""Pages: everything that a front-end page of one record needs, in one response.

A collection declares the sections of its pages. Every section has one shape, counts what it leaves
out, and says where the rest is; app/api/schemas/page_sections.py publishes the shape.
"""

from collections.abc import Callable
from typing import Any

from app.kit.raw_json import Row
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.pages.binding import constants, partners
from app.services.pages.citations import citations, own_citations
from app.services.pages.claims import claim_section, claims, steps, verdict_counts
from app.services.pages.context import PageContext, SectionBuilder
from app.services.pages.evidence import figures, findings, sides
from app.services.pages.record_sections import (
    compound_relations,
    identity,
    regulatory_acts,
    related_counts,
    related_records,
)
from app.services.pages.verdict import (
    conflict_sections,
    ladder_section,
    reading_sections,
    verdict_sections,
)


def _plain(builder: SectionBuilder) -> Callable[[], SectionBuilder]:
    """A builder without options."""
    return lambda: builder


#: The builders of sections by the name under which collections declare them (`PageSection`).
BUILDERS: dict[str, Callable[..., SectionBuilder]] = {
    "binding_partners": _plain(partners),
    "citations": citations,
    "claim": _plain(claim_section),
    "claims": claims,
    "conflict": _plain(conflict_sections),
    "constants": constants,
    "evidence_by_side": sides,
    "figures": figures,
    "findings": _plain(findings),
    "ladder": _plain(ladder_section),
    "own_citations": _plain(own_citations),
    "readings": _plain(reading_sections),
    "referenced_records": _plain(related_records),
    "regulatory_acts": regulatory_acts,
    "related_compounds": _plain(compound_relations),
    "steps": _plain(steps),
    "verdict": _plain(verdict_sections),
    "verdict_counts": verdict_counts,
}


def _builders(resource: Resource) -> tuple[SectionBuilder, ...]:
    try:
        declared = [BUILDERS[section.builder](**section.options) for section in resource.page]
    except (KeyError, TypeError) as error:
        raise TypeError(f"{resource.name}: a page section is declared wrongly: {error}") from error
    return *declared, related_counts


#: Collection → the builders of its pages; a wrong declaration fails at import.
PAGE_SECTIONS = {name: _builders(resource) for name, resource in RESOURCES.items()}


def build_page(
    session: ReadSession, listing: Repository, resource: Resource, slug: str
) -> dict[str, Any] | None:
    """A record's page; None where there is no such record."""
    records: dict[str, tuple[int, Row]] = listing.get_parsed(session, resource, [slug])
    if slug not in records:
        return None
    address = resource.graph_address
    subject = PageContext(session, listing, resource, *records[slug])
    return {
        "type": resource.record_type,
        "slug": slug,
        "name": subject.row["name"],
        "url": subject.url,
        "graph": address and address.format(slug=slug, key=subject.key),
        "identity": identity(subject),
        "sections": [
            section for build in PAGE_SECTIONS[resource.name] for section in build(subject)
        ],
    }
