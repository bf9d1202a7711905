"""Schemas of identifier resolution."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from app.api.schemas import envelope
from app.domain.vocabulary import NameField
from app.kit.query_types import NO_NUL, clean_text
from app.resources import RecordType
from app.resources.base import LazyModel

Called = Annotated[
    str,
    Field(min_length=1, max_length=1000, json_schema_extra=NO_NUL),
    AfterValidator(clean_text),
]


class ResolveRequest(LazyModel):
    """Names or identifiers to resolve."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Called] = Field(
        min_length=1,
        max_length=500,
        description="Slugs, type:slug, names, synonyms, CURIEs, accession numbers or URLs, however"
        " they are spelled.",
    )


class ResolutionMatch(LazyModel):
    """Matching record."""

    type: RecordType = Field(description="Record type.")
    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")
    url: str = Field(description="URL.")
    matched: NameField = Field(
        description="Field that matched; a related identifier denotes a similar concept, not the"
        " same one."
    )
    text: str = Field(description="Name or CURIE that matched, as recorded.")
    salt: str | None = Field(
        description="Salt that the text names, such as hydrochloride; the record is that of its"
        " base."
    )
    part: str | None = Field(
        description="Part of the text that the record matches, if the text combines several names:"
        " D2/D3."
    )


class Resolution(LazyModel):
    """Resolution of one name or identifier."""

    text: str = Field(description="Text as entered in the request.")
    found: bool = Field(description="Whether any record matches.")
    ambiguous: bool = Field(description="Whether several records match; all are listed.")
    complete: bool = Field(
        description="Whether all matching records are listed; false if there are more."
    )
    matches: list[ResolutionMatch] = Field(
        description="Matching records, exact matches before related ones."
    )
    similar: list[ResolutionMatch] = Field(
        description="Records with similar names, if none matches."
    )
    not_corrected: bool = Field(
        description="Whether similar names were not looked for, since the time for it was used up"
        " by the ids before; request the id again, with fewer others."
    )


class ResolutionResponse(LazyModel):
    """Response of `/v1/resolve/{anything}`."""

    data: Resolution = Field(description="Resolution of the name or identifier.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class ResolutionBatchResponse(LazyModel):
    """Response of `POST /v1/resolve`."""

    data: list[Resolution] = Field(description="One result per requested id, in request order.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
