"""Adverse effects, warnings and contraindications of compounds, as one source states them."""

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, positive, record_key


class AdverseEffect(Base):
    """One adverse effect, warning or contraindication of one compound in one population."""

    __tablename__ = "adverse_effect"
    __table_args__ = (
        CheckConstraint("effect <> ''", name="effect_not_empty"),
        CheckConstraint("upper_value > value", name="range_in_order"),
        CheckConstraint("(relation = 'range') = (upper_value IS NOT NULL)", name="range_has_upper"),
        CheckConstraint("(value IS NULL) = (relation IS NULL)", name="value_has_relation"),
        CheckConstraint("(value IS NULL) = (unit IS NULL)", name="value_has_unit"),
        CheckConstraint("value IS NOT NULL OR finding IS NOT NULL", name="value_or_finding"),
        CheckConstraint(
            "(measure = 'not_quantified') = (value IS NULL)", name="quantified_has_value"
        ),
        CheckConstraint(
            "comparator_value IS NULL OR value IS NOT NULL", name="comparator_has_value"
        ),
        CheckConstraint("events >= 0 AND (n IS NULL OR events <= n)", name="events_within_n"),
        CheckConstraint(
            "comparator_events >= 0 AND (comparator_n IS NULL OR comparator_events <="
            " comparator_n)",
            name="comparator_events_within_n",
        ),
        at_least("n", 1),
        at_least("comparator_n", 1),
        CheckConstraint(
            "(dispersion_value IS NULL) = (dispersion_kind IS NULL)", name="dispersion_has_kind"
        ),
        CheckConstraint("lower <= upper", name="interval_in_order"),
        CheckConstraint(
            "(lower IS NULL AND upper IS NULL) = (interval_kind IS NULL)", name="interval_has_kind"
        ),
        CheckConstraint(
            "interval_percent > 0 AND interval_percent < 100", name="interval_percent_in_range"
        ),
        CheckConstraint("p_value >= 0 AND p_value <= 1", name="p_in_range"),
        CheckConstraint("(p_value IS NULL) = (p_relation IS NULL)", name="p_has_relation"),
        positive("dose_value"),
        CheckConstraint("dose_upper_value > dose_value", name="dose_range_in_order"),
        CheckConstraint("(dose_value IS NULL) = (dose_unit IS NULL)", name="dose_has_unit"),
    )

    id: Mapped[int] = record_key()
    compound_id: Mapped[int] = link("compound")
    kind: Mapped[AdverseEffectKind] = mapped_column(enum_column(AdverseEffectKind), index=True)
    effect: Mapped[str] = mapped_column(ByteOrderSlug, index=True)
    process_id: Mapped[int | None] = link("process")
    measure: Mapped[AdverseEffectMeasure] = mapped_column(
        enum_column(AdverseEffectMeasure), index=True
    )
    relation: Mapped[ValueRelation | None] = mapped_column(enum_column(ValueRelation))
    value: Mapped[float | None] = mapped_column(index=True)
    upper_value: Mapped[float | None]
    unit: Mapped[AdverseEffectUnit | None] = mapped_column(
        enum_column(AdverseEffectUnit), index=True
    )
    dispersion_value: Mapped[float | None]
    dispersion_kind: Mapped[Dispersion | None] = mapped_column(enum_column(Dispersion))
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    interval_kind: Mapped[IntervalKind | None] = mapped_column(enum_column(IntervalKind))
    interval_percent: Mapped[float | None]
    p_value: Mapped[float | None]
    p_relation: Mapped[PRelation | None] = mapped_column(enum_column(PRelation))
    events: Mapped[int | None]
    n: Mapped[int | None]
    comparator: Mapped[str | None] = mapped_column(ByteOrderText)
    comparator_value: Mapped[float | None]
    comparator_events: Mapped[int | None]
    comparator_n: Mapped[int | None]
    seriousness: Mapped[Seriousness] = mapped_column(enum_column(Seriousness), index=True)
    finding: Mapped[str | None] = mapped_column(ByteOrderText)
    indication_id: Mapped[int | None] = link("indication")
    population: Mapped[str | None] = mapped_column(ByteOrderText)
    species: Mapped[Species] = mapped_column(enum_column(Species), index=True)
    route: Mapped[Route | None] = mapped_column(enum_column(Route), index=True)
    dose_value: Mapped[float | None]
    dose_upper_value: Mapped[float | None]
    dose_unit: Mapped[DoseUnit | None] = mapped_column(enum_column(DoseUnit))
    dose_note: Mapped[str | None] = mapped_column(ByteOrderText)
    timing: Mapped[str | None] = mapped_column(ByteOrderText)
    jurisdiction: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    study_id: Mapped[int | None] = link("study")
    source: Mapped[SourceKind] = mapped_column(enum_column(SourceKind), index=True)
    reference_id: Mapped[int] = link("reference")
    source_location: Mapped[str | None] = mapped_column(ByteOrderText)
    source_url: Mapped[list[str]] = mapped_column(JSON)
    citation_confidence: Mapped[Confidence] = mapped_column(enum_column(Confidence))
    caveat: Mapped[str | None] = mapped_column(ByteOrderText)
    source_keys: Mapped[list[str]] = mapped_column(JSON)


class AdverseEffectClaim(Base):
    """A claim that an adverse effect bears on."""

    __tablename__ = "adverse_effect_claim"
    __table_args__ = (UniqueConstraint("adverse_effect_id", "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    adverse_effect_id: Mapped[int] = child_of("adverse_effect")
    position: Mapped[int]
    claim_id: Mapped[int] = link("claim")
