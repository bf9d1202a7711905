"""Verdicts: one per claim, with the ledger that it can be re-run from by hand."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import Certainty, ClaimKind, Direction, VerdictKind
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
from app.resources.page_sections import OF_CLAIM, OWN_CITATIONS


class LedgerLine(OutputModel):
    """One note's points, and how they came about."""

    note: Annotated[Ref, SingleReference(m.LedgerLine.evidence_id, "evidence")] = output_field(
        "The note."
    )
    study: Annotated[Ref, SingleReference(m.LedgerLine.study_id, "studies")] = output_field(
        "Its study: the unit that counts once."
    )
    direction: Annotated[Direction, Column(m.LedgerLine.direction)] = output_field(
        "Towards the claim as it is worded; a mixed note counts half on both sides."
    )
    starts_at: Annotated[float, Column(m.LedgerLine.starts_at)] = output_field(
        "Points for its design, or its causal test."
    )
    changes: Annotated[str | None, Column(m.LedgerLine.changes)] = output_field(
        "What was added and taken off, in words."
    )
    points: Annotated[float, Column(m.LedgerLine.points)] = output_field(
        "Points of the note; a study counts with its best one."
    )
    study_points: Annotated[float, Column(m.LedgerLine.study_points)] = output_field(
        "Points that its study brings to its side: a synthesis brings only what its sources did"
        " not, and 0 where another synthesis brings more."
    )


class Verdict(RecordBase):
    """What the evidence on one claim adds up to. Its slug is the claim's."""

    claim: Annotated[Ref, SingleReference(m.Verdict.claim_id, "claims")] = output_field(
        "The claim."
    )
    verdict: Annotated[VerdictKind, Column(m.Verdict.verdict)] = output_field(
        "established, supported, contested, weak, refuted or untested."
    )
    certainty: Annotated[Certainty | None, Column(m.Verdict.certainty)] = output_field(
        "How far the evidence can be trusted, by GRADE's logic; null where there is none."
    )
    in_people: Annotated[VerdictKind | None, Column(m.Verdict.in_people)] = output_field(
        "The verdict over human notes alone, of a mechanism studied in both."
    )
    in_animals: Annotated[VerdictKind | None, Column(m.Verdict.in_animals)] = output_field(
        "The verdict over animal and laboratory notes alone, of a mechanism studied in both."
    )
    share_for: Annotated[float | None, Column(m.Verdict.share_for)] = output_field(
        "Points for, as a share of points for and against; 0 to 1."
    )
    points_for: Annotated[float, Column(m.Verdict.points_for)] = output_field(
        "Points that support it."
    )
    points_against: Annotated[float, Column(m.Verdict.points_against)] = output_field(
        "Points that dispute it."
    )
    notes_for: Annotated[int, Column(m.Verdict.notes_for)] = output_field("Notes that support it.")
    notes_against: Annotated[int, Column(m.Verdict.notes_against)] = output_field(
        "Notes that dispute it."
    )
    notes_neutral: Annotated[int, Column(m.Verdict.notes_neutral)] = output_field(
        "Notes that leave it open."
    )
    studies_for: Annotated[int, Column(m.Verdict.studies_for)] = output_field(
        "Independent studies that support it, mixed ones included."
    )
    studies_against: Annotated[int, Column(m.Verdict.studies_against)] = output_field(
        "Independent studies that dispute it, mixed ones included."
    )
    studies_neutral: Annotated[int, Column(m.Verdict.studies_neutral)] = output_field(
        "Independent studies that leave it open."
    )
    participants_for: Annotated[int, Column(m.Verdict.participants_for)] = output_field(
        "People in the studies that support it, as far as known."
    )
    participants_against: Annotated[int, Column(m.Verdict.participants_against)] = output_field(
        "People in the studies that dispute it, as far as known."
    )
    participants_neutral: Annotated[int, Column(m.Verdict.participants_neutral)] = output_field(
        "People in the studies that leave it open, as far as known."
    )
    rules_fired: Annotated[
        list[str], ScalarList(m.FiredRule.verdict_id, m.FiredRule.text, m.FiredRule.position)
    ] = output_field("The rules that decided, in sentences.")
    decisive: Annotated[
        list[Ref],
        ReferenceList(m.Decisive.verdict_id, m.Decisive.study_id, "studies", m.Decisive.position),
    ] = output_field("Studies without any one of which it would be another verdict; often none.")
    would_change_if: Annotated[
        list[str], ScalarList(m.WouldChange.verdict_id, m.WouldChange.text, m.WouldChange.position)
    ] = output_field("What would move it.")
    ledger: Annotated[
        list[LedgerLine], ObjectList(m.LedgerLine.verdict_id, m.LedgerLine.position)
    ] = output_field("Every note with its points.")
    rule_version: Annotated[str, Column(m.Verdict.rule_version)] = output_field(
        "The version of the rule; docs/verdicts.md explains it."
    )
    rule_verdict: Annotated[VerdictKind | None, Column(m.Verdict.rule_verdict)] = output_field(
        "What the rule says, where an editor overrides it; null where the rule stands."
    )
    override_reason: Annotated[str | None, Column(m.Verdict.override_reason)] = output_field(
        "Why an editor overrides the rule."
    )


