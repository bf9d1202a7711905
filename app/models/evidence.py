"""Evidence notes: one finding of one study, with its direction towards one or more claims."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import (
    CausalTest,
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
    StudyDesign,
    TimepointAbsence,
    TimeUnit,
)
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, positive, record_key
from app.models.record import require_distinct_names


class Evidence(Base):
    """One finding of one study, with its dose, time-point and population."""

    __tablename__ = "evidence"
    __table_args__ = (
        positive("dose_value"),
        CheckConstraint("dose_upper_value > dose_value", name="dose_range_in_order"),
        CheckConstraint("(dose_value IS NULL) = (dose_unit IS NULL)", name="dose_has_unit"),
        CheckConstraint(
            "(timepoint_value IS NULL) = (timepoint_unit IS NULL)", name="time_has_unit"
        ),
        at_least("timepoint_value", 0),
        at_least("participants", 1),
        positive("tested_um"),
        CheckConstraint("tested_upper_um > tested_um", name="tested_range_in_order"),
        CheckConstraint(
            "timepoint_absence IS NULL OR timepoint_value IS NULL", name="time_or_its_absence"
        ),
    )

    id: Mapped[int] = record_key()
    study_id: Mapped[int] = link("study")
    reference_id: Mapped[int] = link("reference")
    finding: Mapped[str] = mapped_column(ByteOrderText)
    design: Mapped[StudyDesign | None] = mapped_column(enum_column(StudyDesign))
    masking: Mapped[Masking | None] = mapped_column(enum_column(Masking))
    participants: Mapped[int | None]
    compound_id: Mapped[int | None] = link("compound")
    dose_value: Mapped[float | None] = mapped_column(index=True)
    dose_upper_value: Mapped[float | None]
    dose_unit: Mapped[DoseUnit | None] = mapped_column(enum_column(DoseUnit))
    dose_note: Mapped[str | None] = mapped_column(ByteOrderText)
    route: Mapped[Route | None] = mapped_column(enum_column(Route), index=True)
    outcome: Mapped[str | None] = mapped_column(ByteOrderText)
    primary_endpoint: Mapped[PrimaryEndpoint] = mapped_column(
        enum_column(PrimaryEndpoint), index=True
    )
    timepoint_value: Mapped[float | None]
    timepoint_unit: Mapped[TimeUnit | None] = mapped_column(enum_column(TimeUnit))
    timepoint_note: Mapped[str | None] = mapped_column(ByteOrderText)
    timepoint_absence: Mapped[TimepointAbsence | None] = mapped_column(
        enum_column(TimepointAbsence)
    )
    citation_confidence: Mapped[Confidence] = mapped_column(enum_column(Confidence))
    source_key: Mapped[str | None] = mapped_column(ByteOrderText)
    tested_um: Mapped[float | None]
    tested_upper_um: Mapped[float | None]


class Finding(Base):
    """Result of a note with respect to one claim, as the claim is worded."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("evidence_id", "claim_id"),
        # Facets of a filtered list read the directions of its notes.
        Index(None, "evidence_id", "direction"),
        Index(None, "claim_id", "evidence_id"),
        Index(None, "direction", "claim_id", "evidence_id"),
        Index(None, "causal_test", "evidence_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = child_of("evidence", index=False)
    position: Mapped[int]
    claim_id: Mapped[int] = link("claim", index=False)
    direction: Mapped[Direction] = mapped_column(enum_column(Direction))
    population_directness: Mapped[PopulationDirectness] = mapped_column(
        enum_column(PopulationDirectness)
    )
    compound_directness: Mapped[CompoundDirectness] = mapped_column(enum_column(CompoundDirectness))
    outcome_directness: Mapped[OutcomeDirectness] = mapped_column(enum_column(OutcomeDirectness))
    causal_test: Mapped[CausalTest | None] = mapped_column(enum_column(CausalTest))
    reason: Mapped[str | None] = mapped_column(ByteOrderText)


class Effect(Base):
    """An effect size with its interval, unit and time-point, as the source prints it."""

    __tablename__ = "effect"
    __table_args__ = (
        CheckConstraint("lower <= upper", name="interval_in_order"),
        CheckConstraint("value IS NOT NULL OR metric = 'p_value'", name="value_unless_p"),
        CheckConstraint("p_value >= 0 AND p_value <= 1", name="p_in_range"),
        CheckConstraint("(p_value IS NULL) = (p_relation IS NULL)", name="p_has_relation"),
        CheckConstraint(
            "(timepoint_value IS NULL) = (timepoint_unit IS NULL)", name="time_has_unit"
        ),
        CheckConstraint("unit <> ''", name="unit_not_empty"),
        positive("standard_error"),
        CheckConstraint("p_sides IN (1, 2)", name="p_sides_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = child_of("evidence")
    position: Mapped[int]
    key: Mapped[str | None] = mapped_column(ByteOrderSlug)
    label: Mapped[str] = mapped_column(ByteOrderText)
    metric: Mapped[Metric] = mapped_column(enum_column(Metric))
    value: Mapped[float | None]
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    interval_percent: Mapped[float | None]
    standard_error: Mapped[float | None]
    p_value: Mapped[float | None]
    p_relation: Mapped[PRelation | None] = mapped_column(enum_column(PRelation))
    p_sides: Mapped[int]
    favours: Mapped[Favours | None] = mapped_column(enum_column(Favours))
    larger_is: Mapped[LargerIs | None] = mapped_column(enum_column(LargerIs))
    unit: Mapped[str] = mapped_column(ByteOrderSlug)
    outcome: Mapped[str | None] = mapped_column(ByteOrderText)
    timepoint_value: Mapped[float | None]
    timepoint_unit: Mapped[TimeUnit | None] = mapped_column(enum_column(TimeUnit))
    place: Mapped[str | None] = mapped_column(ByteOrderText)


class Limitation(Base):
    """A limitation of a note, in words."""

    __tablename__ = "limitation"
    __table_args__ = (UniqueConstraint("evidence_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = child_of("evidence")
    position: Mapped[int]
    text: Mapped[str] = mapped_column(ByteOrderText)


require_distinct_names("evidence")
