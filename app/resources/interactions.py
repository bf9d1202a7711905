"""Interactions: how another drug, class or food changes exposure to a compound or its effect."""

from typing import Annotated

from pydantic import Field

from app import models as m
from app.domain.vocabulary import (
    Confidence,
    DoseUnit,
    InteractantKind,
    InteractionChange,
    InteractionEvidence,
    InteractionKind,
    InteractionManagement,
    InteractionSeverity,
    IntervalKind,
    Metric,
    PRelation,
    Route,
    SourceKind,
    Species,
)
from app.kit.declarations import DatasetFile, PageSection, SearchFields
from app.kit.field_mapping import Column, ObjectList, ReferenceList, SingleReference
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
    OutputModel,
    RecordBase,
    Ref,
    cited_reference,
    output_field,
)
from app.resources.page_sections import OWN_CITATIONS, REFERENCED_RECORDS, by_slug


class InteractionEffect(OutputModel):
    """One figure of an interaction, such as the ratio of exposures."""

    outcome: Annotated[str, Column(m.InteractionEffect.outcome)] = output_field(
        "What was measured, such as the AUC of oral esketamine."
    )
    metric: Annotated[Metric, Column(m.InteractionEffect.metric)] = output_field(
        "Statistic that the value is."
    )
    value: Annotated[float | None, Column(m.InteractionEffect.value)] = output_field(
        "Value with the interacting substance, or of the comparison."
    )
    comparator_value: Annotated[float | None, Column(m.InteractionEffect.comparator_value)] = (
        output_field("Value of the same measure without it, where the source gives both.")
    )
    unit: Annotated[str | None, Column(m.InteractionEffect.unit)] = output_field(
        "Unit of the values."
    )
    lower: Annotated[float | None, Column(m.InteractionEffect.lower)] = output_field(
        "Lower bound of the interval."
    )
    upper: Annotated[float | None, Column(m.InteractionEffect.upper)] = output_field(
        "Upper bound of the interval."
    )
    interval_kind: Annotated[IntervalKind | None, Column(m.InteractionEffect.interval_kind)] = (
        output_field("Kind of interval: confidence interval, observed range, …")
    )
    interval_percent: Annotated[float | None, Column(m.InteractionEffect.interval_percent)] = (
        output_field("Level of a confidence or credible interval in percent, for example 95.")
    )
    p_value: Annotated[float | None, Column(m.InteractionEffect.p_value)] = output_field(
        "p-value, or its bound."
    )
    p_relation: Annotated[PRelation | None, Column(m.InteractionEffect.p_relation)] = output_field(
        "Relation of the reported p-value to the true one: =, < or >."
    )
    events: Annotated[int | None, Column(m.InteractionEffect.events)] = output_field(
        "Number of participants with the outcome."
    )
    n: Annotated[int | None, Column(m.InteractionEffect.n)] = output_field(
        "Number of participants."
    )
    note: Annotated[str | None, Column(m.InteractionEffect.note)] = output_field(
        "Further details, or the result in words."
    )


