"""Query parameters that select the evidence of a verdict, and how it is pooled."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.api.schemas import envelope
from app.domain.errors import ErrorDetail, ParameterError
from app.domain.identifiers import strip_type_prefix
from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS
from app.domain.verdicts.facts import ClaimEvidence
from app.domain.vocabulary import (
    Derivation,
    Masking,
    PoolingMethod,
    Species,
    StudyDesign,
    VerdictBasis,
)
from app.kit.query_types import CommaSeparated, QueryModel, ReferenceTo, Slugs
from app.services.evidence.synthesis.document import SynthesisPart
from app.services.evidence.synthesis.estimate_filter import EstimateFilter
from app.services.evidence.synthesis.judging import ClaimJudgement, SynthesisOptions, judge

#: Every design by its own word, and `rct` for randomised trials of every kind.
DesignChoice = StrEnum(  # type: ignore[misc]
    "DesignChoice", {"RCT": "rct"} | {design.name: design.value for design in StudyDesign}
)

_OF_FINDINGS = (
    "exclude",
    "design",
    "randomised",
    "species",
    "masking",
    "year_from",
    "year_to",
    "min_participants",
)
#: Parameters that apply to verdicts that rest on no single pool; all do where one does.
APPLICABLE_PARAMETERS: dict[VerdictBasis, tuple[str, ...]] = {
    VerdictBasis.LADDER: _OF_FINDINGS,
    VerdictBasis.NARRATIVE: _OF_FINDINGS,
    VerdictBasis.UNIVERSAL: (*_OF_FINDINGS, "without", "method"),
    VerdictBasis.REGULATORY: ("exclude",),
    VerdictBasis.BACKGROUND: (),
}


class EstimateFilterQuery(QueryModel):
    """Query parameters of the verdict on chosen evidence, and of its table and plots."""

    exclude: Annotated[Slugs, ReferenceTo("studies|evidence|effects")] = Field(
        [], description="Studies, evidence notes or effect estimates to exclude."
    )
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


def synthesis_request(query: EstimateFilterQuery) -> SynthesisOptions:
    """Return what the parameters ask for."""
    return SynthesisOptions(
        include=EstimateFilter(
            design=_designs(query.design, query.randomised),
            species=frozenset(query.species),
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


def _designs(
    choices: Iterable[DesignChoice], randomised: bool | None
) -> frozenset[StudyDesign] | None:
    """Return the designs of some choices; None for all."""
    requested = {str(choice) for choice in choices}
    if not requested and randomised is None:
        return None
    if "rct" in requested:
        requested |= {design.value for design in RANDOMISED_DESIGNS}
    designs = {design for design in StudyDesign if not requested or design.value in requested}
    if randomised is not None:
        designs &= RANDOMISED_DESIGNS if randomised else set(StudyDesign) - RANDOMISED_DESIGNS
    return frozenset(designs)


def judge_as_requested(claim: ClaimEvidence, query: EstimateFilterQuery) -> ClaimJudgement:
    """Return the judgement on a claim as a request wants it.

    Raises:
        ParameterError: A parameter changes nothing for a verdict with this basis, or the smallest
            worthwhile effect means nothing for the question or its metric.
    """
    try:
        judged = judge(claim, synthesis_request(query))
    except ValueError as error:
        value = str(query.worthwhile)
        raise ParameterError(
            ErrorDetail("query", "worthwhile", f"`worthwhile` {error}.", value=value)
        ) from error
    _refuse_inapplicable(query, judged.judgement.basis)
    return judged


def _refuse_inapplicable(query: EstimateFilterQuery, basis: VerdictBasis) -> None:
    """Refuse parameters that change nothing for a verdict with this basis.

    Raises:
        ParameterError: A parameter was sent that would be ignored.
    """
    applicable = APPLICABLE_PARAMETERS.get(basis)
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
