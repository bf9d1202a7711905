"""Indications, and the acts of regulators on compounds for them."""

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import DatePrecision, IndicationKind, RegulatoryAct, RegulatoryStatus
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import child_of, link, record_key


class Indication(Base):
    """A disorder, a symptom or a procedure that a compound is used for."""

    __tablename__ = "indication"
    __table_args__ = (CheckConstraint("parent_id <> id", name="not_its_own_parent"),)

    id: Mapped[int] = record_key()
    kind: Mapped[IndicationKind] = mapped_column(enum_column(IndicationKind))
    parent_id: Mapped[int | None] = link("indication")


class OutcomeScale(Base):
    """A scale with which trials of an indication measure outcomes."""

    __tablename__ = "outcome_scale"
    __table_args__ = (UniqueConstraint("indication_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indication_id: Mapped[int] = child_of("indication")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(ByteOrderText)


class Regulation(Base):
    """One act of one regulator; acts of drug control have no indication."""

    __tablename__ = "regulation"
    __table_args__ = (
        CheckConstraint(
            "(date IS NULL AND date_precision IS NULL)"
            " OR (date_precision = 'year' AND length(date) = 4)"
            " OR (date_precision = 'month' AND length(date) = 7)"
            " OR (date_precision = 'day' AND length(date) = 10)",
            name="date_as_precise_as_it_says",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(ByteOrderSlug, unique=True)
    position: Mapped[int]
    compound_id: Mapped[int] = child_of("compound")
    indication_id: Mapped[int | None] = link("indication")
    jurisdiction: Mapped[str] = mapped_column(ByteOrderSlug)
    agency: Mapped[str | None] = mapped_column(ByteOrderText)
    act: Mapped[RegulatoryAct] = mapped_column(enum_column(RegulatoryAct))
    product: Mapped[str | None] = mapped_column(ByteOrderText)
    status: Mapped[RegulatoryStatus] = mapped_column(enum_column(RegulatoryStatus))
    date: Mapped[str | None] = mapped_column(ByteOrderSlug)
    date_precision: Mapped[DatePrecision | None] = mapped_column(enum_column(DatePrecision))
    wording: Mapped[str | None] = mapped_column(ByteOrderText)
    restriction: Mapped[str | None] = mapped_column(ByteOrderText)
    reference_id: Mapped[int | None] = link("reference")
    source_url: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str | None] = mapped_column(ByteOrderText)
