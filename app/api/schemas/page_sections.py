"""Response models of page sections: a common head, and items of one type each.

A front-end needs one component per `kind`, whatever the record is.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.page_items import (
    ActLine,
    ArmLine,
    AssessmentLine,
    BindingLine,
    CitationItem,
    ClaimLine,
    CollectionCount,
    EffectLine,
    EstimateLine,
    KeyFigure,
    MeasurementLine,
    ModeratorLine,
    NoteLine,
    ReadingLine,
    RelatedRecord,
    RungLine,
    SentenceItem,
    VerdictCount,
)
from app.domain.vocabulary import ClaimKind
from app.resources.base import OutputModel, output_field


class Section(OutputModel):
    """Base of all sections; `total` counts all items, and `url` links to them."""

    key: str = output_field("Section key, unique within the page.")
    title: str = output_field("Section heading.")
    shown: int = output_field("Number of items included in this section.")
    total: int = output_field("Total number of items available.")
    url: str = output_field("URL of the full list.")
    next: str | None = output_field(
        "URL of this section with the items that follow; null if there are none."
    )


class ClaimsSection(Section):
    """Claims and graph edges; items with a predicate are edges."""

    kind: Literal["claims"] = output_field("claims")
    items: list[ClaimLine] = output_field(
        "Items with the most evidence first; for a pathway, in step order."
    )


class EvidenceSection(Section):
    """Evidence notes on one side of a claim, or of the claims of one kind."""

    kind: Literal["evidence"] = output_field("evidence")
    side: Literal["for", "against", "open"] | None = output_field(
        "for, against, or open (mixed and neutral notes); null for the findings of one note."
    )
    claim_kinds: list[ClaimKind] = output_field(
        "Kinds of the claims, if the section is about claims of some kinds; empty on the pages of"
        " one claim and of one note."
    )
    items: list[NoteLine] = output_field("Items, the most important first.")


class BindingSection(Section):
    """Binding partners."""

    kind: Literal["binding"] = output_field("binding")
    items: list[BindingLine] = output_field("Items, tightest binding first, bounds last.")


class MeasurementsSection(Section):
    """Individual measured constants."""

    kind: Literal["measurements"] = output_field("measurements")
    items: list[MeasurementLine] = output_field("Items, tightest binding first, bounds last.")


class ActsSection(Section):
    """Regulatory acts."""

    kind: Literal["acts"] = output_field("acts")
    items: list[ActLine] = output_field("Items, newest first.")


class AssessmentsSection(Section):
    """Conclusions of other bodies on a claim, shown beside the verdict."""

    kind: Literal["assessments"] = output_field("assessments")
    items: list[AssessmentLine] = output_field("Items, newest first.")


class EffectsSection(Section):
    """Effects as the sources print them."""

    kind: Literal["effects"] = output_field("effects")
    items: list[EffectLine] = output_field("Items, primary endpoints first.")


class ArmsSection(Section):
    """Results per study arm."""

    kind: Literal["arms"] = output_field("arms")
    items: list[ArmLine] = output_field("Items, primary endpoints first.")


class EstimatesSection(Section):
    """Effect estimates."""

    kind: Literal["estimates"] = output_field("estimates")
    items: list[EstimateLine] = output_field("Items, primary endpoints first.")


class KeyFiguresSection(Section):
    """Key figures."""

    kind: Literal["figures"] = output_field("figures")
    items: list[KeyFigure] = output_field("Items in record order.")


class SentencesSection(Section):
    """Sentences that explain a verdict, or what would change it."""

    kind: Literal["sentences"] = output_field("sentences")
    items: list[SentenceItem] = output_field("Items in order.")


class ReadingsSection(Section):
    """Readings of a claim by audience."""

    kind: Literal["readings"] = output_field("readings")
    items: list[ReadingLine] = output_field("Items, one per audience.")


class RungsSection(Section):
    """Evidence ladder, from in vitro studies to clinical trials."""

    kind: Literal["rungs"] = output_field("rungs")
    items: list[RungLine] = output_field(
        "Evidence ladder, from in vitro studies to clinical trials."
    )


class ModeratorsSection(Section):
    """Differences between the two sides of a conflict."""

    kind: Literal["moderators"] = output_field("moderators")
    items: list[ModeratorLine] = output_field("Items in the order of the conflict record.")


class RecordsSection(Section):
    """Records referenced by this record."""

    kind: Literal["records"] = output_field("records")
    items: list[RelatedRecord] = output_field("Items in record order.")


class VerdictCountsSection(Section):
    """Number of claims by verdict."""

    kind: Literal["tally"] = output_field("tally")
    items: list[VerdictCount] = output_field("Items, most claims first.")


class CountsSection(Section):
    """Number of related records per collection."""

    kind: Literal["counts"] = output_field("counts")
    items: list[CollectionCount] = output_field("Collections that can be filtered by this record.")


class CitationsSection(Section):
    """Short citations; `alternates` links to the complete list in reference manager formats."""

    kind: Literal["citations"] = output_field("citations")
    items: list[CitationItem] = output_field("Items, references of the most important notes first.")
    alternates: dict[str, str] = output_field("URL per format: bib, ris and csl.json.")


AnySection = Annotated[
    ClaimsSection
    | EvidenceSection
    | BindingSection
    | MeasurementsSection
    | ActsSection
    | AssessmentsSection
    | EffectsSection
    | ArmsSection
    | EstimatesSection
    | KeyFiguresSection
    | SentencesSection
    | ReadingsSection
    | RungsSection
    | ModeratorsSection
    | RecordsSection
    | VerdictCountsSection
    | CountsSection
    | CitationsSection,
    Field(discriminator="kind"),
]