class VerdictQuery(ListQuery):
    """How the list of verdicts is narrowed."""

    verdict: Annotated[
        list[VerdictKind], CommaSeparated, Where(EnumIn(m.Verdict.verdict)), Field(max_length=20)
    ] = Field([], description="established, supported, contested, weak, refuted, untested.")
    certainty: Annotated[
        list[Certainty], CommaSeparated, Where(EnumIn(m.Verdict.certainty)), Field(max_length=20)
    ] = Field([], description="high, moderate, low, very_low.")
    in_people: Annotated[
        list[VerdictKind], CommaSeparated, Where(EnumIn(m.Verdict.in_people)), Field(max_length=20)
    ] = Field([], description="The verdict over human notes alone.")
    kind: Annotated[
        list[ClaimKind],
        CommaSeparated,
        WhereRelated(m.Claim.id, EnumIn(m.Claim.kind), key=m.Verdict.claim_id),
        Field(max_length=20),
    ] = Field([], description="The claim's kind.")
    claim: Annotated[Slugs, WhereRef("claims", [m.Verdict.claim_id])] = Field(
        [], description="Claim slugs; any of them."
    )
    decisive: Annotated[
        Slugs, WhereRef("studies", [m.Decisive.study_id], parent=m.Decisive.verdict_id)
    ] = Field([], description="Study slugs that the verdict hangs on.")
    min_studies_for: Annotated[
        int | None, Field(ge=0, le=10_000), Where(m.Verdict.studies_for.__ge__)
    ] = Field(None, description="At least this many independent studies for it.")
    min_studies_against: Annotated[
        int | None, Field(ge=0, le=10_000), Where(m.Verdict.studies_against.__ge__)
    ] = Field(None, description="At least this many independent studies against it.")


VERDICTS = Resource(
    name="verdicts",
    kind="verdict",
    description="What the evidence on each claim adds up to, with reasons and a ledger.",
    key=m.Verdict.id,
    identity=RECORD_COLUMNS,
    record=Verdict,
    query=VerdictQuery,
    search=SearchFields(
        number=10,
        lookup_prior=34,
        question_prior=36,
        texts=("claim", "verdict"),
        type_words=("verdict", "verdicts"),
    ),
    page=(*OF_CLAIM, OWN_CITATIONS),
    example="ketamine-relieves-ptsd",
    sort=("slug", "name", "verdict", "certainty", "share_for", "points_for", "points_against"),
    formats=CITABLE_FORMATS,
    cites="claim.evidence.reference",
    derived=True,
)
