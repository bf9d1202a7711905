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
    """A claim, in short."""

    slug: str = Field(description="Its slug.")
    name: str = Field(description="Its name.")


class ClaimWithoutHumanTest(ClaimRef):
    """A claim that was tested, and never in people."""

    highest_rung: Rung = Field(description="The highest rung of its ladder.")


class EmptyCell(LazyModel):
    """A compound and a receptor that nobody put together."""

    compound: str = Field(description="Slug of the compound.")
    receptor: str = Field(description="Slug of the receptor.")


class OpenQuestion(ClaimRef):
    """What is not known, put as a question."""

    type: RecordType = Field(description="claim or pathway.")
    question: str = Field(description="The question.")


class Gaps(LazyModel):
    """What nobody has looked at."""

    untested_claims: list[ClaimRef] = Field(description="Claims that no note supports or disputes.")
    claims_without_human_test: list[ClaimWithoutHumanTest] = Field(
        description="Claims tested in animals or dishes alone."
    )
    unmeasured_cells: list[EmptyCell] = Field(
        description="Of ketamine's forms and metabolites: receptors that met another of them."
    )
    open_questions: list[OpenQuestion] = Field(description="Of claims and pathways.")


class GapsAnswer(LazyModel):
    """An answer of `/v1/gaps`."""

    data: Gaps = Field(description="The gaps.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


class TimelineQuery(LazyModel):
    """Whose timeline."""

    model_config = ConfigDict(extra="forbid")

    compound: Annotated[list[Text], CommaSeparated, Field(max_length=50)] = Field(
        [], description="Compound slugs; without them, every compound."
    )
    indication: Annotated[list[Text], CommaSeparated, Field(max_length=50)] = Field(
        [], description="Indication slugs of the studies; mechanisms are shown whatever they are."
    )


class TimelinePoint(LazyModel):
    """One figure, or one mechanism, at its time after the dose."""

    hours: float = Field(description="Hours after the dose.")
    kind: str = Field(description="effect, proportion (percent of an arm) or mechanism.")
    label: str | None = Field(description="What against what, the arm, or the note's name.")
    value: float | None = Field(description="The figure; null for a mechanism or a bare p.")
    unit: str | None = Field(description="Its unit.")
    outcome: str | None = Field(description="The outcome.")
    timepoint_value: float = Field(description="The time-point as published.")
    timepoint_unit: TimeUnit = Field(description="Its unit.")
    compound: str | None = Field(description="Slug of the compound.")
    note: str = Field(description="Slug of the note.")
    study: str = Field(description="Slug of the study.")


class TimelineAnswer(LazyModel):
    """An answer of `/v1/timeline`."""

    data: list[TimelinePoint] = Field(description="In the order of time.")
    meta: envelope.Meta = Field(description="Release, licence, citation, filters.")


def build_router() -> APIRouter:
    router = APIRouter(
        prefix="/v1",
        tags=["overviews"],
        responses=envelope.PROBLEM_RESPONSES,
        dependencies=[Depends(reject_repeated_parameters)],
    )

    @router.get(
        "/timeline",
        operation_id="read_timeline",
        summary="Effects and mechanisms by hours after the dose",
        description="Every figure that has a time-point, beside the latencies of the mechanism.",
        response_model=TimelineAnswer,
    )
    def read_timeline(
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
        operation_id="read_gaps",
        summary="What nobody has looked at",
        response_model=GapsAnswer,
        dependencies=[Depends(takes_no_parameters)],
    )
    def read_gaps(request: Request, service: ServiceDep) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            body = {"data": gaps.find_gaps(session)}
            return json_response(request, service, validators, body)

    return router
