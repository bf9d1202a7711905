"""Documents: each record as the world sees it, ready as JSON; written by app.services.following."""

from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base, Words


class Document(Base):
    """One record's JSON.

    It holds the names of other records, and is renewed when one of them is renamed. It outlives
    its record until `follow` has seen what it named.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Words)
