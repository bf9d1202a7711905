"""Cells of the matrix of outcomes; written by app.services.evidence.studied_outcomes."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base


class StudiedOutcome(Base):
    """What the notes on a compound say about an outcome, the object of efficacy or safety claims.

    It follows from the notes. `notes` are the slugs of the first ones, `ranges` the least and the
    largest value of each measure.
    """

    __tablename__ = "studied_outcome"
    __table_args__ = ({"sqlite_with_rowid": False},)

    compound_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    studies: Mapped[int]
    has_effect: Mapped[bool]
    has_none: Mapped[bool]
    notes: Mapped[list[str]] = mapped_column(JSON)
    ranges: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
