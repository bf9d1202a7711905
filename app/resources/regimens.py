"""Regimens: doses of a compound by indication, product, route and source."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import (
    Confidence,
    DoseUnit,
    RegimenPhase,
    RegimenSource,
    Route,
    SourceKind,
    TimeUnit,
)
from app.kit.declarations import DatasetFile, SearchFields
from app.kit.field_mapping import Column, ScalarList, SingleReference
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Text,
    TextIn,
    Where,
    WhereRef,
    WhereRelated,
)
from app.kit.resource import Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    AnyJurisdiction,
    CitedReference,
    RecordBase,
    Ref,
    cited_reference,
    output_field,
)
from app.resources.page_sections import OWN_CITATIONS, REFERENCED_RECORDS


class Regimen(RecordBase):
    """Dose regimen of one compound for one use, as one source states it; not medical advice."""

    compound: Annotated[Ref, SingleReference(m.Regimen.compound_id, "compounds")] = output_field(
        "Compound administered."
    )
    indication: Annotated[Ref | None, SingleReference(m.Regimen.indication_id, "indications")] = (
        output_field("Indication, if it is a record.")
    )
    use: Annotated[str | None, Column(m.Regimen.use)] = output_field(
        "Use in words, where it is narrower than the indication or has no record."
    )
    product: Annotated[str | None, Column(m.Regimen.product)] = output_field(
        "Trade or product name."
    )
    formulation: Annotated[str | None, Column(m.Regimen.formulation)] = output_field(
        "Pharmaceutical form: nasal spray, solution for injection, …"
    )
    route: Annotated[Route, Column(m.Regimen.route)] = output_field("Route of administration.")
    dose_value: Annotated[float | None, Column(m.Regimen.dose_value)] = output_field(
        "Dose of one administration, or the loading dose, in `dose_unit`."
    )
    dose_upper_value: Annotated[float | None, Column(m.Regimen.dose_upper_value)] = output_field(
        "Upper bound of a dose range."
    )
    dose_unit: Annotated[DoseUnit | None, Column(m.Regimen.dose_unit)] = output_field(
        "Unit of the dose."
    )
    maintenance_dose_value: Annotated[float | None, Column(m.Regimen.maintenance_dose_value)] = (
        output_field("Dose or infusion rate that follows, in `maintenance_dose_unit`.")
    )
    maintenance_dose_upper_value: Annotated[
        float | None, Column(m.Regimen.maintenance_dose_upper_value)
    ] = output_field("Upper bound of the dose that follows.")
    maintenance_dose_unit: Annotated[DoseUnit | None, Column(m.Regimen.maintenance_dose_unit)] = (
        output_field("Unit of the dose that follows.")
    )
    dose_note: Annotated[str | None, Column(m.Regimen.dose_note)] = output_field(
        "Further details of the dose, such as its titration."
    )
    duration_value: Annotated[float | None, Column(m.Regimen.duration_value)] = output_field(
        "Duration of one administration, in `duration_unit`."
    )
    duration_upper_value: Annotated[float | None, Column(m.Regimen.duration_upper_value)] = (
        output_field("Upper bound of the duration.")
    )
    duration_unit: Annotated[TimeUnit | None, Column(m.Regimen.duration_unit)] = output_field(
        "Unit of the duration."
    )
    phase: Annotated[RegimenPhase | None, Column(m.Regimen.phase)] = output_field(
        "Part of the treatment: induction, maintenance, …"
    )
    schedule: Annotated[str | None, Column(m.Regimen.schedule)] = output_field(
        "Frequency of administration in words."
    )
    doses_per_week: Annotated[float | None, Column(m.Regimen.doses_per_week)] = output_field(
        "Number of administrations per week, where the schedule is regular."
    )
    course_value: Annotated[float | None, Column(m.Regimen.course_value)] = output_field(
        "Length of the course, in `course_unit`."
    )
    course_upper_value: Annotated[float | None, Column(m.Regimen.course_upper_value)] = (
        output_field("Upper bound of the length of the course.")
    )
    course_unit: Annotated[TimeUnit | None, Column(m.Regimen.course_unit)] = output_field(
        "Unit of the length of the course."
    )
    course_note: Annotated[str | None, Column(m.Regimen.course_note)] = output_field(
        "Further details of the course."
    )
    population: Annotated[str | None, Column(m.Regimen.population)] = output_field("Who it is for.")
    setting: Annotated[str | None, Column(m.Regimen.setting)] = output_field(
        "Setting and monitoring."
    )
    source_kind: Annotated[RegimenSource, Column(m.Regimen.source_kind)] = output_field(
        "Kind of source: label, guideline, trial, …"
    )
    off_label: Annotated[bool | None, Column(m.Regimen.off_label)] = output_field(
        "Whether the use is outside the label of the product; null if the source does not state it."
    )
    jurisdictions: Annotated[
        list[str],
        ScalarList(
            m.RegimenJurisdiction.regimen_id,
            m.RegimenJurisdiction.code,
            m.RegimenJurisdiction.position,
        ),
    ] = output_field("ISO 3166 country codes; INT if international.")
    evidence_grade: Annotated[str | None, Column(m.Regimen.evidence_grade)] = output_field(
        "Grade of the recommendation, as the source states it."
    )
    outcome: Annotated[str | None, Column(m.Regimen.outcome)] = output_field(
        "What the source reports of the result."
    )
    study: Annotated[Ref | None, SingleReference(m.Regimen.study_id, "studies")] = output_field(
        "Study that used it, if it is a record."
    )
    source: Annotated[SourceKind, Column(m.Regimen.source)] = output_field(
        "Whether the figure was read in the publication that reports it, in a database or in a"
        " secondary source."
    )
    reference: Annotated[CitedReference, cited_reference(m.Regimen.reference_id)] = output_field(
        "Reference that states it."
    )
    source_location: Annotated[str | None, Column(m.Regimen.source_location)] = output_field(
        "Place in the reference: table, figure, section or page."
    )
    source_url: Annotated[list[str], Column(m.Regimen.source_url, default=())] = output_field(
        "URLs where it was read, if the reference itself has none."
    )
    citation_confidence: Annotated[Confidence, Column(m.Regimen.citation_confidence)] = (
        output_field("Confidence that the citation is correct.")
    )
    caveat: Annotated[str | None, Column(m.Regimen.caveat)] = output_field(
        "Caveat that readers should be aware of."
    )
    source_keys: Annotated[list[str], Column(m.Regimen.source_keys, default=())] = output_field(
        "Keys of the source rows from which the record was written."
    )


class RegimenQuery(ListQuery):
    """Filters of the list of regimens."""

    compound: Annotated[Slugs, WhereRef("compounds", [m.Regimen.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    indication: Annotated[Slugs, WhereRef("indications", [m.Regimen.indication_id])] = Field(
        [], description="Indications (any match)."
    )
    route: Annotated[
        list[Route], CommaSeparated, Where(EnumIn(m.Regimen.route)), Field(max_length=50)
    ] = Field([], description="Routes of administration (any match).")
    phase: Annotated[
        list[RegimenPhase], CommaSeparated, Where(EnumIn(m.Regimen.phase)), Field(max_length=50)
    ] = Field([], description="Parts of the treatment (any match).")
    source_kind: Annotated[
        list[RegimenSource],
        CommaSeparated,
        Where(EnumIn(m.Regimen.source_kind)),
        Field(max_length=50),
    ] = Field([], description="Kinds of source (any match).")
    study: Annotated[Slugs, WhereRef("studies", [m.Regimen.study_id])] = Field(
        [], description="Studies (any match)."
    )
    source: Annotated[
        list[SourceKind], CommaSeparated, Where(EnumIn(m.Regimen.source)), Field(max_length=50)
    ] = Field([], description="Types of source: primary, database, secondary (any match).")
    reference: Annotated[Slugs, WhereRef("references", [m.Regimen.reference_id])] = Field(
        [], description="References (any match)."
    )
    jurisdiction: Annotated[
        list[AnyJurisdiction],
        CommaSeparated,
        WhereRelated(m.RegimenJurisdiction.regimen_id, m.RegimenJurisdiction.code.in_),
        Field(max_length=50),
    ] = Field([], description="Jurisdictions of labels and guidelines: US, EU, GB, … (any match).")
    product: Annotated[
        list[Text], CommaSeparated, Where(TextIn(m.Regimen.product)), Field(max_length=50)
    ] = Field([], description="Trade or product names as recorded (any match).")
    off_label: Annotated[bool | None, Where(m.Regimen.off_label.__eq__)] = Field(
        None, description="true: only uses outside the label; false: only uses within it."
    )


REGIMENS = Resource(
    name="regimens",
    record_type="regimen",
    description="Dose regimens by indication, product, route and kind of source.",
    key=m.Regimen.id,
    identity=RECORD_COLUMNS,
    record=Regimen,
    query=RegimenQuery,
    search=SearchFields(
        number=23,
        lookup_prior=40,
        question_prior=48,
        texts=(
            "compound",
            "indication",
            "use",
            "product",
            "formulation",
            "route",
            "schedule",
            "population",
            "setting",
            "outcome",
            "caveat",
        ),
        type_words=(
            "regimen",
            "regimens",
        ),
    ),
    dataset=DatasetFile("regimens/new.yaml", section=14),
    concerns_safety=True,
    page=(
        REFERENCED_RECORDS,
        OWN_CITATIONS,
    ),
    sort=(
        "slug",
        "name",
        "dose_value",
        "source_kind",
    ),
    formats=CITABLE_FORMATS,
    cites=("reference",),
)
