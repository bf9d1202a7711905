"""Adverse effects, warnings and contraindications of compounds, with their frequencies."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import and_

from app import models as m
from app.domain.vocabulary import (
    AdverseEffectKind,
    AdverseEffectMeasure,
    AdverseEffectUnit,
    Confidence,
    Dispersion,
    DoseUnit,
    IntervalKind,
    PRelation,
    Route,
    Seriousness,
    SourceKind,
    Species,
    ValueRelation,
)
from app.kit.declarations import DatasetFile, PageSection, SearchFields
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
    AnyJurisdiction,
    CitedReference,
    RecordBase,
    Ref,
    cited_reference,
    output_field,
)
from app.resources.page_sections import OWN_CITATIONS, REFERENCED_RECORDS, by_slug


class AdverseEffect(RecordBase):
    """Adverse effect, warning or contraindication, as one source states it."""

    compound: Annotated[Ref, SingleReference(m.AdverseEffect.compound_id, "compounds")] = (
        output_field("Compound.")
    )
    kind: Annotated[AdverseEffectKind, Column(m.AdverseEffect.kind)] = output_field(
        "Adverse effect, warning or contraindication."
    )
    effect: Annotated[str, Column(m.AdverseEffect.effect)] = output_field(
        "Effect, or the condition that is warned of."
    )
    process: Annotated[Ref | None, SingleReference(m.AdverseEffect.process_id, "processes")] = (
        output_field("Effect as a process, if it is a record.")
    )
    measure: Annotated[AdverseEffectMeasure, Column(m.AdverseEffect.measure)] = output_field(
        "What the value is: incidence, reporting odds ratio, …"
    )
    relation: Annotated[ValueRelation | None, Column(m.AdverseEffect.relation)] = output_field(
        "Relation of the true value to the published one; null without a value."
    )
    value: Annotated[float | None, Column(m.AdverseEffect.value)] = output_field(
        "Value as published, in `unit`; for a range, the lower bound."
    )
    upper_value: Annotated[float | None, Column(m.AdverseEffect.upper_value)] = output_field(
        "Upper bound of a range."
    )
    unit: Annotated[AdverseEffectUnit | None, Column(m.AdverseEffect.unit)] = output_field(
        "Unit of the value and of `comparator_value`."
    )
    dispersion_value: Annotated[float | None, Column(m.AdverseEffect.dispersion_value)] = (
        output_field("Variation between subjects, as `dispersion_kind` says.")
    )
    dispersion_kind: Annotated[Dispersion | None, Column(m.AdverseEffect.dispersion_kind)] = (
        output_field("Measure of variation: SD, …")
    )
    lower: Annotated[float | None, Column(m.AdverseEffect.lower)] = output_field(
        "Lower bound of the interval."
    )
    upper: Annotated[float | None, Column(m.AdverseEffect.upper)] = output_field(
        "Upper bound of the interval."
    )
    interval_kind: Annotated[IntervalKind | None, Column(m.AdverseEffect.interval_kind)] = (
        output_field("Kind of interval: confidence interval, observed range, …")
    )
    interval_percent: Annotated[float | None, Column(m.AdverseEffect.interval_percent)] = (
        output_field("Level of a confidence or credible interval in percent, for example 95.")
    )
    p_value: Annotated[float | None, Column(m.AdverseEffect.p_value)] = output_field(
        "p-value, or its bound."
    )
    p_relation: Annotated[PRelation | None, Column(m.AdverseEffect.p_relation)] = output_field(
        "Relation of the reported p-value to the true one: =, < or >."
    )
    events: Annotated[int | None, Column(m.AdverseEffect.events)] = output_field(
        "Number of participants or administrations with the effect."
    )
    n: Annotated[int | None, Column(m.AdverseEffect.n)] = output_field(
        "Number of participants or administrations."
    )
    comparator: Annotated[str | None, Column(m.AdverseEffect.comparator)] = output_field(
        "Comparator, such as placebo with an oral antidepressant."
    )
    comparator_value: Annotated[float | None, Column(m.AdverseEffect.comparator_value)] = (
        output_field("Value of the comparator group, in `unit`.")
    )
    comparator_events: Annotated[int | None, Column(m.AdverseEffect.comparator_events)] = (
        output_field("Number of participants of the comparator group with the effect.")
    )
    comparator_n: Annotated[int | None, Column(m.AdverseEffect.comparator_n)] = output_field(
        "Number of participants of the comparator group."
    )
    seriousness: Annotated[
        Seriousness, Column(m.AdverseEffect.seriousness, default=Seriousness.NOT_STATED)
    ] = output_field("Whether it is serious, as the source classifies it.")
    finding: Annotated[str | None, Column(m.AdverseEffect.finding)] = output_field(
        "Statement of the source in our own words, with figures that have no field."
    )
    indication: Annotated[
        Ref | None, SingleReference(m.AdverseEffect.indication_id, "indications")
    ] = output_field("Indication of the people treated, if it is a record.")
    population: Annotated[str | None, Column(m.AdverseEffect.population)] = output_field(
        "Who or what was exposed."
    )
    species: Annotated[Species, Column(m.AdverseEffect.species)] = output_field("Species exposed.")
    route: Annotated[Route | None, Column(m.AdverseEffect.route)] = output_field(
        "Route of administration."
    )
    dose_value: Annotated[float | None, Column(m.AdverseEffect.dose_value)] = output_field(
        "Dose, in `dose_unit`."
    )
    dose_upper_value: Annotated[float | None, Column(m.AdverseEffect.dose_upper_value)] = (
        output_field("Upper bound of a dose range.")
    )
    dose_unit: Annotated[DoseUnit | None, Column(m.AdverseEffect.dose_unit)] = output_field(
        "Unit of the dose."
    )
    dose_note: Annotated[str | None, Column(m.AdverseEffect.dose_note)] = output_field(
        "Further details of the dose, such as the schedule or the time of infusion."
    )
    timing: Annotated[str | None, Column(m.AdverseEffect.timing)] = output_field(
        "Onset, course and reversibility."
    )
    jurisdiction: Annotated[str | None, Column(m.AdverseEffect.jurisdiction)] = output_field(
        "ISO 3166 country code of a label or guideline; INT if international."
    )
    claims: Annotated[
        list[Ref],
        ReferenceList(
            m.AdverseEffectClaim.adverse_effect_id,
            m.AdverseEffectClaim.claim_id,
            "claims",
            m.AdverseEffectClaim.position,
        ),
    ] = output_field("Claims that it bears on.")
    study: Annotated[Ref | None, SingleReference(m.AdverseEffect.study_id, "studies")] = (
        output_field("Study that reports it, if it is a record.")
    )
    source: Annotated[SourceKind, Column(m.AdverseEffect.source)] = output_field(
        "Whether the figure was read in the publication that reports it, in a database or in a"
        " secondary source."
    )
    reference: Annotated[CitedReference, cited_reference(m.AdverseEffect.reference_id)] = (
        output_field("Reference that states it.")
    )
    source_location: Annotated[str | None, Column(m.AdverseEffect.source_location)] = output_field(
        "Place in the reference: table, figure, section or page."
    )
    source_url: Annotated[list[str], Column(m.AdverseEffect.source_url, default=())] = output_field(
        "URLs where it was read, if the reference itself has none."
    )
    citation_confidence: Annotated[Confidence, Column(m.AdverseEffect.citation_confidence)] = (
        output_field("Confidence that the citation is correct.")
    )
    caveat: Annotated[str | None, Column(m.AdverseEffect.caveat)] = output_field(
        "Caveat that readers should be aware of."
    )
    source_keys: Annotated[list[str], Column(m.AdverseEffect.source_keys, default=())] = (
        output_field("Keys of the source rows from which the record was written.")
    )


class AdverseEffectQuery(ListQuery):
    """Filters of the list of adverse effects."""

    compound: Annotated[Slugs, WhereRef("compounds", [m.AdverseEffect.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    kind: Annotated[
        list[AdverseEffectKind],
        CommaSeparated,
        Where(EnumIn(m.AdverseEffect.kind)),
        Field(max_length=50),
    ] = Field([], description="Kinds (any match).")
    process: Annotated[Slugs, WhereRef("processes", [m.AdverseEffect.process_id])] = Field(
        [], description="Processes (any match)."
    )
    measure: Annotated[
        list[AdverseEffectMeasure],
        CommaSeparated,
        Where(EnumIn(m.AdverseEffect.measure)),
        Field(max_length=50),
    ] = Field([], description="Measures (any match).")
    unit: Annotated[
        list[AdverseEffectUnit],
        CommaSeparated,
        Where(EnumIn(m.AdverseEffect.unit)),
        Field(max_length=50),
    ] = Field([], description="Units (any match).")
    seriousness: Annotated[
        list[Seriousness],
        CommaSeparated,
        Where(EnumIn(m.AdverseEffect.seriousness)),
        Field(max_length=50),
    ] = Field([], description="Seriousness, as the source classifies it (any match).")
    indication: Annotated[Slugs, WhereRef("indications", [m.AdverseEffect.indication_id])] = Field(
        [], description="Indications (any match)."
    )
    species: Annotated[
        list[Species], CommaSeparated, Where(EnumIn(m.AdverseEffect.species)), Field(max_length=50)
    ] = Field([], description="Species (any match).")
    route: Annotated[
        list[Route], CommaSeparated, Where(EnumIn(m.AdverseEffect.route)), Field(max_length=50)
    ] = Field([], description="Routes of administration (any match).")
    claim: Annotated[
        Slugs,
        WhereRef(
            "claims", [m.AdverseEffectClaim.claim_id], parent=m.AdverseEffectClaim.adverse_effect_id
        ),
    ] = Field([], description="Claims (any match).")
    study: Annotated[Slugs, WhereRef("studies", [m.AdverseEffect.study_id])] = Field(
        [], description="Studies (any match)."
    )
    source: Annotated[
        list[SourceKind],
        CommaSeparated,
        Where(EnumIn(m.AdverseEffect.source)),
        Field(max_length=50),
    ] = Field([], description="Types of source: primary, database, secondary (any match).")
    reference: Annotated[Slugs, WhereRef("references", [m.AdverseEffect.reference_id])] = Field(
        [], description="References (any match)."
    )
    jurisdiction: Annotated[
        list[AnyJurisdiction],
        CommaSeparated,
        Where(m.AdverseEffect.jurisdiction.in_),
        Field(max_length=50),
    ] = Field([], description="Jurisdictions of labels and guidelines: US, EU, GB, … (any match).")
    min_percent: Annotated[
        float | None,
        Field(ge=0, le=100),
        Where(
            lambda percent: and_(
                m.AdverseEffect.value >= percent, m.AdverseEffect.unit == AdverseEffectUnit.PERCENT
            )
        ),
    ] = Field(None, description="Minimum frequency in percent.")


ADVERSE_EFFECTS = Resource(
    name="adverse-effects",
    record_type="adverse_effect",
    description="Adverse effects with frequencies, warnings and contraindications.",
    key=m.AdverseEffect.id,
    identity=RECORD_COLUMNS,
    record=AdverseEffect,
    query=AdverseEffectQuery,
    search=SearchFields(
        number=24,
        lookup_prior=50,
        question_prior=30,
        texts=(
            "compound",
            "effect",
            "process",
            "kind",
            "finding",
            "population",
            "comparator",
            "route",
            "dose_note",
            "caveat",
        ),
        type_words=(),
    ),
    dataset=DatasetFile("adverse-effects/new.yaml", section=15),
    concerns_safety=True,
    page=(
        REFERENCED_RECORDS,
        PageSection(
            "claims",
            key="claims_on_it",
            title="Claims on the effect",
            filters=by_slug("adverse_effect"),
        ),
        OWN_CITATIONS,
    ),
    sort=(
        "slug",
        "name",
        "effect",
        "value",
        "comparator_value",
        "n",
    ),
    formats=CITABLE_FORMATS,
    cites=("reference",),
)
