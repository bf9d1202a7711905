"""Schemas of search results and suggestions."""

from pydantic import Field

from app.api.schemas import envelope
from app.api.schemas.text_query import QueryInterpretation
from app.domain.vocabulary import NameField
from app.resources import RecordType
from app.resources.base import LazyModel


class Highlight(LazyModel):
    """Matched text of a record, with the positions of the search words."""

    field: str = Field(
        description="Field that contains the text: name, synonym, title, slug or identifier for"
        " names; evidence or reference if a note or a publication matched."
    )
    text: str = Field(description="Plain text around the search words; `…` marks omissions.")
    ranges: list[list[int]] = Field(
        description="Positions of the search words as [start, end) in Unicode code points."
    )


class Snippet(Highlight):
    """Matched text with highlighting in HTML."""

    html: str = Field(description="Text as escaped HTML, with the search words in <mark> elements.")


class FoundVia(LazyModel):
    """Record through which another record was found."""

    type: RecordType = Field(description="Record type: evidence, reference or claim.")
    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")


class SearchHit(LazyModel):
    """Search result."""

    type: RecordType = Field(description="Record type.")
    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")
    score: int = Field(
        description="Relevance score, comparable within one response; 0 for results beyond the"
        " ranked ones."
    )
    matched: Highlight = Field(description="Text of the record that best matches the query.")
    snippet: Snippet = Field(description="Best matching text other than a name.")
    through: FoundVia | None = Field(
        description="Related record that contributed most to the score: a note on the claim or of"
        " the study, or its publication; the claim, where notes on one side of it are asked for."
    )


class SearchPageInfo(LazyModel):
    """Pagination details."""

    limit: int = Field(description="Maximum number of records per page.")
    total: int = Field(description="Number of results of the requested record types.")
    exact: bool = Field(
        description="Whether `total` is exact; false if there are more results than were counted."
    )
    next: str | None = Field(description="Cursor of the next page; null on the last page.")


class TypeCount(LazyModel):
    """Number of search results of one record type."""

    value: RecordType = Field(description="Record type.")
    count: int = Field(description="Number of records.")


class SearchFacets(LazyModel):
    """Facet counts, not restricted by `type`."""

    type: list[TypeCount] = Field(description="Counts per record type, highest first.")


class RelatedLink(LazyModel):
    """Address that answers what the question asks for."""

    title: str = Field(description="What it returns.")
    url: str = Field(description="URL.")


class SearchResponse(LazyModel):
    """Response of `/v1/search`."""

    data: list[SearchHit] = Field(description="Search results, best first.")
    page: SearchPageInfo = Field(description="Pagination: total count and cursor of the next page.")
    facets: SearchFacets = Field(description="Counts by record type.")
    query: QueryInterpretation = Field(description="Interpretation of the query.")
    related: list[RelatedLink] = Field(
        description="Addresses that answer the question directly: explanations for `how does …"
        " work`, the notes on one side of the best claim for `what argues against …`."
    )
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class Suggestion(LazyModel):
    """Suggested record."""

    type: RecordType = Field(description="Record type.")
    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")
    url: str = Field(description="URL.")
    kind: str | None = Field(description="Kind of the record, if its collection has kinds.")
    field: NameField = Field(description="Field that matched.")
    text: str = Field(description="Name that matched.")
    ranges: list[list[int]] = Field(
        description="Positions of the matching text as [start, end) in Unicode code points; empty"
        " if the name is only similar."
    )


class SuggestionsResponse(LazyModel):
    """Response of `/v1/suggest`."""

    data: list[Suggestion] = Field(
        description="Suggestions, one per record: entities first, then shorter names first."
    )
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
