"""Query parameters of searches and suggestions."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.kit.query_types import NO_NUL, CommaSeparated, Cursor, QueryModel, clean_text
from app.resources import RecordType

#: Most search results whose references are returned at once.
MAX_CITING_RECORDS = 10_000


def _require_word(value: str) -> str:
    if not value.strip():
        raise ValueError("must contain a search word, such as q=ketamine")
    return clean_text(value)


SearchText = Annotated[
    str,
    Field(min_length=1, max_length=20_000, json_schema_extra=NO_NUL),
    AfterValidator(_require_word),
]
Types = Annotated[list[RecordType], CommaSeparated, Field(max_length=len(RecordType))]


class SearchQuery(QueryModel):
    """Query parameters of `/v1/search`."""

    q: SearchText = Field(
        description="Search query: words, a name, an identifier, or a question in natural language."
    )
    type: Types = Field([], description="Record types to include.")
    limit: int = Field(20, ge=1, le=100, description="Maximum number of records per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


class SearchReferencesQuery(QueryModel):
    """Query parameters of `/v1/search.bib`."""

    q: SearchText = Field(
        description="Search query: words, a name, an identifier, or a question in natural language."
    )
    type: Types = Field([], description="Record types to include.")
    limit: int | None = Field(
        None,
        ge=1,
        le=MAX_CITING_RECORDS,
        description="Number of records, best matches first, whose references are returned; by"
        " default all results.",
    )


TypedText = Annotated[
    str, Field(max_length=1000, json_schema_extra=NO_NUL), AfterValidator(clean_text)
]


class SuggestQuery(QueryModel):
    """Query parameters of `/v1/suggest`."""

    q: TypedText = Field(
        "",
        description="Beginning of a name or identifier, or words of a name, also mistyped; empty"
        " for an example of each collection.",
    )
    type: Types = Field([], description="Record types to include.")
    limit: int = Field(10, ge=1, le=50, description="Maximum number of results.")
