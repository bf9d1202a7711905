"""Claim routes: verdict under a chosen set of notes, readings, ladder."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from app.api.content_negotiation import negotiate
from app.api.deps import ServiceContext, ServiceDep
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
from app.domain.identifiers import SLUG, strip_type_prefix
from app.domain.verdicts import ladder, points, rule
from app.domain.vocabulary import Masking, Species, StudyDesign
from app.kit.query_types import CommaSeparated, QueryModel, ReferenceTo, Slugs
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.evidence import readings as claim_readings
from app.services.evidence import rendering, verdicts
from app.services.evidence.note_filter import NoteFilter

Slug = Annotated[str, Path(description="Slug of the claim.", max_length=400)]


#: Every design by its own word, and `rct` for randomised trials of every kind.
DesignChoice = StrEnum(  # type: ignore[misc]
    "DesignChoice", {"RCT": "rct"} | {design.name: design.value for design in StudyDesign}
)


class NoteFilterQuery(QueryModel):
    """Query parameters of `/v1/claims/{slug}/verdict`."""

    design: Annotated[list[DesignChoice], CommaSeparated, Field(max_length=30)] = Field(
        [], description="Study designs to include; `rct` includes all randomised trials."
    )
    randomised: bool | None = Field(
        None, description="true: only randomised trials; false: only other designs."
    )
    species: Annotated[list[Species], CommaSeparated, Field(max_length=20)] = Field(
        [], description="Species to include, for example `human`."
    )
    masking: Annotated[list[Masking], CommaSeparated, Field(max_length=20)] = Field(
        [], description="Masking levels to include."
    )
    exclude: Annotated[Slugs, ReferenceTo("studies|evidence")] = Field(
        [], description="Studies or notes to exclude."
    )
    year_from: int | None = Field(
        None, ge=1800, le=2100, description="Earliest publication year of studies."
    )
    year_to: int | None = Field(
        None, ge=1800, le=2100, description="Latest publication year of studies."
    )
    min_participants: int | None = Field(
        None, ge=1, le=10_000_000, description="Minimum number of participants."
    )


def build_router(claims: Resource) -> APIRouter:
    """Build the router of `/v1/claims/{slug}/verdict`, ladder and readings."""
    router = api_router("/v1/claims", tag="claims", responses=GONE)

    def get_evidence(
        session: ReadSession, service: ServiceContext, slug: str
    ) -> verdicts.ClaimEvidence:
        by_slug = verdicts.claims_and_notes(session, slug) if SLUG.fullmatch(slug) else {}
        if slug not in by_slug:
            raise not_found_error(session, service, claims, slug)
        return by_slug[slug]

    @router.get(
        "/{slug}/verdict",
        operation_id="compute_claim_verdict",
        summary="Compute a verdict from selected notes",
        description="Applies the verdict rule to the selected notes and compares the result with"
        " the default verdict; without any note the verdict is `untested`.",
        response_model=VerdictComparisonResponse,
    )
    def compute_claim_verdict(
        request: Request,
        service: ServiceDep,
        slug: Slug,
        query: Annotated[NoteFilterQuery, Query()],
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            weighable = get_evidence(session, service, slug)
            query, links = resolve_query(request, service, session, query)
            choice = _note_filter(query)
            refused = {note: choice.refuses(note) for note in weighable.notes}
            whole = weighable.default_verdict()
            accepted = [note for note, why in refused.items() if why is None]
            chosen = rule.judge(weighable.claim, accepted)
            data = {
                "claim": slug,
                "default": _render_verdict(whole),
                "chosen": _render_verdict(chosen),
                "moved": (whole.kind, whole.certainty) != (chosen.kind, chosen.certainty),
                "excluded": [
                    {"note": n.slug, "study": n.study, "direction": n.direction, "reason": why}
                    for n, why in refused.items()
                    if why is not None
                ],
            }
            filters = envelope.applied_parameters(query)
            return json_response(
                request, service, validators, {"data": data}, filters=filters, headers=links
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
        description="Results by type of study system, each with its highest-scoring note.",
        response_model=LadderResponse,
    )
    def get_claim_ladder(request: Request, service: ServiceDep, slug: Slug) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            evidence = get_evidence(session, service, slug)
            scored = [points.score_note(note, evidence.claim) for note in evidence.notes]
            rungs = ladder.notes_by_rung(scored)
            data = [
                {
                    "rung": rung,
                    "state": ladder.state_of(lines),
                    "best": lines[0].note.slug if lines else None,
                    "notes": [line.note.slug for line in lines],
                }
                for rung, lines in rungs.items()
            ]
            return json_response(request, service, validators, {"data": data})

    return router


def chosen_designs(choices: Iterable[DesignChoice]) -> set[StudyDesign]:
    """Return the designs of some choices, or all if there are none."""
    requested = {str(choice) for choice in choices}
    trials = {design.value for design in points.RANDOMISED} if "rct" in requested else set[str]()
    return {d for d in StudyDesign if not requested or d.value in requested | trials}


def _note_filter(query: NoteFilterQuery) -> NoteFilter:
    designs = chosen_designs(query.design)
    if query.randomised is not None:
        randomised = points.RANDOMISED
        designs &= randomised if query.randomised else set(StudyDesign) - randomised
    return NoteFilter(
        design=frozenset(designs),
        species=frozenset(query.species),
        masking=frozenset(query.masking),
        exclude=frozenset(map(strip_type_prefix, query.exclude)),
        year_from=query.year_from,
        year_to=query.year_to,
        min_participants=query.min_participants,
    )


def _render_verdict(verdict_: rule.VerdictResult) -> dict[str, Any]:
    extra = {"headline": rendering.headline(verdict_), "ledger": rendering.ledger(verdict_)}
    return rendering.verdict_fields(verdict_) | extra
