"""Routes for the timeline of effects and for gaps in the evidence."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep, takes_no_parameters
from app.api.query_parameters import reject_repeated_parameters
from app.api.read_responses import JSON, cache_validators, json_response, not_modified
from app.api.schemas import envelope
from app.domain.identifiers import strip_type_prefix
from app.domain.verdicts.ladder import Rung
from app.domain.vocabulary import TimeUnit
from app.kit.query_types import CommaSeparated, Text
from app.resources import RecordType
from app.resources.base import LazyModel
from app.services.evidence import gaps, timeline


class ClaimRef(LazyModel):
    """Reference to a claim."""

    slug: str = Field(description="Slug.")
    name: str = Field(description="Name.")


class ClaimWithoutHumanTest(ClaimRef):
    """Claim that was tested, but never in humans."""

    highest_rung: Rung = Field(description="Highest rung of the evidence ladder reached.")


class UnmeasuredCell(LazyModel):
    """Combination of a compound and a receptor without a measurement."""

    compound: str = Field(description="Slug of the compound.")
    receptor: str = Field(description="Slug of the receptor.")


class OpenQuestion(ClaimRef):
    """Open question."""

    type: RecordType = Field(description="Record type: claim or pathway.")
    question: str = Field(description="Question.")


class EvidenceGaps(LazyModel):
    """Gaps in the evidence."""

    untested_claims: list[ClaimRef] = Field(description="Claims that no note supports or disputes.")
    claims_without_human_test: list[ClaimWithoutHumanTest] = Field(
        description="Claims tested only in animals or in vitro."
    )
    unmeasured_cells: list[UnmeasuredCell] = Field(
        description="Combinations without a measurement of a form or metabolite of ketamine and a"
        " receptor at which another one was measured."
    )
    open_questions: list[OpenQuestion] = Field(description="Open questions of claims and pathways.")


class GapsResponse(LazyModel):
    """Response of `/v1/gaps`."""

    data: EvidenceGaps = Field(description="Evidence gaps.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class TimelineQuery(LazyModel):
    """Query of `/v1/timeline`."""

    model_config = ConfigDict(extra="forbid")

    compound: Annotated[list[Text], CommaSeparated, Field(max_length=50)] = Field(
        [], description="Compound slugs; default: all compounds."
    )
    indication: Annotated[list[Text], CommaSeparated, Field(max_length=50)] = Field(
        [], description="Indication slugs of the studies; mechanisms are always included."
    )


class TimelinePoint(LazyModel):
    """Effect estimate or mechanism at a time after the dose."""

    hours: float = Field(description="Hours after the dose.")
    kind: str = Field(description="effect, proportion (percentage of an arm) or mechanism.")
    label: str | None = Field(description="Comparison, arm, or name of the note.")
    value: float | None = Field(
        description="Value; null for a mechanism or if only a p-value is reported."
    )
    unit: str | None = Field(description="Unit of the value.")
    outcome: str | None = Field(description="Outcome.")
    timepoint_value: float = Field(description="Time point as published.")
    timepoint_unit: TimeUnit = Field(description="Unit of the value.")
    compound: str | None = Field(description="Slug of the compound.")
    note: str = Field(description="Slug of the note.")
    study: str = Field(description="Slug of the study.")


class TimelineResponse(LazyModel):
    """Response of `/v1/timeline`."""

    data: list[TimelinePoint] = Field(description="Time points in chronological order.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


def build_router() -> APIRouter:
    """Build the router of `/v1/timeline` and `/v1/gaps`."""
    router = APIRouter(
        prefix="/v1",
        tags=["overviews"],
        responses=envelope.PROBLEM_RESPONSES,
        dependencies=[Depends(reject_repeated_parameters)],
    )

    @router.get(
        "/timeline",
        operation_id="get_timeline",
        summary="List effects and mechanisms by hours after the dose",
        description="Returns all results with a time point, and the latencies of mechanism claims.",
        response_model=TimelineResponse,
    )
    def get_timeline(
        request: Request, service: ServiceDep, query: Annotated[TimelineQuery, Query()]
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            service.repository.resolve(session, "compound", "compounds", query.compound)
            service.repository.resolve(session, "indication", "indications", query.indication)
            requested = (
                [strip_type_prefix(slug) for slug in slugs]
                for slugs in (query.compound, query.indication)
            )
            body, filters = (
                {"data": timeline.timeline(session, *requested)},
                envelope.applied_parameters(query),
            )
            return json_response(request, service, validators, body, filters=filters)

    @router.get(
        "/gaps",
        operation_id="get_gaps",
        summary="List evidence gaps",
        response_model=GapsResponse,
        dependencies=[Depends(takes_no_parameters)],
    )
    def get_gaps(request: Request, service: ServiceDep) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = {"data": gaps.find_gaps(session)}
            return json_response(request, service, validators, body)

    return router
