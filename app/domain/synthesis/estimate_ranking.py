"""Which estimate of a trial answers a question best, and which others belong to it."""

from collections.abc import Sequence
from math import log

from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.vocabulary import Derivation, EstimateRole, StudyDesign

#: Hours that are added to times before their ratio is taken, so that the start has one.
_TIME_UNIT = 0.25
_ROLES, _TRUST = list(EstimateRole), list(Derivation)


def rank_of(question: QuestionFacts, estimate: EstimateFacts) -> tuple[object, ...]:
    """Return the place of an estimate among those of one trial; the lowest is chosen."""
    hours, window = estimate.time_hours, question.window
    # Times are near if their ratio is: day 2 is nearer to day 1 than the first hour.
    distance = 0.0
    if window is not None and hours is not None:
        distance = abs(log((hours + _TIME_UNIT) / (window.target + _TIME_UNIT)))
    return (
        question.outcomes.index(estimate.outcome),
        estimate.subgroup is not None,
        distance,
        -(hours or 0.0),
        _ROLES.index(estimate.role),
        _TRUST.index(estimate.derivation) if estimate.derivation else len(_TRUST),
        estimate.design is StudyDesign.REANALYSIS,
        estimate.slug,
    )


def combined_with(best: EstimateFacts, ranked: Sequence[EstimateFacts]) -> list[EstimateFacts]:
    """Return the best estimate of a trial, with other arms or the other strata of the same kind."""
    alike = [e for e in ranked if _comparable(e, best)]
    if best.subgroup is None:
        arms = {
            e.intervention: e
            for e in reversed(alike)
            if e.shared_control is not None and e.shared_control == best.shared_control
        }
        arms[best.intervention] = best
        return [best, *(e for e in alike if e is not best and arms.get(e.intervention) is e)]
    strata = {e.subgroup: e for e in reversed(alike)}
    strata[best.subgroup] = best
    parts = [best, *(e for e in alike if e is not best and strata[e.subgroup] is e)]
    people = sum(e.participants or 0 for e in parts)
    whole = best.study.participants
    # More people than the trial has: the parts overlap, so only one of them can count.
    return parts if whole is None or people <= whole else [best]


def _comparable(estimate: EstimateFacts, best: EstimateFacts) -> bool:
    def kind(e: EstimateFacts) -> tuple[object, ...]:
        measured = (e.outcome, e.instrument, e.metric, e.time_hours, e.analysis)
        # Arms of one analysis have one role; parts of the people may have different ones.
        role = e.role if e.subgroup is None else None
        return (e.study.slug, *measured, e.subgroup is None, e.regimen, role)

    return kind(estimate) == kind(best)
