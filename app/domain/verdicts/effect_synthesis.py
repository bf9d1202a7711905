"""The judgement on a claim that asks trials for an effect: choose, pool, hold against the null."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.synthesis.choice import NotChosen, choose_estimates
from app.domain.synthesis.claim_side import claim_sign, event_sign
from app.domain.synthesis.common_metric import MetricScale, common_metric, comparator_risk
from app.domain.synthesis.facts import EstimateFacts, StudyFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.synthesis.worthwhile import on_scale, worthwhile_of
from app.domain.verdicts.absolute_difference import absolute_difference
from app.domain.verdicts.certainty_inputs import (
    is_randomised,
    is_subjective,
    single_sponsor,
    small_study_p,
    unpublished_people,
)
from app.domain.verdicts.certainty_limits import effect_limits
from app.domain.verdicts.effect_certainty import (
    IN_FAVOUR,
    MOST_WEIGHT,
    CertaintyInput,
    grade_effect,
    steadiness,
)
from app.domain.verdicts.effect_pooling import (
    WITH_MARGIN,
    independent_trials,
    is_absolute,
    null_and_margin,
    pool_units,
    unit_interval,
)
from app.domain.verdicts.effect_verdict import (
    TOLERANCE,
    EffectEvidence,
    effect_verdict,
    magnitude,
)
from app.domain.verdicts.judgement import EffectSynthesis, Judgement
from app.domain.vocabulary import (
    Certainty,
    PoolingMethod,
    QuestionRelation,
    UnitFlag,
    VerdictBasis,
    VerdictKind,
)
from app.domain.vocabulary import ExclusionReason as Reason

V = VerdictKind
#: What very low certainty leaves of a verdict.
VERY_LOW_CAPS = {
    V.SUPPORTED: V.SUGGESTIVE,
    V.REFUTED: V.INCONCLUSIVE,
    V.OPPOSITE: V.INCONCLUSIVE,
}


@dataclass(frozen=True)
class EffectOptions:
    """How a reader wants a question answered; the defaults are the rule.

    Args:
        method: Method that pools two and more units.
        excluded: Slugs of estimates to leave out.
        expected_studies: Studies of the store that are completed and unpublished.
        certainty_of_syntheses: Certainty that syntheses give their own result, by study.
        dose_response: Whether a note shows that the effect rises with the dose.
    """

    method: PoolingMethod = PoolingMethod.BAYES
    excluded: frozenset[str] = frozenset()
    expected_studies: tuple[StudyFacts, ...] = ()
    certainty_of_syntheses: tuple[tuple[str, Certainty], ...] = ()
    dose_response: bool = False


RULE_DEFAULTS = EffectOptions()


def judge_effect(
    question: QuestionFacts,
    estimates: Iterable[EstimateFacts],
    options: EffectOptions = RULE_DEFAULTS,
) -> Judgement:
    """Return the judgement on a question from the estimates of the store.

    Without a unit it is `not_assessed`; the caller adds why.
    """
    estimates = tuple(estimates)
    choice = choose_estimates(question, estimates, options.excluded)
    if not choice.units:
        return Judgement(VerdictBasis.NONE, V.NOT_ASSESSED, not_chosen=choice.not_chosen)
    scale, units, left = common_metric(choice.units, absolute=is_absolute(question))
    signed = [
        replace(unit, value=claim_sign(question, unit.outcome) * unit.value) for unit in units
    ]
    judgement = judge_units(question, scale, signed, options, adopted=choice.adopted)
    if judgement.effect is not None:
        absolute = absolute_difference(question, judgement.effect, estimates)
        judgement = replace(judgement, effect=replace(judgement.effect, absolute=absolute))
    not_convertible = [
        NotChosen(e, Reason.NOT_CONVERTIBLE, f"scale: {e.metric.label.lower()}")
        for unit in left
        for e in unit.estimates
    ]
    return replace(judgement, not_chosen=(*choice.not_chosen, *not_convertible))


def judge_units(
    question: QuestionFacts,
    scale: MetricScale,
    units: Sequence[TrialUnit],
    options: EffectOptions = RULE_DEFAULTS,
    *,
    adopted: bool = False,
) -> Judgement:
    """Return the judgement on units that are on one metric and on the claim's side."""
    null, margin = null_and_margin(question, scale, units)
    risk = comparator_risk(units)
    bound, worthwhile = None, None
    if question.relation not in WITH_MARGIN:
        bound = worthwhile_of(question)
        worthwhile = on_scale(bound, scale, risk, event_sign(question, units[0].outcome))
    pooled = pool_units(scale, units, null, options.method)
    evidence = EffectEvidence(
        estimate=pooled.estimate - null,
        lower=pooled.lower - null,
        upper=pooled.upper - null,
        p_value=pooled.p_value,
        groups=independent_trials(units, adopted=adopted),
        # The value of a trial without a figure is assumed: it contradicts no other trial.
        units=[
            unit_interval(unit, null)
            for unit in units
            if UnitFlag.UNREPORTED_NULL not in unit.flags
        ],
        q_p=pooled.heterogeneity.q_p,
        worthwhile=worthwhile,
        margin=margin or 0.0,
    )
    verdict, reason = effect_verdict(question.relation, evidence)
    inputs = CertaintyInput(
        question.relation,
        verdict,
        evidence,
        pooled,
        units,
        randomised=is_randomised(question, pooled, units),
        subjective=is_subjective(question, units),
        masking_wanted=bool(question.masking_wanted),
        small_study_p=small_study_p(units),
        unpublished_people=unpublished_people(question, units, options.expected_studies),
        dose_response=options.dose_response,
    )
    verdict, reasons = _without_assumption(question, inputs, reason, margin)
    inputs = replace(inputs, verdict=verdict)
    certainty, steps = grade_effect(inputs)
    of_authors = dict(options.certainty_of_syntheses).get(units[0].study.slug)
    if adopted and of_authors is not None and _is_lower(of_authors, certainty):
        certainty = of_authors
        reasons.append(f"The authors of the synthesis give {of_authors.label.lower()} certainty.")
    if certainty is Certainty.VERY_LOW and verdict in VERY_LOW_CAPS:
        verdict = VERY_LOW_CAPS[verdict]
        reasons.append(f"Certainty is very low: {verdict.value} at most.")
    # What a synthesis says of the next trial is the judgement of its authors.
    steady = of_authors is Certainty.HIGH if adopted else steadiness(pooled, null)
    certain = certainty is Certainty.HIGH and evidence.groups > 1
    if verdict is V.SUPPORTED and certain and steady:
        verdict = V.ESTABLISHED
        reasons.append("Certainty is high, and a further trial is expected to agree.")
    basis = VerdictBasis.POOLED if len(units) > 1 else VerdictBasis.SINGLE
    return Judgement(
        VerdictBasis.ADOPTED if adopted else basis,
        verdict,
        tuple(reasons),
        certainty,
        steps,
        effect_limits(inputs),
        magnitude(evidence) if verdict in IN_FAVOUR else None,
        effect=EffectSynthesis(
            scale,
            pooled,
            null,
            worthwhile,
            None if worthwhile is None else bound,
            tuple(units),
            options.method if len(units) > 1 else None,
            claim_sign(question, units[0].outcome),
            risk,
            None,
            single_sponsor(units),
        ),
    )


