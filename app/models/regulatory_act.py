"""Acts of regulators on compounds, most of them for an indication."""

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import DatePrecision, RegulatoryActType, RegulatoryStatus
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import child_of, link, record_key


class RegulatoryAct(Base):
    """One act of one regulator; acts of drug control have no indication.

    Each is a record. Compounds and indications list theirs, in the order of `position`; a dataset
    folder has them there.
    """

    __tablename__ = "regulatory_act"
    __table_args__ = (
        CheckConstraint(
            "(date IS NULL AND date_precision IS NULL)"
            " OR (date_precision = 'year' AND length(date) = 4)"
            " OR (date_precision = 'month' AND length(date) = 7)"
            " OR (date_precision = 'day' AND length(date) = 10)",
            name="date_as_precise_as_it_says",
        ),
    )

    id: Mapped[int] = record_key()
    slug: Mapped[str] = mapped_column(ByteOrderSlug, unique=True)
    position: Mapped[int]
    compound_id: Mapped[int] = child_of("compound")
    indication_id: Mapped[int | None] = link("indication")
    jurisdiction: Mapped[str] = mapped_column(ByteOrderSlug)
    agency: Mapped[str | None] = mapped_column(ByteOrderText)
    act: Mapped[RegulatoryActType] = mapped_column(enum_column(RegulatoryActType))
    product: Mapped[str | None] = mapped_column(ByteOrderText)
    status: Mapped[RegulatoryStatus] = mapped_column(enum_column(RegulatoryStatus))
    date: Mapped[str | None] = mapped_column(ByteOrderSlug)
    date_precision: Mapped[DatePrecision | None] = mapped_column(enum_column(DatePrecision))
    wording: Mapped[str | None] = mapped_column(ByteOrderText)
    restriction: Mapped[str | None] = mapped_column(ByteOrderText)
    reference_id: Mapped[int | None] = link("reference")
    source_url: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str | None] = mapped_column(ByteOrderText)
