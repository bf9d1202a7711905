"""Numbers of records per value of a facet; written by app.services.records.facet_counts."""

from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, Name


class FacetCount(Base):
    """The number of records of a collection with a value of a facet.

    `facet` is the collection and the facet, as in `evidence.direction`; the collection alone counts
    all of its records, with an empty value. `value` is a word, or the id of a record.
    """

    __tablename__ = "facet_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    facet: Mapped[str] = mapped_column(Name, primary_key=True)
    value: Mapped[str] = mapped_column(Name, primary_key=True)
    count: Mapped[int]
