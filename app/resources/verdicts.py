"""Verdicts: one per claim, with the effect and the steps of the certainty behind it."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import (
    Absence,
    Certainty,
    CertaintyDomain,
    ClaimKind,
    Direction,
    EffectMagnitude,
    EstimateMetric,
    VerdictBasis,
    VerdictKind,
)
from app.kit.declarations import SearchFields
from app.kit.field_mapping import Column, ObjectList, ReferenceList, ScalarList, SingleReference
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Where,
    WhereRef,
    WhereRelated,
)
from app.kit.resource import Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    OutputModel,
    RecordBase,
    Ref,
    output_field,
)
from app.resources.claims import ENTITY_COLUMNS
from app.resources.entities import ENTITY_NAMES
from app.resources.page_sections import OF_CLAIM, OWN_CITATIONS


class ReviewedClaim(Ref):
    """Reference to a claim, with the days of its last search and review."""

    searched_to: str | None = output_field(
        "Last day on which evidence on the claim was looked for; null if not recorded."
    )
    reviewed_on: str | None = output_field(
        "Day on which an editor last reviewed claim and evidence; null if not recorded."
    )


#: What a `ReviewedClaim` shows of the claim.
REVIEW_OF_CLAIM = {"searched_to": m.Claim.searched_to, "reviewed_on": m.Claim.reviewed_on}


class CertaintyStep(OutputModel):
    """One step of the certainty, along the domains of GRADE."""

    domain: Annotated[CertaintyDomain, Column(m.CertaintyStep.domain)] = output_field(
        "Domain: start by design, risk of bias, inconsistency, indirectness, imprecision, …"
    )
    change: Annotated[int, Column(m.CertaintyStep.change)] = output_field(
        "Change in levels; of the first step, the level at which certainty starts: 3 (high) to 0"
        " (very low)."
    )
    reason: Annotated[str, Column(m.CertaintyStep.reason)] = output_field("Reason.")


class LedgerLine(OutputModel):
    """What one note counts for in the verdict."""

    note: Annotated[Ref, SingleReference(m.LedgerLine.evidence_id, "evidence")] = output_field(
        "Evidence note."
    )
    study: Annotated[Ref, SingleReference(m.LedgerLine.study_id, "studies")] = output_field(
        "Study of the note."
    )
    direction: Annotated[Direction, Column(m.LedgerLine.direction)] = output_field(
        "Direction relative to the claim as worded."
    )
    weight: Annotated[float | None, Column(m.LedgerLine.weight)] = output_field(
        "Share of its trial in the pooled estimate, from 0 to 1; null if it is not pooled."
    )
    rung: Annotated[int | None, Column(m.LedgerLine.rung)] = output_field(
        "Rung of its causal test, from 0 to 3, for mechanisms; else null."
    )
    reason: Annotated[str | None, Column(m.LedgerLine.reason)] = output_field(
        "Why it does not count; null if it does."
    )
    importance: Annotated[float, Column(m.LedgerLine.importance)] = output_field(
        "Place among the notes on the claim, the highest first; it orders, and decides nothing."
    )
    starts_at: Annotated[float | None, Column(m.LedgerLine.starts_at)] = output_field(
        "Initial points by design or causal test; rule 2026 alone, in releases."
    )
    changes: Annotated[str | None, Column(m.LedgerLine.changes)] = output_field(
        "Adjustments of the points, in words; rule 2026 alone, in releases."
    )
    points: Annotated[float | None, Column(m.LedgerLine.points)] = output_field(
        "Points of the note; rule 2026 alone, in releases."
    )
    study_points: Annotated[float | None, Column(m.LedgerLine.study_points)] = output_field(
        "Points of the study on its side; rule 2026 alone, in releases."
    )


class Verdict(RecordBase):
    """Verdict on the evidence for one claim; has the slug of the claim."""

    claim: Annotated[
        ReviewedClaim,
        SingleReference(m.Verdict.claim_id, "claims", shown=REVIEW_OF_CLAIM),
    ] = output_field("Claim, with the days of its last search and review.")
    verdict: Annotated[VerdictKind, Column(m.Verdict.verdict, rank=m.Verdict.verdict_rank)] = (
        output_field("Verdict; `/v1/meta` defines the words.")
    )
    size: Annotated[EffectMagnitude | None, Column(m.Verdict.size)] = output_field(
        "Size of the effect against the smallest worthwhile one; null without an effect, or where"
        " no source says what is worthwhile."
    )
    certainty: Annotated[
        Certainty | None, Column(m.Verdict.certainty, rank=m.Verdict.certainty_rank)
    ] = output_field(
        "Certainty of the evidence along the domains of GRADE, computed by rule; null if nothing"
        " was judged."
    )
    absence: Annotated[Absence | None, Column(m.Verdict.absence)] = output_field(
        "Reason why the claim is not assessed; null if it is, and in releases of rule 2026 if it"
        " has only neutral notes."
    )
    in_people: Annotated[VerdictKind | None, Column(m.Verdict.in_people)] = output_field(
        "Verdict computed from human notes only, for mechanisms also studied in animals or in"
        " vitro."
    )
    in_animals: Annotated[VerdictKind | None, Column(m.Verdict.in_animals)] = output_field(
        "Verdict computed from animal and laboratory notes only, for mechanisms also studied in"
        " humans."
    )
    basis: Annotated[VerdictBasis | None, Column(m.Verdict.basis)] = output_field(
        "What the verdict is computed from: pooled estimates, causal tests, acts, …; null for"
        " verdicts of rule 2026."
    )
    metric: Annotated[EstimateMetric | None, Column(m.Verdict.metric)] = output_field(
        "Metric of `estimate` and of its bounds; ratios are logarithms."
    )
    instrument: Annotated[str | None, Column(m.Verdict.instrument)] = output_field(
        "Instrument whose points the estimate is in, if it is a mean difference."
    )
    estimate: Annotated[float | None, Column(m.Verdict.estimate)] = output_field(
        "Pooled effect, or that of the only trial; positive on the side of the claim."
    )
    lower: Annotated[float | None, Column(m.Verdict.lower)] = output_field(
        "Lower bound of the 95% interval of `estimate`."
    )
    upper: Annotated[float | None, Column(m.Verdict.upper)] = output_field(
        "Upper bound of the 95% interval of `estimate`."
    )
    prediction_lower: Annotated[float | None, Column(m.Verdict.prediction_lower)] = output_field(
        "Lower bound of the interval in which the effect of a further trial is expected."
    )
    prediction_upper: Annotated[float | None, Column(m.Verdict.prediction_upper)] = output_field(
        "Upper bound of the interval in which the effect of a further trial is expected."
    )
    worthwhile: Annotated[float | None, Column(m.Verdict.worthwhile)] = output_field(
        "Smallest worthwhile effect on the same metric; null if no source gives one."
    )
    i2: Annotated[float | None, Column(m.Verdict.i2)] = output_field(
        "I²: share of the variation that is between the trials, in percent."
    )
    tau2: Annotated[float | None, Column(m.Verdict.tau2)] = output_field(
        "Variance of the effects between the trials, on the metric squared."
    )
    trials: Annotated[int | None, Column(m.Verdict.trials)] = output_field(
        "Number of independent trials in the estimate."
    )
    participants: Annotated[int | None, Column(m.Verdict.participants)] = output_field(
        "Participants in the estimate, as far as known."
    )
    steps: Annotated[
        list[CertaintyStep], ObjectList(m.CertaintyStep.verdict_id, m.CertaintyStep.position)
    ] = output_field("Steps of the certainty, from its start; empty for verdicts of rule 2026.")
    limits: Annotated[
        list[str],
        ScalarList(m.CertaintyLimit.verdict_id, m.CertaintyLimit.text, m.CertaintyLimit.position),
    ] = output_field("What the certainty could not take into account, for want of data.")
    share_for: Annotated[float | None, Column(m.Verdict.share_for)] = output_field(
        "Supporting points as a share of all points, from 0 to 1; rule 2026 alone, in releases."
    )
    points_for: Annotated[float | None, Column(m.Verdict.points_for)] = output_field(
        "Total points of supporting evidence; rule 2026 alone, in releases."
    )
    points_against: Annotated[float | None, Column(m.Verdict.points_against)] = output_field(
        "Total points of disputing evidence; rule 2026 alone, in releases."
    )
    notes_for: Annotated[int, Column(m.Verdict.notes_for)] = output_field(
        "Number of notes that support the claim."
    )
    notes_against: Annotated[int, Column(m.Verdict.notes_against)] = output_field(
        "Number of notes that dispute the claim."
    )
    notes_neutral: Annotated[int, Column(m.Verdict.notes_neutral)] = output_field(
        "Number of neutral notes."
    )
    studies_for: Annotated[int, Column(m.Verdict.studies_for)] = output_field(
        "Number of independent studies that support the claim, including mixed ones."
    )
    studies_against: Annotated[int, Column(m.Verdict.studies_against)] = output_field(
        "Number of independent studies that dispute the claim, including mixed ones."
    )
    studies_neutral: Annotated[int, Column(m.Verdict.studies_neutral)] = output_field(
        "Number of independent studies with neutral results."
    )
    participants_for: Annotated[int, Column(m.Verdict.participants_for)] = output_field(
        "Participants in studies that support the claim, as far as known."
    )
    participants_against: Annotated[int, Column(m.Verdict.participants_against)] = output_field(
        "Participants in studies that dispute the claim, as far as known."
    )
    participants_neutral: Annotated[int, Column(m.Verdict.participants_neutral)] = output_field(
        "Participants in studies with neutral results, as far as known."
    )
    rules_fired: Annotated[
        list[str], ScalarList(m.FiredRule.verdict_id, m.FiredRule.text, m.FiredRule.position)
    ] = output_field("Rules that determined the verdict, as sentences.")
    decisive: Annotated[
        list[Ref],
        ReferenceList(m.Decisive.verdict_id, m.Decisive.study_id, "studies", m.Decisive.position),
    ] = output_field("Decisive studies: removing any one of them would change the verdict.")
    would_change_if: Annotated[
        list[str], ScalarList(m.WouldChange.verdict_id, m.WouldChange.text, m.WouldChange.position)
    ] = output_field("Changes in the evidence that would change the verdict.")
    ledger: Annotated[
        list[LedgerLine], ObjectList(m.LedgerLine.verdict_id, m.LedgerLine.position)
    ] = output_field("All notes, with what each counts for.")
    rule_version: Annotated[str, Column(m.Verdict.rule_version)] = output_field(
        "Version of the verdict rule, described in docs/verdicts.md."
    )
    rule_verdict: Annotated[VerdictKind | None, Column(m.Verdict.rule_verdict)] = output_field(
        "Computed verdict, if an editor overrides it; otherwise null."
    )
    override_reason: Annotated[str | None, Column(m.Verdict.override_reason)] = output_field(
        "Reason for overriding the computed verdict."
    )


class VerdictQuery(ListQuery):
    """Filters of the list of verdicts."""

    verdict: Annotated[
        list[VerdictKind], CommaSeparated, Where(EnumIn(m.Verdict.verdict)), Field(max_length=20)
    ] = Field(
        [], description="Verdicts (any match); `weak` and `untested` are in old releases alone."
    )
    size: Annotated[
        list[EffectMagnitude], CommaSeparated, Where(EnumIn(m.Verdict.size)), Field(max_length=20)
    ] = Field([], description="Sizes of the effect: large, moderate, small, trivial.")
    basis: Annotated[
        list[VerdictBasis], CommaSeparated, Where(EnumIn(m.Verdict.basis)), Field(max_length=20)
    ] = Field([], description="What verdicts are computed from: pooled, ladder, regulatory, …")
    certainty: Annotated[
        list[Certainty], CommaSeparated, Where(EnumIn(m.Verdict.certainty)), Field(max_length=20)
    ] = Field([], description="Certainty: high, moderate, low, very_low.")
    in_people: Annotated[
        list[VerdictKind], CommaSeparated, Where(EnumIn(m.Verdict.in_people)), Field(max_length=20)
    ] = Field([], description="Verdict computed from human notes only.")
    kind: Annotated[
        list[ClaimKind],
        CommaSeparated,
        WhereRelated(m.Claim.id, EnumIn(m.Claim.kind), key=m.Verdict.claim_id),
        Field(max_length=20),
    ] = Field([], description="Kinds of claim.")
    absence: Annotated[
        list[Absence], CommaSeparated, Where(EnumIn(m.Verdict.absence)), Field(max_length=20)
    ] = Field(
        [],
        description="Reasons why nothing was assessed: study_not_read, no_figure,"
        " no_evidence_found, not_searched.",
    )
    claim: Annotated[Slugs, WhereRef("claims", [m.Verdict.claim_id])] = Field(
        [], description="Claims (any match)."
    )
    entity: Annotated[
        Slugs,
        WhereRef("|".join(ENTITY_NAMES), ENTITY_COLUMNS, parent=m.Claim.id, key=m.Verdict.claim_id),
    ] = Field([], description="Entities in any role in the claim.")
    compound: Annotated[
        Slugs,
        WhereRef(
            "compounds",
            [m.Claim.compound_id, m.Claim.subject_id],
            parent=m.Claim.id,
            key=m.Verdict.claim_id,
        ),
    ] = Field([], description="Compounds that the claim is about.")
    indication: Annotated[
        Slugs,
        WhereRef("indications", [m.Claim.indication_id], parent=m.Claim.id, key=m.Verdict.claim_id),
    ] = Field([], description="Indications of the claim (any match).")
    pathway: Annotated[
        Slugs,
        WhereRef("pathways", [m.Step.pathway_id], parent=m.Step.claim_id, key=m.Verdict.claim_id),
    ] = Field([], description="Pathways; selects verdicts on the steps of any of them.")
    decisive: Annotated[
        Slugs, WhereRef("studies", [m.Decisive.study_id], parent=m.Decisive.verdict_id)
    ] = Field([], description="Decisive studies.")
    min_studies_for: Annotated[
        int | None, Field(ge=0, le=10_000), Where(m.Verdict.studies_for.__ge__)
    ] = Field(None, description="Minimum number of independent supporting studies.")
    min_studies_against: Annotated[
        int | None, Field(ge=0, le=10_000), Where(m.Verdict.studies_against.__ge__)
    ] = Field(None, description="Minimum number of independent disputing studies.")


VERDICTS = Resource(
    name="verdicts",
    record_type="verdict",
    description="Verdict on the evidence for each claim, with its effect, certainty and reasons.",
    key=m.Verdict.id,
    identity=RECORD_COLUMNS,
    record=Verdict,
    query=VerdictQuery,
    search=SearchFields(
        number=10,
        lookup_prior=34,
        question_prior=12,
        texts=("claim", "verdict"),
        type_words=("verdict", "verdicts"),
    ),
    page=(*OF_CLAIM, OWN_CITATIONS),
    example="ketamine-relieves-ptsd",
    sort=("slug", "name", "verdict", "certainty", "trials", "participants"),
    formats=CITABLE_FORMATS,
    cites=("claim.evidence.reference",),
    derived=True,
)
