"""The search page: `/search`, with the parameters of `/v1/search`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.deps import ServiceContext, ServiceDep
from app.api.page_addresses import HTML, has_page, page_path
from app.api.read_responses import Validators, cache_validators, not_modified
from app.api.schemas.search_query import SearchQuery, SearchText
from app.explorer import queries, search_view
from app.explorer.links import PageLinks
from app.explorer.list_address import ListAddress
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.kit.sessions import ReadSession
from app.services.search import autocomplete, related_links, results
from app.services.search.results import ResultPage

#: Searches that show what can be asked: a question, two words, a name and an identifier.
EXAMPLES = ("does rapamycin block ketamine", "esketamine relapse", "bladder", "pmid:16894061")
#: Records that the page suggests where nothing matches.
MAX_SUGGESTIONS = 6
SHORT_TITLE = 80


class SearchPageQuery(SearchQuery):
    """Query parameters of `/search`; without a text it shows the form."""

    q: SearchText | None = Field(None, description="Search query.")  # type: ignore[assignment]


def build_router() -> APIRouter:
    """Build the router of `/search`."""
    router = page_router()

    @router.get("/search")
    def search_page(
        request: Request, service: ServiceDep, query: Annotated[SearchPageQuery, Query()]
    ) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            if query.q is None:
                return _form_page(request, service, session, validators)
            return _result_page(request, service, session, validators, query, query.q)

    return router


def _form_page(
    request: Request, service: ServiceContext, session: ReadSession, validators: Validators
) -> Response:
    head = PageHead(
        title="Search",
        description="Search claims, studies, compounds, receptors, conditions and papers.",
    )
    examples = autocomplete.suggest(session, "", [], MAX_SUGGESTIONS)
    return page_response(
        request,
        service,
        validators,
        "search.html.j2",
        head,
        text=None,
        searches=EXAMPLES,
        suggestions=_links_to(examples),
    )


def _result_page(
    request: Request,
    service: ServiceContext,
    session: ReadSession,
    validators: Validators,
    query: SearchPageQuery,
    text: str,
) -> Response:
    release = service.repository.release
    page = results.result_page(session, text, query.type, query.limit, query.cursor, release)
    address = ListAddress.of("/search", query, PageLinks.of(request, service).page_url)
    head = PageHead(
        title=f"Results for “{_shortened(text)}”",
        description=f"What the dataset has on “{_shortened(text)}”.",
        api=address.data_path("/v1/search", cursor=query.cursor),
        bibtex=address.export_path("/v1/search.bib"),
        canonical_query=address.query,
        search_text=text,
    )
    claims = [row["slug"] for row in page.rows if row["type"] == "claim"]
    similar = [] if page.rows else autocomplete.suggest(session, text[:1000], [], MAX_SUGGESTIONS)
    return page_response(
        request,
        service,
        validators,
        "search.html.j2",
        head,
        text=text,
        hits=search_view.hits(
            page.rows, queries.get_records(session, service, "claims", claims) if claims else {}
        ),
        result=page.result,
        reading=results.interpretation(page.result, text),
        types=search_view.type_chips(page.result.counts, query.type, address),
        related=_related(request, session, page),
        searches=EXAMPLES,
        suggestions=_links_to(similar),
        every_type=address.with_values(type=None) if query.type else None,
        next=address.with_values(cursor=page.next) if page.next else None,
        first=address.with_values() if query.cursor else None,
    )


def _related(request: Request, session: ReadSession, page: ResultPage) -> list[dict[str, Any]]:
    """Return links to what else answers the question; those without a page lead to the API."""
    return [
        link | {"has_page": has_page(request, page_path(link["path"]).partition("?")[0])}
        for link in related_links.related_links(session, page.result)
    ]


def _links_to(suggestions: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["name"], search_view.page_of(row["type"], row["slug"])) for row in suggestions]


def _shortened(text: str) -> str:
    return text if len(text) <= SHORT_TITLE else f"{text[:SHORT_TITLE]}…"
