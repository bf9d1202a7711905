"""Reads of pages: the same records, lists and sections that the JSON shows, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from app.api.deps import ServiceContext
from app.api.read_responses import get_record_or_404, not_found_error
from app.api.schemas.pages import SectionQuery
from app.api.section_reads import read_section
from app.domain.identifiers import SLUG
from app.kit.raw_json import dump_json
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services import pages

Record = dict[str, Any]


@dataclass(frozen=True)
class RecordList:
    """One page of a list.

    Args:
        records: The records, in order.
        total: Number of records on all pages.
        next: Cursor of the next page; None on the last one.
        facets: Facet → values with their name and count.
        text_query: How the text `q` was read; None without one.
        included: Collection → slug → record, of the records that `include` names.
    """

    records: list[Record]
    total: int
    next: str | None
    facets: dict[str, list[Record]]
    text_query: Record | None
    included: dict[str, dict[str, Record]]

    @property
    def included_names(self) -> dict[str, list[Record]]:
        """Slug and name of the records that `include` names, by collection."""
        return {
            collection: [{"slug": slug, "name": record["name"]} for slug, record in records.items()]
            for collection, records in self.included.items()
            if records
        }


def get_record(session: ReadSession, service: ServiceContext, collection: str, slug: str) -> Record:
    """Return a record.

    Raises:
        NotFoundError: There is no such record.
        GoneError: The record was withdrawn.
    """
    _, document = get_record_or_404(session, service, RESOURCES[collection], slug, [])
    record: Record = from_json(document.text)
    return record


def get_records(
    session: ReadSession, service: ServiceContext, collection: str, slugs: Sequence[str]
) -> dict[str, Record]:
    """Return the records that exist among some slugs, by slug."""
    documents = service.repository.get_parsed(session, RESOURCES[collection], slugs)
    return {slug: dict(record) for slug, (_, record) in documents.items()}


def list_records(
    session: ReadSession, service: ServiceContext, collection: str, **parameters: Any
) -> RecordList:
    """Return a page of a list by the parameters of the API: filters, sort, limit and the like."""
    query = service.repository.catalogue.list_query(RESOURCES[collection])(**parameters)
    return read_list(session, service, RESOURCES[collection], query)


def count_records(
    session: ReadSession, service: ServiceContext, collection: str, **parameters: Any
) -> int:
    """Return the number of records of a list by the filters of the API."""
    query = service.repository.catalogue.list_query(RESOURCES[collection])(**parameters)
    return service.repository.count(session, RESOURCES[collection], query)


def read_list(
    session: ReadSession, service: ServiceContext, resource: Resource, query: Any
) -> RecordList:
    """Return the page of a list that a validated query asks for."""
    page = service.repository.list_page(session, resource, query)
    included = service.repository.load_includes(session, resource, page.ids, query.include)
    return RecordList(
        [from_json(document.text) for document in page.documents],
        page.total,
        page.next,
        _plain(page.facets),
        _plain(page.text_query),
        _plain(included),
    )


def names_of_references(
    session: ReadSession, service: ServiceContext, references: Sequence[tuple[str, Sequence[str]]]
) -> dict[str, str]:
    """Return the names of records by how parameters refer to them.

    Args:
        session: The transaction to read in.
        service: The service that is read.
        references: Collections, separated by `|`, and slugs of their records or `type:slug`.
    """
    slugs: dict[str, set[str]] = {}
    for collections, values in references:
        for value in values:
            record_type, _, slug = value.rpartition(":")
            of_type = RESOURCES.by_record_type.get(record_type)
            for collection in [of_type.name] if of_type else collections.split("|"):
                slugs.setdefault(collection, set()).add(slug)
    names: dict[str, str] = {}
    for collection, slugs_of_collection in slugs.items():
        for slug, record in get_records(
            session, service, collection, sorted(slugs_of_collection)
        ).items():
            names[slug] = names[f"{RESOURCES[collection].record_type}:{slug}"] = record["name"]
    return names


def names_of_included(
    session: ReadSession,
    service: ServiceContext,
    resource: Resource,
    ids: Sequence[int],
    include: Sequence[str],
) -> dict[str, list[Record]]:
    """Return slug and name of the records that `include` adds to some records, by collection."""
    included = service.repository.load_includes(session, resource, ids, include)
    return {
        collection: [
            {"slug": slug, "name": from_json(document.text)["name"]}
            for slug, document in documents.items()
        ]
        for collection, documents in included.items()
        if documents
    }


def get_page_payload(
    session: ReadSession,
    service: ServiceContext,
    resource: Resource,
    slug: str,
    limit: int | None = None,
) -> Record:
    """Return the payload of `/v1/pages/{type}/{slug}`.

    Args:
        limit: Maximum number of items of a section; by default as many as the JSON has.

    Raises:
        NotFoundError: There is no such record.
        GoneError: The record was withdrawn.
    """
    page = None
    if SLUG.fullmatch(slug) and len(slug) <= 200:
        page = pages.build_page(session, service.repository, resource, slug, limit)
    if page is None:
        raise not_found_error(session, service, resource, slug)
    payload: Record = _plain(page)
    return payload


def get_page_sections(
    session: ReadSession,
    service: ServiceContext,
    collection: str,
    slug: str,
    keys: Sequence[str],
) -> list[Record]:
    """Return some sections of the payload of a page, by the keys that they are declared with."""
    sections = pages.build_sections(session, service.repository, RESOURCES[collection], slug, keys)
    plain: list[Record] = _plain(sections)
    return plain


def get_section(
    session: ReadSession,
    service: ServiceContext,
    resource: Resource,
    slug: str,
    key: str,
    query: SectionQuery,
) -> Record:
    """Return a section of a record's page.

    Raises:
        NotFoundError: There is no such record, or its page has no such section.
        GoneError: The record was withdrawn.
    """
    section: Record = _plain(read_section(session, service, resource, slug, key, query))
    return section


def sections_by_key(payload: Mapping[str, Any]) -> dict[str, Record]:
    """Return the sections of a page's payload by their key."""
    return {section["key"]: section for section in payload["sections"]}


def _plain(value: Any) -> Any:
    """Return values in which ready JSON documents are parsed."""
    return from_json(dump_json(value))
