"""Indications, and the scales that measure their outcomes."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import IndicationKind
from app.kit.database import Base, ByteOrderText, enum_column
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
