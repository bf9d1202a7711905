"""Route that explains how a compound acts on an indication, step by step."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep
from app.api.query_parameters import reject_repeated_parameters
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.schemas import envelope
from app.api.schemas.claim_verdict import Readings
from app.api.schemas.graph import Entity, PlaceRef
from app.api.schemas.paths import StepData, WeakestStep
from app.domain.identifiers import strip_type_prefix
from app.kit.query_types import Text
from app.resources.base import LazyModel
from app.services.graph.explanation import explain


class ExplainQuery(LazyModel):
    """Which compound, and for what."""

    model_config = ConfigDict(extra="forbid")

    compound: Text = Field(min_length=1, description="Slug of a compound.")
    indication: Text = Field(min_length=1, description="Slug of an indication.")


class ClaimStanding(WeakestStep):
    """A claim and how it stands."""

    statement: str = Field(description="The sentence.")


class ExplainedStep(StepData):
    """One step, told three times."""

    readings: Readings = Field(description="The claim for each audience, where written.")


class ExplainedPathway(LazyModel):
    """One pathway, or the effect itself."""

    kind: str = Field(description="mechanism, or effect: the last part, whether it helps.")
    pathway: PlaceRef | None = Field(description="The pathway; null for the effect.")
    summary: str = Field(description="What this part says, in plain language.")
    open_question: str | None = Field(description="What is not known of it.")
    steps: list[ExplainedStep] = Field(description="Its steps, in order; each claim is told once.")


class OmittedPathway(LazyModel):
    """A pathway that is left out."""

    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")
    reason: str = Field(description="Why.")


class Explanation(LazyModel):
    """How a compound is held to act on a condition."""

    compound: Entity = Field(description="The compound.")
    indication: Entity = Field(description="The condition.")
    outcomes: list[Entity] = Field(
        description="Processes that a claim names together with the condition, or one broader or"
        " narrower: where a mechanism must lead to count."
    )
    helps: list[ClaimStanding] = Field(description="Whether it helps: the claims that say so.")
    parts: list[ExplainedPathway] = Field(description="The mechanism, then the effect.")
    weakest: ClaimStanding | None = Field(description="The step that carries least.")
    disputed: list[str] = Field(description="Claims told here that some study disputes.")
    not_told: list[OmittedPathway] = Field(description="Pathways left out, with the reason.")


class ExplanationAnswer(LazyModel):
    """An answer of `/v1/explain`."""

    data: Explanation = Field(description="The explanation.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


def build_router() -> APIRouter:
    router = APIRouter(
        prefix="/v1",
        tags=["graph"],
        responses=envelope.PROBLEM_RESPONSES,
        dependencies=[Depends(reject_repeated_parameters)],
    )

    @router.get(
        "/explain",
        operation_id="explain_mechanism",
        summary="How a compound is held to act on a condition",
        description=(
            "The mechanism in order, step by step, each step with its verdict, its citations and"
            " its readings for everybody, for clinicians and for researchers."
        ),
        response_model=ExplanationAnswer,
    )
    def read_explanation(
        request: Request, service: ServiceDep, query: Annotated[ExplainQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            service.repository.resolve(session, "compound", "compounds", [query.compound])
            service.repository.resolve(session, "indication", "indications", [query.indication])
            graph = service.graphs.get(session)
            body = {
                "data": explain(
                    session,
                    graph,
                    strip_type_prefix(query.compound),
                    strip_type_prefix(query.indication),
                )
            }
            filters = envelope.applied_parameters(query)
            return json_response(request, service, validators, body, filters=filters)

    return router
