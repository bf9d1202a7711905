"""Tables of the search index; written by app.services.search.

The stores' own full-text index, `search_index`, is no table of ours: FTS5 on SQLite, tsvectors on
PostgreSQL. It holds the words of `search_text`, and only app.services.search.fulltext knows it.
"""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import NameField
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, Name, enum_column

BigKey = BigInteger().with_variant(Integer, "sqlite")


class SearchText(Base):
    """One record's words, and its texts as shown.

    `id` is the noun's place and the record's id in one figure, so that the order of ids is the
    order in which equals are told of. Deleted with `reindex`, not with the record: an index must
    be told which words go.
    """

    __tablename__ = "search_text"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    slug: Mapped[str] = mapped_column(ByteOrderSlug)
    names: Mapped[str] = mapped_column(ByteOrderText)
    body: Mapped[str] = mapped_column(ByteOrderText)
    in_people: Mapped[bool]
    shown: Mapped[str] = mapped_column(ByteOrderText)


class SearchName(Base):
    """One whole name, synonym, title, slug or identifier of a record, squeezed to one key."""

    __tablename__ = "search_name"
    __table_args__ = (
        Index(None, "tier", "key"),
        {"sqlite_with_rowid": False},
    )

    text_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("search_text.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    tier: Mapped[int]
    key: Mapped[str] = mapped_column(ByteOrderSlug)
    field: Mapped[NameField] = mapped_column(enum_column(NameField))
    text: Mapped[str] = mapped_column(ByteOrderText)


class SearchTerm(Base):
    """How many records of a noun hold a term."""

    __tablename__ = "search_term"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: Mapped[str] = mapped_column(ByteOrderSlug, primary_key=True)
    type: Mapped[str] = mapped_column(Name, primary_key=True)
    count: Mapped[int]


class SearchWord(Base):
    """A word as it was written, folded, and the term it stems to: what a misspelling may mean."""

    __tablename__ = "search_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(ByteOrderSlug, primary_key=True)
    term: Mapped[str] = mapped_column(ByteOrderSlug)
