"""Points of a note: base points by design or causal test, and adjustments.

A note gets points for its design or its causal test, and loses some for what weakens it.
docs/verdicts.md says the same in words.

After a change, raise RULE_VERSION in app.domain.verdicts.rule: loads then recompute all verdicts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from app.domain.vocabulary import (
    CausalTest,
    ClaimKind,
    CompoundDirectness,
    Confidence,
    Direction,
    Masking,
    OutcomeDirectness,
    PopulationDirectness,
    Predicate,
    Quantifier,
    Species,
    StudyDesign,
)

D, T = StudyDesign, CausalTest
CLINICAL_POINTS = {
    D.RCT_PARALLEL: 4.0,
    D.RCT_CROSSOVER: 4.0,
    D.RCT_WITHDRAWAL: 4.0,
    D.META_ANALYSIS: 4.0,
    D.POOLED_ANALYSIS: 4.0,
    D.REANALYSIS: 3.0,
    D.REGULATORY_ACT: 3.0,
    D.OPEN_LABEL_TRIAL: 2.0,
    D.SINGLE_ARM_TRIAL: 2.0,
    D.COHORT: 2.0,
    D.HUMAN_EXPERIMENT: 2.0,
    D.CROSS_SECTIONAL: 1.5,
    D.CASE_SERIES: 1.5,
    D.SYSTEMATIC_REVIEW: 2.0,
    D.GUIDELINE: 1.0,
    D.NARRATIVE_REVIEW: 0.5,
    D.ANIMAL_EXPERIMENT: 0.5,
    D.EX_VIVO_EXPERIMENT: 0.5,
    D.IN_VITRO_EXPERIMENT: 0.5,
    D.STRUCTURAL: 0.5,
}
REGULATORY_POINTS = {D.REGULATORY_ACT: 4.0, D.GUIDELINE: 3.0, D.NARRATIVE_REVIEW: 1.0}
CAUSAL_POINTS = {
    T.DIRECT_BINDING: 4.0,
    T.NECESSITY_GENETIC: 4.0,
    T.RESCUE: 4.0,
    T.OCCLUSION: 3.5,
    T.NECESSITY_BLOCKER: 3.5,
    T.SUFFICIENCY: 3.0,
    T.DOSE_RESPONSE: 2.0,
    T.TEMPORAL_ORDER: 2.0,
    T.CORRELATION: 1.5,
    None: 1.0,
}
#: Predicates of interactions between molecules, for which in vitro evidence is direct.
MOLECULAR = {
    Predicate.BINDS,
    Predicate.BLOCKS,
    Predicate.INHIBITS,
    Predicate.ACTIVATES,
    Predicate.MODULATES,
    Predicate.CONVERTS_TO,
}
MIN_POINTS = 0.25
LARGE_TRIAL_N = 200  # participants


@dataclass(frozen=True)
class ClaimFacts:
    """The facts about a claim that the rule uses."""

    kind: ClaimKind
    predicate: Predicate | None = None
    quantifier: Quantifier = Quantifier.GENERAL

    @property
    def molecular(self) -> bool:
        """Whether the claim is about an interaction between molecules."""
        return self.kind is ClaimKind.MECHANISM and self.predicate in MOLECULAR


@dataclass(frozen=True)
class NoteFacts:
    """The facts about an evidence note on a claim, and about its study, that the rule uses."""

    slug: str
    study: str
    direction: Direction
    design: StudyDesign
    species: Species
    masking: Masking
    population: PopulationDirectness
    compound: CompoundDirectness
    outcome: OutcomeDirectness
    causal_test: CausalTest | None = None
    participants: int | None = None
    confidence: Confidence = Confidence.HIGH
    year: int | None = None
    draws_on: frozenset[str] = frozenset()

    @property
    def randomised(self) -> bool:
        """Whether it is a randomised trial, or a synthesis of controlled trials."""
        pooled = self.design in POOLED and self.masking is not Masking.UNMASKED
        return self.design in RANDOMISED or pooled

    @property
    def human(self) -> bool:
        """Whether people were studied, rather than human molecules or cells in vitro."""
        return self.species is Species.HUMAN and self.design not in LABORATORY


LABORATORY = {D.IN_VITRO_EXPERIMENT, D.EX_VIVO_EXPERIMENT, D.STRUCTURAL}
RANDOMISED = {D.RCT_PARALLEL, D.RCT_CROSSOVER, D.RCT_WITHDRAWAL}
UNCONTROLLED = {D.OPEN_LABEL_TRIAL, D.SINGLE_ARM_TRIAL, D.CASE_SERIES, D.COHORT}
POOLED = {D.META_ANALYSIS, D.POOLED_ANALYSIS}
#: Designs in which people were given the drug, so that their number must be known.
DRUG_ADMINISTERED = RANDOMISED | {D.OPEN_LABEL_TRIAL, D.SINGLE_ARM_TRIAL, D.HUMAN_EXPERIMENT}
SYNTHESES = {D.META_ANALYSIS, D.POOLED_ANALYSIS, D.REANALYSIS, D.SYSTEMATIC_REVIEW}
#: Reasons of adjustments; BIAS and INDIRECTNESS are used again for the certainty.
UNBLINDED = "participants knew their treatment"
FUNCTIONAL_UNBLINDING = "the drug's sensations reveal who received it"
OTHER_POPULATION = "another population than the claim's"
NOT_PEOPLE = "animals or cells, not people"
ENANTIOMER = "an enantiomer of the compound"
METABOLITE = "a metabolite of the compound"
OTHER_DRUG = "another drug"
SURROGATE = "a surrogate of the outcome"
BIAS = {UNBLINDED, FUNCTIONAL_UNBLINDING}
INDIRECTNESS = {OTHER_POPULATION, NOT_PEOPLE, ENANTIOMER, METABOLITE, OTHER_DRUG, SURROGATE}


def _adjustments(note: NoteFacts, claim: ClaimFacts) -> Iterator[tuple[bool, float, str]]:
    """Yield (whether it applies, points, reason) of every adjustment."""
    trial, n = note.design in RANDOMISED, note.participants
    has_counted_people = note.human and n is not None and note.design in CLINICAL_POINTS
    yield trial and note.masking is Masking.UNMASKED, -1.0, UNBLINDED
    yield note.design in POOLED and note.masking is Masking.UNMASKED, -2.0, UNBLINDED
    yield (
        note.human and n is None and note.design in DRUG_ADMINISTERED,
        -1.0,
        "participants not counted",
    )
    unblinding_likely = trial and note.masking is Masking.FUNCTIONAL_UNBLINDING_LIKELY
    yield unblinding_likely and claim.kind is not ClaimKind.SAFETY, -0.5, FUNCTIONAL_UNBLINDING
    yield has_counted_people and (n or 0) < 25, -1.5, "fewer than 25 participants"
    yield has_counted_people and 25 <= (n or 0) < 50, -1.0, "fewer than 50 participants"
    yield has_counted_people and 50 <= (n or 0) < 100, -0.5, "fewer than 100 participants"
    yield (
        has_counted_people and trial and (n or 0) >= LARGE_TRIAL_N,
        1.0,
        f"{LARGE_TRIAL_N} participants or more",
    )
    yield note.population is PopulationDirectness.OTHER_HUMAN, -1.0, OTHER_POPULATION
    not_people = note.population in {PopulationDirectness.ANIMAL, PopulationDirectness.CELLS}
    yield not_people and not claim.molecular, -1.0, NOT_PEOPLE
    yield note.compound is CompoundDirectness.ENANTIOMER, -0.5, ENANTIOMER
    yield note.compound is CompoundDirectness.METABOLITE, -1.0, METABOLITE
    yield note.compound is CompoundDirectness.OTHER_DRUG, -1.0, OTHER_DRUG
    yield note.outcome is OutcomeDirectness.SURROGATE, -1.0, SURROGATE
    yield note.confidence is Confidence.MEDIUM, -0.5, "citation confirmed in part"


@dataclass(frozen=True)
class ScoredNote:
    """One line of a verdict's ledger: the points of a note, and its adjustments.

    `study_points` is what its study adds to its side.
    """

    note: NoteFacts
    base_points: float
    adjustments: tuple[tuple[float, str], ...]
    study_points: float = 0.0

    @cached_property
    def points(self) -> float:
        """Base points and adjustments, at least `MIN_POINTS`."""
        return max(MIN_POINTS, self.base_points + sum(points for points, _ in self.adjustments))

    @cached_property
    def unadjusted(self) -> bool:
        """Whether nothing was subtracted: no bias, no indirectness, no small sample."""
        return all(points > 0 for points, _ in self.adjustments)

    def with_study_points(self, study_points: float) -> "ScoredNote":
        """Return the line with the points that its study adds to its side."""
        return ScoredNote(self.note, self.base_points, self.adjustments, study_points)


def score_note(note: NoteFacts, claim: ClaimFacts) -> ScoredNote:
    """Return the points of a note on a claim, before notes of one study are combined."""
    if claim.kind is ClaimKind.REGULATORY:
        base_points = REGULATORY_POINTS.get(note.design, 1.0)
    elif claim.kind is ClaimKind.MECHANISM or note.causal_test:
        base_points = CAUSAL_POINTS[note.causal_test]
        if note.human:
            base_points = min(base_points, CLINICAL_POINTS[note.design])
    else:
        base_points = CLINICAL_POINTS[note.design]
    changes = tuple((points, why) for applies, points, why in _adjustments(note, claim) if applies)
    return ScoredNote(note, base_points, changes)


@dataclass(frozen=True)
class SideTotals:
    """Totals of one side: points, notes, independent studies, participants."""

    points: float = 0.0
    notes: int = 0
    studies: int = 0
    participants: int = 0
