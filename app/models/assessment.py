"""Assessments: what reviews, guidelines and agencies concluded on claims."""

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import (
    AssessmentKind,
    Certainty,
    Confidence,
    Direction,
    Metric,
    PRelation,
    Recommendation,
    TimeUnit,
)
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, record_key


class Assessment(Base):
    """What one body concluded on one or more claims; it never enters a verdict."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("body <> ''", name="body_not_empty"),
        CheckConstraint("conclusion <> ''", name="conclusion_not_empty"),
        CheckConstraint("year BETWEEN 1900 AND 2100", name="year_in_range"),
    )

    id: Mapped[int] = record_key()
    body: Mapped[str] = mapped_column(ByteOrderSlug, index=True)
    kind: Mapped[AssessmentKind] = mapped_column(enum_column(AssessmentKind), index=True)
    document: Mapped[str | None] = mapped_column(ByteOrderText)
    year: Mapped[int | None]
    jurisdiction: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    direction: Mapped[Direction | None] = mapped_column(enum_column(Direction), index=True)
    conclusion: Mapped[str] = mapped_column(ByteOrderText)
    certainty: Mapped[Certainty | None] = mapped_column(enum_column(Certainty), index=True)
    certainty_note: Mapped[str | None] = mapped_column(ByteOrderText)
    recommendation: Mapped[Recommendation | None] = mapped_column(
        enum_column(Recommendation), index=True
    )
    recommendation_note: Mapped[str | None] = mapped_column(ByteOrderText)
    compound_id: Mapped[int | None] = link("compound")
    indication_id: Mapped[int | None] = link("indication")
    study_id: Mapped[int | None] = link("study")
    reference_id: Mapped[int] = link("reference")
    source_location: Mapped[str | None] = mapped_column(ByteOrderText)
    source_url: Mapped[list[str]] = mapped_column(JSON)
    citation_confidence: Mapped[Confidence] = mapped_column(enum_column(Confidence))
    caveat: Mapped[str | None] = mapped_column(ByteOrderText)
    source_keys: Mapped[list[str]] = mapped_column(JSON)


class AssessmentClaim(Base):
    """A claim that an assessment is about."""

    __tablename__ = "assessment_claim"
    __table_args__ = (UniqueConstraint("assessment_id", "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = child_of("assessment")
    position: Mapped[int]
    claim_id: Mapped[int] = link("claim")


class AssessmentEstimate(Base):
    """One pooled estimate that an assessment rests on, as it printed it."""

    __tablename__ = "assessment_estimate"
    __table_args__ = (
        CheckConstraint("outcome <> ''", name="outcome_not_empty"),
        CheckConstraint("lower <= upper", name="interval_in_order"),
        CheckConstraint(
            "value IS NOT NULL OR lower IS NOT NULL OR p_value IS NOT NULL", name="has_a_figure"
        ),
        CheckConstraint(
            "interval_percent > 0 AND interval_percent < 100", name="interval_percent_in_range"
        ),
        CheckConstraint("p_value >= 0 AND p_value <= 1", name="p_in_range"),
        CheckConstraint("(p_value IS NULL) = (p_relation IS NULL)", name="p_has_relation"),
        CheckConstraint(
            "(timepoint_value IS NULL) = (timepoint_unit IS NULL)", name="time_has_unit"
        ),
        at_least("studies", 1),
        at_least("participants", 1),
        CheckConstraint(
            "i_squared_percent >= 0 AND i_squared_percent <= 100", name="i_squared_in_range"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = child_of("assessment")
    position: Mapped[int]
    outcome: Mapped[str] = mapped_column(ByteOrderText)
    comparison: Mapped[str | None] = mapped_column(ByteOrderText)
    metric: Mapped[Metric] = mapped_column(enum_column(Metric))
    value: Mapped[float | None]
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    interval_percent: Mapped[float | None]
    p_value: Mapped[float | None]
    p_relation: Mapped[PRelation | None] = mapped_column(enum_column(PRelation))
    unit: Mapped[str | None] = mapped_column(ByteOrderSlug)
    favours: Mapped[str | None] = mapped_column(ByteOrderSlug)
    timepoint_value: Mapped[float | None]
    timepoint_unit: Mapped[TimeUnit | None] = mapped_column(enum_column(TimeUnit))
    studies: Mapped[int | None]
    participants: Mapped[int | None]
    i_squared_percent: Mapped[float | None]
    certainty: Mapped[Certainty | None] = mapped_column(enum_column(Certainty))
    note: Mapped[str | None] = mapped_column(ByteOrderText)
