"""Graph routes: Cytoscape JSON, GraphML, DOT, Mermaid, KGX and SVG."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.content_negotiation import negotiate, text_content, text_media_type
from app.api.deps import ServiceDep, absolute_url
from app.api.expensive_requests import EXPENSIVE
from app.api.graph_drawing import MAX_DRAWN, select_drawing
from app.api.graph_query import GraphQuery, select_subgraph
from app.api.read_responses import (
    JSON,
    cache_validators,
    content_response,
    json_response,
    not_modified,
)
from app.api.reference_parameters import resolve_query
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.graph import GraphResponse
from app.services.graph import export_formats, kgx, serialisation
from app.services.graph.filtering import top_edges
from app.services.graph.graph import Graph
from app.services.graph.loader import with_notes


class DrawnGraphQuery(GraphQuery):
    """Query of `/v1/graph`: filters and the maximum number of claims."""

    limit: int = Field(
        2000, ge=1, le=20_000, description="Maximum number of claims, strongest first."
    )


#: The format that cites the notes on each claim.
EDGES = "edges.tsv"
Write = Callable[[Graph, Graph, serialisation.MakeUrl], str]
#: Format → media type and writer, called with the subgraph, the whole graph and the base URL.
FORMATS: dict[str, tuple[str, Write]] = {
    "graphml": (
        "application/graphml+xml",
        lambda part, _, link: export_formats.to_graphml(part, link),
    ),
    "dot": (
        "text/vnd.graphviz; charset=utf-8",
        lambda part, _, link: export_formats.to_dot(part, link),
    ),
    "mermaid": (
        "text/vnd.mermaid; charset=utf-8",
        lambda part, _, link: export_formats.to_mermaid(part, link),
    ),
    "nodes.tsv": (
        "text/tab-separated-values; charset=utf-8",
        lambda part, _, __: kgx.to_nodes(part),
    ),
    EDGES: (
        "text/tab-separated-values; charset=utf-8",
        lambda part, whole, _: kgx.to_edges(part, whole),
    ),
}
SVG = "image/svg+xml"


def build_router() -> APIRouter:
    """Build the router of `/v1/graph` and its exports."""
    router = api_router(tag="graph")

    @router.get(
        "/graph",
        operation_id="get_graph",
        dependencies=[EXPENSIVE],
        summary="Get the mechanism graph",
        description="Entities as nodes and causal claims as edges, in Cytoscape.js format.",
        response_model=GraphResponse,
    )
    def get_graph(
        request: Request, service: ServiceDep, query: Annotated[DrawnGraphQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            selection = select_subgraph(service, session, query)
            part, truncation = top_edges(selection.part, query.limit)
            body = {
                "data": {
                    "elements": serialisation.cytoscape_elements(part),
                    "truncated": truncation and vars(truncation),
                    "omitted_refuted_count": selection.omitted_refuted_count,
                }
            }
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters, headers=links)

    @router.get(
        "/graph.svg",
        operation_id="get_graph_svg",
        dependencies=[EXPENSIVE],
        summary="Get the mechanism graph as an SVG image",
        description=f"Renders at most {MAX_DRAWN} claims; each links to its record.",
        response_class=Response,
        responses=_written(SVG),
    )
    def get_graph_svg(
        request: Request, service: ServiceDep, query: Annotated[GraphQuery, Query()]
    ) -> Response:
        media = text_media_type(request, SVG)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, media)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            cite = envelope.meta(validators.revision, {})["cite"]
            drawing = select_drawing(service, session, query, cite)
        # Without a database connection: a layout takes seconds.
        content = drawing.to_svg(service.layouts, absolute_url(request, service))
        return content_response(request, validators, content, media, links)

    for name, (media_type, writer) in FORMATS.items():
        _add_format(router, name, media_type, writer)

    return router


def _add_format(router: APIRouter, name: str, media_type: str, writer: Write) -> None:
    def export_graph(
        request: Request, service: ServiceDep, query: Annotated[GraphQuery, Query()]
    ) -> Response:
        media = text_media_type(request, media_type)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, media)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            selection = select_subgraph(service, session, query)
            part = selection.part
            if name == EDGES:
                part = part.subgraph(with_notes(session, part.edges.values()), part.nodes)
            content = writer(part, selection.whole, absolute_url(request, service))
            filename = {"Content-Disposition": f'attachment; filename="graph.{name}"'}
            return content_response(request, validators, content, media, filename | links)

    router.add_api_route(
        f"/graph.{name}",
        export_graph,
        dependencies=[EXPENSIVE],
        operation_id=f"export_graph_{name.replace('.', '_')}",
        summary=f"Export the mechanism graph ({name})",
        description="Exports all claims that match the filters, which are those of `/v1/graph`.",
        response_class=Response,
        responses=_written(media_type.partition(";")[0]),
    )


def _written(media: str) -> dict[int | str, dict[str, Any]]:
    content = text_content(media)
    return {200: {"description": "Exported graph.", "content": content}}
