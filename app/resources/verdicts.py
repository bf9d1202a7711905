"""Verdicts: one per claim, with the ledger from which it can be recomputed by hand."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import Absence, Certainty, ClaimKind, Direction, VerdictKind
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


class LedgerLine(OutputModel):
    """Points of one note, with the adjustments applied."""

    note: Annotated[Ref, SingleReference(m.LedgerLine.evidence_id, "evidence")] = output_field(
        "Evidence note."
    )
    study: Annotated[Ref, SingleReference(m.LedgerLine.study_id, "studies")] = output_field(
        "Slug of the study; each study counts once."
    )
    direction: Annotated[Direction, Column(m.LedgerLine.direction)] = output_field(
        "Direction relative to the claim as worded; a mixed note counts half for each side."
    )
    starts_at: Annotated[float, Column(m.LedgerLine.starts_at)] = output_field(
        "Initial points for the study design or causal test."
    )
    changes: Annotated[str | None, Column(m.LedgerLine.changes)] = output_field(
        "Adjustments applied, in words."
    )
    points: Annotated[float, Column(m.LedgerLine.points)] = output_field(
        "Points of the note; a study counts with its highest-scoring note."
    )
    study_points: Annotated[float, Column(m.LedgerLine.study_points)] = output_field(
        "Points that the study contributes to its side; an evidence synthesis contributes only"
        " what its sources do not, and 0 if another synthesis contributes more."
    )


class Verdict(RecordBase):
    """Verdict on the evidence for one claim; has the slug of the claim."""

    claim: Annotated[
        ReviewedClaim,
        SingleReference(m.Verdict.claim_id, "claims", shown=REVIEW_OF_CLAIM),
    ] = output_field("Claim, with the days of its last search and review.")
    verdict: Annotated[VerdictKind, Column(m.Verdict.verdict, rank=m.Verdict.verdict_rank)] = (
        output_field("Verdict: established, supported, contested, weak, refuted or untested.")
    )
    certainty: Annotated[
        Certainty | None, Column(m.Verdict.certainty, rank=m.Verdict.certainty_rank)
    ] = output_field("Certainty of the evidence, following GRADE; null if there is no evidence.")
    absence: Annotated[Absence | None, Column(m.Verdict.absence)] = output_field(
        "Reason why no note supports or disputes the claim; null if one does, or if there are only"
        " neutral notes."
    )
    in_people: Annotated[VerdictKind | None, Column(m.Verdict.in_people)] = output_field(
        "Verdict computed from human notes only, for mechanisms also studied in animals or in"
        " vitro."
    )
    in_animals: Annotated[VerdictKind | None, Column(m.Verdict.in_animals)] = output_field(
        "Verdict computed from animal and laboratory notes only, for mechanisms also studied in"
        " humans."
    )
    share_for: Annotated[float | None, Column(m.Verdict.share_for)] = output_field(
        "Supporting points as a share of supporting and disputing points, from 0 to 1."
    )
    points_for: Annotated[float, Column(m.Verdict.points_for)] = output_field(
        "Total points of supporting evidence."
    )
    points_against: Annotated[float, Column(m.Verdict.points_against)] = output_field(
        "Total points of disputing evidence."
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
    ] = output_field("All notes with their points.")
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
        [], description="Verdicts: established, supported, contested, weak, refuted, untested."
    )
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
        description="Reasons why no note supports or disputes the claim: study_not_read,"
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
    description="Verdict on the evidence for each claim, with reasons and a ledger of points.",
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
    sort=("slug", "name", "verdict", "certainty", "share_for", "points_for", "points_against"),
    formats=CITABLE_FORMATS,
    cites=("claim.evidence.reference",),
    derived=True,
)