def _without_assumption(
    question: QuestionFacts, inputs: CertaintyInput, reason: str, margin: float | None
) -> tuple[VerdictKind, list[str]]:
    """Return the verdict without what only an assumption would decide, and its reasons.

    A trial that reports no difference without a figure has the value 0 by assumption, which can
    exclude no effect. A claim of equivalence without a margin cannot be excluded by a difference.
    """
    equivalent = question.relation is QuestionRelation.EQUIVALENT
    reasons = [reason]
    excludes = {V.REFUTED, V.OPPOSITE, *([V.SUPPORTED] if question.relation in WITH_MARGIN else ())}
    assumed = inputs.share(lambda unit: UnitFlag.UNREPORTED_NULL in unit.flags)
    if inputs.verdict in excludes and assumed >= MOST_WEIGHT - TOLERANCE:
        reasons.append("Most of the weight is of trials without a figure, which exclude nothing.")
        return V.INCONCLUSIVE, reasons
    if question.relation in WITH_MARGIN and margin is None:
        reasons.append("No margin is on record: it is held against no difference.")
        if equivalent and inputs.verdict is V.REFUTED:
            return V.INCONCLUSIVE, reasons
    return inputs.verdict, reasons


def _is_lower(certainty: Certainty, other: Certainty) -> bool:
    levels = list(Certainty)  # the highest first
    return levels.index(certainty) > levels.index(other)
