"""Points of the timeline and their totals; written by app.services.evidence.timeline_points.

Both follow from the notes. They repeat the sort key of a point, so that a page of the timeline is
read in the order of an index, whichever filter it has.
"""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, ByteOrderSlug


class TimelinePoint(Base):
    """A figure or a mechanism with a time after the dose, once for each scope that it is in.

    `scope` is the id of an indication of the study, or `ALL_POINTS` or `MECHANISMS` of
    app.services.evidence.timeline_points. `compound_id` is 0 for a note without a compound.
    The rows of a deleted note are deleted after it, once they are subtracted from the totals.
    """

    __tablename__ = "timeline_point"
    __table_args__ = (
        Index(None, "scope", "compound_id", "hours", "kind", "note", "number"),
        {"sqlite_with_rowid": False},
    )

    scope: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hours: Mapped[float] = mapped_column(primary_key=True)
    kind: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(ByteOrderSlug, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    compound_id: Mapped[int]
    evidence_id: Mapped[int] = mapped_column(index=True)


class TimelineTotal(Base):
    """Number of points of a compound in a scope."""

    __tablename__ = "timeline_total"
    __table_args__ = ({"sqlite_with_rowid": False},)

    scope: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    compound_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    points: Mapped[int]
