"""Regions: parts of the brain, and the circuits between them."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import RegionKind
from app.kit.database import Base, ByteOrderText, enum_column
from app.models.columns import link, record_key


class Region(Base):
    """A brain region, or a circuit between regions."""

    __tablename__ = "region"
    __table_args__ = (CheckConstraint("parent_id <> id", name="not_its_own_parent"),)

    id: Mapped[int] = record_key()
    kind: Mapped[RegionKind] = mapped_column(enum_column(RegionKind))
    parent_id: Mapped[int | None] = link("region")
    role: Mapped[str | None] = mapped_column(ByteOrderText)
