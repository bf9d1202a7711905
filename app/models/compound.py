"""Compounds: ketamine, its enantiomers and metabolites, comparators and tools.

A new column also needs a field in `app.resources.compounds` and a migration; stored documents
are rebuilt at the next start.
"""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import CompoundKind, CompoundRelation
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import child_of, link, positive, record_key


class Compound(Base):
    """A drug, an enantiomer, a metabolite or a tool compound."""

    __tablename__ = "compound"
    __table_args__ = (
        positive("molecular_mass_g_per_mol"),
        CheckConstraint("length(inchikey) = 27", name="inchikey_length"),
    )

    id: Mapped[int] = record_key()
    kind: Mapped[CompoundKind] = mapped_column(enum_column(CompoundKind))
    stereo: Mapped[str | None] = mapped_column(ByteOrderSlug)
    smiles: Mapped[str | None] = mapped_column(ByteOrderText)
    inchikey: Mapped[str | None] = mapped_column(ByteOrderSlug, unique=True)
    formula: Mapped[str | None] = mapped_column(ByteOrderSlug)
    molecular_mass_g_per_mol: Mapped[float | None]
    mechanism_class: Mapped[str | None] = mapped_column(ByteOrderText)
    controlled_status: Mapped[str | None] = mapped_column(ByteOrderText)


class CompoundLink(Base):
    """Relation of a compound to another: enantiomer or metabolite of it."""

    __tablename__ = "compound_link"
    __table_args__ = (
        UniqueConstraint("compound_id", "relation", "other_id"),
        CheckConstraint("compound_id <> other_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = child_of("compound")
    position: Mapped[int]
    relation: Mapped[CompoundRelation] = mapped_column(enum_column(CompoundRelation))
    other_id: Mapped[int] = link("compound")
