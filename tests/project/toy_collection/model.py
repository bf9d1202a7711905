"""Instruments: rating scales and apparatus with which outcomes are measured."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import Vocabulary
from app.kit.database import Base, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, record_key


class InstrumentKind(Vocabulary):
    """What sort of instrument it is."""

    SCALE = "scale", "Rating scale", "Questionnaire or interview with a score."
    APPARATUS = "apparatus", "Apparatus", "Device that measures."


class Instrument(Base):
    __tablename__ = "instrument"
    __table_args__ = (at_least("item_count", 1),)

    id: Mapped[int] = record_key()
    kind: Mapped[InstrumentKind] = mapped_column(enum_column(InstrumentKind), index=True)
    item_count: Mapped[int | None]
    maker: Mapped[str | None] = mapped_column(ByteOrderText)
    process_id: Mapped[int | None] = link("process")


class InstrumentReference(Base):
    """A paper that describes an instrument."""

    __tablename__ = "instrument_reference"
    __table_args__ = (UniqueConstraint("instrument_id", "reference_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = child_of("instrument")
    position: Mapped[int]
    reference_id: Mapped[int] = link("reference")


class InstrumentRange(Base):
    """What a range of an instrument's scores means."""

    __tablename__ = "instrument_range"

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = child_of("instrument")
    position: Mapped[int]
    lowest: Mapped[int]
    meaning: Mapped[str] = mapped_column(ByteOrderText)
