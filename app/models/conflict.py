"""Conflicts: both sides of a claim as a record; computed when a dataset is loaded."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import ConflictKind
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import child_of, link, record_key


class Conflict(Base):
    """The two sides of a claim that has supporting and disputing notes."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("claim_id"),)

    id: Mapped[int] = record_key()
    claim_id: Mapped[int] = link("claim")
    kind: Mapped[ConflictKind] = mapped_column(enum_column(ConflictKind), index=True)
    resolution: Mapped[str | None] = mapped_column(ByteOrderText)
    would_settle: Mapped[str] = mapped_column(ByteOrderText)


class ConflictFor(Base):
    """A supporting note of a conflict."""

    __tablename__ = "conflict_for"
    __table_args__ = (UniqueConstraint("conflict_id", "evidence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conflict_id: Mapped[int] = child_of("conflict")
    position: Mapped[int]
    evidence_id: Mapped[int] = link("evidence")


class ConflictAgainst(Base):
    """A disputing note of a conflict."""

    __tablename__ = "conflict_against"
    __table_args__ = (UniqueConstraint("conflict_id", "evidence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conflict_id: Mapped[int] = child_of("conflict")
    position: Mapped[int]
    evidence_id: Mapped[int] = link("evidence")


class Moderator(Base):
    """A moderator in which the sides of a conflict differ."""

    __tablename__ = "moderator"
    __table_args__ = (UniqueConstraint("conflict_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conflict_id: Mapped[int] = child_of("conflict")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(ByteOrderSlug)
    supporting: Mapped[str] = mapped_column(ByteOrderText)
    disputing: Mapped[str] = mapped_column(ByteOrderText)
    separates: Mapped[bool]
