"""Response models of a claim's verdict, ladder and readings."""

from pydantic import Field

from app.api.schemas import envelope
from app.domain.verdicts import ladder
from app.domain.vocabulary import (
    Absence,
    Certainty,
    CertaintyDomain,
    Direction,
    EffectMagnitude,
    EstimateMetric,
    VerdictBasis,
    VerdictKind,
)
from app.resources.base import LazyModel


class ComputedLedgerLine(LazyModel):
    """What one note counts for."""

    note: str = Field(description="Slug of the note.")
    study: str = Field(description="Slug of the study.")
    direction: Direction = Field(description="Direction relative to the claim as worded.")
    weight: float | None = Field(description="Share of its trial in the pooled estimate.")
    rung: int | None = Field(description="Rung of its causal test, for mechanisms.")
    reason: str | None = Field(description="Why it does not count; null if it does.")


class ComputedStep(LazyModel):
    """One step of the certainty."""

    domain: CertaintyDomain = Field(description="Domain.")
    change: int = Field(description="Change in levels; of the first step, the level at the start.")
    reason: str = Field(description="Reason.")


class ComputedVerdict(LazyModel):
    """Computed verdict; `/v1/claims/{slug}/synthesis` has all details to reproduce it."""

    headline: str = Field(description="Verdict in one sentence.")
    verdict: VerdictKind = Field(description="Verdict on the evidence.")
    size: EffectMagnitude | None = Field(description="Size of the effect.")
    certainty: Certainty | None = Field(description="Certainty of the verdict.")
    absence: Absence | None = Field(description="Why nothing was assessed.")
    in_people: VerdictKind | None = Field(description="Verdict computed from human notes only.")
    in_animals: VerdictKind | None = Field(description="Verdict computed from all non-human notes.")
    basis: VerdictBasis = Field(description="What it is computed from.")
    metric: EstimateMetric | None = Field(description="Metric of the estimate.")
    instrument: str | None = Field(description="Instrument of a mean difference.")
    estimate: float | None = Field(description="Effect; positive on the side of the claim.")
    lower: float | None = Field(description="Lower bound of the 95% interval.")
    upper: float | None = Field(description="Upper bound of the 95% interval.")
    prediction_lower: float | None = Field(description="Lower bound of the prediction interval.")
    prediction_upper: float | None = Field(description="Upper bound of the prediction interval.")
    worthwhile: float | None = Field(description="Smallest worthwhile effect on the metric.")
    i2: float | None = Field(description="I² in percent.")
    tau2: float | None = Field(description="Variance between the trials.")
    trials: int | None = Field(description="Number of independent trials in the estimate.")
    participants: int | None = Field(description="Participants in the estimate.")
    steps: list[ComputedStep] = Field(description="Steps of the certainty, from its start.")
    limits: list[str] = Field(description="What the certainty could not take into account.")
    notes_for: int = Field(description="Number of notes that support the claim.")
    notes_against: int = Field(description="Number of notes that dispute the claim.")
    notes_neutral: int = Field(description="Number of neutral notes.")
    studies_for: int = Field(description="Number of independent studies that support the claim.")
    studies_against: int = Field(
        description="Number of independent studies that dispute the claim."
    )
    studies_neutral: int = Field(description="Number of independent studies with neutral results.")
    participants_for: int = Field(description="Participants in studies that support the claim.")
    participants_against: int = Field(description="Participants in studies that dispute the claim.")
    participants_neutral: int = Field(description="Participants in studies with neutral results.")
    rules_fired: list[str] = Field(description="Rules that determined the verdict, as sentences.")
    decisive: list[str] = Field(
        description="Slugs of the decisive studies: removing any one of them would change the"
        " verdict."
    )
    would_change_if: list[str] = Field(
        description="Changes in the evidence that would change the verdict."
    )
    rule_version: str = Field(description="Version of the verdict rule.")
    rule_verdict: VerdictKind | None = Field(
        description="Computed verdict, if an editor overrides it; otherwise null."
    )
    override_reason: str | None = Field(description="Reason for overriding the computed verdict.")
    ledger: list[ComputedLedgerLine] = Field(description="All notes, with what each counts for.")


class ExcludedNote(LazyModel):
    """Note excluded by the filters."""

    note: str = Field(description="Slug of the note.")
    study: str = Field(description="Slug of the study.")
    direction: Direction | None = Field(
        description="Direction relative to the claim as worded; null if only an estimate of the"
        " note may answer the claim."
    )
    reason: str = Field(description="Reason for the exclusion.")


class VerdictComparison(LazyModel):
    """Comparison of the default verdict with the verdict computed from selected notes."""

    claim: str = Field(description="Slug of the claim.")
    default: ComputedVerdict = Field(description="Default verdict, computed from all notes.")
    chosen: ComputedVerdict = Field(description="Verdict computed from the selected notes.")
    moved: bool = Field(description="Whether the verdict or its certainty differs.")
    excluded: list[ExcludedNote] = Field(description="Excluded notes, with reasons.")


class VerdictComparisonResponse(LazyModel):
    """Response of `/v1/claims/{slug}/verdict`."""

    data: VerdictComparison = Field(description="Both verdicts.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class RungDetail(LazyModel):
    """Rung of the evidence ladder of a claim."""

    rung: ladder.Rung = Field(
        description="Rung: in_vitro, slice, rodent, primate, or one of two for human studies."
    )
    state: ladder.RungState = Field(
        description="supported, contradicted, mixed, open (only neutral notes) or untested."
    )
    best: str | None = Field(description="Slug of its most important note.")
    notes: list[str] = Field(description="Slugs of the notes, the most important first.")


class LadderResponse(LazyModel):
    """Response of `/v1/claims/{slug}/ladder`."""

    data: list[RungDetail] = Field(
        description="Evidence ladder, from in vitro studies to clinical trials."
    )
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )


class ReadingSentence(LazyModel):
    """Sentence with its supporting notes."""

    text: str = Field(description="Text of the sentence.")
    evidence: list[str] = Field(description="Slugs of the supporting notes.")


class ReadingText(LazyModel):
    """Reading of a claim, with its supporting notes."""

    text: str = Field(description="Full text of the reading without citations.")
    sentences: list[ReadingSentence] = Field(
        description="Sentences; every number in a sentence is found in a supporting note."
    )
    evidence: list[str] = Field(description="Slugs of all supporting notes.")


class Readings(LazyModel):
    """Readings of a claim for three audiences; null if none has been written for an audience."""

    plain: ReadingText | None = Field(description="Reading for the general public.")
    clinician: ReadingText | None = Field(description="Reading for clinicians.")
    researcher: ReadingText | None = Field(description="Reading for researchers.")


class ReadingsResponse(LazyModel):
    """Response of `/v1/claims/{slug}/readings`."""

    data: Readings = Field(description="Readings.")
    meta: envelope.Meta = Field(
        description="Response metadata: release, licence, citation and applied filters."
    )
