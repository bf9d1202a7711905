"""Whether an estimate answers a question, and if not, why.

The checks are in the order in which a reader would ask them. An unknown time excludes an estimate;
an unknown route or comparator does, unless its curator named the claim.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.synthesis.dose_contrasts import is_dose
from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.vocabulary import (
    ComparatorKind,
    EstimateRegimen,
    Masking,
    OutcomeDomain,
    QuestionRelation,
    Route,
    StudyDesign,
)
from app.domain.vocabulary import ExclusionReason as Reason

RANDOMISED_DESIGNS = frozenset(
    {StudyDesign.RCT_PARALLEL, StudyDesign.RCT_CROSSOVER, StudyDesign.RCT_WITHDRAWAL}
)
#: Designs that pool the results or the participants of several studies.
SYNTHESIS_DESIGNS = frozenset(
    {StudyDesign.META_ANALYSIS, StudyDesign.POOLED_ANALYSIS, StudyDesign.SYSTEMATIC_REVIEW}
)
#: Domains that do not name the outcome, so that a curator must say which claim it answers.
_UNSPECIFIC = frozenset({OutcomeDomain.OTHER_BENEFIT, OutcomeDomain.OTHER_HARM})
#: Reasons for which an estimate is of another topic, and is not listed among those left out.
OTHER_TOPIC = frozenset({Reason.OUTCOME, Reason.COMPOUND, Reason.POPULATION, Reason.ROUTE})


@dataclass(frozen=True)
class Exclusion:
    """Why an estimate does not answer a question; `detail` is what it has instead."""

    reason: Reason
    detail: str


def exclusion_of(question: QuestionFacts, estimate: EstimateFacts) -> Exclusion | None:
    """Return why an estimate does not answer a question; None if it does."""
    for reason, check in _CHECKS:
        if (detail := check(question, estimate)) is not None:
            return Exclusion(reason, detail)
    return None


def is_indirect_population(question: QuestionFacts, estimate: EstimateFacts) -> bool:
    """Return whether an estimate is of other people than those of the question."""
    return bool(question.population) and not (question.population & estimate.study.indications)


def is_synthesis(estimate: EstimateFacts) -> bool:
    """Return whether an estimate pools several studies."""
    return estimate.design in SYNTHESIS_DESIGNS


def _outcome(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    named = estimate.outcome not in _UNSPECIFIC or estimate.bears_on_claim
    if estimate.outcome in question.outcomes and named:
        return None
    return f"outcome: {estimate.outcome.label.lower()}"


def _compound(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    if not question.compounds:
        return None
    if estimate.compound is None:
        answers = estimate.bears_on_claim or bool(estimate.study.compounds & question.compounds)
        return None if answers else "compound: not on record"
    return None if estimate.compound in question.compounds else f"compound: {estimate.compound}"


def _population(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    # Other people are indirect evidence only where a curator linked the note to the claim.
    if not is_indirect_population(question, estimate) or estimate.directness is not None:
        return None
    return "population: " + (", ".join(sorted(estimate.study.indications)) or "not on record")


def _comparator(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    if question.relation is QuestionRelation.THRESHOLD:
        return None  # the share of one arm, whatever it is compared with
    kind = estimate.comparator_kind
    mixed = kind is ComparatorKind.MIXED and is_synthesis(estimate)
    if question.comparators and kind not in question.comparators and not mixed:
        return f"comparator: {kind.label.lower()}"
    comparators = question.comparator_compounds | question.comparator_treatments
    if not comparators or estimate.bears_on_claim:
        return None
    name = _words(estimate.comparator or "")
    if any(_words(treatment) in name for treatment in comparators if name):
        return None
    return f"comparator: {estimate.comparator or 'not on record'}"


def _dose(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    if question.dose_higher is None or question.dose_lower is None or estimate.bears_on_claim:
        return None
    higher, lower = estimate.intervention, estimate.comparator
    if is_dose(question.dose_higher, higher) and is_dose(question.dose_lower, lower):
        return None
    return f"doses: {higher or 'not on record'} against {lower or 'not on record'}"


def _route(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    if not question.routes or estimate.route in question.routes:
        return None
    if estimate.route is None or (estimate.route is Route.MIXED and is_synthesis(estimate)):
        return None if estimate.bears_on_claim else "route: not on record"
    return f"route: {estimate.route.label.lower()}"


def _regimen(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    mixed = estimate.regimen is EstimateRegimen.MIXED and is_synthesis(estimate)
    if not question.regimens or estimate.regimen in question.regimens or mixed:
        return None
    return f"regimen: {estimate.regimen.label.lower()}"


def _masking(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    if not question.masking_accepted or estimate.masking in question.masking_accepted:
        return None
    return f"masking: {(estimate.masking or Masking.NOT_STATED).label.lower()}"


def _no_time(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    if question.window is None or estimate.time_hours is not None or is_synthesis(estimate):
        return None
    return "time: not on record"


def _window(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    window, hours = question.window, estimate.time_hours
    if window is None or hours is None or window.earliest <= hours <= window.latest:
        return None
    return f"outside the time window ({_time(hours)})"


def _standard_error(question: QuestionFacts, estimate: EstimateFacts) -> str | None:
    if question.relation is QuestionRelation.THRESHOLD and estimate.events_intervention is not None:
        return None  # the share of the arm has a standard error of its own
    return None if estimate.standard_error else "no standard error can be derived"


#: Checks in order, with the reason for which an estimate is left out.
_CHECKS: tuple[tuple[Reason, Callable[[QuestionFacts, EstimateFacts], str | None]], ...] = (
    (Reason.OUTCOME, _outcome),
    (Reason.COMPOUND, _compound),
    (Reason.POPULATION, _population),
    (Reason.ROUTE, _route),
    (Reason.COMPARATOR, _comparator),
    (Reason.COMPARATOR, _dose),
    (Reason.REGIMEN, _regimen),
    (Reason.MASKING, _masking),
    (Reason.NO_TIME, _no_time),
    (Reason.WINDOW, _window),
    (Reason.NO_STANDARD_ERROR, _standard_error),
)


def _time(hours: float) -> str:
    return f"{hours:g} h" if hours < 72 else f"day {hours / 24:.0f}"


def _words(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.lower()))
