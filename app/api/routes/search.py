"""Search and autocomplete routes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, ConfigDict, Field

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, next_link
from app.api.query_parameters import reject_repeated_parameters
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.schemas import envelope
from app.domain.vocabulary import NameField
from app.kit.query_types import NO_NUL, CommaSeparated, Cursor, clean_text
from app.resources import RecordType
from app.resources.base import LazyModel
from app.services.search import name_index, results


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


class SearchQuery(LazyModel):
    """Query parameters of `/v1/search`."""

    model_config = ConfigDict(extra="forbid")

    q: SearchText = Field(
        description="Search query: words, a name, an identifier, or a question in natural language."
    )
    type: Types = Field([], description="Record types to include.")
    limit: int = Field(20, ge=1, le=100, description="Maximum number of records per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )


class SuggestQuery(LazyModel):
    """Query parameters of `/v1/suggest`."""

    model_config = ConfigDict(extra="forbid")

    q: SearchText = Field(description="Beginning of a name, synonym or identifier.")
    type: Types = Field([], description="Record types to include.")
    limit: int = Field(10, ge=1, le=50, description="Maximum number of results.")


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
    """Evidence note or publication through which a record was found."""

    type: RecordType = Field(description="Record type: evidence or reference.")
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
        " the study, or its publication."
    )


class CorrectedWord(LazyModel):
    """Spelling correction: a word that no record contains, and its replacement."""

    word: str = Field(description="Text as entered in the request.")
    instead: str = Field(description="Replacement used for the search.")


class IgnoredWord(LazyModel):
    """Word that was not used for the search."""

    word: str = Field(description="Text as entered in the request.")
    reason: str = Field(
        description="common: a stop word; record_type: names a record type, whose records are"
        " ranked first; unknown: occurs in no record and has no similar known word; too_many:"
        " exceeds the maximum number of words."
    )


class QueryInterpretation(LazyModel):
    """Interpretation of a search query."""

    text: str = Field(description="Text as entered in the request.")
    searched_for: str = Field(description="Query used for the search, with spelling corrections.")
    corrected: list[CorrectedWord] = Field(description="Spelling corrections.")
    ignored: list[IgnoredWord] = Field(description="Words not used for the search.")
    relaxed: bool = Field(
        description="Whether matching was relaxed: true if few records contain all words and"
        " records with some of them were added."
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


class SearchResponse(LazyModel):
    """Response of `/v1/search`."""

    data: list[SearchHit] = Field(description="Search results, best first.")
    page: SearchPageInfo = Field(description="Pagination: total count and cursor of the next page.")
    facets: SearchFacets = Field(description="Counts by record type.")
    query: QueryInterpretation = Field(description="Interpretation of the query.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class Suggestion(LazyModel):
    """Suggested record."""

    type: RecordType = Field(description="Record type.")
    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")
    field: NameField = Field(description="Field that matched.")
    text: str = Field(description="Name that matched.")


class SuggestionsResponse(LazyModel):
    """Response of `/v1/suggest`."""

    data: list[Suggestion] = Field(
        description="Suggestions, one per record: entities first, then shorter names first."
    )
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


def build_router() -> APIRouter:
    """Build the router of `/v1/search` and `/v1/suggest`."""
    router = APIRouter(
        prefix="/v1",
        tags=["search"],
        responses=envelope.PROBLEM_RESPONSES,
        dependencies=[Depends(reject_repeated_parameters)],
    )

    @router.get(
        "/search",
        operation_id="search",
        summary="Search all records",
        description="Searches all record types, best matches first. Text normalisation and ranking"
        " are described in docs/search.md.",
        response_model=SearchResponse,
    )
    def search(
        request: Request, service: ServiceDep, query: Annotated[SearchQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            page = results.result_page(
                session,
                query.q,
                query.type,
                query.limit,
                query.cursor,
                service.repository.release,
            )
            result, parsed = page.result, page.result.query
            counts = sorted(result.counts.items(), key=lambda item: (-item[1], item[0]))
            body = {
                "data": page.rows,
                "page": {
                    "limit": query.limit,
                    "total": result.total,
                    "exact": result.exact,
                    "next": page.next,
                },
                "facets": {"type": [{"value": kind, "count": n} for kind, n in counts if n]},
                "query": {
                    "text": query.q,
                    "searched_for": parsed.text,
                    "corrected": parsed.corrected,
                    "ignored": parsed.ignored,
                    "relaxed": result.relaxed,
                },
            }
            filters, link = (
                envelope.applied_parameters(query),
                next_link(request, service, page.next),
            )
            return json_response(request, service, validators, body, filters=filters, headers=link)

    @router.get(
        "/suggest",
        operation_id="suggest",
        summary="Suggest records for a search box",
        description="Returns records whose name, synonym, title, slug or identifier starts with"
        " `q`.",
        response_model=SuggestionsResponse,
    )
    def suggest(
        request: Request, service: ServiceDep, query: Annotated[SuggestQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = {"data": name_index.suggest(session, query.q, query.type, query.limit)}
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters)

    return router
