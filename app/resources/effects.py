"""Effect estimates: one comparison of a study on one outcome, as rows of evidence notes."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from app import models as m
from app.domain.vocabulary import (
    AnalysisSet,
    ComparatorKind,
    Derivation,
    DoseUnit,
    EstimateMetric,
    EstimateRegimen,
    EstimateRole,
    Favours,
    LargerIs,
    Masking,
    Metric,
    OutcomeDomain,
    OutcomeKind,
    PRelation,
    Route,
    StudyDesign,
)
from app.domain.wording import shortened
from app.kit.declarations import PageSection, RowRecords, SearchFields
from app.kit.field_mapping import Column, ReferenceList, SingleReference
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
    CitedReference,
    OutputModel,
    RecordBase,
    Ref,
    RowKey,
    Slug,
    cited_reference,
    output_field,
)
from app.resources.estimates import derived, estimate_context


class EstimateFields(OutputModel):
    """What a curator writes about an effect estimate, and the estimate derived from it."""

    key: Annotated[RowKey, Column(m.Estimate.key)] = output_field(
        "Key of the estimate, unique within its note."
    )
    outcome_domain: Annotated[OutcomeDomain, Column(m.Estimate.outcome_domain)] = output_field(
        "What is measured, across instruments."
    )
    outcome_kind: Annotated[
        OutcomeKind, Column(m.Estimate.outcome_kind, derive=derived("outcome_kind"))
    ] = output_field(
        "Benefit: a positive value is in favour of the intervention. Harm: a positive value is more"
        " of the event with the intervention."
    )
    instrument: Annotated[str | None, Field(max_length=250), Column(m.Estimate.instrument)] = (
        output_field("Scale or event: MADRS, HDRS-17, nausea, …")
    )
    metric: Annotated[EstimateMetric, Column(m.Estimate.metric)] = output_field(
        "Metric, and with it the scale of `value`; ratios are natural logarithms."
    )
    value: Annotated[float, Column(m.Estimate.value, derive=derived("value"))] = output_field(
        "Effect estimate on the scale of `metric`, with the sign that `outcome_kind` describes."
    )
    standard_error: Annotated[
        float | None, Column(m.Estimate.standard_error, derive=derived("standard_error"))
    ] = output_field(
        "Standard error on the scale of `metric`; null if none can be derived, see `discrepancy`."
    )
    lower: Annotated[float | None, Column(m.Estimate.lower, derive=derived("lower"))] = (
        output_field("Lower bound of the 95% interval of `value`.")
    )
    upper: Annotated[float | None, Column(m.Estimate.upper, derive=derived("upper"))] = (
        output_field("Upper bound of the 95% interval of `value`.")
    )
    derivation: Annotated[
        Derivation | None, Column(m.Estimate.derivation, derive=derived("derivation"))
    ] = output_field("How the standard error was derived from what the source prints.")
    crossover_floor_applied: Annotated[
        bool,
        Column(
            m.Estimate.crossover_floor_applied,
            derive=derived("crossover_floor_applied"),
        ),
    ] = output_field(
        "Whether the standard error was raised to the least that a crossover trial is given."
    )
    favours: Annotated[Favours, Column(m.Estimate.favours, derive=derived("favours"))] = (
        output_field("Side that the point estimate is in favour of.")
    )
    effect: Annotated[RowKey | None, Column(m.Estimate.effect_key)] = output_field(
        "Key of the printed effect, in `effects` of the note, that the estimate is derived from."
    )
    intervention_arm: Annotated[RowKey | None, Column(m.Estimate.intervention_arm)] = output_field(
        "Key of the arm, in `arms` of the note, that received the intervention."
    )
    comparator_arm: Annotated[RowKey | None, Column(m.Estimate.comparator_arm)] = output_field(
        "Key of the arm, in `arms` of the note, that it is compared with."
    )
    larger_is: Annotated[LargerIs | None, Column(m.Estimate.larger_is)] = output_field(
        "Whether a higher score, or the event, in the arms is better or worse; null: as usual for"
        " the outcome domain."
    )
    comparator_kind: Annotated[ComparatorKind, Column(m.Estimate.comparator_kind)] = output_field(
        "Kind of comparator of this comparison."
    )
    time_hours: Annotated[float | None, Column(m.Estimate.time_hours)] = output_field(
        "Time in hours since the first dose; in withdrawal trials, since randomisation."
    )
    regimen: Annotated[EstimateRegimen, Column(m.Estimate.regimen)] = output_field(
        "How the intervention was given over time."
    )
    subgroup: Annotated[str | None, Field(max_length=250), Column(m.Estimate.subgroup)] = (
        output_field("Part of the participants; null for all of them.")
    )
    shared_control: Annotated[RowKey | None, Column(m.Estimate.shared_control)] = output_field(
        "Name that the comparisons of a study with the same control arm have in common."
    )
    analysis: Annotated[
        AnalysisSet, Column(m.Estimate.analysis, default=AnalysisSet.NOT_STATED)
    ] = output_field("Participants in the analysis.")
    role: Annotated[EstimateRole, Column(m.Estimate.role, default=EstimateRole.SECONDARY)] = (
        output_field("Role in the analysis plan of the study.")
    )
    null_result: Annotated[bool, Column(m.Estimate.null_result, default=False)] = output_field(
        "Whether the source says that there was no difference, without a figure."
    )
    discrepancy: Annotated[
        str | None,
        # An entry of a PostgreSQL index holds 2704 bytes.
        Field(max_length=600),
        Column(m.Estimate.discrepancy),
    ] = output_field(
        "What contradicts itself in the source. The figures are as printed; the standard error is"
        " not derived from the p-value."
    )


class NoteEstimate(EstimateFields):
    """Effect estimate of a note: a comparison on a common scale, with its standard error."""

    claims: Annotated[list[Slug], Column(m.Estimate.claim_slugs, default=())] = output_field(
        "Slugs of the claims of the note that the estimate bears on."
    )


class Estimate(EstimateFields, RecordBase):
    """Effect estimate: one comparison of one study on one outcome, ready for meta-analysis."""

    study: Annotated[Ref, SingleReference(m.Estimate.study_id, "studies")] = output_field("Study.")
    year: Annotated[int | None, Column(m.Estimate.year)] = output_field(
        "Year of the main publication of the study."
    )
    participants: Annotated[int | None, Column(m.Estimate.participants)] = output_field(
        "Number of participants: of both arms or, where these are not known, of note or study."
    )
    design: Annotated[StudyDesign | None, Column(m.Estimate.design)] = output_field(
        "Study design for this note."
    )
    masking: Annotated[Masking | None, Column(m.Estimate.masking)] = output_field(
        "Likely effectiveness of masking for this note."
    )
    indications: Annotated[
        list[Ref],
        ReferenceList(
            m.EstimateIndication.estimate_id,
            m.EstimateIndication.indication_id,
            "indications",
            m.EstimateIndication.position,
        ),
    ] = output_field("Indications of the study.")
    compound: Annotated[Ref | None, SingleReference(m.Estimate.compound_id, "compounds")] = (
        output_field("Compound administered.")
    )
    dose_value: Annotated[float | None, Column(m.Estimate.dose_value)] = output_field(
        "Dose, in `dose_unit`."
    )
    dose_upper_value: Annotated[float | None, Column(m.Estimate.dose_upper_value)] = output_field(
        "Upper bound of a dose range, in `dose_unit`."
    )
    dose_unit: Annotated[DoseUnit | None, Column(m.Estimate.dose_unit)] = output_field(
        "Unit of the dose."
    )
    route: Annotated[Route | None, Column(m.Estimate.route)] = output_field(
        "Route of administration."
    )
    intervention: Annotated[str | None, Column(m.Estimate.intervention)] = output_field(
        "Name of the intervention arm or, without one, the comparison as the note words it."
    )
    comparator: Annotated[str | None, Column(m.Estimate.comparator)] = output_field(
        "Name of the comparator arm."
    )
    n_intervention: Annotated[int | None, Column(m.Estimate.n_intervention)] = output_field(
        "Number of participants in the intervention arm."
    )
    n_comparator: Annotated[int | None, Column(m.Estimate.n_comparator)] = output_field(
        "Number of participants in the comparator arm."
    )
    events_intervention: Annotated[int | None, Column(m.Estimate.events_intervention)] = (
        output_field("Number of participants with the event in the intervention arm.")
    )
    events_comparator: Annotated[int | None, Column(m.Estimate.events_comparator)] = output_field(
        "Number of participants with the event in the comparator arm."
    )
    mean_intervention: Annotated[float | None, Column(m.Estimate.mean_intervention)] = output_field(
        "Mean or mean change of the intervention arm, in points of the instrument."
    )
    mean_comparator: Annotated[float | None, Column(m.Estimate.mean_comparator)] = output_field(
        "Mean or mean change of the comparator arm, in points of the instrument."
    )
    sd_intervention: Annotated[float | None, Column(m.Estimate.sd_intervention)] = output_field(
        "Standard deviation of the intervention arm, in points of the instrument."
    )
    sd_comparator: Annotated[float | None, Column(m.Estimate.sd_comparator)] = output_field(
        "Standard deviation of the comparator arm, in points of the instrument."
    )
    se_intervention: Annotated[float | None, Column(m.Estimate.se_intervention)] = output_field(
        "Standard error of the mean of the intervention arm, in points of the instrument."
    )
    se_comparator: Annotated[float | None, Column(m.Estimate.se_comparator)] = output_field(
        "Standard error of the mean of the comparator arm, in points of the instrument."
    )
    printed_metric: Annotated[Metric | None, Column(m.Estimate.printed_metric)] = output_field(
        "Metric of the effect as the source prints it; null if it prints only figures of arms."
    )
    printed_value: Annotated[float | None, Column(m.Estimate.printed_value)] = output_field(
        "Value as printed, in `printed_unit`."
    )
    printed_lower: Annotated[float | None, Column(m.Estimate.printed_lower)] = output_field(
        "Lower bound of the interval as printed, in `printed_unit`."
    )
    printed_upper: Annotated[float | None, Column(m.Estimate.printed_upper)] = output_field(
        "Upper bound of the interval as printed, in `printed_unit`."
    )
    printed_interval_percent: Annotated[
        float | None, Column(m.Estimate.printed_interval_percent)
    ] = output_field("Confidence level of the printed interval in percent.")
    printed_standard_error: Annotated[float | None, Column(m.Estimate.printed_standard_error)] = (
        output_field("Standard error as printed, in `printed_unit`; of a ratio, of its logarithm.")
    )
    printed_p_value: Annotated[float | None, Column(m.Estimate.printed_p_value)] = output_field(
        "p-value as printed, or its bound."
    )
    printed_p_relation: Annotated[PRelation | None, Column(m.Estimate.printed_p_relation)] = (
        output_field("Relation of the printed p-value to the true one: =, < or >.")
    )
    printed_p_sides: Annotated[int | None, Column(m.Estimate.printed_p_sides)] = output_field(
        "Sides of the test of the printed p-value: 1 or 2."
    )
    printed_unit: Annotated[str | None, Column(m.Estimate.printed_unit)] = output_field(
        "Unit of the printed value."
    )
    printed_larger_is: Annotated[LargerIs | None, Column(m.Estimate.printed_larger_is)] = (
        output_field("Whether a larger printed value is better or worse.")
    )
    place: Annotated[str | None, Column(m.Estimate.place)] = output_field(
        "Place in the source where the figures are printed: abstract, Table 2, …"
    )
    claims: Annotated[
        list[Ref],
        ReferenceList(
            m.EstimateClaim.estimate_id,
            m.EstimateClaim.claim_id,
            "claims",
            m.EstimateClaim.position,
        ),
    ] = output_field("Claims that the estimate bears on.")
    evidence: Annotated[Ref, SingleReference(m.Estimate.evidence_id, "evidence")] = output_field(
        "Evidence note that lists the estimate."
    )
    reference: Annotated[CitedReference, cited_reference(m.Estimate.reference_id)] = output_field(
        "Reference of the publication."
    )
    position: Annotated[int, Column(m.Estimate.position)] = output_field(
        "Place in the list of the note; from 0."
    )


def can_be_pooled(yes: bool) -> Any:
    """Match estimates with a standard error, or those without."""
    return m.Estimate.standard_error.is_not(None) if yes else m.Estimate.standard_error.is_(None)


def is_of_subgroup(yes: bool) -> Any:
    """Match estimates of a part of the participants, or of all of them."""
    return m.Estimate.subgroup.is_not(None) if yes else m.Estimate.subgroup.is_(None)


def contradicts_itself(yes: bool) -> Any:
    """Match estimates whose source contradicts itself, or the others."""
    return m.Estimate.discrepancy.is_not(None) if yes else m.Estimate.discrepancy.is_(None)


class EffectQuery(ListQuery):
    """Filters of the list of effect estimates."""

    claim: Annotated[
        Slugs,
        WhereRef("claims", [m.EstimateClaim.claim_id], parent=m.EstimateClaim.estimate_id),
    ] = Field([], description="Claims that the estimate bears on (any match).")
    study: Annotated[Slugs, WhereRef("studies", [m.Estimate.study_id])] = Field(
        [], description="Studies (any match)."
    )
    evidence: Annotated[Slugs, WhereRef("evidence", [m.Estimate.evidence_id])] = Field(
        [], description="Evidence notes (any match)."
    )
    reference: Annotated[Slugs, WhereRef("references", [m.Estimate.reference_id])] = Field(
        [], description="References (any match)."
    )
    compound: Annotated[Slugs, WhereRef("compounds", [m.Estimate.compound_id])] = Field(
        [], description="Compounds (any match)."
    )
    indication: Annotated[
        Slugs,
        WhereRef(
            "indications",
            [m.EstimateIndication.indication_id],
            parent=m.EstimateIndication.estimate_id,
        ),
    ] = Field([], description="Indications of the study (any match).")
    outcome_domain: Annotated[
        list[OutcomeDomain],
        CommaSeparated,
        Where(EnumIn(m.Estimate.outcome_domain)),
        Field(max_length=30),
    ] = Field([], description="Outcome domains (any match).")
    outcome_kind: Annotated[
        list[OutcomeKind],
        CommaSeparated,
        Where(EnumIn(m.Estimate.outcome_kind)),
        Field(max_length=20),
    ] = Field([], description="Kinds of outcome: benefit, harm.")
    instrument: Annotated[
        list[Text], CommaSeparated, Where(TextIn(m.Estimate.instrument)), Field(max_length=50)
    ] = Field([], description="Instruments as recorded: MADRS, HDRS-17, … (any match).")
    metric: Annotated[
        list[EstimateMetric],
        CommaSeparated,
        Where(EnumIn(m.Estimate.metric)),
        Field(max_length=20),
    ] = Field([], description="Metrics (any match).")
    comparator_kind: Annotated[
        list[ComparatorKind],
        CommaSeparated,
        Where(EnumIn(m.Estimate.comparator_kind)),
        Field(max_length=20),
    ] = Field([], description="Kinds of comparator (any match).")
    regimen: Annotated[
        list[EstimateRegimen],
        CommaSeparated,
        Where(EnumIn(m.Estimate.regimen)),
        Field(max_length=20),
    ] = Field([], description="Regimens: single, repeated, continuous, withdrawal.")
    role: Annotated[
        list[EstimateRole], CommaSeparated, Where(EnumIn(m.Estimate.role)), Field(max_length=20)
    ] = Field([], description="Roles: primary, secondary, post_hoc.")
    derivation: Annotated[
        list[Derivation],
        CommaSeparated,
        Where(EnumIn(m.Estimate.derivation)),
        Field(max_length=20),
    ] = Field([], description="Derivations of the standard error (any match).")
    favours: Annotated[
        list[Favours], CommaSeparated, Where(EnumIn(m.Estimate.favours)), Field(max_length=20)
    ] = Field([], description="Side that the point estimate is in favour of.")
    design: Annotated[
        list[StudyDesign], CommaSeparated, Where(EnumIn(m.Estimate.design)), Field(max_length=30)
    ] = Field([], description="Study designs (any match).")
    masking: Annotated[
        list[Masking], CommaSeparated, Where(EnumIn(m.Estimate.masking)), Field(max_length=20)
    ] = Field([], description="Likely effectiveness of masking.")
    route: Annotated[
        list[Route], CommaSeparated, Where(EnumIn(m.Estimate.route)), Field(max_length=20)
    ] = Field([], description="Routes of administration (any match).")
    has_standard_error: Annotated[bool | None, Where(can_be_pooled)] = Field(
        None, description="true: only estimates that can be pooled; false: only others."
    )
    has_subgroup: Annotated[bool | None, Where(is_of_subgroup)] = Field(
        None, description="false: only estimates of all participants; true: only of subgroups."
    )
    has_discrepancy: Annotated[bool | None, Where(contradicts_itself)] = Field(
        None, description="true: only estimates whose source contradicts itself; false: others."
    )
    min_hours: Annotated[float | None, Field(ge=0, le=1e9), Where(m.Estimate.time_hours.__ge__)] = (
        Field(None, description="Earliest time point in hours.")
    )
    max_hours: Annotated[float | None, Field(ge=0, le=1e9), Where(m.Estimate.time_hours.__le__)] = (
        Field(None, description="Latest time point in hours.")
    )
    year_from: Annotated[int | None, Field(ge=1800, le=2100), Where(m.Estimate.year.__ge__)] = (
        Field(None, description="Earliest publication year of the study.")
    )
    year_to: Annotated[int | None, Field(ge=1800, le=2100), Where(m.Estimate.year.__le__)] = Field(
        None, description="Latest publication year of the study."
    )


MAX_SUMMARY = 500  # characters


def estimate_name(estimate: Mapping[str, Any]) -> str:
    """Return the name of an estimate: its note, what is compared, and the instrument."""
    compared = " against ".join(filter(None, [estimate["intervention"], estimate["comparator"]]))
    parts = (f"{estimate['evidence']}: {compared or estimate['key']}", estimate["instrument"])
    return shortened(", ".join(filter(None, parts)), 300)


def estimate_summary(estimate: Mapping[str, Any]) -> str:
    """Return a sentence on an estimate: what it measures, when and in whom."""
    domain = OutcomeDomain(estimate["outcome_domain"]).label
    metric = EstimateMetric(estimate["metric"]).label.lower()
    when = f" at {estimate['time_hours']:g} hours" if estimate["time_hours"] is not None else ""
    group = f", {estimate['subgroup']}" if estimate["subgroup"] else ""
    return shortened(f"{domain}, as {metric}{when}{group}.", MAX_SUMMARY)


EFFECTS = Resource(
    name="effects",
    record_type="effect",
    description="Effect estimates: one row per comparison, with its standard error.",
    key=m.Estimate.id,
    identity=RECORD_COLUMNS,
    record=Estimate,
    query=EffectQuery,
    search=SearchFields(number=15, lookup_prior=1, question_prior=1),
    page=(PageSection("own_citations"),),
    sort=("slug", "name", "year", "time_hours", "value", "standard_error", "participants"),
    formats=CITABLE_FORMATS,
    cites=("reference",),
    derived=True,
    numerous=True,
    rows=RowRecords(
        slug=lambda note, estimate: f"{note}--{estimate['key']}",
        name=estimate_name,
        summary=estimate_summary,
        context=estimate_context,
        source="study",
        source_fields=(
            "year",
            "design",
            "masking",
            "n_randomised",
            "n_analysed",
            "indications",
        ),
    ),
)
