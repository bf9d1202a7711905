"""Synthesis of a claim: estimates pooled, certainty graded; as JSON, table and plots."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field
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
from app.api.routes.claim_verdict import DesignChoice, chosen_designs
from app.api.schemas import envelope
from app.api.schemas.claim_synthesis import ClaimSynthesisResponse
from app.domain.errors import ErrorDetail, NothingToPoolError, ParameterError
from app.domain.identifiers import SLUG, strip_type_prefix
from app.domain.verdicts.judgement import EffectSynthesis, Judgement
from app.domain.verdicts.synthesis_rule import SYNTHESIS_RULE_VERSION
from app.domain.vocabulary import (
    Derivation,
    Masking,
    PoolingMethod,
    SynthesisVerdict,
    VerdictBasis,
)
from app.kit.query_types import CommaSeparated, QueryModel, ReferenceTo, Slugs
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.services.evidence.synthesis import forest_svg, table, vega_lite
from app.services.evidence.synthesis.document import SynthesisPart, synthesis_document
from app.services.evidence.synthesis.estimate_filter import EstimateFilter
from app.services.evidence.synthesis.estimates import has_estimates
from app.services.evidence.synthesis.judging import ClaimJudgement, SynthesisOptions, judge
from app.services.evidence.synthesis.loader import SynthesisFacts, read_synthesis_facts
from app.services.evidence.synthesis.plots import forest_plot

Slug = Annotated[str, Path(description="Slug of the claim.", max_length=400)]
CSV, SVG = "text/csv; charset=utf-8", "image/svg+xml"


class EstimateFilterQuery(QueryModel):
    """Query parameters of the table and the plots of `/v1/claims/{slug}/synthesis`."""

    exclude: Annotated[Slugs, ReferenceTo("studies|evidence|effects")] = Field(
        [], description="Studies, evidence notes or effect estimates to exclude."
    )
    design: Annotated[list[DesignChoice], CommaSeparated, Field(max_length=30)] = Field(
        [], description="Study designs to include; `rct` includes all randomised trials."
    )
    masking: Annotated[list[Masking], CommaSeparated, Field(max_length=20)] = Field(
        [], description="Masking levels to include."
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
    without: Annotated[list[Derivation], CommaSeparated, Field(max_length=20)] = Field(
        [],
        description="Derivations of standard errors to exclude: unreported_null, sd_borrowed, …",
    )
    worthwhile: float | None = Field(
        None,
        gt=0,
        le=1000,
        description="Smallest worthwhile effect: points for mean differences, SMD, a risk ratio"
        " above 1 for ratios, percentage points for risk differences.",
    )
    method: PoolingMethod = Field(
        PoolingMethod.BAYES, description="Method that pools two or more units."
    )


class SynthesisQuery(EstimateFilterQuery):
    """Query parameters of `/v1/claims/{slug}/synthesis`."""

    include: Annotated[list[SynthesisPart], CommaSeparated, Field(max_length=10)] = Field(
        list(SynthesisPart),
        description="Parts of the answer; all by default. The others are null.",
    )


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


_OF_FINDINGS = ("exclude", "design", "masking", "year_from", "year_to", "min_participants")
#: Parameters that apply to verdicts that rest on no single pool; all do where one does.
_APPLICABLE: dict[VerdictBasis, tuple[str, ...]] = {
    VerdictBasis.LADDER: _OF_FINDINGS,
    VerdictBasis.NARRATIVE: _OF_FINDINGS,
    VerdictBasis.UNIVERSAL: (*_OF_FINDINGS, "without", "method"),
    VerdictBasis.REGULATORY: ("exclude",),
    VerdictBasis.BACKGROUND: (),
}
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
        f" computed by rule {SYNTHESIS_RULE_VERSION}, with every step. The verdict of the record is"
        " by an older rule, and stands beside it.",
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
            found = _read(session, service, claims, slug, query)
            links = _links(request, slug, found)
            data = synthesis_document(
                found.facts, found.request, found.judged, frozenset(query.include), links
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
    return f"ketamine-kb, release {release}, rule {SYNTHESIS_RULE_VERSION}"


def _csv(found: _Synthesis, release: str) -> str:
    return table.to_csv(found.facts.slug, found.pooled_effect(), release)


def _forest_svg(found: _Synthesis, release: str) -> str:
    return forest_svg.to_svg(forest_plot(found.facts, found.pooled_effect(), _caption(release)))


def _forest_vega_lite(found: _Synthesis, release: str) -> str:
    plot = forest_plot(found.facts, found.pooled_effect(), _caption(release))
    return to_json(vega_lite.forest(plot)).decode()


def _funnel_vega_lite(found: _Synthesis, release: str) -> str:
    plot = forest_plot(found.facts, found.pooled_effect(), _caption(release))
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
            found = _read(session, service, claims, slug, query)
            release = envelope.meta(validators.revision, {})["release"]
            content = write(found, release)
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
        ParameterError: The smallest worthwhile effect means nothing on the metric of the pool.
    """
    facts = read_synthesis_facts(session, slug) if SLUG.fullmatch(slug) else None
    if facts is None:
        raise not_found_error(session, service, claims, slug)
    if service.release_params and not has_estimates(session):
        raise NothingToPoolError(
            "This release has no effect estimates, so that no synthesis can be computed from it."
            f" /v1/verdicts/{slug} has its verdict by the rule that it was published with.",
            absence=None,
        )
    request = _synthesis_request(query)
    try:
        judged = judge(facts.evidence, request)
    except ValueError as error:
        raise ParameterError(
            ErrorDetail(
                "query", "worthwhile", f"`worthwhile` {error}.", value=str(query.worthwhile)
            )
        ) from error
    _refuse_inapplicable(query, judged.judgement.basis)
    is_rule = request.include == EstimateFilter()
    if judged.judgement.verdict is SynthesisVerdict.NOT_ASSESSED and is_rule:
        raise _not_assessed(facts, judged.judgement)
    return _Synthesis(facts, request, judged)


