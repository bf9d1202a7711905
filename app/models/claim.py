"""Claims, their readings, and pathways with their steps."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import (
    Absence,
    Audience,
    ClaimKind,
    Predicate,
    Quantifier,
    VerdictKind,
)
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, Name, enum_column
from app.models.columns import child_of, link, record_key

#: The record types that a claim can have as subject and object.
ENTITY_TYPES = ("compound", "receptor", "process", "region", "indication")
_ENTITIES = ", ".join(f"'{record_type}'" for record_type in ENTITY_TYPES)


class Claim(Base):
    """A statement that evidence supports or disputes; if causal: subject, predicate and object."""

    __tablename__ = "claim"
    __table_args__ = (
        ForeignKeyConstraint(["subject_id", "subject_type"], ["record.id", "record.type"]),
        ForeignKeyConstraint(["object_id", "object_type"], ["record.id", "record.type"]),
        CheckConstraint(f"subject_type IN ({_ENTITIES})", name="subject_is_an_entity"),
        CheckConstraint(f"object_type IN ({_ENTITIES})", name="object_is_an_entity"),
        CheckConstraint(
            "(predicate IS NULL) = (subject_id IS NULL) AND"
            " (predicate IS NULL) = (object_id IS NULL) AND (predicate IS NULL) = (sign IS NULL)",
            name="causal_in_full",
        ),
        CheckConstraint("sign IN (-1, 0, 1)", name="sign_is_a_sign"),
        CheckConstraint("article_claim BETWEEN 1 AND 24", name="article_claim_exists"),
        CheckConstraint(
            "(override_verdict IS NULL) = (override_reason IS NULL)", name="override_has_reason"
        ),
        CheckConstraint("length(short_answer) <= 160", name="short_answer_is_short"),
        Index(None, "subject_id"),
        Index(None, "object_id"),
    )

    id: Mapped[int] = record_key()
    statement: Mapped[str] = mapped_column(ByteOrderText)
    kind: Mapped[ClaimKind] = mapped_column(enum_column(ClaimKind), index=True)
    quantifier: Mapped[Quantifier] = mapped_column(enum_column(Quantifier))
    background: Mapped[bool]
    article_claim: Mapped[int | None]
    subject_id: Mapped[int | None]
    subject_type: Mapped[str | None] = mapped_column(Name)
    predicate: Mapped[Predicate | None] = mapped_column(enum_column(Predicate))
    object_id: Mapped[int | None]
    object_type: Mapped[str | None] = mapped_column(Name)
    sign: Mapped[int | None]
    region_id: Mapped[int | None] = link("region")
    qualifier: Mapped[str | None] = mapped_column(ByteOrderText)
    indication_id: Mapped[int | None] = link("indication")
    compound_id: Mapped[int | None] = link("compound")
    absence: Mapped[Absence | None] = mapped_column(enum_column(Absence))
    open_question: Mapped[str | None] = mapped_column(ByteOrderText)
    title_question: Mapped[str | None] = mapped_column(ByteOrderText)
    short_answer: Mapped[str | None] = mapped_column(ByteOrderText)
    question: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    searched_to: Mapped[str | None] = mapped_column(ByteOrderSlug)
    reviewed_on: Mapped[str | None] = mapped_column(ByteOrderSlug)
    override_verdict: Mapped[VerdictKind | None] = mapped_column(enum_column(VerdictKind))
    override_reason: Mapped[str | None] = mapped_column(ByteOrderText)


class Reading(Base):
    """Text of a claim for one audience; `[slug]` in it cites an evidence note."""

    __tablename__ = "reading"
    __table_args__ = (
        UniqueConstraint("claim_id", "audience"),
        CheckConstraint("text <> ''", name="text_not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = child_of("claim")
    position: Mapped[int]
    audience: Mapped[Audience] = mapped_column(enum_column(Audience))
    text: Mapped[str] = mapped_column(ByteOrderText)


class Pathway(Base):
    """An ordered set of causal claims."""

    __tablename__ = "pathway"

    id: Mapped[int] = record_key()
    open_question: Mapped[str | None] = mapped_column(ByteOrderText)


class Step(Base):
    """Position of a claim in a pathway."""

    __tablename__ = "step"
    __table_args__ = (Index(None, "pathway_id", "position", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pathway_id: Mapped[int] = child_of("pathway")
    position: Mapped[int]
    claim_id: Mapped[int] = link("claim")
