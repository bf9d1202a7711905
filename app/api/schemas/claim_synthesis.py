"""Response models of the synthesis of a claim."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.vocabulary import (
    Absence,
    AssessmentKind,
    Certainty,
    CertaintyDomain,
    ComparatorKind,
    Derivation,
    Direction,
    EffectMagnitude,
    EffectMeasure,
    EstimateMetric,
    ExclusionReason,
    Masking,
    OutcomeDomain,
    PoolingMethod,
    UnitFlag,
    VerdictBasis,
    VerdictKind,
)
from app.resources.base import LazyModel
from app.resources.claim_question import ClaimQuestion


class Interval(LazyModel):
    """An interval on the scale of the metric."""

    lower: float = Field(description="Lower bound.")
    upper: float = Field(description="Upper bound.")


class ReadableEffect(LazyModel):
    """An effect as readers see it: ratios and shares of the event itself, means for the claim."""

    unit: str = Field(description="What the figures are: odds ratio, percent, MADRS points, …")
    estimate: float = Field(description="Estimate.")
    lower: float = Field(description="Lower bound of the 95% interval.")
    upper: float = Field(description="Upper bound of the 95% interval.")


class PooledEffectFields(LazyModel):
    """The effect that decides the verdict, positive on the side of the claim."""

    method: PoolingMethod = Field(description="Method.")
    method_text: str = Field(description="The method in words.")
    estimate: float = Field(description="Estimate.")
    standard_error: float = Field(
        description="Standard error; by the Bayesian method the posterior standard deviation."
    )
    lower: float = Field(description="Lower bound of the 95% interval.")
    upper: float = Field(description="Upper bound of the 95% interval.")
    prediction: Interval | None = Field(
        description="95% prediction interval: the effect that a further trial would have; null for"
        " one trial."
    )
    readable: ReadableEffect = Field(description="The effect as readers see it.")
    k: int = Field(description="Number of units.")
    participants: int | None = Field(
        description="Number of participants; null if it is not on record for every unit."
    )
    tau: float = Field(description="Standard deviation of the effects between trials.")
    tau2: float = Field(description="REML estimate of tau².")
    tau2_interval: Interval | None = Field(
        description="95% interval of tau² by the Q-profile method; null for one trial."
    )
    i2: float = Field(description="I² in per cent.")
    h2: float = Field(description="H².")
    q: float = Field(description="Cochran's Q.")
    q_df: int = Field(description="Degrees of freedom of Q.")
    q_p: float = Field(description="p-value of Q.")


class AlternativePooling(LazyModel):
    """The same units pooled by another method."""

    method: PoolingMethod = Field(description="Method.")
    method_text: str = Field(description="The method in words.")
    estimate: float = Field(description="Estimate.")
    lower: float = Field(description="Lower bound of the 95% interval.")
    upper: float = Field(description="Upper bound of the 95% interval.")
    prediction: Interval | None = Field(
        description="95% prediction interval; null if there is none."
    )
    verdict: VerdictKind = Field(description="Verdict by this method.")
    certainty: Certainty | None = Field(description="Certainty by this method.")


class WorthwhileEffect(LazyModel):
    """The smallest effect worth having, as a distance from the null on the scale of the metric."""

    value: float = Field(description="Value on the scale of the metric.")
    readable: float = Field(
        description="The effect itself as readers see it, such as an odds ratio."
    )
    measure: EffectMeasure = Field(description="Scale on which its source gives it.")
    source_value: float = Field(description="Value on that scale.")
    source: str | None = Field(description="Reference; null if the reader chose it.")


class CertaintyStepFields(LazyModel):
    """One step of the certainty."""

    domain: CertaintyDomain = Field(description="Domain.")
    change: int = Field(
        description="Change in levels. The first step is the level at which it starts: 3 is high."
    )
    reason: str = Field(description="Reason.")


class SynthesisVariant(LazyModel):
    """The verdict on other units, and what was pooled; null where nothing is left."""

    estimate: float | None = Field(description="Estimate.")
    lower: float | None = Field(description="Lower bound of the 95% interval.")
    upper: float | None = Field(description="Upper bound of the 95% interval.")
    k: int = Field(description="Number of units.")
    verdict: VerdictKind = Field(description="Verdict.")
    certainty: Certainty | None = Field(description="Certainty.")


class SynthesisUnit(LazyModel):
    """One independent trial, with its estimate on the side of the claim."""

    trial: str = Field(description="Trial that it counts as.")
    study: str = Field(description="Slug of the study.")
    year: int | None = Field(description="Year of its main publication.")
    estimates: list[str] = Field(
        description="Slugs of the effect estimates in /v1/effects; several if arms were combined."
    )
    evidence: list[str] = Field(description="Slugs of their evidence notes.")
    value: float = Field(description="Estimate.")
    standard_error: float = Field(description="Standard error.")
    lower: float = Field(description="Lower bound of the 95% interval.")
    upper: float = Field(description="Upper bound of the 95% interval.")
    readable: ReadableEffect = Field(description="The effect as readers see it.")
    weight: float = Field(description="Share in the pooled estimate, from 0 to 1.")
    participants: int | None = Field(description="Number of participants.")
    outcome: OutcomeDomain = Field(description="Outcome domain.")
    instrument: str | None = Field(description="Scale or event.")
    derivation: Derivation | None = Field(description="How the standard error was derived.")
    masking: Masking = Field(description="How well the allocation stayed concealed.")
    comparator_kind: ComparatorKind = Field(description="Kind of comparator.")
    intervention: str | None = Field(description="Intervention arm.")
    comparator: str | None = Field(description="Comparator arm.")
    time_hours: float | None = Field(description="Time since the first dose, in hours.")
    flags: list[UnitFlag] = Field(
        description="Assumptions behind the figures, and what makes it indirect."
    )
    covers: list[str] = Field(description="Trials whose participants it has.")
    leave_one_out: SynthesisVariant | None = Field(
        description="The verdict without this unit; null unless it was included."
    )


class NotChosenEstimate(LazyModel):
    """An estimate that the verdict does not use."""

    estimate: str = Field(description="Slug of the effect estimate in /v1/effects.")
    evidence: str = Field(description="Slug of the evidence note.")
    study: str = Field(description="Slug of the study.")
    reason: ExclusionReason = Field(description="Reason.")
    detail: str = Field(description="The reason in words.")


class CumulativeEffect(LazyModel):
    """The pooled effect of all units up to a year."""

    year: int | None = Field(description="Year; null for units without one, which come first.")
    added: list[str] = Field(description="Studies of that year.")
    k: int = Field(description="Number of units.")
    estimate: float = Field(description="Estimate.")
    lower: float = Field(description="Lower bound of the 95% interval.")
    upper: float = Field(description="Upper bound of the 95% interval.")


class SensitivityAnalysis(SynthesisVariant):
    """The verdict on fewer estimates."""

    name: str = Field(description="Name of the analysis.")
    description: str = Field(description="What is left out.")
    metric: EstimateMetric | None = Field(
        description="Metric of the estimate, which may be another with fewer trials."
    )
    unit: str | None = Field(description="What the estimate is, for example MADRS points.")


class OtherConclusion(LazyModel):
    """What a published synthesis or another body found; it is no part of the verdict."""

    type: str = Field(description="Type of the record: assessment or effect.")
    slug: str = Field(description="Slug of the record, in /v1/assessments or /v1/effects.")
    by: str = Field(description="Body or study.")
    document_kind: AssessmentKind | None = Field(
        description="Kind of document; null for an effect estimate."
    )
    year: int | None = Field(description="Year.")
    direction: Direction | None = Field(
        description="Direction of the conclusion relative to the claim; null if not stated."
    )
    certainty: Certainty | None = Field(description="Certainty, as the body rates it (GRADE).")
    outcome: str | None = Field(description="Outcome of the estimate, in words or as a domain.")
    metric: str | None = Field(description="Metric of the estimate, as in its record.")
    value: float | None = Field(description="Estimate, as in its record.")
    lower: float | None = Field(description="Lower bound of its interval.")
    upper: float | None = Field(description="Upper bound of its interval.")
    overlaps: bool | None = Field(
        description="Whether its interval and ours have values in common; null if they are not on"
        " one scale or its side is not stated."
    )


class AbsoluteEffectFields(LazyModel):
    """Of 100 people, how many more or fewer have the event; a negative number is fewer."""

    event: str = Field(description="The event.")
    baseline_per_100: float = Field(description="People with the event without the intervention.")
    baseline_source: str = Field(description="Where that number comes from.")
    difference_per_100: float = Field(description="Difference with the intervention.")
    lower_per_100: float = Field(description="Lower bound of the difference.")
    upper_per_100: float = Field(description="Upper bound of the difference.")


class ChangingTrialFields(LazyModel):
    """One further balanced trial that would change the verdict."""

    effect: float = Field(
        description="Effect of the trial on the metric of the pool: the smallest worthwhile one, or"
        " none."
    )
    people: int = Field(description="Number of people in it that suffices.")
    verdict: VerdictKind = Field(description="The verdict then.")


class JurisdictionVerdict(LazyModel):
    """What the latest act of one jurisdiction says on the claim."""

    jurisdiction: str = Field(description="ISO 3166 code, or INT.")
    agrees: bool | None = Field(description="Whether it says what the claim says; null if unclear.")
    status: str | None = Field(description="What was decided.")
    act: str | None = Field(
        description="Slug of the regulatory act or, without a record of it, of the note on it."
    )
    date: str | None = Field(description="Date of the act.")
    reference: str | None = Field(description="Slug of the document.")
    is_opinion: bool = Field(description="Whether it is a guideline or an opinion, not an act.")


class GroupFindingFields(LazyModel):
    """What one laboratory or trial found."""

    group: str = Field(description="Laboratory, consortium or trial.")
    supports: bool | None = Field(
        description="Whether it supports the claim; null if its findings cancel out."
    )
    rung: int = Field(
        description="Rung of its best finding on that side: 3 direct or necessary, 2 blockers or"
        " sufficiency, 1 correlation, 0 below."
    )
    evidence: list[str] = Field(description="Slugs of its evidence notes on that side.")


class CompoundVerdict(LazyModel):
    """Verdict of a universal claim on one compound."""

    compound: str = Field(description="Slug of the compound.")
    verdict: VerdictKind = Field(description="Verdict.")
    certainty: Certainty | None = Field(description="Certainty.")


class StoredVerdictFields(LazyModel):
    """Verdict of the claim's record; a release of rule 2026 has that of the rule of points."""

    rule_version: str = Field(description="Version of the rule.")
    verdict: VerdictKind = Field(description="Verdict.")
    certainty: Certainty | None = Field(description="Certainty.")
    url: str = Field(description="The record.")


