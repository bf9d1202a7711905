"""What a verdict hinges on: single trials, and the trial that would change it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

from app.domain.synthesis.distributions import Z_95
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.verdicts.effect_certainty import IN_FAVOUR
from app.domain.verdicts.effect_synthesis import RULE_DEFAULTS, EffectOptions, judge_units
from app.domain.verdicts.judgement import EffectSynthesis, Judgement
from app.domain.vocabulary import (
    EstimateMetric,
    QuestionRelation,
    VerdictBasis,
    VerdictKind,
)

V = VerdictKind
_PLAIN = (QuestionRelation.SUPERIOR, QuestionRelation.INFERIOR, QuestionRelation.HARM)
#: A trial larger than this is no plan: what would need it is not stated.
MAX_PEOPLE = 100_000
#: Multiples of the size that would suffice if trials did not differ; the first is above rounding.
_FACTORS = (1.000001, 2.0, 4.0, 8.0)
#: Verdicts that are at least as far from the present one as what a size was computed for.
_REACHED = {
    V.SUPPORTED: (V.SUPPORTED, V.ESTABLISHED),
    V.REFUTED: (V.REFUTED,),
    V.INCONCLUSIVE: (V.INCONCLUSIVE, V.CONTESTED),
}


@dataclass(frozen=True)
class WithoutUnit:
    """The judgement without one of the units."""

    unit: TrialUnit
    judgement: Judgement


@dataclass(frozen=True)
class ChangingTrial:
    """One further balanced trial that would change the verdict, if it agrees in all but its effect.

    Args:
        effect: Effect of the trial on the metric of the pool: the smallest worthwhile one, or none.
        people: Number of people that suffices.
        verdict: The verdict then.
    """

    effect: float
    people: int
    verdict: VerdictKind


def judgements_without_one(
    question: QuestionFacts, judgement: Judgement, options: EffectOptions = RULE_DEFAULTS
) -> list[WithoutUnit]:
    """Return the judgement without each unit; nothing for a single one."""
    effect = judgement.effect
    if effect is None or len(effect.units) < 2:
        return []
    units = effect.units
    return [
        WithoutUnit(
            unit,
            judge_units(question, effect.scale, [*units[:i], *units[i + 1 :]], options),
        )
        for i, unit in enumerate(units)
    ]


def decisive_trials(judgement: Judgement, without: Sequence[WithoutUnit]) -> list[str]:
    """Return the studies without which the verdict would be another."""
    return [
        other.unit.study.slug for other in without if other.judgement.verdict != judgement.verdict
    ]


def changing_trials(
    question: QuestionFacts, judgement: Judgement, options: EffectOptions = RULE_DEFAULTS
) -> list[ChangingTrial]:
    """Return the trials that would change a verdict: with a worthwhile effect, and with none.

    The size is found with the pooled effect as one estimate, to which the trial is added by inverse
    variance, and then confirmed by judging the trial with the others: what differs from them widens
    the interval. If no size up to eight times as large suffices, nothing is stated.
    """
    effect = judgement.effect
    if effect is None or question.relation not in _PLAIN or judgement.basis is VerdictBasis.ADOPTED:
        return []
    m, estimate = effect.worthwhile, effect.pooled.estimate
    weight = (2 * Z_95 / (effect.pooled.upper - effect.pooled.lower)) ** 2
    candidates = []
    if judgement.verdict in (V.INCONCLUSIVE, V.REFUTED) and m:
        candidates.append((m, _weight_to_show(estimate, weight, m), V.SUPPORTED))
    if judgement.verdict is V.INCONCLUSIVE and m:
        candidates.append((0.0, _weight_to_refute(estimate, weight, m), V.REFUTED))
    if judgement.verdict in IN_FAVOUR:
        candidates.append((0.0, (estimate * weight / Z_95) ** 2 - weight, V.INCONCLUSIVE))
    trials = []
    for value, added, verdict in candidates:
        for weight in (factor * added for factor in _FACTORS if added > 0):
            people = _people(effect, weight)
            after = _with_trial(question, effect, value, weight, people, options)
            if after in _REACHED[verdict]:
                trials.append(ChangingTrial(value, people, after))
                break
    return [trial for trial in trials if trial.people <= MAX_PEOPLE]


def _with_trial(
    question: QuestionFacts,
    effect: EffectSynthesis,
    value: float,
    weight: float,
    people: int,
    options: EffectOptions,
) -> VerdictKind:
    """Return the verdict with a further trial that is like the first one but for its effect."""
    further = replace(
        effect.units[0],
        trial="",
        value=value,
        standard_error=weight**-0.5,
        participants=people,
        flags=frozenset(),
        covers=frozenset({""}),
    )
    return judge_units(question, effect.scale, [*effect.units, further], options).verdict


def _weight_to_show(estimate: float, weight: float, m: float) -> float:
    """Return the weight of a trial with the effect m after which the lower bound is above 0.

    (e·w + m·x) / (w + x) > z / √(w + x): with u = √(w + x), m·u² - z·u + (e - m)·w > 0.
    """
    discriminant = Z_95**2 - 4 * m * (estimate - m) * weight
    if discriminant < 0:
        return 0.0
    root = (Z_95 + sqrt(discriminant)) / (2 * m)
    return root**2 - weight


def _weight_to_refute(estimate: float, weight: float, m: float) -> float:
    """Return the weight of a trial without an effect after which the upper bound is below m.

    e·w / u² + z / u < m with u = √(w + x): m·u² - z·u - e·w > 0.
    """
    discriminant = Z_95**2 + 4 * m * estimate * weight
    if discriminant < 0:
        return 0.0
    root = (Z_95 + sqrt(discriminant)) / (2 * m)
    return root**2 - weight


def _people(effect: EffectSynthesis, weight: float) -> int:
    """Return the people of a balanced trial with a weight of 1/SE².

    n = 4·SD²·weight for means; for logarithms of odds ratios 4·weight / (p·(1 - p)) with the risk p
    of the comparator, one half if it is unknown.
    """
    risk = effect.comparator_risk or 0.5
    spread = effect.scale.sd**2
    if effect.scale.metric is EstimateMetric.LOG_OR:
        spread = 1 / (risk * (1 - risk)) if risk < 1 else 4.0
    elif effect.scale.metric in (EstimateMetric.LOG_RR, EstimateMetric.LOG_HR):
        spread = 1 / risk
    elif effect.scale.metric is EstimateMetric.SMD:
        spread = 1.0
    return ceil(4 * spread * weight)
