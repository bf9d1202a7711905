"""Species and earliest effect of claims; written by app.services.evidence.studied_claims."""

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, ByteOrderSlug


class StudiedClaim(Base):
    """The species in which a claim was studied, and its earliest supporting note.

    It follows from the notes on the claim; one without notes has no row. `earliest_hours` is the
    earliest time-point of the supporting notes and their effects, in hours after the dose;
    `earliest_note` is the slug of its note. Both are null if no supporting note has a time-point.
    """

    __tablename__ = "studied_claim"

    claim_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    species: Mapped[list[str]] = mapped_column(JSON)
    earliest_hours: Mapped[float | None]
    earliest_note: Mapped[str | None] = mapped_column(ByteOrderSlug)
