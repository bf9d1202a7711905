"""Interactions of a compound with other drugs, classes, foods and herbal products."""

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, positive, record_key


class Interaction(Base):
    """One interaction of one compound with one substance or class, as one source states it."""

    __tablename__ = "interaction"
    __table_args__ = (
        CheckConstraint("interactant <> ''", name="interactant_not_empty"),
        CheckConstraint("effect <> ''", name="effect_not_empty"),
        positive("dose_value"),
        CheckConstraint("dose_upper_value > dose_value", name="dose_range_in_order"),
        CheckConstraint("(dose_value IS NULL) = (dose_unit IS NULL)", name="dose_has_unit"),
        at_least("n", 1),
    )

    id: Mapped[int] = record_key()
    compound_id: Mapped[int] = link("compound")
    interactant: Mapped[str] = mapped_column(ByteOrderSlug, index=True)
    interactant_kind: Mapped[InteractantKind] = mapped_column(
        enum_column(InteractantKind), index=True
    )
    interactant_class: Mapped[str | None] = mapped_column(ByteOrderText)
    other_compound_id: Mapped[int | None] = link("compound")
    kind: Mapped[InteractionKind] = mapped_column(enum_column(InteractionKind), index=True)
    mechanism: Mapped[str | None] = mapped_column(ByteOrderText)
    effect: Mapped[str] = mapped_column(ByteOrderText)
    change: Mapped[InteractionChange] = mapped_column(enum_column(InteractionChange), index=True)
    evidence_kind: Mapped[InteractionEvidence] = mapped_column(
        enum_column(InteractionEvidence), index=True
    )
    design_note: Mapped[str | None] = mapped_column(ByteOrderText)
    n: Mapped[int | None]
    n_note: Mapped[str | None] = mapped_column(ByteOrderText)
    species: Mapped[Species] = mapped_column(enum_column(Species), index=True)
    population: Mapped[str | None] = mapped_column(ByteOrderText)
    route: Mapped[Route | None] = mapped_column(enum_column(Route), index=True)
    dose_value: Mapped[float | None]
    dose_upper_value: Mapped[float | None]
    dose_unit: Mapped[DoseUnit | None] = mapped_column(enum_column(DoseUnit))
    dose_note: Mapped[str | None] = mapped_column(ByteOrderText)
    interactant_dose_note: Mapped[str | None] = mapped_column(ByteOrderText)
    severity: Mapped[InteractionSeverity | None] = mapped_column(
        enum_column(InteractionSeverity), index=True
    )
    management: Mapped[InteractionManagement | None] = mapped_column(
        enum_column(InteractionManagement), index=True
    )
    advice: Mapped[str | None] = mapped_column(ByteOrderText)
    jurisdiction: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    study_id: Mapped[int | None] = link("study")
    source: Mapped[SourceKind] = mapped_column(enum_column(SourceKind), index=True)
    reference_id: Mapped[int] = link("reference")
    source_location: Mapped[str | None] = mapped_column(ByteOrderText)
    source_url: Mapped[list[str]] = mapped_column(JSON)
    citation_confidence: Mapped[Confidence] = mapped_column(enum_column(Confidence))
    caveat: Mapped[str | None] = mapped_column(ByteOrderText)
    source_keys: Mapped[list[str]] = mapped_column(JSON)


class InteractionReceptor(Base):
    """An enzyme, transporter or receptor through which an interaction occurs."""

    __tablename__ = "interaction_receptor"
    __table_args__ = (UniqueConstraint("interaction_id", "receptor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = child_of("interaction")
    position: Mapped[int]
    receptor_id: Mapped[int] = link("receptor")


class InteractionEffect(Base):
    """One figure of an interaction."""

    __tablename__ = "interaction_effect"
    __table_args__ = (
        CheckConstraint("outcome <> ''", name="outcome_not_empty"),
        CheckConstraint(
            "value IS NOT NULL OR p_value IS NOT NULL OR events IS NOT NULL OR note IS NOT NULL",
            name="has_a_figure_or_a_note",
        ),
        CheckConstraint("value IS NULL OR unit IS NOT NULL", name="value_has_unit"),
        CheckConstraint("lower <= upper", name="interval_in_order"),
        CheckConstraint(
            "(lower IS NULL AND upper IS NULL) = (interval_kind IS NULL)", name="interval_has_kind"
        ),
        CheckConstraint(
            "interval_percent > 0 AND interval_percent < 100", name="interval_percent_in_range"
        ),
        CheckConstraint("p_value >= 0 AND p_value <= 1", name="p_in_range"),
        CheckConstraint("(p_value IS NULL) = (p_relation IS NULL)", name="p_has_relation"),
        CheckConstraint("events >= 0 AND (n IS NULL OR events <= n)", name="events_within_n"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = child_of("interaction")
    position: Mapped[int]
    outcome: Mapped[str] = mapped_column(ByteOrderText)
    metric: Mapped[Metric] = mapped_column(enum_column(Metric))
    value: Mapped[float | None]
    comparator_value: Mapped[float | None]
    unit: Mapped[str | None] = mapped_column(ByteOrderSlug)
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    interval_kind: Mapped[IntervalKind | None] = mapped_column(enum_column(IntervalKind))
    interval_percent: Mapped[float | None]
    p_value: Mapped[float | None]
    p_relation: Mapped[PRelation | None] = mapped_column(enum_column(PRelation))
    events: Mapped[int | None]
    n: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(ByteOrderText)


class InteractionClaim(Base):
    """A claim that an interaction bears on."""

    __tablename__ = "interaction_claim"
    __table_args__ = (UniqueConstraint("interaction_id", "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = child_of("interaction")
    position: Mapped[int]
    claim_id: Mapped[int] = link("claim")