class Interaction(RecordBase):
    """Interaction of a compound with another substance, as one source states it."""

    compound: Annotated[Ref, SingleReference(m.Interaction.compound_id, "compounds")] = (
        output_field("Compound whose exposure or effect is in question.")
    )
    interactant: Annotated[str, Column(m.Interaction.interactant)] = output_field(
        "Other drug, class, food or product."
    )
    interactant_kind: Annotated[InteractantKind, Column(m.Interaction.interactant_kind)] = (
        output_field("Kind of interacting substance.")
    )
    interactant_class: Annotated[str | None, Column(m.Interaction.interactant_class)] = (
        output_field(
            "Pharmacological class of the interacting substance, such as a CYP3A4 inhibitor."
        )
    )
    other_compound: Annotated[
        Ref | None, SingleReference(m.Interaction.other_compound_id, "compounds")
    ] = output_field("Interacting substance, if it is a record.")
    kind: Annotated[InteractionKind, Column(m.Interaction.kind)] = output_field(
        "Level of the interaction: pharmacokinetic, pharmacodynamic, …"
    )
    mechanism: Annotated[str | None, Column(m.Interaction.mechanism)] = output_field(
        "Mechanism, as far as it is known."
    )
    receptors: Annotated[
        list[Ref],
        ReferenceList(
            m.InteractionReceptor.interaction_id,
            m.InteractionReceptor.receptor_id,
            "receptors",
            m.InteractionReceptor.position,
        ),
    ] = output_field("Enzymes, transporters or receptors through which it occurs.")
    effect: Annotated[str, Column(m.Interaction.effect)] = output_field("Effect in one sentence.")
    change: Annotated[InteractionChange, Column(m.Interaction.change)] = output_field(
        "Change of the exposure or of the effect in question."
    )
    effects: Annotated[
        list[InteractionEffect],
        ObjectList(m.InteractionEffect.interaction_id, m.InteractionEffect.position),
    ] = output_field("Figures.")
    evidence_kind: Annotated[InteractionEvidence, Column(m.Interaction.evidence_kind)] = (
        output_field("Kind of evidence.")
    )
    design_note: Annotated[str | None, Column(m.Interaction.design_note)] = output_field(
        "Design of the study."
    )
    n: Annotated[int | None, Column(m.Interaction.n)] = output_field("Number of participants.")
    n_note: Annotated[str | None, Column(m.Interaction.n_note)] = output_field(
        "Further details of participant numbers."
    )
    species: Annotated[Species, Column(m.Interaction.species)] = output_field("Species studied.")
    population: Annotated[str | None, Column(m.Interaction.population)] = output_field(
        "Who or what was studied."
    )
    route: Annotated[Route | None, Column(m.Interaction.route)] = output_field(
        "Route of administration."
    )
    dose_value: Annotated[float | None, Column(m.Interaction.dose_value)] = output_field(
        "Dose, in `dose_unit`."
    )
    dose_upper_value: Annotated[float | None, Column(m.Interaction.dose_upper_value)] = (
        output_field("Upper bound of a dose range.")
    )
    dose_unit: Annotated[DoseUnit | None, Column(m.Interaction.dose_unit)] = output_field(
        "Unit of the dose."
    )
    dose_note: Annotated[str | None, Column(m.Interaction.dose_note)] = output_field(
        "Further details of the dose, such as the schedule or the time of infusion."
    )
    interactant_dose_note: Annotated[str | None, Column(m.Interaction.interactant_dose_note)] = (
        output_field("Dose and schedule of the interacting substance.")
    )
    severity: Annotated[InteractionSeverity | None, Column(m.Interaction.severity)] = output_field(
        "Severity, as the source rates it; null if it does not."
    )
    management: Annotated[InteractionManagement | None, Column(m.Interaction.management)] = (
        output_field("What the source advises; null if it gives no advice.")
    )
    advice: Annotated[str | None, Column(m.Interaction.advice)] = output_field(
        "Advice of the source in our own words."
    )
    jurisdiction: Annotated[str | None, Column(m.Interaction.jurisdiction)] = output_field(
        "ISO 3166 country code of a label or guideline; INT if international."
    )
    claims: Annotated[
        list[Ref],
        ReferenceList(
            m.InteractionClaim.interaction_id,
            m.InteractionClaim.claim_id,
            "claims",
            m.InteractionClaim.position,
        ),
    ] = output_field("Claims that the interaction bears on.")
    study: Annotated[Ref | None, SingleReference(m.Interaction.study_id, "studies")] = output_field(
        "Study that measured it, if it is a record."
    )
    source: Annotated[SourceKind, Column(m.Interaction.source)] = output_field(
        "Whether the figure was read in the publication that reports it, in a database or in a"
        " secondary source."
    )
    reference: Annotated[CitedReference, cited_reference(m.Interaction.reference_id)] = (
        output_field("Reference that states it.")
    )
    source_location: Annotated[str | None, Column(m.Interaction.source_location)] = output_field(
        "Place in the reference: table, figure, section or page."
    )
    source_url: Annotated[list[str], Column(m.Interaction.source_url, default=())] = output_field(
        "URLs where it was read, if the reference itself has none."
    )
    citation_confidence: Annotated[Confidence, Column(m.Interaction.citation_confidence)] = (
        output_field("Confidence that the citation is correct.")
    )
    caveat: Annotated[str | None, Column(m.Interaction.caveat)] = output_field(
        "Caveat that readers should be aware of."
    )
    source_keys: Annotated[list[str], Column(m.Interaction.source_keys, default=())] = output_field(
        "Keys of the source rows from which the record was written."
    )


