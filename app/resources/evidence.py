"""Evidence notes: one finding of one study, weighed towards one or more claims."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import (
    CausalTest,
    CompoundDirectness,
    Confidence,
    Direction,
    DoseUnit,
    Masking,
    Metric,
    OutcomeDirectness,
    PopulationDirectness,
    PRelation,
    PrimaryEndpoint,
    Route,
    Species,
    StudyDesign,
    TimepointAbsence,
    TimeUnit,
)
from app.kit.declarations import DatasetFile, PageRecord, PageSection, SearchFields
from app.kit.field_mapping import Column, ObjectList, ScalarList, SingleReference
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Where,
    WhereRef,
    WhereRelated,
)
from app.kit.resource import Include, Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    OutputModel,
    RecordBase,
    Ref,
    output_field,
)
from app.resources.claims import STANDS_IN
from app.resources.entities import ENTITY_NAMES
from app.resources.page_sections import OWN_CITATIONS, by_slug
from app.resources.studies import is_randomised


class Finding(OutputModel):
    """What the note says of one claim, as that claim is worded."""

    claim: Annotated[Ref, SingleReference(m.Finding.claim_id, "claims")] = output_field(
        "The claim."
    )
    direction: Annotated[Direction, Column(m.Finding.direction)] = output_field(
        "What the study found of it."
    )
    population_directness: Annotated[
        PopulationDirectness, Column(m.Finding.population_directness)
    ] = output_field("People or condition of the claim, other people, animals, cells.")
    compound_directness: Annotated[CompoundDirectness, Column(m.Finding.compound_directness)] = (
        output_field("The claim's compound, an enantiomer, a metabolite, another drug.")
    )
    outcome_directness: Annotated[OutcomeDirectness, Column(m.Finding.outcome_directness)] = (
        output_field("The claim's outcome, or a surrogate.")
    )
    causal_test: Annotated[CausalTest | None, Column(m.Finding.causal_test)] = output_field(
        "Of a mechanism: what kind of causal question was asked."
    )
    reason: Annotated[str | None, Column(m.Finding.reason)] = output_field("Why this direction.")


class Effect(OutputModel):
    """One figure with its interval, unit and time-point."""

    label: Annotated[str, Column(m.Effect.label)] = output_field("What against what.")
    metric: Annotated[Metric, Column(m.Effect.metric)] = output_field("What the value is.")
    value: Annotated[float | None, Column(m.Effect.value)] = output_field("The value, in `unit`.")
    lower: Annotated[float | None, Column(m.Effect.lower)] = output_field(
        "Lower end of the interval."
    )
    upper: Annotated[float | None, Column(m.Effect.upper)] = output_field(
        "Upper end of the interval."
    )
    interval_percent: Annotated[float | None, Column(m.Effect.interval_percent)] = output_field(
        "Confidence level, such as 95."
    )
    p_value: Annotated[float | None, Column(m.Effect.p_value)] = output_field("p, or its bound.")
    p_relation: Annotated[PRelation | None, Column(m.Effect.p_relation)] = output_field(
        "=, < or >."
    )
    unit: Annotated[str, Column(m.Effect.unit)] = output_field("Unit of the value.")
    outcome: Annotated[str | None, Column(m.Effect.outcome)] = output_field(
        "Measure, where not the note's."
    )
    timepoint_value: Annotated[float | None, Column(m.Effect.timepoint_value)] = output_field(
        "When, where not the note's."
    )
    timepoint_unit: Annotated[TimeUnit | None, Column(m.Effect.timepoint_unit)] = output_field(
        "Its unit."
    )


class Arm(OutputModel):
    """One arm's figures on one outcome."""

    name: Annotated[str, Column(m.Arm.name)] = output_field("Which arm.")
    n: Annotated[int | None, Column(m.Arm.n)] = output_field("Participants in it.")
    events: Annotated[int | None, Column(m.Arm.events)] = output_field(
        "Participants with the outcome."
    )
    percent: Annotated[float | None, Column(m.Arm.percent)] = output_field(
        "Share with the outcome, in %."
    )
    mean_change: Annotated[float | None, Column(m.Arm.mean_change)] = output_field(
        "Change, in `unit`."
    )
    mean_value: Annotated[float | None, Column(m.Arm.mean_value)] = output_field("Mean, in `unit`.")
    unit: Annotated[str | None, Column(m.Arm.unit)] = output_field("Unit of change and mean.")
    outcome: Annotated[str | None, Column(m.Arm.outcome)] = output_field(
        "Measure, where not the note's."
    )
    timepoint_value: Annotated[float | None, Column(m.Arm.timepoint_value)] = output_field(
        "When, where not the note's."
    )
    timepoint_unit: Annotated[TimeUnit | None, Column(m.Arm.timepoint_unit)] = output_field(
        "Its unit."
    )


