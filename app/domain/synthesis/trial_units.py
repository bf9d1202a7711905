"""The estimate with which a trial enters a pool, and how several of its estimates are combined."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.synthesis.effect_sizes import EffectSize
from app.domain.synthesis.eligibility import is_indirect_population, is_synthesis
from app.domain.synthesis.facts import EstimateFacts, StudyFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.shared_control import combine_arms, combine_strata
from app.domain.vocabulary import (
    CompoundDirectness,
    Derivation,
    EstimateMetric,
    Masking,
    OutcomeDirectness,
    OutcomeDomain,
    UnitFlag,
)


@dataclass(frozen=True)
class TrialUnit:
    """One trial with one estimate; the sign is that of the outcome.

    Args:
        trial: Trial group; trials are independent of each other.
        estimates: The estimates that were chosen: one, or those that were combined.
        metric: Metric of value and standard error.
        flags: Assumptions behind the figures, and what makes it indirect.
        covers: Trials whose participants it has.
    """

    trial: str
    estimates: tuple[EstimateFacts, ...]
    metric: EstimateMetric
    value: float
    standard_error: float
    participants: int | None
    flags: frozenset[UnitFlag] = frozenset()
    covers: frozenset[str] = frozenset()

    @property
    def estimate(self) -> EstimateFacts:
        """The first of its estimates, whose fields apply to all of them where they agree."""
        return self.estimates[0]

    @property
    def study(self) -> StudyFacts:
        """Its study."""
        return self.estimate.study

    @property
    def outcome(self) -> OutcomeDomain:
        """Its outcome domain."""
        return self.estimate.outcome

    @property
    def masking(self) -> Masking:
        """Its masking; not stated if unknown."""
        return self.estimate.masking or Masking.NOT_STATED

    @property
    def sizes(self) -> tuple[float, float] | None:
        """Participants in intervention and comparator; halves of the total if only that is known.

        None without any number.
        """
        n_1 = sum(e.n_intervention or 0 for e in self.estimates)
        shared = UnitFlag.ARMS_COMBINED in self.flags
        of_control = [e.n_comparator or 0 for e in self.estimates]
        n_2 = max(of_control) if shared else sum(of_control)
        if n_1 and n_2:
            return n_1, n_2
        return (self.participants / 2, self.participants / 2) if self.participants else None

    @property
    def comparator_events(self) -> tuple[int, int] | None:
        """Number of events, and of people, in the comparator arm; None if it is not known."""
        estimate = self.estimate
        if estimate.events_comparator is None or not estimate.n_comparator:
            return None
        return estimate.events_comparator, estimate.n_comparator

    @property
    def indirect(self) -> bool:
        """Whether it is about other people, another drug, a surrogate, or masked otherwise."""
        return bool(self.flags & INDIRECT_FLAGS)


INDIRECT_FLAGS = frozenset(
    {
        UnitFlag.OTHER_POPULATION,
        UnitFlag.OTHER_COMPOUND,
        UnitFlag.SURROGATE,
        UnitFlag.OTHER_MASKING,
    }
)
_DERIVATION_FLAGS = {
    Derivation.SD_BORROWED: UnitFlag.SD_BORROWED,
    Derivation.P_BOUND: UnitFlag.P_BOUND,
    Derivation.UNREPORTED_NULL: UnitFlag.UNREPORTED_NULL,
}


def trial_unit(
    question: QuestionFacts, estimates: Sequence[EstimateFacts], trial: str
) -> TrialUnit:
    """Return the unit of one trial, from one estimate or from arms or strata to be combined.

    Args:
        estimates: With standard errors, all on one metric.
    """
    value, error = _size_of(estimates[0])
    flags = set[UnitFlag]()
    participants = estimates[0].participants
    if len(estimates) > 1:
        if estimates[0].subgroup is None:
            value, error = _arms_together(estimates)
            flags.add(UnitFlag.ARMS_COMBINED)
            participants = _participants_of_arms(estimates)
        else:
            value, error = combine_strata([_size_of(e) for e in estimates])
            flags.add(UnitFlag.STRATA_COMBINED)
            participants = sum(e.participants or 0 for e in estimates) or None
    for estimate in estimates:
        flags |= _flags_of(question, estimate)
    covers = estimates[0].study.trials_pooled if is_synthesis(estimates[0]) else frozenset({trial})
    return TrialUnit(
        trial,
        tuple(estimates),
        estimates[0].metric,
        value,
        error,
        participants or estimates[0].study.participants,
        frozenset(flags),
        covers,
    )


def _participants_of_arms(estimates: Sequence[EstimateFacts]) -> int | None:
    """Return the people in all arms, who share one control."""
    if any(e.n_intervention is None or e.n_comparator is None for e in estimates):
        return max((e.participants or 0 for e in estimates), default=0) or None
    return sum(e.n_intervention or 0 for e in estimates) + max(
        e.n_comparator or 0 for e in estimates
    )


def _flags_of(question: QuestionFacts, estimate: EstimateFacts) -> set[UnitFlag]:
    flags = set[UnitFlag]()
    if estimate.derivation in _DERIVATION_FLAGS:
        flags.add(_DERIVATION_FLAGS[estimate.derivation])
    if is_synthesis(estimate):
        flags.add(UnitFlag.SYNTHESIS)
    if estimate.discrepancy:
        flags.add(UnitFlag.DISCREPANCY)
    if is_indirect_population(question, estimate):
        flags.add(UnitFlag.OTHER_POPULATION)
    if question.masking_wanted and estimate.masking not in question.masking_wanted:
        flags.add(UnitFlag.OTHER_MASKING)
    directness = estimate.directness
    if directness is not None:
        # A compound that the question names is direct, whatever the note says of the claim's words.
        is_wanted = estimate.compound in question.compounds
        if directness.compound is not CompoundDirectness.SAME and not is_wanted:
            flags.add(UnitFlag.OTHER_COMPOUND)
        if directness.outcome is OutcomeDirectness.SURROGATE:
            flags.add(UnitFlag.SURROGATE)
    return flags


def _arms_together(estimates: Sequence[EstimateFacts]) -> EffectSize:
    """Return the effect of several arms; without their sizes they are taken as equal."""
    sizes = [float(e.n_intervention or 0) for e in estimates]
    control = float(max(e.n_comparator or 0 for e in estimates))
    if not all(sizes) or not control:
        sizes, control = [1.0] * len(estimates), 1.0
    return combine_arms([_size_of(e) for e in estimates], sizes, control)


def _size_of(estimate: EstimateFacts) -> EffectSize:
    return EffectSize(estimate.value, estimate.standard_error or 0.0)
