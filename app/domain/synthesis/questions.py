"""The question that a claim asks of trials, as the rule uses it."""

from dataclasses import dataclass

from app.domain.vocabulary import (
    ComparatorKind,
    EffectMeasure,
    EstimateRegimen,
    Masking,
    OutcomeDomain,
    QuestionRelation,
    Route,
    ThresholdSide,
)


@dataclass(frozen=True)
class TimeWindow:
    """When the outcome is read: hours since the first dose or since randomisation."""

    target: float
    earliest: float
    latest: float


@dataclass(frozen=True)
class EffectBound:
    """A margin or the smallest worthwhile effect, on the scale of its measure.

    Args:
        measure: Scale of the value.
        value: Value on that scale; positive.
        source: Slug of the reference that gives it; None for a reader's choice, or for a margin
            that the claim itself names.
        instrument: Instrument of a value in points.
    """

    measure: EffectMeasure
    value: float
    source: str | None = None
    instrument: str | None = None


@dataclass(frozen=True)
class QuestionFacts:
    """What an estimate must be about to answer a claim, and what its effect is held against.

    Args:
        relation: What the claim says of the effect.
        outcomes: Outcome domains in order of preference.
        population: Slugs of the indications, with all that are narrower; any if empty.
        compounds: Slugs of the compounds; any of them.
        routes: Routes of administration; any if empty.
        regimens: Regimens; any if empty.
        comparators: Accepted kinds of comparator; any if empty.
        comparator_compounds: Compounds of an active comparator; any if empty.
        comparator_treatments: Comparators that are no compounds; any if empty.
        window: When the outcome is read; at any time if None.
        masking_accepted: Only estimates that are masked so; all if empty.
        masking_wanted: Estimates that are masked otherwise are indirect; none if empty.
        dose_higher: Higher dose of a comparison of doses, in words.
        dose_lower: Lower dose of a comparison of doses, in words.
        proportion: Proportion that a threshold claim names, from 0 to 1.
        side: Side of it on which the claim places the share.
        margin: Margin of non-inferiority or equivalence.
        worthwhile: Smallest worthwhile effect; None if no source gives one.
    """

    relation: QuestionRelation
    outcomes: tuple[OutcomeDomain, ...]
    population: frozenset[str] = frozenset()
    compounds: frozenset[str] = frozenset()
    routes: frozenset[Route] = frozenset()
    regimens: frozenset[EstimateRegimen] = frozenset()
    comparators: frozenset[ComparatorKind] = frozenset()
    comparator_compounds: frozenset[str] = frozenset()
    comparator_treatments: frozenset[str] = frozenset()
    window: TimeWindow | None = None
    masking_accepted: frozenset[Masking] = frozenset()
    masking_wanted: frozenset[Masking] = frozenset()
    dose_higher: str | None = None
    dose_lower: str | None = None
    proportion: float | None = None
    side: ThresholdSide | None = None
    margin: EffectBound | None = None
    worthwhile: EffectBound | None = None
