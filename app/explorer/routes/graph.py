"""The page of a part of the mechanism graph; without filters, the list of pathways."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.api.deps import ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.graph_drawing import select_drawing
from app.api.graph_query import GraphQuery
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.api.reference_parameters import resolve_query
from app.api.schemas.envelope import applied_parameters
from app.explorer.links import PageLinks
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response
from app.services.graph.filtering import top_edges

#: Claims that are listed below the drawing, the best supported first.
SHOWN_CLAIMS = 60


def build_router() -> APIRouter:
    """Build the router of `/graph`."""
    router = page_router()

    @router.get("/graph", dependencies=[EXPENSIVE])
    def graph_page(
        request: Request, service: ServiceDep, query: Annotated[GraphQuery, Query()]
    ) -> Response:
        if not applied_parameters(query):
            return RedirectResponse(PageLinks.of(request, service).page_url("/pathways"), 303)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, _ = resolve_query(request, service, session, query)
            drawing = select_drawing(service, session, query)
        shown, _ = top_edges(drawing.graph, SHOWN_CLAIMS)
        parameters = {
            name: ",".join(map(str, value)) if isinstance(value, list) else str(value).lower()
            for name, value in applied_parameters(query).items()
        }
        selection = urlencode(parameters, safe=",:")
        head = PageHead(
            title=f"Mechanism: {drawing.title}",
            description="A drawing of causal claims between receptors, processes and conditions,"
            " each with its verdict.",
            api=f"/v1/graph?{selection}",
            canonical_query=selection,
        )
        edges = sorted(shown.edges.values(), key=lambda edge: (-edge.rank, edge.claim))
        return page_response(
            request,
            service,
            validators,
            "graph.html.j2",
            head,
            drawing=drawing,
            edges=edges,
            parameters=parameters,
        )

    return router
