"""Columns that every record shares: slug, name, summary; synonyms and identifiers.

The table of each record type has the record's id as its key: a compound is a row here and a row in
`compound` (docs/decisions/0001-one-record-table.md). A record has the revision that last changed
it, and its position in the files of the dataset, if it is in one.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import XrefRelation
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, Name, enum_column, partial_index


class Record(Base):
    """The columns that all record types share."""

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("type", "slug"),
        UniqueConstraint("id", "type"),
        Index(None, "type", "name"),
        CheckConstraint("slug <> '' AND slug = lower(slug)", name="slug_lower"),
        CheckConstraint("name <> ''", name="name_not_empty"),
        CheckConstraint("summary <> ''", name="summary_not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(Name)
    slug: Mapped[str] = mapped_column(ByteOrderSlug)
    name: Mapped[str] = mapped_column(ByteOrderText)
    folded: Mapped[str] = mapped_column(ByteOrderText)
    summary: Mapped[str] = mapped_column(ByteOrderText)
    description: Mapped[str | None] = mapped_column(ByteOrderText)
    changed_revision: Mapped[int] = mapped_column(server_default="0")
    source_file: Mapped[str | None] = mapped_column(ByteOrderText)
    source_position: Mapped[int | None]


def require_distinct_names(record_type: str) -> Index:
    """Declare that no two records of a type have the same folded name.

    It goes with `distinct_names` of the collection; it is an index of the record table, which has
    the rows of all types.
    """
    return partial_index(
        f"uq_record_folded_{record_type}",
        Record.folded,
        where=Record.type == record_type,
        unique=True,
    )


class Synonym(Base):
    """Another name of a record; `folded` is the form in which names are compared."""

    __tablename__ = "synonym"
    __table_args__ = (UniqueConstraint("record_id", "text"), Index(None, "folded"))

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(ByteOrderText)
    folded: Mapped[str] = mapped_column(ByteOrderText)


class Xref(Base):
    """An identifier in another database, as a CURIE, with its relation to the record."""

    __tablename__ = "xref"
    __table_args__ = (
        UniqueConstraint("record_id", "curie"),
        Index(None, "curie"),
        CheckConstraint("curie <> replace(curie, ':', '')", name="curie_has_prefix"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"))
    position: Mapped[int]
    curie: Mapped[str] = mapped_column(ByteOrderSlug)
    relation: Mapped[XrefRelation] = mapped_column(enum_column(XrefRelation))
