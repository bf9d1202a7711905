"""Statements of popular texts, restated in our own words, with the claims that they make."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, ByteOrderSlug, ByteOrderText
from app.models.columns import at_least, child_of, link, record_key


class Statement(Base):
    """One statement of one popular text, at its position in the text."""

    __tablename__ = "statement"
    __table_args__ = (
        at_least("position", 1),
        CheckConstraint("text <> ''", name="text_not_empty"),
        CheckConstraint("statement <> ''", name="statement_not_empty"),
        CheckConstraint("correction <> ''", name="correction_not_empty"),
    )

    id: Mapped[int] = record_key()
    text: Mapped[str] = mapped_column(ByteOrderSlug)
    text_year: Mapped[int | None]
    text_url: Mapped[str | None] = mapped_column(ByteOrderText)
    position: Mapped[int]
    statement: Mapped[str] = mapped_column(ByteOrderText)
    correction: Mapped[str | None] = mapped_column(ByteOrderText)


class StatementClaim(Base):
    """A claim that a statement makes."""

    __tablename__ = "statement_claim"
    __table_args__ = (UniqueConstraint("statement_id", "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = child_of("statement")
    position: Mapped[int]
    claim_id: Mapped[int] = link("claim")
