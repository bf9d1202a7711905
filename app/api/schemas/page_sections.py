"""Response models of page sections: a common head, and items of one type each.

A front-end needs one component per `kind`, whatever the record is.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.page_items import (
    ActLine,
    ArmLine,
    BindingLine,
    CitationItem,
    ClaimLine,
    CollectionCount,
    EffectLine,
    Figure,
    MeasurementLine,
    ModeratorLine,
    NoteLine,
    ReadingLine,
    Related,
    RungLine,
    SentenceItem,
    VerdictCount,
)
from app.resources.base import OutputModel, output_field


class Section(OutputModel):
    """The head of every section. What is not shown is counted, and stands at `url`."""

    key: str = output_field("Its name, once per page.")
    title: str = output_field("Its heading.")
    shown: int = output_field("Items here.")
    total: int = output_field("Items there are.")
    url: str = output_field("Where all of them are.")


class ClaimsSection(Section):
    """Claims and edges: draw the graph from all items that have a predicate."""

    kind: Literal["claims"] = output_field("claims")
    items: list[ClaimLine] = output_field(
        "Most weighed first; of a pathway, in the order of its steps."
    )


class EvidenceSection(Section):
    """Notes of one side."""

    kind: Literal["evidence"] = output_field("evidence")
    items: list[NoteLine] = output_field("Heaviest first.")


class BindingSection(Section):
    """Partners in binding."""

    kind: Literal["binding"] = output_field("binding")
    items: list[BindingLine] = output_field("Tightest first; bounds last.")


class MeasurementsSection(Section):
    """Measured constants one by one."""

    kind: Literal["measurements"] = output_field("measurements")
    items: list[MeasurementLine] = output_field("Tightest first; bounds last.")


class ActsSection(Section):
    """What regulators did."""

    kind: Literal["acts"] = output_field("acts")
    items: list[ActLine] = output_field("Newest first.")


class EffectsSection(Section):
    """Figures of comparison."""

    kind: Literal["effects"] = output_field("effects")
    items: list[EffectLine] = output_field("Of primary end-points first.")


class ArmsSection(Section):
    """Figures per arm."""

    kind: Literal["arms"] = output_field("arms")
    items: list[ArmLine] = output_field("Of primary end-points first.")


class FiguresSection(Section):
    """Key figures."""

    kind: Literal["figures"] = output_field("figures")
    items: list[Figure] = output_field("In the record's order.")


class SentencesSection(Section):
    """Sentences: why a verdict stands, or what would move it."""

    kind: Literal["sentences"] = output_field("sentences")
    items: list[SentenceItem] = output_field("In order.")


class ReadingsSection(Section):
    """A claim told for each audience."""

    kind: Literal["readings"] = output_field("readings")
    items: list[ReadingLine] = output_field("One per audience that it was written for.")


class RungsSection(Section):
    """From the dish to the trial."""

    kind: Literal["rungs"] = output_field("rungs")
    items: list[RungLine] = output_field("From the dish to the trial.")


class ModeratorsSection(Section):
    """What differs between the sides of a conflict."""

    kind: Literal["moderators"] = output_field("moderators")
    items: list[ModeratorLine] = output_field("In the conflict's order.")


class RecordsSection(Section):
    """Records that this one names."""

    kind: Literal["records"] = output_field("records")
    items: list[Related] = output_field("In the record's order.")


class TallySection(Section):
    """The claims by verdict."""

    kind: Literal["tally"] = output_field("tally")
    items: list[VerdictCount] = output_field("Most claims first.")


class CountsSection(Section):
    """How many of each related collection."""

    kind: Literal["counts"] = output_field("counts")
    items: list[CollectionCount] = output_field(
        "Every collection that can be filtered by this record."
    )


class CitationsSection(Section):
    """References, short; `twins` have them all, for a reference manager."""

    kind: Literal["citations"] = output_field("citations")
    items: list[CitationItem] = output_field("Those of the heaviest notes first.")
    twins: dict[str, str] = output_field("Format to address: bib, ris and csl.json.")


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
