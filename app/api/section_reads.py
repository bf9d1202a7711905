"""Reads of the sections of record pages, which the API and the HTML pages share."""

from typing import Any

from app.api.deps import ServiceContext
from app.api.read_responses import not_found_error
from app.api.schemas.pages import SectionQuery
from app.domain.errors import NotFoundError
from app.domain.identifiers import SLUG
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.kit.suggestions import similar
from app.services import pages


def read_section(
    session: ReadSession,
    service: ServiceContext,
    resource: Resource,
    slug: str,
    key: str,
    query: SectionQuery,
) -> dict[str, Any]:
    """Return a section of a record's page, with the address of the items that follow in `next`.

    Raises:
        NotFoundError: There is no such record, or its page has no such section.
        GoneError: The record was withdrawn.
    """
    kind, section = resource.record_type, None
    try:
        if is_slug(slug):
            section = pages.build_section(
                session, service.repository, resource, slug, key, query.cursor, query.limit
            )
    except pages.UnknownSectionError as error:
        address = f"/v1/pages/{kind}/{slug}/sections"
        detail = f"The page of {kind} {slug} has no section {key[:80]!r}."
        raise NotFoundError(
            f"{detail} Its sections: {', '.join(error.keys)}.",
            did_you_mean=[f"{address}/{name}" for name in similar(key, error.keys)],
        ) from error
    if section is None:
        raise not_found_error(session, service, resource, slug, f"/v1/pages/{kind}")
    if section["next"] and query.limit != SectionQuery.model_fields["limit"].default:
        section["next"] += f"&limit={query.limit}"
    return section


def is_slug(text: str) -> bool:
    """Return whether a text has the form of a slug."""
    return SLUG.fullmatch(text) is not None and len(text) <= 200
