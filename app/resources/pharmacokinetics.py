"""Pharmacokinetics: one value of one parameter of one compound, as one source published it."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.pharmacokinetics import standard_unit, standard_value
from app.domain.vocabulary import (
    Confidence,
    Dispersion,
    DoseUnit,
    IntervalKind,
    PharmacokineticParameter,
    PharmacokineticUnit,
    PRelation,
    Route,
    SampleMatrix,
    SourceKind,
    Species,
    SummaryStatistic,
    ValueRelation,
)
from app.kit.declarations import DatasetFile, SearchFields
from app.kit.field_mapping import Column, ReferenceList, SingleReference
from app.kit.query_types import (
    CommaSeparated,
    EnumIn,
    ListQuery,
    Slugs,
    Where,
    WhereRef,
)
from app.kit.resource import Resource
from app.resources.base import (
    CITABLE_FORMATS,
    RECORD_COLUMNS,
    CitedReference,
    RecordBase,
    Ref,
    cited_reference,
    output_field,
)
from app.resources.page_sections import OWN_CITATIONS, REFERENCED_RECORDS


class PharmacokineticValue(RecordBase):
    """One pharmacokinetic value; values of different sources are not averaged."""

    compound: Annotated[Ref, SingleReference(m.PharmacokineticValue.compound_id, "compounds")] = (
        output_field("Compound whose value it is (analyte).")
    )
    administered: Annotated[
        Ref | None, SingleReference(m.PharmacokineticValue.administered_id, "compounds")
    ] = output_field(
        "Compound administered, if it is another one, such as the parent of a metabolite."
    )
    parameter: Annotated[PharmacokineticParameter, Column(m.PharmacokineticValue.parameter)] = (
        output_field("Pharmacokinetic parameter.")
    )
    relation: Annotated[ValueRelation | None, Column(m.PharmacokineticValue.relation)] = (
        output_field("Relation of the true value to the published one; null without a value.")
    )
    value: Annotated[float | None, Column(m.PharmacokineticValue.value)] = output_field(
        "Value as published; for a range, the lower bound."
    )
    upper_value: Annotated[float | None, Column(m.PharmacokineticValue.upper_value)] = output_field(
        "Upper bound of a range."
    )
    unit: Annotated[PharmacokineticUnit | None, Column(m.PharmacokineticValue.unit)] = output_field(
        "Unit of the value."
    )
    standard_value: Annotated[
        float | None,
        Column(
            m.PharmacokineticValue.standard_value, lambda d: standard_value(d["value"], d["unit"])
        ),
    ] = output_field(
        "Value in `standard_unit`: h for times, ng/mL for mass concentrations, L and L/h for"
        " volumes and clearances."
    )
    standard_upper_value: Annotated[
        float | None,
        Column(
            m.PharmacokineticValue.standard_upper_value,
            lambda d: standard_value(d["upper_value"], d["unit"]),
        ),
    ] = output_field("Upper bound of a range in `standard_unit`.")
    standard_unit: Annotated[
        PharmacokineticUnit | None,
        Column(m.PharmacokineticValue.standard_unit, lambda d: standard_unit(d["unit"])),
    ] = output_field("Unit of `standard_value`.")
    statistic: Annotated[SummaryStatistic | None, Column(m.PharmacokineticValue.statistic)] = (
        output_field("Statistic that the value is: mean, median, …")
    )
    dispersion_value: Annotated[float | None, Column(m.PharmacokineticValue.dispersion_value)] = (
        output_field("Variation between subjects, as `dispersion_kind` says.")
    )
    dispersion_kind: Annotated[
        Dispersion | None, Column(m.PharmacokineticValue.dispersion_kind)
    ] = output_field("Measure of variation: SD, geometric SD, …")
    lower: Annotated[float | None, Column(m.PharmacokineticValue.lower)] = output_field(
        "Lower bound of the interval."
    )
    upper: Annotated[float | None, Column(m.PharmacokineticValue.upper)] = output_field(
        "Upper bound of the interval."
    )
    interval_kind: Annotated[IntervalKind | None, Column(m.PharmacokineticValue.interval_kind)] = (
        output_field("Kind of interval: confidence interval, observed range, …")
    )
    interval_percent: Annotated[float | None, Column(m.PharmacokineticValue.interval_percent)] = (
        output_field("Level of a confidence or credible interval in percent, for example 95.")
    )
    p_value: Annotated[float | None, Column(m.PharmacokineticValue.p_value)] = output_field(
        "p-value, or its bound."
    )
    p_relation: Annotated[PRelation | None, Column(m.PharmacokineticValue.p_relation)] = (
        output_field("Relation of the reported p-value to the true one: =, < or >.")
    )
    finding: Annotated[str | None, Column(m.PharmacokineticValue.finding)] = output_field(
        "Result in words, where the source gives no figure or more than one."
    )
    condition: Annotated[str | None, Column(m.PharmacokineticValue.condition)] = output_field(
        "Condition of the value: an event, a state, a subgroup, the time after the dose."
    )
    compared_with: Annotated[
        Ref | None, SingleReference(m.PharmacokineticValue.compared_with_id, "compounds")
    ] = output_field("Compound in the denominator of a ratio or change.")
    enzymes: Annotated[
        list[Ref],
        ReferenceList(
            m.PharmacokineticEnzyme.pharmacokinetic_value_id,
            m.PharmacokineticEnzyme.receptor_id,
            "receptors",
            m.PharmacokineticEnzyme.position,
        ),
    ] = output_field("Enzymes that the value is about.")
    route: Annotated[Route | None, Column(m.PharmacokineticValue.route)] = output_field(
        "Route of administration."
    )
    dose_value: Annotated[float | None, Column(m.PharmacokineticValue.dose_value)] = output_field(
        "Dose, in `dose_unit`."
    )
    dose_upper_value: Annotated[float | None, Column(m.PharmacokineticValue.dose_upper_value)] = (
        output_field("Upper bound of a dose range.")
    )
    dose_unit: Annotated[DoseUnit | None, Column(m.PharmacokineticValue.dose_unit)] = output_field(
        "Unit of the dose."
    )
    dose_note: Annotated[str | None, Column(m.PharmacokineticValue.dose_note)] = output_field(
        "Further details of the dose, such as the schedule or the time of infusion."
    )
    formulation: Annotated[str | None, Column(m.PharmacokineticValue.formulation)] = output_field(
        "Pharmaceutical form: nasal spray, prolonged-release tablet, …"
    )
    n: Annotated[int | None, Column(m.PharmacokineticValue.n)] = output_field(
        "Number of subjects or samples."
    )
    population: Annotated[str | None, Column(m.PharmacokineticValue.population)] = output_field(
        "Who or what was studied."
    )
    species: Annotated[Species, Column(m.PharmacokineticValue.species)] = output_field(
        "Species of the subjects or of the material."
    )
    matrix: Annotated[SampleMatrix | None, Column(m.PharmacokineticValue.matrix)] = output_field(
        "What was sampled or incubated: plasma, brain, microsomes, …"
    )
    study: Annotated[Ref | None, SingleReference(m.PharmacokineticValue.study_id, "studies")] = (
        output_field("Study that measured it, if it is a record.")
    )
    source: Annotated[SourceKind, Column(m.PharmacokineticValue.source)] = output_field(
        "Whether the figure was read in the publication that reports it, in a database or in a"
        " secondary source."
    )
    reference: Annotated[CitedReference, cited_reference(m.PharmacokineticValue.reference_id)] = (
        output_field("Reference that states it.")
    )
    source_location: Annotated[str | None, Column(m.PharmacokineticValue.source_location)] = (
        output_field("Place in the reference: table, figure, section or page.")
    )
    source_url: Annotated[list[str], Column(m.PharmacokineticValue.source_url, default=())] = (
        output_field("URLs where it was read, if the reference itself has none.")
    )
    citation_confidence: Annotated[
        Confidence, Column(m.PharmacokineticValue.citation_confidence)
    ] = output_field("Confidence that the citation is correct.")
    caveat: Annotated[str | None, Column(m.PharmacokineticValue.caveat)] = output_field(
        "Caveat that readers should be aware of."
    )
    source_keys: Annotated[list[str], Column(m.PharmacokineticValue.source_keys, default=())] = (
        output_field("Keys of the source rows from which the record was written.")
    )


class PharmacokineticValueQuery(ListQuery):
    """Filters of the list of pharmacokinetic values."""

    compound: Annotated[Slugs, WhereRef("compounds", [m.PharmacokineticValue.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    administered: Annotated[
        Slugs, WhereRef("compounds", [m.PharmacokineticValue.administered_id])
    ] = Field([], description="Compounds administered where another was measured (any match).")
    parameter: Annotated[
        list[PharmacokineticParameter],
        CommaSeparated,
        Where(EnumIn(m.PharmacokineticValue.parameter)),
        Field(max_length=50),
    ] = Field([], description="Pharmacokinetic parameters (any match).")
    unit: Annotated[
        list[PharmacokineticUnit],
        CommaSeparated,
        Where(EnumIn(m.PharmacokineticValue.unit)),
        Field(max_length=50),
    ] = Field([], description="Units (any match).")
    compared_with: Annotated[
        Slugs, WhereRef("compounds", [m.PharmacokineticValue.compared_with_id])
    ] = Field([], description="Compounds in the denominator of a ratio or change (any match).")
    enzyme: Annotated[
        Slugs,
        WhereRef(
            "receptors",
            [m.PharmacokineticEnzyme.receptor_id],
            parent=m.PharmacokineticEnzyme.pharmacokinetic_value_id,
        ),
    ] = Field([], description="Receptors (any match).")
    route: Annotated[
        list[Route],
        CommaSeparated,
        Where(EnumIn(m.PharmacokineticValue.route)),
        Field(max_length=50),
    ] = Field([], description="Routes of administration (any match).")
    species: Annotated[
        list[Species],
        CommaSeparated,
        Where(EnumIn(m.PharmacokineticValue.species)),
        Field(max_length=50),
    ] = Field([], description="Species (any match).")
    matrix: Annotated[
        list[SampleMatrix],
        CommaSeparated,
        Where(EnumIn(m.PharmacokineticValue.matrix)),
        Field(max_length=50),
    ] = Field([], description="Sampled or incubated matrices (any match).")
    study: Annotated[Slugs, WhereRef("studies", [m.PharmacokineticValue.study_id])] = Field(
        [], description="Studies (any match)."
    )
    source: Annotated[
        list[SourceKind],
        CommaSeparated,
        Where(EnumIn(m.PharmacokineticValue.source)),
        Field(max_length=50),
    ] = Field([], description="Types of source: primary, database, secondary (any match).")
    reference: Annotated[Slugs, WhereRef("references", [m.PharmacokineticValue.reference_id])] = (
        Field([], description="References (any match).")
    )
    min_standard_value: Annotated[
        float | None, Field(ge=-1e9, le=1e9), Where(m.PharmacokineticValue.standard_value.__ge__)
    ] = Field(
        None,
        description="Minimum `standard_value`; combine it with `parameter` and `standard_unit`.",
    )
    max_standard_value: Annotated[
        float | None, Field(ge=-1e9, le=1e9), Where(m.PharmacokineticValue.standard_value.__le__)
    ] = Field(
        None, description="Maximum `standard_value`; ranges are compared by their lower bound."
    )
    standard_unit: Annotated[
        list[PharmacokineticUnit],
        CommaSeparated,
        Where(EnumIn(m.PharmacokineticValue.standard_unit)),
        Field(max_length=50),
    ] = Field([], description="Units of `standard_value` (any match).")


PHARMACOKINETICS = Resource(
    name="pharmacokinetics",
    record_type="pharmacokinetic_value",
    description="Pharmacokinetic values: bioavailability, half-life, exposure, clearance,"
    " metabolism.",
    key=m.PharmacokineticValue.id,
    identity=RECORD_COLUMNS,
    record=PharmacokineticValue,
    query=PharmacokineticValueQuery,
    search=SearchFields(
        number=21,
        lookup_prior=80,
        question_prior=60,
        texts=(
            "compound",
            "administered",
            "parameter",
            "finding",
            "condition",
            "formulation",
            "population",
            "route",
            "matrix",
            "enzymes",
            "caveat",
        ),
        type_words=(
            "pharmacokinetics",
            "pk",
        ),
    ),
    dataset=DatasetFile("pharmacokinetics/new.yaml", section=12),
    page=(
        REFERENCED_RECORDS,
        OWN_CITATIONS,
    ),
    sort=(
        "slug",
        "name",
        "parameter",
        "standard_value",
        "value",
        "n",
    ),
    formats=CITABLE_FORMATS,
    cites=("reference",),
)
