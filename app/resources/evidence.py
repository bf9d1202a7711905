"""Evidence notes: one finding of one study, with its direction towards one or more claims."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import (
    CausalTest,
    ClaimKind,
    CompoundDirectness,
    Confidence,
    Direction,
    DoseUnit,
    Favours,
    LargerIs,
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
from app.resources.arms import NoteArm
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    CitedReference,
    OutputModel,
    RecordBase,
    Ref,
    RowKey,
    cited_reference,
    output_field,
)
from app.resources.claims import ENTITY_COLUMNS
from app.resources.effects import NoteEstimate
from app.resources.entities import ENTITY_NAMES
from app.resources.page_sections import OWN_CITATIONS, by_slug
from app.resources.studies import is_randomised


class Finding(OutputModel):
    """Finding of a note on one claim, relative to the claim as worded."""

    claim: Annotated[Ref, SingleReference(m.Finding.claim_id, "claims")] = output_field("Claim.")
    direction: Annotated[Direction, Column(m.Finding.direction)] = output_field(
        "Direction of the finding."
    )
    population_directness: Annotated[
        PopulationDirectness, Column(m.Finding.population_directness)
    ] = output_field(
        "Population directness: the population of the claim, other people, animals or cells."
    )
    compound_directness: Annotated[CompoundDirectness, Column(m.Finding.compound_directness)] = (
        output_field(
            "Compound directness: the compound of the claim, an enantiomer, a metabolite or"
            " another drug."
        )
    )
    outcome_directness: Annotated[OutcomeDirectness, Column(m.Finding.outcome_directness)] = (
        output_field("Outcome directness: the outcome of the claim, or a surrogate.")
    )
    causal_test: Annotated[CausalTest | None, Column(m.Finding.causal_test)] = output_field(
        "For mechanism claims: type of causal test."
    )
    reason: Annotated[str | None, Column(m.Finding.reason)] = output_field(
        "Reason for the direction."
    )


class Effect(OutputModel):
    """Effect as the source prints it, with interval, unit and time point."""

    label: Annotated[str, Column(m.Effect.label)] = output_field(
        "Comparison, for example drug versus placebo."
    )
    key: Annotated[RowKey | None, Column(m.Effect.key)] = output_field(
        "Key of the effect within its note, by which `estimates` name it; null if none does."
    )
    metric: Annotated[Metric, Column(m.Effect.metric)] = output_field("Effect metric.")
    value: Annotated[float | None, Column(m.Effect.value)] = output_field(
        "Effect estimate, in `unit`."
    )
    lower: Annotated[float | None, Column(m.Effect.lower)] = output_field(
        "Lower bound of the interval."
    )
    upper: Annotated[float | None, Column(m.Effect.upper)] = output_field(
        "Upper bound of the interval."
    )
    interval_percent: Annotated[float | None, Column(m.Effect.interval_percent)] = output_field(
        "Confidence level of the interval in percent, for example 95."
    )
    standard_error: Annotated[float | None, Column(m.Effect.standard_error)] = output_field(
        "Standard error of the value, in `unit`; of a ratio, that of its natural logarithm."
    )
    p_value: Annotated[float | None, Column(m.Effect.p_value)] = output_field(
        "p-value, or its bound."
    )
    p_relation: Annotated[PRelation | None, Column(m.Effect.p_relation)] = output_field(
        "Relation of the reported p-value to the true one: =, < or >."
    )
    p_sides: Annotated[int, Column(m.Effect.p_sides, default=2)] = output_field(
        "Sides of the test of the p-value: 1 or 2."
    )
    favours: Annotated[Favours | None, Column(m.Effect.favours)] = output_field(
        "Side that the value is in favour of, whatever its interval; null if it is not known."
    )
    larger_is: Annotated[LargerIs | None, Column(m.Effect.larger_is)] = output_field(
        "Whether a larger `value`, as printed, is better or worse for the people treated; null if"
        " it is not known."
    )
    unit: Annotated[str, Column(m.Effect.unit)] = output_field("Unit of the value.")
    outcome: Annotated[str | None, Column(m.Effect.outcome)] = output_field(
        "Outcome measure, if it differs from that of the note."
    )
    timepoint_value: Annotated[float | None, Column(m.Effect.timepoint_value)] = output_field(
        "Time point, if it differs from that of the note."
    )
    timepoint_unit: Annotated[TimeUnit | None, Column(m.Effect.timepoint_unit)] = output_field(
        "Unit of the value."
    )
    place: Annotated[str | None, Column(m.Effect.place)] = output_field(
        "Place in the source where the figures are printed: abstract, Table 2, …"
    )


class Evidence(RecordBase):
    """Evidence note: one finding of one study."""

    study: Annotated[Ref, SingleReference(m.Evidence.study_id, "studies")] = output_field("Study.")
    reference: Annotated[CitedReference, cited_reference(m.Evidence.reference_id)] = output_field(
        "Reference of the publication."
    )
    finding: Annotated[str, Column(m.Evidence.finding)] = output_field("Finding in words.")
    design: Annotated[StudyDesign | None, Column(m.Evidence.design)] = output_field(
        "Study design for this finding, if it differs from that of the study."
    )
    masking: Annotated[Masking | None, Column(m.Evidence.masking)] = output_field(
        "Masking for this finding, if it differs from that of the study."
    )
    participants: Annotated[int | None, Column(m.Evidence.participants)] = output_field(
        "Number of participants for this finding, if it differs from that of the study."
    )
    claims: Annotated[list[Finding], ObjectList(m.Finding.evidence_id, m.Finding.position)] = (
        output_field("Findings for each claim.")
    )
    compound: Annotated[Ref | None, SingleReference(m.Evidence.compound_id, "compounds")] = (
        output_field("Compound administered.")
    )
    dose_value: Annotated[float | None, Column(m.Evidence.dose_value)] = output_field(
        "Dose, in `dose_unit`."
    )
    dose_upper_value: Annotated[float | None, Column(m.Evidence.dose_upper_value)] = output_field(
        "Upper bound of a dose range."
    )
    dose_unit: Annotated[DoseUnit | None, Column(m.Evidence.dose_unit)] = output_field(
        "Unit of the dose."
    )
    dose_note: Annotated[str | None, Column(m.Evidence.dose_note)] = output_field(
        "Dosing schedule and duration."
    )
    route: Annotated[Route | None, Column(m.Evidence.route)] = output_field(
        "Route of administration."
    )
    outcome: Annotated[str | None, Column(m.Evidence.outcome)] = output_field("Outcome measured.")
    primary_endpoint: Annotated[
        PrimaryEndpoint,
        Column(m.Evidence.primary_endpoint, default=PrimaryEndpoint.NOT_STATED),
    ] = output_field("Whether this was the primary endpoint, and whether it was met.")
    timepoint_value: Annotated[float | None, Column(m.Evidence.timepoint_value)] = output_field(
        "Time since the first dose, in `timepoint_unit`."
    )
    timepoint_unit: Annotated[TimeUnit | None, Column(m.Evidence.timepoint_unit)] = output_field(
        "Unit of the value."
    )
    timepoint_note: Annotated[str | None, Column(m.Evidence.timepoint_note)] = output_field(
        "Further details of the time point."
    )
    timepoint_absence: Annotated[TimepointAbsence | None, Column(m.Evidence.timepoint_absence)] = (
        output_field("Reason why the results have no time point; null if they have one.")
    )
    effects: Annotated[list[Effect], ObjectList(m.Effect.evidence_id, m.Effect.position)] = (
        output_field("Effects as the source prints them.")
    )
    arms: Annotated[
        list[NoteArm], ObjectList(m.Arm.evidence_id, m.Arm.position, collection="arms")
    ] = output_field("Results per study arm, as the source prints them.")
    estimates: Annotated[
        list[NoteEstimate],
        ObjectList(m.Estimate.evidence_id, m.Estimate.position, collection="effects"),
    ] = output_field(
        "Effect estimates: comparisons on a common scale, derived from `effects` and `arms`."
    )
    tested_um: Annotated[float | None, Column(m.Evidence.tested_um)] = output_field(
        "Concentration tested in vitro, in µmol/L; for a range, the lowest."
    )
    tested_upper_um: Annotated[float | None, Column(m.Evidence.tested_upper_um)] = output_field(
        "Highest concentration of a range tested, in µmol/L."
    )
    limitations: Annotated[
        list[str], ScalarList(m.Limitation.evidence_id, m.Limitation.text, m.Limitation.position)
    ] = output_field("Limitations of the finding.")
    citation_confidence: Annotated[Confidence, Column(m.Evidence.citation_confidence)] = (
        output_field("Confidence that the citation is correct.")
    )
    source_key: Annotated[str | None, Column(m.Evidence.source_key)] = output_field(
        "Key of the source row from which the note was written."
    )


class EvidenceQuery(ListQuery):
    """Filters of the list of evidence notes."""

    claim: Annotated[
        Slugs, WhereRef("claims", [m.Finding.claim_id], parent=m.Finding.evidence_id)
    ] = Field([], description="Claims (any match).")
    entity: Annotated[
        Slugs,
        WhereRef(
            "|".join(ENTITY_NAMES),
            ENTITY_COLUMNS,
            parent=m.Finding.evidence_id,
            on=m.Claim.id == m.Finding.claim_id,
        ),
    ] = Field(
        [],
        description="Entities; selects notes on claims that involve any of them.",
    )
    pathway: Annotated[
        Slugs,
        WhereRef(
            "pathways",
            [m.Step.pathway_id],
            parent=m.Finding.evidence_id,
            on=m.Step.claim_id == m.Finding.claim_id,
        ),
    ] = Field([], description="Pathways; selects notes on a step of any of them.")
    study: Annotated[Slugs, WhereRef("studies", [m.Evidence.study_id])] = Field(
        [], description="Studies (any match)."
    )
    reference: Annotated[Slugs, WhereRef("references", [m.Evidence.reference_id])] = Field(
        [], description="References (any match)."
    )
    compound: Annotated[Slugs, WhereRef("compounds", [m.Evidence.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    indication: Annotated[
        Slugs,
        WhereRef(
            "indications",
            [m.StudyIndication.indication_id],
            parent=m.StudyIndication.study_id,
            key=m.Evidence.study_id,
        ),
    ] = Field([], description="Indications of the study (any match).")
    direction: Annotated[
        list[Direction],
        CommaSeparated,
        WhereRelated(m.Finding.evidence_id, EnumIn(m.Finding.direction)),
        Field(max_length=20),
    ] = Field([], description="Direction towards any claim of the note.")
    claim_kind: Annotated[
        list[ClaimKind],
        CommaSeparated,
        WhereRelated(
            m.Finding.evidence_id, EnumIn(m.Claim.kind), on=m.Claim.id == m.Finding.claim_id
        ),
        Field(max_length=20),
    ] = Field([], description="Kinds of the claims of the note (any match).")
    design: Annotated[
        list[StudyDesign],
        CommaSeparated,
        WhereRelated(m.Study.id, EnumIn(m.Study.design), m.Evidence.study_id),
        Field(max_length=30),
    ] = Field([], description="Study designs (any match).")
    randomised: Annotated[
        bool | None,
        WhereRelated(m.Study.id, is_randomised, m.Evidence.study_id),
    ] = Field(None, description="true: only randomised trials; false: only other designs.")
    species: Annotated[
        list[Species],
        CommaSeparated,
        WhereRelated(m.Study.id, EnumIn(m.Study.species), m.Evidence.study_id),
        Field(max_length=20),
    ] = Field([], description="Species of the study (any match).")
    route: Annotated[
        list[Route], CommaSeparated, Where(EnumIn(m.Evidence.route)), Field(max_length=20)
    ] = Field([], description="Routes of administration (any match).")
    primary_endpoint: Annotated[
        list[PrimaryEndpoint],
        CommaSeparated,
        Where(EnumIn(m.Evidence.primary_endpoint)),
        Field(max_length=20),
    ] = Field(
        [],
        description="Primary endpoint status: met, missed, not_primary, not_applicable,"
        " not_stated.",
    )
    causal_test: Annotated[
        list[CausalTest],
        CommaSeparated,
        WhereRelated(m.Finding.evidence_id, EnumIn(m.Finding.causal_test)),
        Field(max_length=20),
    ] = Field([], description="Types of causal test (any match).")
    year_from: Annotated[
        int | None,
        Field(ge=1800, le=2100),
        WhereRelated(m.Study.id, m.Study.year.__ge__, m.Evidence.study_id),
    ] = Field(None, description="Earliest publication year of the study.")
    year_to: Annotated[
        int | None,
        Field(ge=1800, le=2100),
        WhereRelated(m.Study.id, m.Study.year.__le__, m.Evidence.study_id),
    ] = Field(None, description="Latest publication year of the study.")


def _of_its_claims(record: PageRecord) -> dict[str, list[str]]:
    """Return the filter by the claims of this note, for notes on the same claims."""
    return {"claim": [finding["claim"]["slug"] for finding in record.row["claims"]]}


EVIDENCE = Resource(
    name="evidence",
    record_type="evidence",
    description="Findings of studies, with their direction relative to the claims they concern.",
    key=m.Evidence.id,
    identity=RECORD_COLUMNS,
    record=Evidence,
    query=EvidenceQuery,
    search=SearchFields(
        number=13,
        lookup_prior=50,
        question_prior=54,
        texts=("finding", "outcome", "compound", "study", "route", "dose_note", "limitations"),
        type_words=("evidence",),
    ),
    dataset=DatasetFile("evidence.yaml", file_of="study", section=11),
    page=(
        PageSection("findings"),
        PageSection("figures", column=m.Evidence.id),
        PageSection(
            "claims", key="claims", title="Claims it bears on", filters=by_slug("evidence")
        ),
        PageSection("evidence_by_side", filters=_of_its_claims),
        OWN_CITATIONS,
    ),
    columns=("study", "compound", "dose_value", "primary_endpoint"),
    excerpt="finding",
    sort=("slug", "name", "dose_value", "primary_endpoint"),
    formats=CITABLE_FORMATS,
    cites=("reference",),
    distinct_names=True,
    numerous=True,
    extra_includes={"claims": Include("claims", [(m.Finding.evidence_id, m.Finding.claim_id)])},
)
