"""What the certainty of an effect needs to know of its trials, beyond the figures."""

from collections.abc import Sequence

from app.domain.synthesis.eligibility import RANDOMISED_DESIGNS, SYNTHESIS_DESIGNS
from app.domain.synthesis.facts import StudyFacts
from app.domain.synthesis.pooled_effect import PooledEffect
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.small_study_effects import egger_test
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.verdicts.effect_certainty import FUNNEL_K, MOST_WEIGHT
from app.domain.verdicts.effect_verdict import TOLERANCE
from app.domain.vocabulary import OutcomeKind, QuestionRelation, StudyDesign


def is_randomised(
    question: QuestionFacts, pooled: PooledEffect, units: Sequence[TrialUnit]
) -> bool:
    """Return whether most of the weight is randomised; a share in one arm never is."""
    if question.relation is QuestionRelation.THRESHOLD:
        return False
    weight = sum(
        w
        for w, unit in zip(pooled.weights, units, strict=True)
        if unit.estimate.design in RANDOMISED_DESIGNS | SYNTHESIS_DESIGNS
        or unit.estimate.design is StudyDesign.REANALYSIS
    )
    return weight >= MOST_WEIGHT - TOLERANCE


def is_subjective(question: QuestionFacts, units: Sequence[TrialUnit]) -> bool:
    """Return whether knowing the treatment can move the outcome; harms are counted as events."""
    if question.relation is QuestionRelation.THRESHOLD:
        return False
    return any(unit.outcome.kind is OutcomeKind.BENEFIT for unit in units)


def small_study_p(units: Sequence[TrialUnit]) -> float | None:
    """Return the p-value of Egger's test; None with fewer than ten trials."""
    if len(units) < FUNNEL_K:
        return None
    test = egger_test([unit.value for unit in units], [unit.standard_error for unit in units])
    return None if test is None else test.p_value


def unpublished_people(
    question: QuestionFacts, units: Sequence[TrialUnit], studies: Sequence[StudyFacts]
) -> int:
    """Return the people in completed trials of the question whose results are not published."""
    used = {trial for unit in units for trial in unit.covers | {unit.trial}}
    return sum(
        study.participants or 0
        for study in studies
        if study.results_expected
        and study.trial not in used
        and study.compounds & question.compounds
        and study.indications & question.population
    )


def single_sponsor(units: Sequence[TrialUnit]) -> bool:
    """Return whether one sponsor paid for all of two or more trials."""
    sponsors = {unit.study.sponsor for unit in units}
    return len(units) > 1 and len(sponsors) == 1 and None not in sponsors
