"""Assessments: what Cochrane, NICE, CANMAT and others concluded on a claim."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import (
    AssessmentKind,
    Certainty,
    Confidence,
    Direction,
    Metric,
    PRelation,
    Recommendation,
    TimeUnit,
)
from app.kit.declarations import DatasetFile, PageSection, SearchFields
from app.kit.field_mapping import Column, ObjectList, ReferenceList, SingleReference
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Text,
    TextIn,
    Where,
    WhereRef,
)
from app.kit.resource import Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    AnyJurisdiction,
    CitedReference,
    OutputModel,
    RecordBase,
    Ref,
    cited_reference,
    output_field,
)
from app.resources.claims import VERDICT_OF_CLAIM, JudgedClaim
from app.resources.page_sections import OWN_CITATIONS, REFERENCED_RECORDS, by_slug


class AssessmentEstimate(OutputModel):
    """Pooled estimate that an assessment rests on, as it printed it."""

    outcome: Annotated[str, Column(m.AssessmentEstimate.outcome)] = output_field("Outcome measure.")
    comparison: Annotated[str | None, Column(m.AssessmentEstimate.comparison)] = output_field(
        "What was compared with what."
    )
    metric: Annotated[Metric, Column(m.AssessmentEstimate.metric)] = output_field("Effect metric.")
    value: Annotated[float | None, Column(m.AssessmentEstimate.value)] = output_field(
        "Estimate as printed, in `unit`."
    )
    lower: Annotated[float | None, Column(m.AssessmentEstimate.lower)] = output_field(
        "Lower bound of the interval."
    )
    upper: Annotated[float | None, Column(m.AssessmentEstimate.upper)] = output_field(
        "Upper bound of the interval."
    )
    interval_percent: Annotated[float | None, Column(m.AssessmentEstimate.interval_percent)] = (
        output_field("Confidence level of the interval in percent, for example 95.")
    )
    p_value: Annotated[float | None, Column(m.AssessmentEstimate.p_value)] = output_field(
        "p-value, or its bound."
    )
    p_relation: Annotated[PRelation | None, Column(m.AssessmentEstimate.p_relation)] = output_field(
        "Relation of the reported p-value to the true one: =, < or >."
    )
    unit: Annotated[str | None, Column(m.AssessmentEstimate.unit)] = output_field(
        "Unit of the value."
    )
    favours: Annotated[str | None, Column(m.AssessmentEstimate.favours)] = output_field(
        "What the estimate favours, as printed, such as ketamine."
    )
    timepoint_value: Annotated[float | None, Column(m.AssessmentEstimate.timepoint_value)] = (
        output_field("Time since the first dose.")
    )
    timepoint_unit: Annotated[TimeUnit | None, Column(m.AssessmentEstimate.timepoint_unit)] = (
        output_field("Unit of the time.")
    )
    studies: Annotated[int | None, Column(m.AssessmentEstimate.studies)] = output_field(
        "Number of studies pooled."
    )
    participants: Annotated[int | None, Column(m.AssessmentEstimate.participants)] = output_field(
        "Number of participants pooled."
    )
    i_squared_percent: Annotated[float | None, Column(m.AssessmentEstimate.i_squared_percent)] = (
        output_field("Heterogeneity: I² in percent.")
    )
    certainty: Annotated[Certainty | None, Column(m.AssessmentEstimate.certainty)] = output_field(
        "Certainty of this estimate, as the body rates it (GRADE)."
    )
    note: Annotated[str | None, Column(m.AssessmentEstimate.note)] = output_field(
        "Further details."
    )


class Assessment(RecordBase):
    """Conclusion of another body on a claim, shown beside our verdict and never part of it."""

    body: Annotated[str, Column(m.Assessment.body)] = output_field(
        "Who assessed: Cochrane, NICE, CANMAT, or the authors of a review."
    )
    kind: Annotated[AssessmentKind, Column(m.Assessment.kind)] = output_field("Kind of document.")
    document: Annotated[str | None, Column(m.Assessment.document)] = output_field(
        "Title, number or section of the document."
    )
    year: Annotated[int | None, Column(m.Assessment.year)] = output_field("Year of the document.")
    jurisdiction: Annotated[str | None, Column(m.Assessment.jurisdiction)] = output_field(
        "ISO 3166 country code of a label or guideline; INT if international."
    )
    claims: Annotated[
        list[JudgedClaim],
        ReferenceList(
            m.AssessmentClaim.assessment_id,
            m.AssessmentClaim.claim_id,
            "claims",
            m.AssessmentClaim.position,
            shown=VERDICT_OF_CLAIM,
        ),
    ] = output_field("Claims that it is about, each with our verdict.")
    direction: Annotated[Direction | None, Column(m.Assessment.direction)] = output_field(
        "Direction of the conclusion relative to the claims as worded; null if the body does not"
        " say."
    )
    conclusion: Annotated[str, Column(m.Assessment.conclusion)] = output_field(
        "Conclusion in our own words."
    )
    certainty: Annotated[Certainty | None, Column(m.Assessment.certainty)] = output_field(
        "Certainty of the evidence, as the body rates it (GRADE); null if it does not."
    )
    certainty_note: Annotated[str | None, Column(m.Assessment.certainty_note)] = output_field(
        "Further details of the certainty, or a grade of another system."
    )
    recommendation: Annotated[Recommendation | None, Column(m.Assessment.recommendation)] = (
        output_field(
            "Direction and strength of a recommendation; null if the document is no guideline."
        )
    )
    recommendation_note: Annotated[str | None, Column(m.Assessment.recommendation_note)] = (
        output_field("Recommendation in our own words.")
    )
    estimates: Annotated[
        list[AssessmentEstimate],
        ObjectList(m.AssessmentEstimate.assessment_id, m.AssessmentEstimate.position),
    ] = output_field("Pooled estimates, as printed.")
    compound: Annotated[Ref | None, SingleReference(m.Assessment.compound_id, "compounds")] = (
        output_field("Compound assessed.")
    )
    indication: Annotated[
        Ref | None, SingleReference(m.Assessment.indication_id, "indications")
    ] = output_field("Indication assessed.")
    study: Annotated[Ref | None, SingleReference(m.Assessment.study_id, "studies")] = output_field(
        "The document as a study, if it is a record."
    )
    reference: Annotated[CitedReference, cited_reference(m.Assessment.reference_id)] = output_field(
        "Reference that states it."
    )
    source_location: Annotated[str | None, Column(m.Assessment.source_location)] = output_field(
        "Place in the reference: table, figure, section or page."
    )
    source_url: Annotated[list[str], Column(m.Assessment.source_url, default=())] = output_field(
        "URLs where it was read, if the reference itself has none."
    )
    citation_confidence: Annotated[Confidence, Column(m.Assessment.citation_confidence)] = (
        output_field("Confidence that the citation is correct.")
    )
    caveat: Annotated[str | None, Column(m.Assessment.caveat)] = output_field(
        "Caveat that readers should be aware of."
    )
    source_keys: Annotated[list[str], Column(m.Assessment.source_keys, default=())] = output_field(
        "Keys of the source rows from which the record was written."
    )


class AssessmentQuery(ListQuery):
    """Filters of the list of assessments."""

    kind: Annotated[
        list[AssessmentKind], CommaSeparated, Where(EnumIn(m.Assessment.kind)), Field(max_length=50)
    ] = Field([], description="Kinds (any match).")
    claim: Annotated[
        Slugs,
        WhereRef("claims", [m.AssessmentClaim.claim_id], parent=m.AssessmentClaim.assessment_id),
    ] = Field([], description="Claims (any match).")
    direction: Annotated[
        list[Direction], CommaSeparated, Where(EnumIn(m.Assessment.direction)), Field(max_length=50)
    ] = Field(
        [], description="Directions of the conclusion relative to the claims as worded (any match)."
    )
    certainty: Annotated[
        list[Certainty], CommaSeparated, Where(EnumIn(m.Assessment.certainty)), Field(max_length=50)
    ] = Field([], description="Certainty of the evidence, as the body rates it (any match).")
    recommendation: Annotated[
        list[Recommendation],
        CommaSeparated,
        Where(EnumIn(m.Assessment.recommendation)),
        Field(max_length=50),
    ] = Field([], description="Recommendations by direction and strength (any match).")
    compound: Annotated[Slugs, WhereRef("compounds", [m.Assessment.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    indication: Annotated[Slugs, WhereRef("indications", [m.Assessment.indication_id])] = Field(
        [], description="Indications (any match)."
    )
    study: Annotated[Slugs, WhereRef("studies", [m.Assessment.study_id])] = Field(
        [], description="Studies (any match)."
    )
    reference: Annotated[Slugs, WhereRef("references", [m.Assessment.reference_id])] = Field(
        [], description="References (any match)."
    )
    jurisdiction: Annotated[
        list[AnyJurisdiction],
        CommaSeparated,
        Where(m.Assessment.jurisdiction.in_),
        Field(max_length=50),
    ] = Field([], description="Jurisdictions of labels and guidelines: US, EU, GB, … (any match).")
    body: Annotated[
        list[Text], CommaSeparated, Where(TextIn(m.Assessment.body)), Field(max_length=50)
    ] = Field([], description="Bodies as recorded: Cochrane, NICE, … (any match).")
    year_from: Annotated[int | None, Field(ge=1800, le=2100), Where(m.Assessment.year.__ge__)] = (
        Field(None, description="Earliest year.")
    )
    year_to: Annotated[int | None, Field(ge=1800, le=2100), Where(m.Assessment.year.__le__)] = (
        Field(None, description="Latest year.")
    )


ASSESSMENTS = Resource(
    name="assessments",
    record_type="assessment",
    description="What reviews, guidelines and agencies concluded on claims, with their certainty"
    " or grade.",
    key=m.Assessment.id,
    identity=RECORD_COLUMNS,
    record=Assessment,
    query=AssessmentQuery,
    search=SearchFields(
        number=25,
        lookup_prior=40,
        question_prior=48,
        texts=(
            "body",
            "document",
            "conclusion",
            "claims",
            "certainty_note",
            "recommendation_note",
            "caveat",
            "estimates.outcome",
        ),
        type_words=(
            "assessment",
            "assessments",
        ),
    ),
    dataset=DatasetFile("assessments/new.yaml", section=16),
    page=(
        REFERENCED_RECORDS,
        PageSection(
            "claims",
            key="claims_assessed",
            title="Claims assessed, with our verdicts",
            filters=by_slug("assessment"),
        ),
        OWN_CITATIONS,
    ),
    excerpt="conclusion",
    sort=(
        "slug",
        "name",
        "year",
        "body",
        "certainty",
    ),
    formats=CITABLE_FORMATS,
    cites=("reference",),
)
