"""Path routes: chains of claims between two entities, and the neighbourhood of one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceContext, ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.graph_query import ClaimFilter, resolve_entity, to_edge_filter
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.reference_parameters import resolve_query
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.paths import NeighbourhoodResponse, PathsResponse
from app.domain.errors import ErrorDetail, ParameterError
from app.kit.query_types import ReferenceTo, Text
from app.kit.sessions import ReadSession
from app.resources.entities import ANY_ENTITY
from app.services.graph import paths, serialisation
from app.services.graph.filtering import filter_graph, omitted_refuted_count
from app.services.graph.loader import chains_with_notes


class PathQuery(ClaimFilter):
    """Query parameters of `/v1/paths`."""

    start: Annotated[Text, ReferenceTo(ANY_ENTITY)] = Field(
        alias="from", min_length=1, description="Start entity: type:slug, name or identifier."
    )
    end: Annotated[Text, ReferenceTo(ANY_ENTITY)] = Field(
        alias="to", min_length=1, description="End entity: type:slug, name or identifier."
    )
    k: int = Field(5, ge=1, le=20, description="Maximum number of paths.")
    max_hops: int = Field(8, ge=1, le=16, description="Maximum number of steps per path.")


class NeighbourhoodQuery(ClaimFilter):
    """Query parameters of `/v1/neighbourhood/{entity}`."""

    hops: int = Field(
        2, ge=1, le=4, description="Maximum number of steps, ignoring edge direction."
    )
    limit: int = Field(500, ge=1, le=2000, description="Maximum number of claims, nearest first.")


def build_router() -> APIRouter:
    """Build the router of `/v1/paths` and `/v1/neighbourhood`."""
    router = api_router(tag="graph")

    @router.get(
        "/paths",
        operation_id="find_paths",
        dependencies=[EXPENSIVE],
        summary="Find paths between two entities",
        description=(
            "Returns paths ranked by the strength of their weakest step, then by length. The"
            " search is bounded; the response states if a bound was reached."
        ),
        response_model=PathsResponse,
    )
    def find_paths(
        request: Request, service: ServiceDep, query: Annotated[PathQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            data, varies = _paths(service, session, query)
            return json_response(
                request,
                service,
                validators,
                {"data": data},
                filters=envelope.applied_parameters(query),
                # A search that ran out of time may find something else the next time.
                headers={"Cache-Control": "no-store"} | links if varies else links,
            )

    @router.get(
        "/neighbourhood/{entity}",
        operation_id="get_neighbourhood",
        dependencies=[EXPENSIVE],
        summary="Get the neighbourhood of an entity",
        description="Returns the claims among all entities within a number of steps.",
        response_model=NeighbourhoodResponse,
    )
    def get_neighbourhood(
        request: Request,
        service: ServiceDep,
        entity: Annotated[str, Path(description="`type:slug`.", max_length=400)],
        query: Annotated[NeighbourhoodQuery, Query()],
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            graph = service.graphs.get(session)
            centre = resolve_entity(session, graph, "entity", entity)
            choice = to_edge_filter(query)
            accepted = filter_graph(graph, choice, [centre])
            part, steps, truncation = paths.neighbourhood(accepted, centre, query.hops, query.limit)
            data = {
                "centre": serialisation.node_ref(graph.nodes[centre]),
                "elements": serialisation.cytoscape_elements(part, steps),
                "truncated": truncation and vars(truncation),
                "omitted_refuted_count": omitted_refuted_count(graph.touching(part.nodes), choice),
            }
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, {"data": data}, filters=filters)

    return router


def _paths(
    service: ServiceContext, session: ReadSession, query: PathQuery
) -> tuple[dict[str, Any], bool]:
    """Return the response data, and whether the time limit may change it."""
    graph, choice = service.graphs.get(session), to_edge_filter(query)
    start = resolve_entity(session, graph, "from", query.start)
    end = resolve_entity(session, graph, "to", query.end)
    if start == end:
        message = f"from and to are both {start}; a path needs two entities."
        raise ParameterError(ErrorDetail("query", "to", message))
    result = paths.find_paths(
        graph, (start, end), query.k, query.max_hops, lambda edge: choice.accepts(edge, graph)
    )
    why = None
    if not result.chains and not result.truncated:
        why = f"No chain of at most {query.max_hops} accepted claims leads from {start} to {end}."
        if not (query.include_refuted or query.verdict):
            why += " Refuted claims are accepted with include_refuted=true."
    data = {
        "from": serialisation.node_ref(graph.nodes[start]),
        "to": serialisation.node_ref(graph.nodes[end]),
        "paths": serialisation.ranked_paths(graph, chains_with_notes(session, result.chains)),
        "truncated": result.truncated,
        "no_path_reason": why,
    }
    return data, result.by_clock
