"""Dose regimens: how much of a compound is given, how, how often and for what, by which source."""

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import (
    Confidence,
    DoseUnit,
    RegimenPhase,
    RegimenSource,
    Route,
    SourceKind,
    TimeUnit,
)
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import child_of, link, positive, record_key


class Regimen(Base):
    """One dose regimen of one compound for one use, as a label, guideline or study states it."""

    __tablename__ = "regimen"
    __table_args__ = (
        positive("dose_value"),
        CheckConstraint("dose_upper_value > dose_value", name="dose_range_in_order"),
        CheckConstraint("(dose_value IS NULL) = (dose_unit IS NULL)", name="dose_has_unit"),
        positive("maintenance_dose_value"),
        CheckConstraint(
            "maintenance_dose_upper_value > maintenance_dose_value",
            name="maintenance_dose_range_in_order",
        ),
        CheckConstraint(
            "(maintenance_dose_value IS NULL) = (maintenance_dose_unit IS NULL)",
            name="maintenance_dose_has_unit",
        ),
        CheckConstraint("duration_upper_value > duration_value", name="duration_range_in_order"),
        CheckConstraint(
            "(duration_value IS NULL) = (duration_unit IS NULL)", name="duration_has_unit"
        ),
        positive("doses_per_week"),
        CheckConstraint("course_upper_value > course_value", name="course_range_in_order"),
        CheckConstraint("(course_value IS NULL) = (course_unit IS NULL)", name="course_has_unit"),
        CheckConstraint("dose_value IS NOT NULL OR dose_note IS NOT NULL", name="dose_or_note"),
    )

    id: Mapped[int] = record_key()
    compound_id: Mapped[int] = link("compound")
    indication_id: Mapped[int | None] = link("indication")
    use: Mapped[str | None] = mapped_column(ByteOrderText)
    product: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    formulation: Mapped[str | None] = mapped_column(ByteOrderText)
    route: Mapped[Route] = mapped_column(enum_column(Route), index=True)
    dose_value: Mapped[float | None] = mapped_column(index=True)
    dose_upper_value: Mapped[float | None]
    dose_unit: Mapped[DoseUnit | None] = mapped_column(enum_column(DoseUnit))
    maintenance_dose_value: Mapped[float | None]
    maintenance_dose_upper_value: Mapped[float | None]
    maintenance_dose_unit: Mapped[DoseUnit | None] = mapped_column(enum_column(DoseUnit))
    dose_note: Mapped[str | None] = mapped_column(ByteOrderText)
    duration_value: Mapped[float | None]
    duration_upper_value: Mapped[float | None]
    duration_unit: Mapped[TimeUnit | None] = mapped_column(enum_column(TimeUnit))
    phase: Mapped[RegimenPhase | None] = mapped_column(enum_column(RegimenPhase), index=True)
    schedule: Mapped[str | None] = mapped_column(ByteOrderText)
    doses_per_week: Mapped[float | None]
    course_value: Mapped[float | None]
    course_upper_value: Mapped[float | None]
    course_unit: Mapped[TimeUnit | None] = mapped_column(enum_column(TimeUnit))
    course_note: Mapped[str | None] = mapped_column(ByteOrderText)
    population: Mapped[str | None] = mapped_column(ByteOrderText)
    setting: Mapped[str | None] = mapped_column(ByteOrderText)
    source_kind: Mapped[RegimenSource] = mapped_column(enum_column(RegimenSource), index=True)
    off_label: Mapped[bool | None]
    evidence_grade: Mapped[str | None] = mapped_column(ByteOrderText)
    outcome: Mapped[str | None] = mapped_column(ByteOrderText)
    study_id: Mapped[int | None] = link("study")
    source: Mapped[SourceKind] = mapped_column(enum_column(SourceKind), index=True)
    reference_id: Mapped[int] = link("reference")
    source_location: Mapped[str | None] = mapped_column(ByteOrderText)
    source_url: Mapped[list[str]] = mapped_column(JSON)
    citation_confidence: Mapped[Confidence] = mapped_column(enum_column(Confidence))
    caveat: Mapped[str | None] = mapped_column(ByteOrderText)
    source_keys: Mapped[list[str]] = mapped_column(JSON)


class RegimenJurisdiction(Base):
    """A jurisdiction that a regimen is stated for."""

    __tablename__ = "regimen_jurisdiction"
    __table_args__ = (UniqueConstraint("regimen_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    regimen_id: Mapped[int] = child_of("regimen")
    position: Mapped[int]
    code: Mapped[str] = mapped_column(ByteOrderSlug, index=True)
