"""Effect estimates: comparisons of evidence notes on a common scale, with standard errors."""

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

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
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column, partial_index
from app.models.columns import at_least, child_of, link, positive, record_key


class Estimate(Base):
    """One comparison of one study on one outcome, normalised so that it can be pooled.

    Each is a record. Evidence notes list theirs, in the order of `position`; a dataset folder has
    them there, with the columns up to `claim_slugs`. Those from `outcome_kind` to
    `crossover_floor_applied` are derived; the others are those of the effect and the arms that the
    estimate is derived from, of the note, and of its study.
    """

    __tablename__ = "estimate"
    __table_args__ = (
        CheckConstraint(
            "(standard_error IS NULL) = (derivation IS NULL)", name="standard_error_has_derivation"
        ),
        CheckConstraint(
            "standard_error IS NOT NULL OR discrepancy IS NOT NULL",
            name="standard_error_or_discrepancy",
        ),
        CheckConstraint("lower <= value AND value <= upper", name="value_in_interval"),
        positive("standard_error"),
        at_least("time_hours", 0),
        Index(None, "compound_id", "outcome_domain"),
        # The earliest estimates of benefits or harms: the plots of the timeline.
        partial_index(
            "ix_estimate_earliest_of_outcome_kind",
            *("outcome_kind", "time_hours", "comparator_kind", "metric"),
            *("compound_id", "study_id"),
            where=text("subgroup IS NULL"),
        ),
    )

    id: Mapped[int] = record_key()
    evidence_id: Mapped[int] = child_of("evidence")
    position: Mapped[int]
    key: Mapped[str] = mapped_column(ByteOrderSlug)
    outcome_domain: Mapped[OutcomeDomain] = mapped_column(enum_column(OutcomeDomain), index=True)
    instrument: Mapped[str | None] = mapped_column(ByteOrderText, index=True)
    metric: Mapped[EstimateMetric] = mapped_column(enum_column(EstimateMetric), index=True)
    effect_key: Mapped[str | None] = mapped_column(ByteOrderSlug)
    intervention_arm: Mapped[str | None] = mapped_column(ByteOrderSlug)
    comparator_arm: Mapped[str | None] = mapped_column(ByteOrderSlug)
    larger_is: Mapped[LargerIs | None] = mapped_column(enum_column(LargerIs))
    comparator_kind: Mapped[ComparatorKind] = mapped_column(enum_column(ComparatorKind), index=True)
    time_hours: Mapped[float | None] = mapped_column(index=True)
    regimen: Mapped[EstimateRegimen] = mapped_column(enum_column(EstimateRegimen), index=True)
    subgroup: Mapped[str | None] = mapped_column(ByteOrderText, index=True)
    shared_control: Mapped[str | None] = mapped_column(ByteOrderSlug)
    analysis: Mapped[AnalysisSet] = mapped_column(enum_column(AnalysisSet))
    role: Mapped[EstimateRole] = mapped_column(enum_column(EstimateRole), index=True)
    null_result: Mapped[bool]
    discrepancy: Mapped[str | None] = mapped_column(ByteOrderText, index=True)
    claim_slugs: Mapped[list[str]] = mapped_column(JSON)
    outcome_kind: Mapped[OutcomeKind] = mapped_column(enum_column(OutcomeKind), index=True)
    value: Mapped[float]
    standard_error: Mapped[float | None] = mapped_column(index=True)
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    derivation: Mapped[Derivation | None] = mapped_column(enum_column(Derivation), index=True)
    crossover_floor_applied: Mapped[bool]
    favours: Mapped[Favours] = mapped_column(enum_column(Favours), index=True)
    study_id: Mapped[int] = link("study")
    reference_id: Mapped[int] = link("reference")
    compound_id: Mapped[int | None] = link("compound", index=False)
    year: Mapped[int | None] = mapped_column(index=True)
    participants: Mapped[int | None]
    design: Mapped[StudyDesign | None] = mapped_column(enum_column(StudyDesign), index=True)
    masking: Mapped[Masking | None] = mapped_column(enum_column(Masking), index=True)
    dose_value: Mapped[float | None]
    dose_upper_value: Mapped[float | None]
    dose_unit: Mapped[DoseUnit | None] = mapped_column(enum_column(DoseUnit))
    route: Mapped[Route | None] = mapped_column(enum_column(Route), index=True)
    intervention: Mapped[str | None] = mapped_column(ByteOrderText)
    comparator: Mapped[str | None] = mapped_column(ByteOrderText)
    n_intervention: Mapped[int | None]
    n_comparator: Mapped[int | None]
    events_intervention: Mapped[int | None]
    events_comparator: Mapped[int | None]
    mean_intervention: Mapped[float | None]
    mean_comparator: Mapped[float | None]
    sd_intervention: Mapped[float | None]
    sd_comparator: Mapped[float | None]
    se_intervention: Mapped[float | None]
    se_comparator: Mapped[float | None]
    printed_metric: Mapped[Metric | None] = mapped_column(enum_column(Metric))
    printed_value: Mapped[float | None]
    printed_lower: Mapped[float | None]
    printed_upper: Mapped[float | None]
    printed_interval_percent: Mapped[float | None]
    printed_standard_error: Mapped[float | None]
    printed_p_value: Mapped[float | None]
    printed_p_relation: Mapped[PRelation | None] = mapped_column(enum_column(PRelation))
    printed_p_sides: Mapped[int | None]
    printed_unit: Mapped[str | None] = mapped_column(ByteOrderSlug)
    printed_larger_is: Mapped[LargerIs | None] = mapped_column(enum_column(LargerIs))
    place: Mapped[str | None] = mapped_column(ByteOrderText)


class EstimateClaim(Base):
    """A claim that an effect estimate bears on."""

    __tablename__ = "estimate_claim"
    __table_args__ = (UniqueConstraint("estimate_id", "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    estimate_id: Mapped[int] = child_of("estimate")
    position: Mapped[int]
    claim_id: Mapped[int] = link("claim")


class EstimateIndication(Base):
    """An indication of the study of an effect estimate."""

    __tablename__ = "estimate_indication"
    __table_args__ = (UniqueConstraint("estimate_id", "indication_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    estimate_id: Mapped[int] = child_of("estimate")
    position: Mapped[int]
    indication_id: Mapped[int] = link("indication")
