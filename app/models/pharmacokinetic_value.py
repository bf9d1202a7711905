"""Pharmacokinetic values: one value of one parameter, as one source published it."""

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
from app.kit.database import Base, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, positive, record_key


class PharmacokineticValue(Base):
    """One value of one pharmacokinetic parameter of one compound under one condition.

    `standard_value` is the value in the standard unit of its dimension, by which rows compare.
    """

    __tablename__ = "pharmacokinetic_value"
    __table_args__ = (
        CheckConstraint("upper_value > value", name="range_in_order"),
        CheckConstraint("(relation = 'range') = (upper_value IS NOT NULL)", name="range_has_upper"),
        CheckConstraint("(value IS NULL) = (relation IS NULL)", name="value_has_relation"),
        CheckConstraint("(value IS NULL) = (unit IS NULL)", name="value_has_unit"),
        CheckConstraint("value IS NOT NULL OR finding IS NOT NULL", name="value_or_finding"),
        CheckConstraint(
            "(dispersion_value IS NULL) = (dispersion_kind IS NULL)", name="dispersion_has_kind"
        ),
        at_least("dispersion_value", 0),
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
        at_least("n", 1),
    )

    id: Mapped[int] = record_key()
    compound_id: Mapped[int] = link("compound")
    administered_id: Mapped[int | None] = link("compound")
    parameter: Mapped[PharmacokineticParameter] = mapped_column(
        enum_column(PharmacokineticParameter), index=True
    )
    relation: Mapped[ValueRelation | None] = mapped_column(enum_column(ValueRelation))
    value: Mapped[float | None]
    upper_value: Mapped[float | None]
    unit: Mapped[PharmacokineticUnit | None] = mapped_column(
        enum_column(PharmacokineticUnit), index=True
    )
    standard_value: Mapped[float | None] = mapped_column(index=True)
    standard_upper_value: Mapped[float | None]
    standard_unit: Mapped[PharmacokineticUnit | None] = mapped_column(
        enum_column(PharmacokineticUnit)
    )
    statistic: Mapped[SummaryStatistic | None] = mapped_column(enum_column(SummaryStatistic))
    dispersion_value: Mapped[float | None]
    dispersion_kind: Mapped[Dispersion | None] = mapped_column(enum_column(Dispersion))
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    interval_kind: Mapped[IntervalKind | None] = mapped_column(enum_column(IntervalKind))
    interval_percent: Mapped[float | None]
    p_value: Mapped[float | None]
    p_relation: Mapped[PRelation | None] = mapped_column(enum_column(PRelation))
    finding: Mapped[str | None] = mapped_column(ByteOrderText)
    condition: Mapped[str | None] = mapped_column(ByteOrderText)
    compared_with_id: Mapped[int | None] = link("compound")
    route: Mapped[Route | None] = mapped_column(enum_column(Route), index=True)
    dose_value: Mapped[float | None]
    dose_upper_value: Mapped[float | None]
    dose_unit: Mapped[DoseUnit | None] = mapped_column(enum_column(DoseUnit))
    dose_note: Mapped[str | None] = mapped_column(ByteOrderText)
    formulation: Mapped[str | None] = mapped_column(ByteOrderText)
    n: Mapped[int | None]
    population: Mapped[str | None] = mapped_column(ByteOrderText)
    species: Mapped[Species] = mapped_column(enum_column(Species), index=True)
    matrix: Mapped[SampleMatrix | None] = mapped_column(enum_column(SampleMatrix), index=True)
    study_id: Mapped[int | None] = link("study")
    source: Mapped[SourceKind] = mapped_column(enum_column(SourceKind), index=True)
    reference_id: Mapped[int] = link("reference")
    source_location: Mapped[str | None] = mapped_column(ByteOrderText)
    source_url: Mapped[list[str]] = mapped_column(JSON)
    citation_confidence: Mapped[Confidence] = mapped_column(enum_column(Confidence))
    caveat: Mapped[str | None] = mapped_column(ByteOrderText)
    source_keys: Mapped[list[str]] = mapped_column(JSON)


class PharmacokineticEnzyme(Base):
    """An enzyme or transporter that a pharmacokinetic value is about."""

    __tablename__ = "pharmacokinetic_enzyme"
    __table_args__ = (UniqueConstraint("pharmacokinetic_value_id", "receptor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pharmacokinetic_value_id: Mapped[int] = child_of("pharmacokinetic_value")
    position: Mapped[int]
    receptor_id: Mapped[int] = link("receptor")
