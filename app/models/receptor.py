"""Receptors: protein targets of every class, also transporters, enzymes and ion channels."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import ReceptorClass, ReceptorKind
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import child_of, link, record_key


class Receptor(Base):
    """A protein target: a single protein, a complex or a family."""

    __tablename__ = "receptor"

    id: Mapped[int] = record_key()
    target_class: Mapped[ReceptorClass] = mapped_column(enum_column(ReceptorClass), index=True)
    kind: Mapped[ReceptorKind] = mapped_column(enum_column(ReceptorKind))
    family: Mapped[str | None] = mapped_column(ByteOrderText)
    hgnc_symbol: Mapped[str | None] = mapped_column(ByteOrderSlug, unique=True)
    gene_location: Mapped[str | None] = mapped_column(ByteOrderSlug)
    relevance: Mapped[str | None] = mapped_column(ByteOrderText)


class Subunit(Base):
    """A protein that is part of a complex or family."""

    __tablename__ = "subunit"
    __table_args__ = (
        UniqueConstraint("complex_id", "member_id"),
        CheckConstraint("complex_id <> member_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complex_id: Mapped[int] = child_of("receptor")
    position: Mapped[int]
    member_id: Mapped[int] = link("receptor")
