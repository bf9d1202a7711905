"""Arms of studies with their figures, as evidence notes list them."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import ArmRole, Masking, StudyDesign, TimeUnit
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, positive, record_key


class Arm(Base):
    """The figures of one arm of a study on one outcome.

    Each is a record. Evidence notes list theirs, in the order of `position`; a dataset folder has
    them there. The columns from `study_id` on are those of the note and its study.
    """

    __tablename__ = "arm"
    __table_args__ = (
        at_least("n", 0),
        CheckConstraint("events >= 0 AND (n IS NULL OR events <= n)", name="events_within_n"),
        CheckConstraint("percent >= 0 AND percent <= 100", name="percent_in_range"),
        CheckConstraint(
            "(timepoint_value IS NULL) = (timepoint_unit IS NULL)", name="time_has_unit"
        ),
        at_least("standard_deviation", 0),
        positive("standard_error"),
    )

    id: Mapped[int] = record_key()
    evidence_id: Mapped[int] = child_of("evidence")
    position: Mapped[int]
    key: Mapped[str] = mapped_column(ByteOrderSlug)
    title: Mapped[str] = mapped_column(ByteOrderText)
    role: Mapped[ArmRole | None] = mapped_column(enum_column(ArmRole), index=True)
    n: Mapped[int | None]
    events: Mapped[int | None]
    percent: Mapped[float | None]
    mean_change: Mapped[float | None]
    mean_value: Mapped[float | None]
    standard_deviation: Mapped[float | None]
    standard_error: Mapped[float | None]
    unit: Mapped[str | None] = mapped_column(ByteOrderSlug)
    outcome: Mapped[str | None] = mapped_column(ByteOrderText)
    timepoint_value: Mapped[float | None]
    timepoint_unit: Mapped[TimeUnit | None] = mapped_column(enum_column(TimeUnit))
    place: Mapped[str | None] = mapped_column(ByteOrderText)
    study_id: Mapped[int] = link("study")
    compound_id: Mapped[int | None] = link("compound")
    year: Mapped[int | None]
    design: Mapped[StudyDesign | None] = mapped_column(enum_column(StudyDesign), index=True)
    masking: Mapped[Masking | None] = mapped_column(enum_column(Masking), index=True)
    outcome_measured: Mapped[str | None] = mapped_column(ByteOrderText)
    time_hours: Mapped[float | None]
