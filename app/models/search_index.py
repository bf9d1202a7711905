"""Tables of the search index; written by app.services.search.

The full-text index `search_index` is not declared here: it is FTS5 on SQLite and tsvectors on
PostgreSQL. It holds the words of `search_text`; only app.services.search.fulltext uses it.
"""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import NameField
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, Name, enum_column

BigKey = BigInteger().with_variant(Integer, "sqlite")


class SearchText(Base):
    """The words of a record, and its texts as they are shown.

    `id` combines the search number of the collection and the id of the record, so that records with
    equal scores come in the order of their ids. Deleted by `reindex`, not with the record: a
    full-text index must be given the words that are removed.
    """

    __tablename__ = "search_text"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    slug: Mapped[str] = mapped_column(ByteOrderSlug)
    names: Mapped[str] = mapped_column(ByteOrderText)
    body: Mapped[str] = mapped_column(ByteOrderText)
    in_people: Mapped[bool]
    shown: Mapped[str] = mapped_column(ByteOrderText)


class SearchName(Base):
    """A whole name, synonym, title, slug or identifier of a record, as its alphanumeric key."""

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
    """Number of records of a collection that have a term."""

    __tablename__ = "search_term"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: Mapped[str] = mapped_column(ByteOrderSlug, primary_key=True)
    type: Mapped[str] = mapped_column(Name, primary_key=True)
    count: Mapped[int]


class SearchWord(Base):
    """A folded word and its stem, for spelling correction."""

    __tablename__ = "search_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(ByteOrderSlug, primary_key=True)
    term: Mapped[str] = mapped_column(ByteOrderSlug)
