"""State of the dataset: revision, digest and release, in one row."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, ByteOrderSlug, ByteOrderText


class Dataset(Base):
    """State of the dataset, in one row.

    `loaded_revision` is the last one that was loaded from a folder, `about` its about.yaml.
    `released_revision` is the one whose records are those of `release`, as loaded or published.
    """

    __tablename__ = "dataset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
    digest: Mapped[str] = mapped_column(ByteOrderSlug)
    release: Mapped[str] = mapped_column(ByteOrderSlug)
    loaded_revision: Mapped[int] = mapped_column(server_default="0")
    released_revision: Mapped[int] = mapped_column(server_default="0")
    search_version: Mapped[int | None]
    document_version: Mapped[str | None] = mapped_column(ByteOrderSlug)
    about: Mapped[str | None] = mapped_column(ByteOrderText)
