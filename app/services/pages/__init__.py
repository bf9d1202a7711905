"""Pages: everything that a front-end page of one record needs, in one response.

Each collection declares the sections of its pages. All sections have the same basic fields: items,
the total number, and the URL of the complete list; see app/api/schemas/page_sections.py.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from app.kit.raw_json import Row
from app.kit.repository import Repository
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.pages.binding import constants, partners
from app.services.pages.citations import citations, own_citations
from app.services.pages.claims import claim_section, claims, steps, verdict_counts
from app.services.pages.context import PageContext, Section, SectionBuilder, Window
from app.services.pages.evidence import (
    figures,
    findings,
    missing_result,
    sides,
    studies_without_result,
)
from app.services.pages.record_sections import (
    compound_relations,
    identity,
    regulatory_acts,
    related_counts,
    related_records,
)
from app.services.pages.verdict import (
    assessment_sections,
    conflict_sections,
    ladder_section,
    reading_sections,
    verdict_sections,
)
from app.services.store.revision import current_revision


def _plain(builder: SectionBuilder) -> Callable[[], SectionBuilder]:
    """Wrap a builder that takes no options, so that it is declared like the others."""
    return lambda: builder


#: Name in a `PageSection` declaration → function that makes the builder from the options.
BUILDERS: dict[str, Callable[..., SectionBuilder]] = {
    "assessments": _plain(assessment_sections),
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
    "missing_result": _plain(missing_result),
    "own_citations": _plain(own_citations),
    "readings": _plain(reading_sections),
    "referenced_records": related_records,
    "regulatory_acts": regulatory_acts,
    "related_compounds": _plain(compound_relations),
    "steps": _plain(steps),
    "studies_without_result": studies_without_result,
    "verdict": _plain(verdict_sections),
    "verdict_counts": verdict_counts,
}


def _builders(resource: Resource) -> tuple[SectionBuilder, ...]:
    try:
        declared = [BUILDERS[section.builder](**section.options) for section in resource.page]
    except (KeyError, TypeError) as error:
        raise TypeError(f"{resource.name}: a page section is declared wrongly: {error}") from error
    return *declared, related_counts


#: Collection → builders of its page sections. A wrong declaration fails at import.
PAGE_SECTIONS = {name: _builders(resource) for name, resource in RESOURCES.items()}


def build_page(
    session: ReadSession,
    repository: Repository,
    resource: Resource,
    slug: str,
    limit: int | None = None,
) -> dict[str, Any] | None:
    """Return the page of a record; None if there is no such record.

    Args:
        limit: Maximum number of items of a section; by default as many as the section shows.
    """
    page = _context(session, repository, resource, slug)
    if page is None:
        return None
    page = replace(page, window=Window(0, limit))
    graph_path = resource.graph_address
    return {
        "type": resource.record_type,
        "slug": slug,
        "name": page.row["name"],
        "url": page.url,
        "graph": graph_path and graph_path.format(slug=slug, key=page.key),
        "identity": identity(page),
        "sections": [section for build in PAGE_SECTIONS[resource.name] for section in build(page)],
    }


def build_sections(
    session: ReadSession,
    repository: Repository,
    resource: Resource,
    slug: str,
    keys: Collection[str],
) -> list[Section]:
    """Return the sections of a page that are declared with one of these keys.

    Unlike `build_page` it reads nothing for the other sections.

    Returns:
        The sections in the order of the page; none if there is no such record.
    """
    page = _context(session, repository, resource, slug)
    if page is None:
        return []
    declared = zip(resource.page, PAGE_SECTIONS[resource.name], strict=False)
    return [
        section
        for declaration, build in declared
        if declaration.options.get("key", declaration.builder) in keys
        for section in build(page)
    ]


def build_section(
    session: ReadSession,
    repository: Repository,
    resource: Resource,
    slug: str,
    key: str,
    cursor: str | None,
    limit: int,
) -> Section | None:
    """Return one section of a page with up to `limit` items from a cursor on.

    Returns:
        The section; None if there is no such record.

    Raises:
        BadCursorError: If the cursor is not one of this section, or the dataset has changed since.
        UnknownSectionError: If the page has no such section.
    """
    page = _context(session, repository, resource, slug)
    if page is None:
        return None
    offset = 0 if cursor is None else page.offset_of(key, cursor)
    page, keys = replace(page, window=Window(offset, limit)), []
    for build in PAGE_SECTIONS[resource.name]:
        for section in build(page):
            if section["key"] == key:
                return section
            keys.append(section["key"])
    raise UnknownSectionError(key, keys)


class UnknownSectionError(LookupError):
    """A page has no section of a key; `keys` are those that it has."""

    def __init__(self, key: str, keys: list[str]) -> None:
        self.key, self.keys = key, keys
        super().__init__(f"no section {key!r}")


def _context(
    session: ReadSession, repository: Repository, resource: Resource, slug: str
) -> PageContext | None:
    """Return the context of a record's page; None if there is no such record."""
    records: dict[str, tuple[int, Row]] = repository.get_parsed(session, resource, [slug])
    if slug not in records:
        return None
    revision = current_revision(session)
    number = revision.revision if revision else 0
    return PageContext(session, repository, resource, *records[slug], number)