class InteractionQuery(ListQuery):
    """Filters of the list of interactions."""

    compound: Annotated[Slugs, WhereRef("compounds", [m.Interaction.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    interactant_kind: Annotated[
        list[InteractantKind],
        CommaSeparated,
        Where(EnumIn(m.Interaction.interactant_kind)),
        Field(max_length=50),
    ] = Field([], description="Kinds of interacting substance (any match).")
    other_compound: Annotated[Slugs, WhereRef("compounds", [m.Interaction.other_compound_id])] = (
        Field([], description="Interacting compounds (any match).")
    )
    kind: Annotated[
        list[InteractionKind],
        CommaSeparated,
        Where(EnumIn(m.Interaction.kind)),
        Field(max_length=50),
    ] = Field([], description="Kinds (any match).")
    receptor: Annotated[
        Slugs,
        WhereRef(
            "receptors",
            [m.InteractionReceptor.receptor_id],
            parent=m.InteractionReceptor.interaction_id,
        ),
    ] = Field([], description="Receptors (any match).")
    change: Annotated[
        list[InteractionChange],
        CommaSeparated,
        Where(EnumIn(m.Interaction.change)),
        Field(max_length=50),
    ] = Field([], description="Changes of the exposure or effect (any match).")
    evidence_kind: Annotated[
        list[InteractionEvidence],
        CommaSeparated,
        Where(EnumIn(m.Interaction.evidence_kind)),
        Field(max_length=50),
    ] = Field([], description="Kinds of evidence (any match).")
    species: Annotated[
        list[Species], CommaSeparated, Where(EnumIn(m.Interaction.species)), Field(max_length=50)
    ] = Field([], description="Species (any match).")
    route: Annotated[
        list[Route], CommaSeparated, Where(EnumIn(m.Interaction.route)), Field(max_length=50)
    ] = Field([], description="Routes of administration (any match).")
    severity: Annotated[
        list[InteractionSeverity],
        CommaSeparated,
        Where(EnumIn(m.Interaction.severity)),
        Field(max_length=50),
    ] = Field([], description="Severity, as the source rates it (any match).")
    management: Annotated[
        list[InteractionManagement],
        CommaSeparated,
        Where(EnumIn(m.Interaction.management)),
        Field(max_length=50),
    ] = Field([], description="Management that the source advises (any match).")
    claim: Annotated[
        Slugs,
        WhereRef("claims", [m.InteractionClaim.claim_id], parent=m.InteractionClaim.interaction_id),
    ] = Field([], description="Claims (any match).")
    study: Annotated[Slugs, WhereRef("studies", [m.Interaction.study_id])] = Field(
        [], description="Studies (any match)."
    )
    source: Annotated[
        list[SourceKind], CommaSeparated, Where(EnumIn(m.Interaction.source)), Field(max_length=50)
    ] = Field([], description="Types of source: primary, database, secondary (any match).")
    reference: Annotated[Slugs, WhereRef("references", [m.Interaction.reference_id])] = Field(
        [], description="References (any match)."
    )
    jurisdiction: Annotated[
        list[AnyJurisdiction],
        CommaSeparated,
        Where(m.Interaction.jurisdiction.in_),
        Field(max_length=50),
    ] = Field([], description="Jurisdictions of labels and guidelines: US, EU, GB, … (any match).")


INTERACTIONS = Resource(
    name="interactions",
    record_type="interaction",
    description="Drug interactions: mechanism, size, kind of evidence, and what the source"
    " advises.",
    key=m.Interaction.id,
    identity=RECORD_COLUMNS,
    record=Interaction,
    query=InteractionQuery,
    search=SearchFields(
        number=22,
        lookup_prior=40,
        question_prior=48,
        texts=(
            "compound",
            "interactant",
            "other_compound",
            "interactant_class",
            "mechanism",
            "effect",
            "receptors",
            "advice",
            "caveat",
            "effects.outcome",
        ),
        type_words=(
            "interaction",
            "interactions",
        ),
    ),
    dataset=DatasetFile("interactions/new.yaml", section=13),
    concerns_safety=True,
    page=(
        REFERENCED_RECORDS,
        PageSection(
            "claims",
            key="claims_on_it",
            title="Claims on the interaction",
            filters=by_slug("interaction"),
        ),
        OWN_CITATIONS,
    ),
    sort=(
        "slug",
        "name",
        "interactant",
        "evidence_kind",
        "n",
    ),
    formats=CITABLE_FORMATS,
    cites=("reference",),
)
