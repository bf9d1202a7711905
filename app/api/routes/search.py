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
from app.services.search import autocomplete, results


def _asked(value: str) -> str:
    if not value.strip():
        raise ValueError("must hold something to look for, such as q=ketamine")
    return clean_text(value)


Asked = Annotated[
    str,
    Field(min_length=1, max_length=20_000, json_schema_extra=NO_NUL),
    AfterValidator(_asked),
]
Types = Annotated[list[RecordType], CommaSeparated, Field(max_length=len(RecordType))]


class SearchQuery(LazyModel):
    """What is looked for."""

    model_config = ConfigDict(extra="forbid")

    q: Asked = Field(description="Words, a name, an identifier, or a question as one would ask it.")
    type: Types = Field([], description="Only records of these nouns.")
    limit: int = Field(20, ge=1, le=100, description="Records per page.")
    cursor: Cursor | None = Field(
        None, description="Where the last page ended: `page.next` of the answer before."
    )


class SuggestQuery(LazyModel):
    """What was typed so far."""

    model_config = ConfigDict(extra="forbid")

    q: Asked = Field(description="The beginning of a name, a synonym or an identifier.")
    type: Types = Field([], description="Only records of these nouns.")
    limit: int = Field(10, ge=1, le=50, description="How many at most.")


class Highlight(LazyModel):
    """A text of the record, with what was looked for."""

    field: str = Field(
        description="The field it stands in; name, synonym, title, slug, identifier for names;"
        " evidence or reference where a note or a paper led here."
    )
    text: str = Field(description="The text, plain, around the words; `…` where it is cut.")
    ranges: list[list[int]] = Field(
        description="Where the words stand in it: [start, end) in Unicode code points."
    )


class Snippet(Highlight):
    """The same, ready for a page."""

    html: str = Field(description="The text as HTML: escaped, with the words in <mark>.")


class FoundVia(LazyModel):
    """The note or paper that led to a record."""

    type: RecordType = Field(description="evidence or reference.")
    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")


class SearchHit(LazyModel):
    """A record that answers."""

    type: RecordType = Field(description="Which noun it is.")
    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")
    score: int = Field(
        description="How well it answers, comparable within one answer; 0 beyond the ranked ones."
    )
    matched: Highlight = Field(
        description="The one text of the record that holds most of the question."
    )
    snippet: Snippet = Field(description="The best text that is no name.")
    through: FoundVia | None = Field(
        description="What lent it the most weight: a note on the claim or of the study, its paper."
    )


class CorrectedWord(LazyModel):
    """A word that the dictionary has not, and the one that was searched instead."""

    word: str = Field(description="As asked.")
    instead: str = Field(description="As searched.")


class IgnoredWord(LazyModel):
    """A word that was not searched."""

    word: str = Field(description="As asked.")
    reason: str = Field(
        description="common: it says nothing of the subject; noun: it names a noun, which is put"
        " first; unknown: no record holds it, and no"
        " known word is near; too_many: it stands beyond the words that are read."
    )


class QueryInterpretation(LazyModel):
    """How the question was read."""

    asked: str = Field(description="As asked.")
    searched_for: str = Field(description="As searched, misspellings put right.")
    corrected: list[CorrectedWord] = Field(description="Words that were put right.")
    ignored: list[IgnoredWord] = Field(description="Words that were left out.")
    widened: bool = Field(
        description="true: few records hold every word, so those that hold some are here too."
    )


class SearchPage(LazyModel):
    """Where this page stands."""

    limit: int = Field(description="Records per page.")
    total: int = Field(description="Records found, of the nouns asked for.")
    exact: bool = Field(description="false: there are more than were counted or looked at.")
    next: str | None = Field(description="The cursor of the page after; null at the end.")


class TypeCount(LazyModel):
    """One noun and how many of it were found."""

    value: RecordType = Field(description="The noun.")
    count: int = Field(description="How many records.")


class Facets(LazyModel):
    """Counts, whatever `type` narrows to."""

    type: list[TypeCount] = Field(description="By noun, most first.")


class SearchAnswer(LazyModel):
    """An answer of `/v1/search`."""

    data: list[SearchHit] = Field(description="The records, best first.")
    page: SearchPage = Field(description="How many there are, and where the next page begins.")
    facets: Facets = Field(description="Counts by noun.")
    query: QueryInterpretation = Field(
        description="What was made of the question before it was asked of the store."
    )
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class Suggestion(LazyModel):
    """A record one of whose names begins so."""

    type: RecordType = Field(description="Which noun it is.")
    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")
    field: NameField = Field(description="Which of its names begins so.")
    text: str = Field(description="That name.")


class Suggestions(LazyModel):
    """An answer of `/v1/suggest`."""

    data: list[Suggestion] = Field(description="Each record once: things first, short names first.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


def build_router() -> APIRouter:
    router = APIRouter(
        prefix="/v1",
        tags=["search"],
        responses=envelope.PROBLEM_RESPONSES,
        dependencies=[Depends(reject_repeated_parameters)],
    )

    @router.get(
        "/search",
        operation_id="search_records",
        summary="Ask anything",
        description="Every noun, best first. docs/search.md says what folds and how it is ranked.",
        response_model=SearchAnswer,
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
            result, question = page.found, page.found.question
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
                    "asked": query.q,
                    "searched_for": question.text,
                    "corrected": question.corrected,
                    "ignored": question.ignored,
                    "widened": result.relaxed,
                },
            }
            filters, link = (
                envelope.applied_parameters(query),
                next_link(request, service, page.next),
            )
            return json_response(request, service, validators, body, filters=filters, headers=link)

    @router.get(
        "/suggest",
        operation_id="suggest_names",
        summary="What a search box offers",
        description="Records whose name, synonym, title, slug or identifier begins with `q`.",
        response_model=Suggestions,
    )
    def suggest(
        request: Request, service: ServiceDep, query: Annotated[SuggestQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = {"data": autocomplete.suggest(session, query.q, query.type, query.limit)}
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters)

    return router
