"""Claim routes: verdict under chosen evidence, readings, ladder."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceDep
from app.api.documented_responses import GONE
from app.api.read_responses import (
    JSON,
    cache_validators,
    json_response,
    not_found_error,
    not_modified,
)
from app.api.reference_parameters import resolve_query
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.claim_verdict import (
    LadderResponse,
    ReadingsResponse,
    VerdictComparisonResponse,
)
from app.api.synthesis_parameters import (
    EstimateFilterQuery,
    judge_as_requested,
    synthesis_request,
)
from app.domain.identifiers import SLUG
from app.domain.verdicts import ladder
from app.domain.verdicts.claim_verdict import ClaimVerdict, claim_verdict
from app.domain.vocabulary import Certainty, EffectMagnitude, VerdictKind
from app.kit.resource import Resource
from app.services.evidence import readings as claim_readings
from app.services.evidence import rendering
from app.services.evidence.synthesis.estimate_filter import excluded_evidence
from app.services.evidence.synthesis.loader import read_findings

Slug = Annotated[str, Path(description="Slug of the claim.", max_length=400)]


def build_router(claims: Resource) -> APIRouter:
    """Build the router of `/v1/claims/{slug}/verdict`, ladder and readings."""
    router = api_router("/v1/claims", tag="claims", responses=GONE)

    @router.get(
        "/{slug}/verdict",
        operation_id="compute_claim_verdict",
        summary="Compute a verdict from selected evidence",
        description="Applies the verdict rule to the selected notes and estimates, and compares the"
        " result with the default verdict; without any the verdict is `not_assessed`."
        " `/v1/claims/{slug}/synthesis` shows every step.",
        response_model=VerdictComparisonResponse,
    )
    def compute_claim_verdict(
        request: Request,
        service: ServiceDep,
        slug: Slug,
        query: Annotated[EstimateFilterQuery, Query()],
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, links = resolve_query(request, service, session, query)
            facts = service.claim_facts.get_or_read(session, slug) if SLUG.fullmatch(slug) else None
            if facts is None:
                raise not_found_error(session, service, claims, slug)
            default = facts.default_verdict
            judged = judge_as_requested(facts.evidence, query)
            chosen_facts = replace(facts, evidence=judged.claim)
            applied = envelope.applied_parameters(query)
            # Without parameters the two are one, and what they hinge on is computed once.
            chosen = (
                claim_verdict(judged.claim, judged.judgement, query.method)
                if applied
                else replace(default, override=None)
            )
            include = synthesis_request(query).include
            data = {
                "claim": slug,
                "default": rendering.computed_verdict(facts, default),
                "chosen": rendering.computed_verdict(chosen_facts, chosen),
                "moved": _outcome(default) != _outcome(chosen),
                "excluded": excluded_evidence(facts.evidence, include),
            }
            return json_response(
                request, service, validators, {"data": data}, filters=applied, headers=links
            )

    @router.get(
        "/{slug}/readings",
        operation_id="get_claim_readings",
        summary="Get the readings of a claim",
        description="Readings for the general public, clinicians and researchers, with their"
        " supporting notes.",
        response_model=ReadingsResponse,
    )
    def get_claim_readings(request: Request, service: ServiceDep, slug: Slug) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            readings = (
                claim_readings.claim_readings(session, slug) if SLUG.fullmatch(slug) else None
            )
            if readings is None:
                raise not_found_error(session, service, claims, slug)
            return json_response(request, service, validators, {"data": readings})

    @router.get(
        "/{slug}/ladder",
        operation_id="get_claim_ladder",
        summary="Get the evidence ladder of a claim",
        description="Results by type of study system, each with its most important note.",
        response_model=LadderResponse,
    )
    def get_claim_ladder(request: Request, service: ServiceDep, slug: Slug) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            findings = read_findings(session, slug) if SLUG.fullmatch(slug) else None
            if findings is None:
                raise not_found_error(session, service, claims, slug)
            data = [
                {
                    "rung": rung,
                    "state": ladder.state_of(on_rung),
                    "best": on_rung[0].evidence if on_rung else None,
                    "notes": [finding.evidence for finding in on_rung],
                }
                for rung, on_rung in ladder.findings_by_rung(findings).items()
            ]
            return json_response(request, service, validators, {"data": data})

    return router


def _outcome(verdict: ClaimVerdict) -> tuple[VerdictKind, EffectMagnitude | None, Certainty | None]:
    return verdict.kind, verdict.judgement.size, verdict.judgement.certainty
