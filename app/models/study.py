"""Studies, with their publications, indications, compounds, and the studies that they re-use."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import (
    BiasDomain,
    BiasJudgement,
    BiasTool,
    Blinding,
    Comparator,
    Funding,
    Masking,
    Species,
    StudyDesign,
)
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column
from app.models.columns import at_least, child_of, link, record_key
from app.models.record import require_distinct_names


class Study(Base):
    """A study, the unit of independence: it counts once in a verdict."""

    __tablename__ = "study"
    __table_args__ = (
        at_least("n_randomised", 1),
        at_least("n_analysed", 1),
        CheckConstraint("year BETWEEN 1900 AND 2100", name="year_in_range"),
        CheckConstraint(
            "registration LIKE 'NCT________' OR registration LIKE 'ACTRN______________'",
            name="registration_is_a_trial_number",
        ),
    )

    id: Mapped[int] = record_key()
    design: Mapped[StudyDesign] = mapped_column(enum_column(StudyDesign), index=True)
    design_note: Mapped[str | None] = mapped_column(ByteOrderText)
    year: Mapped[int | None] = mapped_column(index=True)
    registration: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    n_randomised: Mapped[int | None] = mapped_column(index=True)
    n_analysed: Mapped[int | None]
    n_note: Mapped[str | None] = mapped_column(ByteOrderText)
    species: Mapped[Species] = mapped_column(enum_column(Species), index=True)
    population: Mapped[str | None] = mapped_column(ByteOrderText)
    blinding: Mapped[Blinding] = mapped_column(enum_column(Blinding), index=True)
    masking: Mapped[Masking] = mapped_column(enum_column(Masking), index=True)
    comparator: Mapped[Comparator] = mapped_column(enum_column(Comparator), index=True)
    comparator_note: Mapped[str | None] = mapped_column(ByteOrderText)
    setting: Mapped[str | None] = mapped_column(ByteOrderText)
    jurisdiction: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    research_group: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    trial_group: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    results_expected: Mapped[bool | None] = mapped_column(index=True)
    result_not_read: Mapped[str | None] = mapped_column(ByteOrderText)
    funding: Mapped[Funding | None] = mapped_column(enum_column(Funding), index=True)
    sponsor: Mapped[str | None] = mapped_column(ByteOrderText)


class StudyReference(Base):
    """A publication of a study."""

    __tablename__ = "study_reference"
    __table_args__ = (UniqueConstraint("study_id", "reference_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = child_of("study")
    position: Mapped[int]
    reference_id: Mapped[int] = link("reference")


class StudyIndication(Base):
    """An indication that a study is about."""

    __tablename__ = "study_indication"
    __table_args__ = (UniqueConstraint("study_id", "indication_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = child_of("study")
    position: Mapped[int]
    indication_id: Mapped[int] = link("indication")


class StudyCompound(Base):
    """A compound that a study tested."""

    __tablename__ = "study_compound"
    __table_args__ = (UniqueConstraint("study_id", "compound_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = child_of("study")
    position: Mapped[int]
    compound_id: Mapped[int] = link("compound")


class StudySource(Base):
    """A study whose participants or data another one re-uses: the two are not independent."""

    __tablename__ = "study_source"
    __table_args__ = (
        UniqueConstraint("study_id", "source_id"),
        CheckConstraint("study_id <> source_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = child_of("study")
    position: Mapped[int]
    source_id: Mapped[int] = link("study")


class StudyUnit(Base):
    """A study that another is a further report of; they count as one."""

    __tablename__ = "study_unit"
    __table_args__ = (
        UniqueConstraint("study_id", "unit_id"),
        CheckConstraint("study_id <> unit_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = child_of("study")
    position: Mapped[int]
    unit_id: Mapped[int] = link("study")


class PooledTrial(Base):
    """A study whose results a synthesis pools."""

    __tablename__ = "pooled_trial"
    __table_args__ = (
        UniqueConstraint("study_id", "trial_id"),
        CheckConstraint("study_id <> trial_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = child_of("study")
    position: Mapped[int]
    trial_id: Mapped[int] = link("study")


class RiskOfBias(Base):
    """What one source judged of the risk of bias of a study in one domain."""

    __tablename__ = "risk_of_bias"
    __table_args__ = (UniqueConstraint("study_id", "reference_id", "tool", "domain", "outcome"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = child_of("study")
    position: Mapped[int]
    tool: Mapped[BiasTool] = mapped_column(enum_column(BiasTool))
    domain: Mapped[BiasDomain] = mapped_column(enum_column(BiasDomain))
    outcome: Mapped[str | None] = mapped_column(ByteOrderSlug)
    judgement: Mapped[BiasJudgement] = mapped_column(enum_column(BiasJudgement), index=True)
    reason: Mapped[str | None] = mapped_column(ByteOrderText)
    reference_id: Mapped[int] = link("reference")
    source_location: Mapped[str | None] = mapped_column(ByteOrderText)


require_distinct_names("study")
