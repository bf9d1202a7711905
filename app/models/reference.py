"""References: where a finding was published, with only what was confirmed."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import Confidence, ReferenceKind, Retraction
from app.kit.database import Base, Key, Words, vocabulary
from app.models.columns import child_of, record_key


class Reference(Base):
    __tablename__ = "reference"
    __table_args__ = (
        CheckConstraint("doi LIKE '10.%/_%'", name="doi_form"),
        CheckConstraint("year BETWEEN 1800 AND 2100", name="year_in_range"),
        CheckConstraint("pmcid LIKE 'PMC_%'", name="pmcid_form"),
    )

    id: Mapped[int] = record_key()
    title: Mapped[str | None] = mapped_column(Words)
    authors_complete: Mapped[bool]
    journal: Mapped[str | None] = mapped_column(Words, index=True)
    year: Mapped[int | None] = mapped_column(index=True)
    volume: Mapped[str | None] = mapped_column(Key)
    issue: Mapped[str | None] = mapped_column(Key)
    pages: Mapped[str | None] = mapped_column(Key)
    doi: Mapped[str | None] = mapped_column(Key, unique=True)
    pmid: Mapped[str | None] = mapped_column(Key, unique=True)
    pmcid: Mapped[str | None] = mapped_column(Key, unique=True)
    kind: Mapped[ReferenceKind] = mapped_column(vocabulary(ReferenceKind), index=True)
    url: Mapped[str | None] = mapped_column(Words)
    retraction: Mapped[Retraction] = mapped_column(vocabulary(Retraction), index=True)
    citation_confidence: Mapped[Confidence] = mapped_column(vocabulary(Confidence))


class Author(Base):
    __tablename__ = "author"
    __table_args__ = (UniqueConstraint("reference_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference_id: Mapped[int] = child_of("reference")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Words)