class Reproduction(LazyModel):
    """How to pool the same rows with R."""

    method: PoolingMethod = Field(description="Method whose figures the calls give.")
    r: str = Field(description="Calls of R, with the package that they load.")


class SynthesisLinks(LazyModel):
    """The same synthesis in other forms, with the same parameters."""

    csv: str | None = Field(description="Table of the units.")
    forest_svg: str | None = Field(description="Forest plot as SVG.")
    forest_vega_lite: str | None = Field(description="Forest plot as Vega-Lite.")
    funnel_vega_lite: str | None = Field(description="Funnel plot as Vega-Lite.")
    claim: str = Field(description="Record of the claim.")
    effects: str = Field(description="Effect estimates that bear on the claim.")


class ClaimSynthesis(LazyModel):
    """Verdict on a claim by rule 2027.1, with everything that led to it."""

    claim: str = Field(description="Slug of the claim.")
    statement: str = Field(description="The claim.")
    rule_version: str = Field(description="Version of the rule.")
    basis: VerdictBasis = Field(description="What the verdict is computed from.")
    verdict: VerdictKind = Field(description="Verdict.")
    size: EffectMagnitude | None = Field(
        description="Size of the effect; null without a smallest worthwhile effect."
    )
    certainty: Certainty | None = Field(
        description="Certainty by rule along GRADE's domains; not the judgement of a panel."
    )
    reasons: list[str] = Field(description="Why, in sentences.")
    steps: list[CertaintyStepFields] = Field(description="Steps of the certainty, from its start.")
    limits: list[str] = Field(description="What the certainty could not take into account.")
    absence: Absence | None = Field(description="Why nothing was assessed.")
    searched_to: str | None = Field(
        description="Last day on which evidence was looked for; null if not recorded."
    )
    reviewed_on: str | None = Field(
        description="Day on which an editor last reviewed claim and evidence; null if not recorded."
    )
    question: ClaimQuestion | None = Field(description="Question that the claim asks of trials.")
    metric: EstimateMetric | None = Field(description="Metric; ratios are natural logarithms.")
    unit: str | None = Field(description="What the figures are, as readers see them.")
    sign: int | None = Field(
        description="1 if a positive estimate of /v1/effects is on the claim's side, else -1; all"
        " figures here are on the claim's side."
    )
    prior_scale: float | None = Field(
        description="Scale of the half-normal prior of tau, on the scale of the metric."
    )
    null: float | None = Field(
        description="What the effect is held against: no effect, the margin or the proportion."
    )
    worthwhile: WorthwhileEffect | None = Field(
        description="Smallest effect worth having; null if no source gives one."
    )
    pooled: PooledEffectFields | None = Field(
        description="Pooled effect, or that of the only unit."
    )
    other_methods: list[AlternativePooling] = Field(
        description="The same units by other methods; they decide nothing."
    )
    absolute: AbsoluteEffectFields | None = Field(
        description="Absolute effect; null without a baseline."
    )
    single_sponsor: bool = Field(
        description="Whether one sponsor paid for all trials, of two or more."
    )
    units: list[SynthesisUnit] = Field(description="Units, by year.")
    decisive: list[str] | None = Field(
        description="Studies without which the verdict differs; null unless leave_one_out was"
        " included."
    )
    would_change_if: list[ChangingTrialFields] = Field(
        description="Trials that would change the verdict."
    )
    not_chosen: list[NotChosenEstimate] | None = Field(
        description="Estimates that were left out, with reasons; null unless it was included."
    )
    cumulative: list[CumulativeEffect] | None = Field(
        description="Pooled effect year by year; null unless it was included."
    )
    sensitivity: list[SensitivityAnalysis] | None = Field(
        description="The verdict on fewer estimates; null unless it was included."
    )
    others_say: list[OtherConclusion] | None = Field(
        description="What others concluded; null unless it was included."
    )
    jurisdictions: list[JurisdictionVerdict] = Field(description="Answers by jurisdiction.")
    groups: list[GroupFindingFields] = Field(description="Findings by laboratory or trial.")
    groups_checked: bool = Field(
        description="Whether the laboratories of all findings are on record."
    )
    by_compound: list[CompoundVerdict] = Field(description="Verdicts by compound.")
    stored_verdict: StoredVerdictFields = Field(
        description="Verdict of the record, by the older rule."
    )
    reproduce: list[Reproduction] = Field(
        description="How to pool the same rows in R; empty if nothing is pooled."
    )
    links: SynthesisLinks = Field(description="Addresses.")


class ClaimSynthesisResponse(LazyModel):
    """Response of `/v1/claims/{slug}/synthesis`."""

    data: ClaimSynthesis = Field(description="The synthesis.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied parameters."
    )