class Evidence(RecordBase):
    """One finding of one study."""

    study: Annotated[Ref, SingleReference(m.Evidence.study_id, "studies")] = output_field(
        "The study."
    )
    reference: Annotated[Ref, SingleReference(m.Evidence.reference_id, "references")] = (
        output_field("The paper.")
    )
    finding: Annotated[str, Column(m.Evidence.finding)] = output_field("What was found.")
    design: Annotated[StudyDesign | None, Column(m.Evidence.design)] = output_field(
        "The design of the part it comes from, where the study's own does not hold for it."
    )
    masking: Annotated[Masking | None, Column(m.Evidence.masking)] = output_field(
        "The masking of the part it comes from, where the study's own does not hold for it."
    )
    participants: Annotated[int | None, Column(m.Evidence.participants)] = output_field(
        "How many people this finding rests on, where it is not the study's number."
    )
    claims: Annotated[list[Finding], ObjectList(m.Finding.evidence_id, m.Finding.position)] = (
        output_field("What it says of each claim.")
    )
    compound: Annotated[Ref | None, SingleReference(m.Evidence.compound_id, "compounds")] = (
        output_field("The compound given.")
    )
    dose_value: Annotated[float | None, Column(m.Evidence.dose_value)] = output_field(
        "Dose, in `dose_unit`."
    )
    dose_upper_value: Annotated[float | None, Column(m.Evidence.dose_upper_value)] = output_field(
        "Upper end of a dose range."
    )
    dose_unit: Annotated[DoseUnit | None, Column(m.Evidence.dose_unit)] = output_field(
        "Unit of the dose."
    )
    dose_note: Annotated[str | None, Column(m.Evidence.dose_note)] = output_field(
        "Schedule, duration."
    )
    route: Annotated[Route | None, Column(m.Evidence.route)] = output_field(
        "Route of administration."
    )
    outcome: Annotated[str | None, Column(m.Evidence.outcome)] = output_field("What was measured.")
    primary_endpoint: Annotated[
        PrimaryEndpoint,
        Column(m.Evidence.primary_endpoint, default=PrimaryEndpoint.NOT_STATED),
    ] = output_field("Whether it was the primary end-point, and met.")
    timepoint_value: Annotated[float | None, Column(m.Evidence.timepoint_value)] = output_field(
        "Time since the first dose, in `timepoint_unit`."
    )
    timepoint_unit: Annotated[TimeUnit | None, Column(m.Evidence.timepoint_unit)] = output_field(
        "Its unit."
    )
    timepoint_note: Annotated[str | None, Column(m.Evidence.timepoint_note)] = output_field(
        "More on when."
    )
    timepoint_absence: Annotated[TimepointAbsence | None, Column(m.Evidence.timepoint_absence)] = (
        output_field("Why its figures have no time-point, where they have none.")
    )
    effects: Annotated[list[Effect], ObjectList(m.Effect.evidence_id, m.Effect.position)] = (
        output_field("Figures of comparison.")
    )
    arms: Annotated[list[Arm], ObjectList(m.Arm.evidence_id, m.Arm.position)] = output_field(
        "Figures per arm."
    )
    limitations: Annotated[
        list[str], ScalarList(m.Limitation.evidence_id, m.Limitation.text, m.Limitation.position)
    ] = output_field("What weakens it.")
    citation_confidence: Annotated[Confidence, Column(m.Evidence.citation_confidence)] = (
        output_field("How far the citation was confirmed.")
    )
    source_key: Annotated[str | None, Column(m.Evidence.source_key)] = output_field(
        "Key of the row of checked raw material that it was written from."
    )


