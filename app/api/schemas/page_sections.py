"""The sections of a page: every kind has the same head, and items of its own type.

A front-end needs one component per `kind`, whatever the record is.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.page_items import (
    ActLine,
    ArmLine,
    BindingLine,
    Cited,
    ClaimLine,
    Count,
    EffectLine,
    Figure,
    MeasurementLine,
    ModeratorLine,
    NoteLine,
    ReadingLine,
    Related,
    RungLine,
    Saying,
    Tally,
)
from app.resources.base import Shown, said


class Section(Shown):
    """The head of every section. What is not shown is counted, and stands at `url`."""

    key: str = said("Its name, once per page.")
    title: str = said("Its heading.")
    shown: int = said("Items here.")
    total: int = said("Items there are.")
    url: str = said("Where all of them are.")


class ClaimsSection(Section):
    """Claims and edges: draw the graph from all items that have a predicate."""

    kind: Literal["claims"] = said("claims")
    items: list[ClaimLine] = said("Most weighed first; of a pathway, in the order of its steps.")


class EvidenceSection(Section):
    """Notes of one side."""

    kind: Literal["evidence"] = said("evidence")
    items: list[NoteLine] = said("Heaviest first.")


class BindingSection(Section):
    """Partners in binding."""

    kind: Literal["binding"] = said("binding")
    items: list[BindingLine] = said("Tightest first; bounds last.")


class MeasurementsSection(Section):
    """Measured constants one by one."""

    kind: Literal["measurements"] = said("measurements")
    items: list[MeasurementLine] = said("Tightest first; bounds last.")


class ActsSection(Section):
    """What regulators did."""

    kind: Literal["acts"] = said("acts")
    items: list[ActLine] = said("Newest first.")


class EffectsSection(Section):
    """Figures of comparison."""

    kind: Literal["effects"] = said("effects")
    items: list[EffectLine] = said("Of primary end-points first.")


class ArmsSection(Section):
    """Figures per arm."""

    kind: Literal["arms"] = said("arms")
    items: list[ArmLine] = said("Of primary end-points first.")


class FiguresSection(Section):
    """Key figures."""

    kind: Literal["figures"] = said("figures")
    items: list[Figure] = said("In the record's order.")


class SentencesSection(Section):
    """Sentences: why a verdict stands, or what would move it."""

    kind: Literal["sentences"] = said("sentences")
    items: list[Saying] = said("In order.")


class ReadingsSection(Section):
    """A claim told for each audience."""

    kind: Literal["readings"] = said("readings")
    items: list[ReadingLine] = said("One per audience that it was written for.")


class RungsSection(Section):
    """From the dish to the trial."""

    kind: Literal["rungs"] = said("rungs")
    items: list[RungLine] = said("From the dish to the trial.")


class ModeratorsSection(Section):
    """What differs between the sides of a conflict."""

    kind: Literal["moderators"] = said("moderators")
    items: list[ModeratorLine] = said("In the conflict's order.")


class RecordsSection(Section):
    """Records that this one names."""

    kind: Literal["records"] = said("records")
    items: list[Related] = said("In the record's order.")


class TallySection(Section):
    """The claims by verdict."""

    kind: Literal["tally"] = said("tally")
    items: list[Tally] = said("Most claims first.")


class CountsSection(Section):
    """How many of each related collection."""

    kind: Literal["counts"] = said("counts")
    items: list[Count] = said("Every collection that can be filtered by this record.")


class CitationsSection(Section):
    """References, short; `twins` have them all, for a reference manager."""

    kind: Literal["citations"] = said("citations")
    items: list[Cited] = said("Those of the heaviest notes first.")
    twins: dict[str, str] = said("Format to address: bib, ris and csl.json.")


AnySection = Annotated[
    ClaimsSection
    | EvidenceSection
    | BindingSection
    | MeasurementsSection
    | ActsSection
    | EffectsSection
    | ArmsSection
    | FiguresSection
    | SentencesSection
    | ReadingsSection
    | RungsSection
    | ModeratorsSection
    | RecordsSection
    | TallySection
    | CountsSection
    | CitationsSection,
    Field(discriminator="kind"),
]
