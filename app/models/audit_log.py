"""Audit log: every change of a public record; append-only in the database itself."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.curation import Action
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, Name, enum_column


class Change(Base):
    """The change of one record in one revision; triggers refuse to update or delete it.

    `fields` holds each changed field with its value before and after. Of a derived record, `causes`
    holds the records, as collection/slug, whose change caused it.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index(None, "type", "slug"),
        CheckConstraint("why <> ''", name="why_not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(index=True)
    at: Mapped[str] = mapped_column(ByteOrderSlug)
    who: Mapped[str] = mapped_column(ByteOrderSlug)
    accepted_by: Mapped[str | None] = mapped_column(ByteOrderSlug)
    why: Mapped[str] = mapped_column(ByteOrderText)
    action: Mapped[Action] = mapped_column(enum_column(Action))
    type: Mapped[str] = mapped_column(Name)
    slug: Mapped[str] = mapped_column(ByteOrderSlug)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    causes: Mapped[list[str]] = mapped_column(JSON)


class Withdrawal(Base):
    """A slug of a withdrawn record, which is never used again."""

    __tablename__ = "withdrawal"
    __table_args__ = (UniqueConstraint("type", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(Name)
    slug: Mapped[str] = mapped_column(ByteOrderSlug)
    successor: Mapped[str | None] = mapped_column(ByteOrderSlug)
    why: Mapped[str] = mapped_column(ByteOrderText)
    revision: Mapped[int]
