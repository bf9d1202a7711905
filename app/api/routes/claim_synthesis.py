"""Synthesis of a claim: estimates pooled, certainty graded; as JSON, table and plots."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic_core import to_json

from app.api.content_negotiation import negotiate, text_content, text_media_type
from app.api.deps import ServiceContext, ServiceDep, absolute_url
from app.api.documented_responses import GONE, problem_responses
from app.api.read_responses import (
    JSON,
    cache_validators,
    content_response,
    json_response,
    not_found_error,
    not_modified,
)
from app.api.reference_parameters import resolve_query
from app.api.routers import api_router
from app.api.schemas import envelope
from app.api.schemas.claim_synthesis import ClaimSynthesisResponse
from app.api.synthesis_parameters import (
    EstimateFilterQuery,
    SynthesisQuery,
    judge_as_requested,
    synthesis_request,
)
from app.domain.errors import NothingToPoolError
from app.domain.identifiers import SLUG
from app.domain.verdicts.judgement import EffectSynthesis, Judgement
from app.domain.verdicts.rule import RULE_VERSION
from app.domain.vocabulary import VerdictKind
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.evidence.synthesis import forest_svg, table, vega_lite
from app.services.evidence.synthesis.document import synthesis_document
from app.services.evidence.synthesis.estimate_filter import EstimateFilter
from app.services.evidence.synthesis.estimates import has_estimates
from app.services.evidence.synthesis.judging import ClaimJudgement, SynthesisOptions
from app.services.evidence.synthesis.loader import (
    SynthesisFacts,
    read_stored_verdict,
)
from app.services.evidence.synthesis.plots import forest_plot

Slug = Annotated[str, Path(description="Slug of the claim.", max_length=400)]
CSV, SVG = "text/csv; charset=utf-8", "image/svg+xml"


@dataclass(frozen=True)
class _Synthesis:
    """A claim with its judgement, as one request wants it."""

    facts: SynthesisFacts
    request: SynthesisOptions
    judged: ClaimJudgement

    @property
    def judgement(self) -> Judgement:
        """The judgement."""
        return self.judged.judgement

    def pooled_effect(self) -> EffectSynthesis:
        """Return the effect, for the table and the plots.

        Raises:
            NothingToPoolError: The verdict rests on something else than estimates.
        """
        if self.judgement.effect is None:
            basis = self.judgement.basis.value
            raise NothingToPoolError(
                f"The verdict on {self.facts.slug!r} is {self.judgement.verdict.value}, with the"
                f" basis {basis}: no estimates are pooled, so there is no table and no plot.",
                verdict=self.judgement.verdict.value,
                absence=self.judgement.absence,
                did_you_mean=[f"/v1/claims/{self.facts.slug}"],
            )
        return self.judgement.effect


Write = Callable[[_Synthesis, str], str]


def build_router(claims: Resource) -> APIRouter:
    """Build the router of `/v1/claims/{slug}/synthesis`, its table and its plots."""
    router = api_router(
        "/v1/claims",
        tag="claims",
        responses=GONE | problem_responses(NothingToPoolError),
    )

    @router.get(
        "/{slug}/synthesis",
        operation_id="get_claim_synthesis",
        summary="Get the synthesis of a claim",
        description="The estimates that answer the claim are pooled, and verdict and certainty are"
        f" computed by rule {RULE_VERSION}, with every step.",
        response_model=ClaimSynthesisResponse,
    )
    def get_claim_synthesis(
        request: Request,
        service: ServiceDep,
        slug: Slug,
        query: Annotated[SynthesisQuery, Query()],
    ) -> Response:
        negotiate(request, [JSON])
        with service.store.read() as session:
            validators = cache_validators(request, service, session)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, headers = resolve_query(request, service, session, query)
            synthesis = _read(session, service, claims, slug, query)
            links = _links(request, slug, synthesis)
            data = synthesis_document(
                synthesis.facts,
                synthesis.request,
                synthesis.judged,
                frozenset(query.include),
                links,
                read_stored_verdict(session, slug),
            )
            for reproduction in data["reproduce"]:
                address = absolute_url(request, service)(links["csv"] or "")
                reproduction["r"] = reproduction["r"].replace(links["csv"], address)
            filters = envelope.applied_parameters(query)
            return json_response(
                request, service, validators, {"data": data}, filters=filters, headers=headers
            )

    for path, (media_type, write) in _FORMATS.items():
        _add_format(router, claims, path, media_type, write)
    return router


def _caption(release: str) -> str:
    return f"ketamine-kb, release {release}, rule {RULE_VERSION}"


def _csv(synthesis: _Synthesis, release: str) -> str:
    return table.to_csv(synthesis.facts.slug, synthesis.pooled_effect(), release)


def _forest_svg(synthesis: _Synthesis, release: str) -> str:
    return forest_svg.to_svg(
        forest_plot(synthesis.facts, synthesis.pooled_effect(), _caption(release))
    )


def _forest_vega_lite(synthesis: _Synthesis, release: str) -> str:
    plot = forest_plot(synthesis.facts, synthesis.pooled_effect(), _caption(release))
    return to_json(vega_lite.forest(plot)).decode()


def _funnel_vega_lite(synthesis: _Synthesis, release: str) -> str:
    plot = forest_plot(synthesis.facts, synthesis.pooled_effect(), _caption(release))
    return to_json(vega_lite.funnel(plot)).decode()


#: Path below `/v1/claims/{slug}` → media type and writer.
_FORMATS: dict[str, tuple[str, Write]] = {
    "synthesis.csv": (CSV, _csv),
    "synthesis/forest.svg": (SVG, _forest_svg),
    "synthesis/forest.vl.json": (vega_lite.MEDIA_TYPE, _forest_vega_lite),
    "synthesis/funnel.vl.json": (vega_lite.MEDIA_TYPE, _funnel_vega_lite),
}
_SUMMARIES = {
    "synthesis.csv": "Export the units of a synthesis as CSV, one row per trial",
    "synthesis/forest.svg": "Get the forest plot of a synthesis as an SVG image",
    "synthesis/forest.vl.json": "Get the forest plot of a synthesis as Vega-Lite",
    "synthesis/funnel.vl.json": "Get the funnel plot of a synthesis as Vega-Lite",
}


def _add_format(
    router: APIRouter, claims: Resource, path: str, media_type: str, write: Write
) -> None:
    is_json = media_type == vega_lite.MEDIA_TYPE

    def export(
        request: Request,
        service: ServiceDep,
        slug: Slug,
        query: Annotated[EstimateFilterQuery, Query()],
    ) -> Response:
        media = media_type if is_json else text_media_type(request, media_type)
        with service.store.read() as session:
            validators = cache_validators(request, service, session, media)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            query, headers = resolve_query(request, service, session, query)
            synthesis = _read(session, service, claims, slug, query)
            release = envelope.meta(validators.revision, {})["release"]
            content = write(synthesis, release)
            return content_response(request, validators, content, media, headers)

    plain = media_type.partition(";")[0]
    content: dict[str, Any] = text_content(plain)
    if is_json:
        content = {plain: {"schema": {"type": "object"}}}
    router.add_api_route(
        f"/{{slug}}/{path}",
        export,
        operation_id="get_claim_" + path.replace("/", "_").replace(".", "_"),
        summary=_SUMMARIES[path],
        description="It takes the parameters of `/v1/claims/{slug}/synthesis` but `include`.",
        response_class=Response,
        responses={200: {"description": "The file.", "content": content}},
    )


def _read(
    session: ReadSession,
    service: ServiceContext,
    claims: Resource,
    slug: str,
    query: EstimateFilterQuery,
) -> _Synthesis:
    """Return a claim with its judgement.

    Raises:
        NotFoundError: There is no such claim.
        NothingToPoolError: The claim asks for estimates, and the store has none that answers it.
        ParameterError: A parameter does not apply to the verdict.
    """
    facts = service.claim_facts.get_or_read(session, slug) if SLUG.fullmatch(slug) else None
    if facts is None:
        raise not_found_error(session, service, claims, slug)
    if service.release_params and not has_estimates(session):
        raise NothingToPoolError(
            "This release has no effect estimates, so that no synthesis can be computed from it."
            f" /v1/verdicts/{slug} has its verdict by the rule that it was published with.",
            absence=None,
        )
    request = synthesis_request(query)
    judged = judge_as_requested(facts.evidence, query)
    is_rule = request.include == EstimateFilter()
    if judged.judgement.verdict is VerdictKind.NOT_ASSESSED and is_rule:
        raise _not_assessed(facts, judged.judgement)
    return _Synthesis(facts, request, judged)


def _not_assessed(facts: SynthesisFacts, judgement: Judgement) -> NothingToPoolError:
    left_out = judgement.not_chosen[:20]
    return NothingToPoolError(
        f"Nothing answers {facts.slug!r} yet. {' '.join(judgement.reasons)}".strip(),
        absence=judgement.absence,
        not_chosen=[
            {"estimate": entry.estimate.slug, "reason": entry.reason.value, "detail": entry.detail}
            for entry in left_out
        ],
        not_chosen_total=len(judgement.not_chosen),
        did_you_mean=[f"/v1/claims/{facts.slug}", f"/v1/verdicts/{facts.slug}"],
    )


def _links(request: Request, slug: str, synthesis: _Synthesis) -> dict[str, str | None]:
    """Return the paths of the same synthesis in other forms, with the parameters of the request."""
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "include"]
    suffix = f"?{urlencode(pairs, safe=',:')}" if pairs else ""
    base, is_pooled = f"/v1/claims/{slug}", synthesis.judgement.effect is not None

    def link(path: str) -> str | None:
        return f"{base}/{path}{suffix}" if is_pooled else None

    return {
        "csv": link("synthesis.csv"),
        "forest_svg": link("synthesis/forest.svg"),
        "forest_vega_lite": link("synthesis/forest.vl.json"),
        "funnel_vega_lite": link("synthesis/funnel.vl.json"),
        "claim": base,
        "effects": f"/v1/effects?claim={slug}",
    }
