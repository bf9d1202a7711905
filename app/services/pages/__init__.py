"""Pages: all that a front-end's page of one record needs, in one answer.

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
from app.services.pages.claims import claims, itself, steps, tally
from app.services.pages.context import Builder, Subject
from app.services.pages.evidence import figures, findings, sides
from app.services.pages.record_sections import acts, counts, identity, records, relations
from app.services.pages.verdict import conflict, readings, rungs, verdict


def _plain(builder: Builder) -> Callable[[], Builder]:
    """A builder without options."""
    return lambda: builder


#: The builders of sections by the name under which collections declare them (`PageSection`).
BUILDERS: dict[str, Callable[..., Builder]] = {
    "binding_partners": _plain(partners),
    "citations": citations,
    "claim": _plain(itself),
    "claims": claims,
    "conflict": _plain(conflict),
    "constants": constants,
    "evidence_by_side": sides,
    "figures": figures,
    "findings": _plain(findings),
    "ladder": _plain(rungs),
    "own_citations": _plain(own_citations),
    "readings": _plain(readings),
    "referenced_records": _plain(records),
    "regulatory_acts": acts,
    "related_compounds": _plain(relations),
    "steps": _plain(steps),
    "verdict": _plain(verdict),
    "verdict_counts": tally,
}


def _builders(resource: Resource) -> tuple[Builder, ...]:
    try:
        declared = [BUILDERS[section.builder](**section.options) for section in resource.page]
    except (KeyError, TypeError) as error:
        raise TypeError(f"{resource.name}: a page section is declared wrongly: {error}") from error
    return *declared, counts


#: Collection → the builders of its pages; a wrong declaration fails at import.
PAGES = {name: _builders(resource) for name, resource in RESOURCES.items()}


def page(
    session: ReadSession, listing: Repository, resource: Resource, slug: str
) -> dict[str, Any] | None:
    """A record's page; None where there is no such record."""
    found: dict[str, tuple[int, Row]] = listing.get_parsed(session, resource, [slug])
    if slug not in found:
        return None
    address = resource.graph_address
    subject = Subject(session, listing, resource, *found[slug])
    return {
        "type": resource.kind,
        "slug": slug,
        "name": subject.row["name"],
        "url": subject.url,
        "graph": address and address.format(slug=slug, key=subject.key),
        "identity": identity(subject),
        "sections": [section for build in PAGES[resource.name] for section in build(subject)],
    }
