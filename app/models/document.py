"""JSON documents and CSV lines of records; written by app.services.records.read_models."""

from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, ByteOrderText


class Document(Base):
    """One record's JSON, and its line of CSV without the line's end.

    They hold the names of other records, and are renewed when one of them is renamed. They outlive
    the record until `follow` has seen what it named.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(ByteOrderText)
    line: Mapped[str] = mapped_column(ByteOrderText)
