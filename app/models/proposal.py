"""Proposals: changes that wait for acceptance, apart from the public tables."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.curation import Action, ProposalAction, State
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, Name, enum_column
from app.models.columns import child_of


class Proposal(Base):
    """Changes that are accepted or rejected together; each action on it increases `version`."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("(state = 'accepted') = (revision IS NOT NULL)", name="accepted_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[str] = mapped_column(ByteOrderSlug, index=True)
    state: Mapped[State] = mapped_column(enum_column(State), index=True)
    version: Mapped[int]
    created_at: Mapped[str] = mapped_column(ByteOrderSlug)
    changed_at: Mapped[str] = mapped_column(ByteOrderSlug)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    revision: Mapped[int | None]


class ProposedChange(Base):
    """The new content of one record; `base_revision` is the state that its author saw."""

    __tablename__ = "proposed_change"
    __table_args__ = (
        UniqueConstraint("proposal_id", "type", "slug"),
        CheckConstraint("(action = 'withdraw') = (draft IS NULL)", name="draft_unless_withdrawn"),
        CheckConstraint("(action = 'create') = (base_revision IS NULL)", name="base_unless_new"),
        CheckConstraint("why <> ''", name="why_not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = child_of("proposal")
    position: Mapped[int]
    action: Mapped[Action] = mapped_column(enum_column(Action))
    type: Mapped[str] = mapped_column(Name)
    slug: Mapped[str] = mapped_column(ByteOrderSlug)
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    base_revision: Mapped[int | None]
    successor: Mapped[str | None] = mapped_column(ByteOrderSlug)
    why: Mapped[str] = mapped_column(ByteOrderText)


class ProposalEvent(Base):
    """An action on a proposal, with its comment; append-only like the audit log."""

    __tablename__ = "proposal_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), index=True)
    at: Mapped[str] = mapped_column(ByteOrderSlug)
    who: Mapped[str] = mapped_column(ByteOrderSlug)
    move: Mapped[ProposalAction] = mapped_column(enum_column(ProposalAction))
    text: Mapped[str | None] = mapped_column(ByteOrderText)
