"""References: where a finding was published, with only what was confirmed."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import Confidence, ReferenceKind, Retraction
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import child_of, record_key
from app.models.record import require_distinct_names


class Reference(Base):
    """A publication or another source."""

    __tablename__ = "reference"
    __table_args__ = (
        CheckConstraint("doi LIKE '10.%/_%'", name="doi_form"),
        CheckConstraint("year BETWEEN 1800 AND 2100", name="year_in_range"),
        CheckConstraint("pmcid LIKE 'PMC_%'", name="pmcid_form"),
        CheckConstraint(
            "notice_published_on IS NULL OR retraction IN ('corrected', 'concern', 'retracted')",
            name="notice_date_has_status",
        ),
        CheckConstraint(
            "notices_checked_on IS NULL OR retraction <> 'not_checked'",
            name="check_date_has_status",
        ),
    )

    id: Mapped[int] = record_key()
    title: Mapped[str | None] = mapped_column(ByteOrderText)
    authors_complete: Mapped[bool]
    journal: Mapped[str | None] = mapped_column(ByteOrderText, index=True)
    year: Mapped[int | None] = mapped_column(index=True)
    volume: Mapped[str | None] = mapped_column(ByteOrderSlug)
    issue: Mapped[str | None] = mapped_column(ByteOrderSlug)
    pages: Mapped[str | None] = mapped_column(ByteOrderSlug)
    doi: Mapped[str | None] = mapped_column(ByteOrderSlug, unique=True)
    pmid: Mapped[str | None] = mapped_column(ByteOrderSlug, unique=True)
    pmcid: Mapped[str | None] = mapped_column(ByteOrderSlug, unique=True)
    kind: Mapped[ReferenceKind] = mapped_column(enum_column(ReferenceKind), index=True)
    url: Mapped[str | None] = mapped_column(ByteOrderText)
    retraction: Mapped[Retraction] = mapped_column(enum_column(Retraction), index=True)
    notice_published_on: Mapped[str | None] = mapped_column(ByteOrderSlug)
    notices_checked_on: Mapped[str | None] = mapped_column(ByteOrderSlug)
    citation_confidence: Mapped[Confidence] = mapped_column(enum_column(Confidence))


class Author(Base):
    """An author of a reference, in order."""

    __tablename__ = "author"
    __table_args__ = (UniqueConstraint("reference_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference_id: Mapped[int] = child_of("reference")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(ByteOrderText)


require_distinct_names("reference")
