"""Route that explains how a compound acts on an indication, step by step."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep
from app.api.expensive_requests import EXPENSIVE
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.reference_parameters import resolve_query
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.explain import ExplanationResponse
from app.kit.query_types import QueryModel, ReferenceTo, Text
from app.services.graph.explanation import explain


class ExplainQuery(QueryModel):
    """Query parameters of `/v1/explain`."""

    compound: Annotated[Text, ReferenceTo("compounds")] = Field(
        min_length=1, description="Compound: slug, name or identifier."
    )
    indication: Annotated[Text, ReferenceTo("indications")] = Field(
        min_length=1, description="Indication: slug, name or identifier."
    )


def build_router() -> APIRouter:
    """Build the router of `/v1/explain`."""
    router = api_router(tag="graph")

    @router.get(
        "/explain",
        operation_id="get_explanation",
        dependencies=[EXPENSIVE],
        summary="Explain how a compound acts on an indication",
        description=(
            "Returns the mechanism step by step, each step with its verdict, citations, and"
            " readings for the general public, clinicians and researchers."
        ),
        response_model=ExplanationResponse,
    )
    def get_explanation(
        request: Request, service: ServiceDep, query: Annotated[ExplainQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            graph = service.graphs.get(session)
            body = {"data": explain(session, graph, query.compound, query.indication)}
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters, headers=links)

    return router