def _refuse_inapplicable(query: EstimateFilterQuery, basis: VerdictBasis) -> None:
    """Refuse parameters that change nothing for a verdict with this basis.

    Raises:
        ParameterError: A parameter was sent that would be ignored.
    """
    applicable = _APPLICABLE.get(basis)
    if applicable is None:
        return
    sent = [name for name in envelope.applied_parameters(query) if name != "include"]
    usable = ", ".join(f"`{name}`" for name in applicable) or "none"
    errors = [
        ErrorDetail(
            "query",
            name,
            f"`{name}` changes nothing here: the verdict rests on {basis.label.lower()}, not on"
            f" pooled estimates. Parameters that apply: {usable}.",
        )
        for name in sent
        if name not in applicable
    ]
    if errors:
        raise ParameterError(*errors)


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


def _synthesis_request(query: EstimateFilterQuery) -> SynthesisOptions:
    return SynthesisOptions(
        include=EstimateFilter(
            design=frozenset(chosen_designs(query.design)) if query.design else frozenset(),
            masking=frozenset(query.masking),
            exclude=frozenset(map(strip_type_prefix, query.exclude)),
            year_from=query.year_from,
            year_to=query.year_to,
            min_participants=query.min_participants,
            without=frozenset(query.without),
        ),
        method=query.method,
        worthwhile=query.worthwhile,
    )


def _links(request: Request, slug: str, found: _Synthesis) -> dict[str, str | None]:
    """Return the paths of the same synthesis in other forms, with the parameters of the request."""
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "include"]
    suffix = f"?{urlencode(pairs, safe=',:')}" if pairs else ""
    base, is_pooled = f"/v1/claims/{slug}", found.judgement.effect is not None

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
