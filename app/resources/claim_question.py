"""The question that a claim asks of trials or of regulators: population, intervention, outcomes."""

from typing import Annotated

from pydantic import Field

from app.domain.vocabulary import (
    ComparatorKind,
    EffectMeasure,
    EstimateRegimen,
    Masking,
    OutcomeDomain,
    QuestionRelation,
    RegulatoryActType,
    RegulatoryStatus,
    Route,
    ThresholdSide,
)
from app.kit.field_mapping import SlugOf
from app.kit.query_types import Text
from app.resources.base import AnyJurisdiction, OutputModel, Slug, output_field

Compounds = list[Annotated[Slug, SlugOf("compounds")]]


class QuestionIntervention(OutputModel):
    """What is given."""

    compounds: Compounds = output_field("Compounds; any of them.")
    treatments: list[Text] = output_field("Treatments that are no compounds.")
    routes: list[Route] = output_field("Routes of administration; any if empty.")
    regimens: list[EstimateRegimen] = output_field("Single dose, course, …; any if empty.")
    with_treatments: list[Text] = output_field("Treatments that everybody takes besides.")
    without_treatments: list[Text] = output_field("Treatments that nobody takes besides.")


class QuestionWindow(OutputModel):
    """When the outcome is read, in hours after the first dose or after `since`."""

    target: Annotated[float, Field(ge=0)] = output_field("Preferred time.")
    earliest: Annotated[float, Field(ge=0)] = output_field("Earliest time.")
    latest: Annotated[float, Field(ge=0)] = output_field("Latest time.")
    since: Text | None = output_field("Start of the time, if not the first dose: randomisation.")


class QuestionMargin(OutputModel):
    """A margin, or the smallest effect worth having, with its source."""

    measure: EffectMeasure = output_field("Scale of the value.")
    value: float = output_field("Value on that scale.")
    source: Annotated[Slug, SlugOf("references")] | None = output_field(
        "Reference that gives it; null if it is a choice of the editors."
    )
    note: Text | None = output_field("Further details, such as the instrument.")


class QuestionThreshold(OutputModel):
    """The proportion that a claim names."""

    proportion: Annotated[float, Field(ge=0, le=1)] = output_field("Proportion, from 0 to 1.")
    side: ThresholdSide = output_field("Side on which the claim places the share.")


class ClaimQuestion(OutputModel):
    """Question of a claim: what an estimate must be about to answer it."""

    relation: QuestionRelation = output_field("What the claim says of the effect.")
    population: list[Annotated[Slug, SlugOf("indications")]] = output_field(
        "Indications, with those that are narrower; others are indirect."
    )
    population_condition: Text | None = output_field("Further condition of the population.")
    intervention: QuestionIntervention = output_field("What is given.")
    comparators: list[ComparatorKind] = output_field("Accepted kinds of comparator.")
    comparator_compounds: Compounds = output_field("Compounds of an active comparator.")
    comparator_treatments: list[Text] = output_field("Comparators that are no compounds.")
    outcomes: list[OutcomeDomain] = output_field("Outcome domains in order of preference.")
    outcome_text: Text | None = output_field("Outcome in words, where no domain names it.")
    window_hours: QuestionWindow | None = output_field("When the outcome is read.")
    masking_accepted: list[Masking] = output_field("Only estimates masked so; all if empty.")
    masking_wanted: list[Masking] = output_field("Estimates masked otherwise are indirect.")
    dose_higher: Text | None = output_field("Higher dose of a comparison of doses.")
    dose_lower: Text | None = output_field("Lower dose of a comparison of doses.")
    threshold: QuestionThreshold | None = output_field("Proportion that the claim names.")
    margin: QuestionMargin | None = output_field("Margin of non-inferiority or equivalence.")
    worthwhile: QuestionMargin | None = output_field("Smallest effect worth having.")
    jurisdictions: list[AnyJurisdiction] = output_field(
        "Jurisdictions that a regulatory claim is about; each is answered by its latest act."
    )
    acts: list[RegulatoryActType] = output_field("Types of act that decide a regulatory claim.")
    statuses: list[RegulatoryStatus] = output_field(
        "Statuses that a regulatory claim says the acts gave; any of them."
    )