class EvidenceQuery(ListQuery):
    """How the list of evidence notes is narrowed."""

    claim: Annotated[
        Slugs, WhereRef("claims", [m.Finding.claim_id], parent=m.Finding.evidence_id)
    ] = Field([], description="Claim slugs; any of them.")
    entity: Annotated[
        Slugs,
        WhereRef(
            "|".join(ENTITY_NAMES),
            STANDS_IN,
            parent=m.Finding.evidence_id,
            on=m.Claim.id == m.Finding.claim_id,
        ),
    ] = Field([], description="Entity slugs, or type:slug: notes on claims that they stand in.")
    pathway: Annotated[
        Slugs,
        WhereRef(
            "pathways",
            [m.Step.pathway_id],
            parent=m.Finding.evidence_id,
            on=m.Step.claim_id == m.Finding.claim_id,
        ),
    ] = Field([], description="Pathway slugs: notes on a step of any of them.")
    study: Annotated[Slugs, WhereRef("studies", [m.Evidence.study_id])] = Field(
        [], description="Study slugs; any of them."
    )
    reference: Annotated[Slugs, WhereRef("references", [m.Evidence.reference_id])] = Field(
        [], description="Reference slugs; any of them."
    )
    compound: Annotated[Slugs, WhereRef("compounds", [m.Evidence.compound_id])] = Field(
        [], description="Compound slugs; any of them."
    )
    indication: Annotated[
        Slugs,
        WhereRef(
            "indications",
            [m.StudyIndication.indication_id],
            parent=m.StudyIndication.study_id,
            key=m.Evidence.study_id,
        ),
    ] = Field([], description="Slugs of conditions that the study is of; any of them.")
    direction: Annotated[
        list[Direction],
        CommaSeparated,
        WhereRelated(m.Finding.evidence_id, EnumIn(m.Finding.direction)),
        Field(max_length=20),
    ] = Field([], description="Direction towards any of the note's claims.")
    design: Annotated[
        list[StudyDesign],
        CommaSeparated,
        WhereRelated(m.Study.id, EnumIn(m.Study.design), m.Evidence.study_id),
        Field(max_length=30),
    ] = Field([], description="Designs of the study; any of them.")
    randomised: Annotated[
        bool | None,
        WhereRelated(m.Study.id, is_randomised, m.Evidence.study_id),
    ] = Field(None, description="true: randomised trials of every kind; false: all else.")
    species: Annotated[
        list[Species],
        CommaSeparated,
        WhereRelated(m.Study.id, EnumIn(m.Study.species), m.Evidence.study_id),
        Field(max_length=20),
    ] = Field([], description="Species of the study; any of them.")
    route: Annotated[
        list[Route], CommaSeparated, Where(EnumIn(m.Evidence.route)), Field(max_length=20)
    ] = Field([], description="Routes; any of them.")
    primary_endpoint: Annotated[
        list[PrimaryEndpoint],
        CommaSeparated,
        Where(EnumIn(m.Evidence.primary_endpoint)),
        Field(max_length=20),
    ] = Field([], description="met, missed, not_primary, not_applicable, not_stated.")
    causal_test: Annotated[
        list[CausalTest],
        CommaSeparated,
        WhereRelated(m.Finding.evidence_id, EnumIn(m.Finding.causal_test)),
        Field(max_length=20),
    ] = Field([], description="Kinds of causal test; any of them.")
    year_from: Annotated[
        int | None,
        Field(ge=1800, le=2100),
        WhereRelated(m.Study.id, m.Study.year.__ge__, m.Evidence.study_id),
    ] = Field(None, description="Of studies published in this year or later.")
    year_to: Annotated[
        int | None,
        Field(ge=1800, le=2100),
        WhereRelated(m.Study.id, m.Study.year.__le__, m.Evidence.study_id),
    ] = Field(None, description="Of studies published in this year or earlier.")


def _of_its_claims(record: PageRecord) -> dict[str, list[str]]:
    """Notes on the claims that this note bears on."""
    return {"claim": [finding["claim"]["slug"] for finding in record.row["claims"]]}


EVIDENCE = Resource(
    name="evidence",
    kind="evidence",
    description="Findings, each with its direction towards the claims it bears on.",
    key=m.Evidence.id,
    identity=RECORD_COLUMNS,
    record=Evidence,
    query=EvidenceQuery,
    search=SearchFields(
        number=13,
        lookup_prior=56,
        question_prior=54,
        texts=("finding", "outcome", "compound", "study", "route", "dose_note", "limitations"),
        type_words=("evidence",),
    ),
    dataset=DatasetFile("evidence.yaml", beside="study", section=11),
    page=(
        PageSection("findings"),
        PageSection("figures", column=m.Evidence.id),
        PageSection(
            "claims", key="claims", title="Claims it bears on", filters=by_slug("evidence")
        ),
        PageSection("evidence_by_side", filters=_of_its_claims),
        OWN_CITATIONS,
    ),
    sort=("slug", "name", "dose_value", "primary_endpoint"),
    formats=CITABLE_FORMATS,
    cites="reference",
    extra_includes={"claims": Include("claims", [(m.Finding.evidence_id, m.Finding.claim_id)])},
)
