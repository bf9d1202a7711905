"""Search and autocomplete routes."""

from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, absolute_url, next_link
from app.api.read_responses import (
    JSON,
    cache_validators,
    json_response,
    not_modified,
    stream_response,
)
from app.api.routers import api_router
from app.api.routes.exports import export_media_type, exported, unknown_format
from app.api.schemas import envelope
from app.api.schemas.search import SearchResponse, SuggestionsResponse
from app.api.schemas.search_query import (
    MAX_CITING_RECORDS,
    SearchQuery,
    SearchReferencesQuery,
    SuggestQuery,
)
from app.domain.citation import CITATION_FORMATS
from app.domain.errors import ErrorDetail, ParameterError
from app.resources import RESOURCES
from app.services.records import exports
from app.services.records.licences import licences_of
from app.services.search import autocomplete, related_links, results


def build_router() -> APIRouter:
    """Build the router of `/v1/search` and `/v1/suggest`."""
    router = api_router(tag="search")

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
            result, url = page.result, absolute_url(request, service)
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
                "query": results.interpretation(result, query.q),
                "related": [
                    {"title": link["title"], "url": url(link["path"])}
                    for link in related_links.related_links(session, result)
                ],
            }
            filters, link = (
                envelope.applied_parameters(query),
                next_link(request, service, page.next),
            )
            hits = [(RESOURCES.by_record_type[r["type"]].name, [r["slug"]]) for r in page.rows]
            licences = licences_of(session, service.repository, hits)
            return json_response(
                request, service, validators, body, filters=filters, headers=link, licences=licences
            )

    @router.get(
        "/search.{format}",
        operation_id="export_search_references",
        summary="Export the references of search results",
        description="References that the found records rest on, without duplicates.",
        response_class=StreamingResponse,
        responses=exported(list(CITATION_FORMATS)),
    )
    def export_references(
        request: Request,
        service: ServiceDep,
        format: Annotated[
            str,
            Path(
                description="Citation format.",
                json_schema_extra={"enum": list(CITATION_FORMATS)},
                max_length=400,
            ),
        ],
        query: Annotated[SearchReferencesQuery, Query()],
    ) -> Response:
        if format not in CITATION_FORMATS:
            raise unknown_format("/v1/search", "search", format, list(CITATION_FORMATS))
        media = export_media_type(request, format)
        with ExitStack() as transaction:
            session = transaction.enter_context(service.store.read())
            validators = cache_validators(request, service, session, media)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            limit = query.limit or MAX_CITING_RECORDS + 1
            ids = results.matching_ids(session, query.q, query.type, limit)
            if sum(map(len, ids.values())) > MAX_CITING_RECORDS:
                message = (
                    f"matches more than {MAX_CITING_RECORDS} records; add words or type=, or set"
                    f" limit to the number of best matches, up to {MAX_CITING_RECORDS}"
                )
                raise ParameterError(ErrorDetail("query", "q", message))
            by_collection = {
                RESOURCES.by_record_type[record_type].name: keys
                for record_type, keys in ids.items()
            }
            chunks = exports.export_references_of(
                session, service.repository, by_collection, format
            )
            headers = {"Content-Disposition": f'attachment; filename="search.{format}"'}
            return stream_response(request, transaction, validators, chunks, media, headers)

    @router.get(
        "/suggest",
        operation_id="suggest",
        summary="Suggest records for a search box",
        description="Returns records whose name, synonym, title, slug or identifier starts with"
        " `q`, then those with its words in a name. If there are none, typing errors are corrected."
        " Without `q` it returns an example of each collection.",
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
            body = {"data": autocomplete.suggest(session, query.q, query.type, query.limit)}
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters)

    return router
