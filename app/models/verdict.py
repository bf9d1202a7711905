"""Verdicts of claims, computed when a dataset is loaded."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import (
    Absence,
    Certainty,
    CertaintyDomain,
    Direction,
    EffectMagnitude,
    EstimateMetric,
    VerdictBasis,
    VerdictKind,
)
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, record_key


class Verdict(Base):
    """The verdict on one claim, with the totals that it follows from.

    The ranks are the places of verdict and certainty in the order of their vocabularies, the
    highest first: lists are sorted by them. Points, their share and the ledger are those of rule
    2026, which releases hold; the effect and the steps of the certainty are those of rule 2027.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        UniqueConstraint("claim_id"),
        CheckConstraint("share_for BETWEEN 0 AND 1", name="share_in_range"),
        at_least("points_for", 0),
        at_least("points_against", 0),
        CheckConstraint(
            "(rule_verdict IS NULL) = (override_reason IS NULL)", name="override_has_reason"
        ),
    )

    id: Mapped[int] = record_key()
    claim_id: Mapped[int] = link("claim")
    verdict: Mapped[VerdictKind] = mapped_column(enum_column(VerdictKind), index=True)
    verdict_rank: Mapped[int] = mapped_column(server_default="0", index=True)
    certainty: Mapped[Certainty | None] = mapped_column(enum_column(Certainty), index=True)
    certainty_rank: Mapped[int | None] = mapped_column(index=True)
    absence: Mapped[Absence | None] = mapped_column(enum_column(Absence))
    in_people: Mapped[VerdictKind | None] = mapped_column(enum_column(VerdictKind))
    in_animals: Mapped[VerdictKind | None] = mapped_column(enum_column(VerdictKind))
    share_for: Mapped[float | None]
    points_for: Mapped[float | None]
    points_against: Mapped[float | None]
    notes_for: Mapped[int]
    notes_against: Mapped[int]
    notes_neutral: Mapped[int]
    studies_for: Mapped[int]
    studies_against: Mapped[int]
    studies_neutral: Mapped[int]
    participants_for: Mapped[int]
    participants_against: Mapped[int]
    participants_neutral: Mapped[int]
    rule_version: Mapped[str] = mapped_column(ByteOrderSlug)
    rule_verdict: Mapped[VerdictKind | None] = mapped_column(enum_column(VerdictKind))
    override_reason: Mapped[str | None] = mapped_column(ByteOrderText)
    basis: Mapped[VerdictBasis | None] = mapped_column(enum_column(VerdictBasis), index=True)
    size: Mapped[EffectMagnitude | None] = mapped_column(enum_column(EffectMagnitude), index=True)
    metric: Mapped[EstimateMetric | None] = mapped_column(enum_column(EstimateMetric))
    instrument: Mapped[str | None] = mapped_column(ByteOrderSlug)
    estimate: Mapped[float | None]
    lower: Mapped[float | None]
    upper: Mapped[float | None]
    prediction_lower: Mapped[float | None]
    prediction_upper: Mapped[float | None]
    worthwhile: Mapped[float | None]
    i2: Mapped[float | None]
    tau2: Mapped[float | None]
    trials: Mapped[int | None]
    participants: Mapped[int | None]


class CertaintyStep(Base):
    """One step of the certainty of a verdict: its domain, its change in levels, and why."""

    __tablename__ = "certainty_step"
    __table_args__ = (UniqueConstraint("verdict_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = child_of("verdict")
    position: Mapped[int]
    domain: Mapped[CertaintyDomain] = mapped_column(enum_column(CertaintyDomain))
    change: Mapped[int]
    reason: Mapped[str] = mapped_column(ByteOrderText)


class CertaintyLimit(Base):
    """A sentence: what the certainty of a verdict could not take into account."""

    __tablename__ = "certainty_limit"
    __table_args__ = (UniqueConstraint("verdict_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = child_of("verdict")
    position: Mapped[int]
    text: Mapped[str] = mapped_column(ByteOrderText)


class FiredRule(Base):
    """A sentence: why the verdict and its certainty are what they are."""

    __tablename__ = "fired_rule"
    __table_args__ = (UniqueConstraint("verdict_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = child_of("verdict")
    position: Mapped[int]
    text: Mapped[str] = mapped_column(ByteOrderText)


class WouldChange(Base):
    """A sentence: what further studies would change the verdict."""

    __tablename__ = "would_change"
    __table_args__ = (UniqueConstraint("verdict_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = child_of("verdict")
    position: Mapped[int]
    text: Mapped[str] = mapped_column(ByteOrderText)


class Decisive(Base):
    """A study without which the verdict would be another."""

    __tablename__ = "decisive"
    __table_args__ = (UniqueConstraint("verdict_id", "study_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = child_of("verdict")
    position: Mapped[int]
    study_id: Mapped[int] = link("study")


class LedgerLine(Base):
    """What one note counts for in a verdict: its weight or rung, and why it was left out.

    `importance` is the order of notes in lists. The points are those of rule 2026.
    """

    __tablename__ = "ledger_line"
    __table_args__ = (
        UniqueConstraint("verdict_id", "evidence_id"),
        Index(None, "verdict_id", "direction", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = child_of("verdict")
    position: Mapped[int]
    evidence_id: Mapped[int] = link("evidence")
    study_id: Mapped[int] = link("study")
    direction: Mapped[Direction] = mapped_column(enum_column(Direction))
    weight: Mapped[float | None]
    rung: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(ByteOrderText)
    importance: Mapped[float] = mapped_column(server_default="0", index=True)
    starts_at: Mapped[float | None]
    changes: Mapped[str | None] = mapped_column(ByteOrderText)
    points: Mapped[float | None]
    study_points: Mapped[float | None]
