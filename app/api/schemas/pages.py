"""Schemas of record pages."""

from pydantic import ConfigDict, Field

from app.api.schemas import envelope
from app.api.schemas.page_items import RecordLink
from app.api.schemas.page_sections import AnySection
from app.kit.query_types import Cursor
from app.resources import RecordType
from app.resources.base import CrossReference, LazyModel, OutputModel, output_field


class ResolvedIdentifier(CrossReference):
    """Cross-reference with its resolved URL."""

    url: str = output_field("Resolved URL.")


class FieldItem(OutputModel):
    """Field of the record."""

    name: str = output_field("Field name; described in /v1/meta.")
    value: str | float | bool | RecordLink | list[str] | None = output_field(
        "Field value; null if unknown."
    )


class RecordIdentity(OutputModel):
    """Record identity."""

    summary: str = output_field("Plain-language summary.")
    description: str | None = output_field("Detailed description for specialists.")
    synonyms: list[str] = output_field("Alternative names.")
    xrefs: list[ResolvedIdentifier] = output_field("Cross-references with resolved URLs.")
    links: list[str] = output_field("Links to external pages: DOI, PubMed, trial registry or URL.")
    fields: list[FieldItem] = output_field("Fields of the record, in record order.")


class RecordPage(OutputModel):
    """Page payload: a record with its related data."""

    type: RecordType = output_field("Record type.")
    slug: str = output_field("Slug.")
    name: str = output_field("Display name.")
    url: str = output_field("URL of the record.")
    graph: str | None = output_field(
        "Graph around an entity or of a pathway, beyond one hop; null for other record types."
    )
    identity: RecordIdentity = output_field("Identity of the record.")
    sections: list[AnySection] = output_field(
        "Sections of related data; each links to the full list."
    )


class PageSectionResponse(LazyModel):
    """Response of `/v1/pages/{type}/{slug}/sections/{key}`."""

    data: AnySection = Field(description="Section, in the shape that it has on the page.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class SectionQuery(LazyModel):
    """Query parameters of `/v1/pages/{type}/{slug}/sections/{key}`."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="Maximum number of items.")
    cursor: Cursor | None = Field(
        None,
        description="Position of the first item, from `next` of the section; by default its"
        " beginning. It is valid until the data changes.",
    )


class RecordPageResponse(LazyModel):
    """Response of `/v1/pages/{type}/{slug}`. Addresses in it are relative to the answer's own."""

    data: RecordPage = Field(description="Page payload.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
