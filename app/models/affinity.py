"""Affinities: binding constants of compounds at receptors, one row per experiment.

Two rows for one compound and receptor are two experiments, not duplicates, and are not averaged.
"""

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import (
    AffinityAction,
    AffinityParameter,
    AffinityState,
    ConcentrationUnit,
    Confidence,
    Relation,
    SourceKind,
    Species,
)
from app.kit.database import Base, ByteOrderSlug, ByteOrderText, enum_column, partial_index
from app.models.columns import link, positive, record_key


class Affinity(Base):
    """One constant of one compound at one receptor, as one experiment measured it.

    Concentrations are in nM, `p_affinity` is −log10 of the molar value.
    """

    __tablename__ = "affinity"
    __table_args__ = (
        positive("value_nm"),
        CheckConstraint("upper_value_nm > value_nm", name="range_in_order"),
        CheckConstraint(
            "(relation = 'range') = (upper_value_nm IS NOT NULL)", name="range_has_upper"
        ),
        CheckConstraint("state <> 'none_up_to_bound' OR relation = '>'", name="bound_is_greater"),
        CheckConstraint("(state = 'not_tested') = (value_nm IS NULL)", name="tested_has_value"),
        CheckConstraint("(value_nm IS NULL) = (p_affinity IS NULL)", name="p_follows_value"),
        CheckConstraint(
            "source_database IS NOT NULL OR (source_release IS NULL AND source_record IS NULL)",
            name="release_and_record_have_database",
        ),
        # The licences that responses name besides that of the dataset: few constants have one.
        partial_index(None, "licence", where=text("licence IS NOT NULL")),
    )

    id: Mapped[int] = record_key()
    compound_id: Mapped[int] = link("compound")
    receptor_id: Mapped[int] = link("receptor")
    reference_id: Mapped[int] = link("reference")
    parameter: Mapped[AffinityParameter] = mapped_column(enum_column(AffinityParameter), index=True)
    relation: Mapped[Relation] = mapped_column(enum_column(Relation))
    value_nm: Mapped[float | None] = mapped_column(index=True)
    upper_value_nm: Mapped[float | None]
    p_affinity: Mapped[float | None] = mapped_column(index=True)
    published_value: Mapped[float | None]
    published_upper_value: Mapped[float | None]
    published_unit: Mapped[ConcentrationUnit | None] = mapped_column(enum_column(ConcentrationUnit))
    action: Mapped[AffinityAction | None] = mapped_column(enum_column(AffinityAction), index=True)
    action_note: Mapped[str | None] = mapped_column(ByteOrderText)
    stereo: Mapped[str | None] = mapped_column(ByteOrderText)
    assay: Mapped[str | None] = mapped_column(ByteOrderText)
    species: Mapped[Species] = mapped_column(enum_column(Species), index=True)
    system: Mapped[str | None] = mapped_column(ByteOrderText)
    state: Mapped[AffinityState] = mapped_column(enum_column(AffinityState), index=True)
    source: Mapped[SourceKind] = mapped_column(enum_column(SourceKind), index=True)
    citation_confidence: Mapped[Confidence] = mapped_column(enum_column(Confidence))
    caveat: Mapped[str | None] = mapped_column(ByteOrderText)
    source_database: Mapped[str | None] = mapped_column(ByteOrderSlug, index=True)
    source_release: Mapped[str | None] = mapped_column(ByteOrderSlug)
    source_record: Mapped[str | None] = mapped_column(ByteOrderSlug)
    licence: Mapped[str | None] = mapped_column(ByteOrderSlug)
