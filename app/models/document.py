"""JSON documents and CSV lines of records; written by app.services.records.read_models."""

from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, ByteOrderText


class Document(Base):
    """The JSON document of a record, and its line of the CSV export, without line end.

    Both contain the names of other records, and are rewritten when one of them is renamed. They are
    deleted after the record, once the records that it named are known.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(ByteOrderText)
    line: Mapped[str] = mapped_column(ByteOrderText)
