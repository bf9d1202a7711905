"""Certainty of an effect along GRADE's five domains; each step is data with its reason.

It is computed by rule, and is not the judgement of a GRADE panel. The domains are those of Guyatt
et al. 2011 (GRADE guidelines 3 to 9). The limits between the steps are a choice of the editors;
docs/verdicts.md lists all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log

from app.domain.synthesis.common_metric import RATIOS
from app.domain.synthesis.distributions import normal_quantile
from app.domain.synthesis.pooled_effect import PooledEffect
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.verdicts.effect_verdict import HETEROGENEITY_P, TOLERANCE, EffectEvidence
from app.domain.verdicts.judgement import CertaintyChange
from app.domain.vocabulary import (
    BiasJudgement,
    Certainty,
    CertaintyDomain,
    Masking,
    QuestionRelation,
    UnitFlag,
    VerdictKind,
)

V, D = VerdictKind, CertaintyDomain
LEVELS = (Certainty.VERY_LOW, Certainty.LOW, Certainty.MODERATE, Certainty.HIGH)
IN_FAVOUR = frozenset({V.ESTABLISHED, V.SUPPORTED, V.SUGGESTIVE})
#: Share of the weight from which a limitation of some trials is one of the pool.
MOST_WEIGHT = 0.5
#: Share of the weight that is exposed to unblinding, from which results in favour are doubted.
EXPOSED_WEIGHT = 0.4
EXPOSURE_BY_MASKING = {
    Masking.FULLY_MASKED: 0.0,
    Masking.ACTIVE_PLACEBO: 0.5,
}
#: I² in per cent: substantial from 50, considerable from 75 (Cochrane Handbook 5.1, section 9.5.2).
SUBSTANTIAL_I2, CONSIDERABLE_I2, SOME_I2 = 50.0, 75.0, 30.0
#: Trials from which a prediction interval decides, and from which a funnel plot is tested.
#: Source of the second: Cochrane Handbook 5.1, section 10.4.3.1.
PREDICTION_K, FUNNEL_K = 5, 10
#: 80% power at 5%, two-sided: the optimal information size is that of one trial planned so.
POWER_Z = normal_quantile(0.975) + normal_quantile(0.8)
#: People below which a result is imprecise however clear it is; one trial alone; without a smallest
#: worthwhile effect to plan for. The last is a criterion of reviews that follow GRADE.
FEW_PEOPLE, ENOUGH_ALONE, ENOUGH_PEOPLE, VERY_FEW_PEOPLE = 100, 400, 400, 50
#: Share of the people of all trials that are in unpublished ones.
UNPUBLISHED_SHARE = 0.2
#: Ratios of observational studies that raise the certainty by one and by two levels.
#: Source: Guyatt et al. 2011, GRADE guidelines 9, J Clin Epidemiol 64:1311-1316.
LARGE_RATIO, VERY_LARGE_RATIO = 2.0, 5.0


@dataclass(frozen=True)
class CertaintyInput:
    """What the certainty of an effect depends on.

    Args:
        relation: What the claim says of the effect.
        verdict: Verdict before the certainty is known.
        evidence: The effect, as the verdict table sees it.
        pooled: The pooled effect with its heterogeneity.
        units: Units of the pool, in the order of its weights.
        randomised: Whether most of the weight is randomised.
        subjective: Whether knowing the treatment can move the outcome.
        masking_wanted: Whether the question asks for masking: other masking is indirect then, and
            is not counted a second time as risk of bias.
        small_study_p: p-value of the test of small-study effects; None with fewer than 10 trials.
        unpublished_people: People in completed trials of the question without published results.
        dose_response: Whether a study shows that the effect rises with the dose.
    """

    relation: QuestionRelation
    verdict: VerdictKind
    evidence: EffectEvidence
    pooled: PooledEffect
    units: Sequence[TrialUnit]
    randomised: bool
    subjective: bool
    masking_wanted: bool = False
    small_study_p: float | None = None
    unpublished_people: int = 0
    dose_response: bool = False

    @property
    def people(self) -> int:
        """Participants of all units, as far as known."""
        return sum(unit.participants or 0 for unit in self.units)

    @property
    def predicts_null(self) -> bool:
        """Whether the prediction interval of five or more trials includes the null."""
        prediction = self.pooled.prediction
        if prediction is None or self.pooled.k < PREDICTION_K:
            return False
        shift = self.pooled.estimate - self.evidence.estimate
        return prediction.lower < shift + TOLERANCE and prediction.upper > shift - TOLERANCE

    def share(self, test: Callable[[TrialUnit], bool]) -> float:
        """Return the share of the weight of units that pass a test."""
        weights = zip(self.pooled.weights, self.units, strict=True)
        return sum((weight for weight, unit in weights if test(unit)), 0.0)

    def weighted(self, measure: Callable[[TrialUnit], float]) -> float:
        """Return the mean of a measure of the units by their weights."""
        return sum(w * measure(u) for w, u in zip(self.pooled.weights, self.units, strict=True))


def grade_effect(inputs: CertaintyInput) -> tuple[Certainty, tuple[CertaintyChange, ...]]:
    """Return the certainty of an effect, and the steps that lead to it from its start."""
    start = 3 if inputs.randomised else 1
    why = "randomised trials" if inputs.randomised else "no randomised comparison"
    steps = [CertaintyChange(D.DESIGN, start, f"starts {LEVELS[start].label.lower()}: {why}")]
    for rule in (_bias, _inconsistency, _indirectness, _imprecision, _publication):
        steps += [step for step in rule(inputs) if step.change]
    if not inputs.randomised and len(steps) == 1:
        steps += _upgrades(inputs)
    level = max(0, min(3, sum(step.change for step in steps)))
    return LEVELS[level], tuple(steps)


def exposure(unit: TrialUnit) -> float:
    """Return how far knowledge of the treatment could move a result: 0 fully masked, 1 open.

    A published judgement of a high risk of bias counts as open.
    """
    if unit.study.bias is BiasJudgement.HIGH:
        return 1.0
    return EXPOSURE_BY_MASKING.get(unit.masking, 1.0)


def _is_open(unit: TrialUnit) -> bool:
    unmasked = unit.masking in (Masking.UNMASKED, Masking.NOT_APPLICABLE)
    return unmasked or unit.study.bias is BiasJudgement.HIGH


def _bias(inputs: CertaintyInput) -> Iterator[CertaintyChange]:
    if not inputs.subjective or inputs.verdict is V.CONTESTED:
        return
    is_open = inputs.share(_is_open)
    if is_open >= MOST_WEIGHT - TOLERANCE:
        why = f"{is_open:.0%} of the weight is from open trials, or of high published risk of bias"
        yield CertaintyChange(D.RISK_OF_BIAS, -1, why)
    elif not inputs.masking_wanted and inputs.verdict in IN_FAVOUR:
        # Unblinding works in favour of the drug: it is not held against a null result.
        exposed = inputs.weighted(exposure)
        if exposed >= EXPOSED_WEIGHT - TOLERANCE:
            why = (
                f"masking is incomplete in {exposed:.0%} of the weight"
                " (an active placebo counts half)"
            )
            yield CertaintyChange(D.RISK_OF_BIAS, -1, why)


def _inconsistency(inputs: CertaintyInput) -> Iterator[CertaintyChange]:
    if inputs.pooled.k < 2:
        return
    i2, q_p = inputs.pooled.heterogeneity.i2, inputs.pooled.heterogeneity.q_p
    if inputs.verdict is V.CONTESTED:
        yield CertaintyChange(D.INCONSISTENCY, -2, "trials contradict each other")
    elif i2 >= CONSIDERABLE_I2 and inputs.predicts_null:
        change = -2 if inputs.verdict is V.INCONCLUSIVE else -1
        why = f"I² is {i2:.0f}%, and the prediction interval includes the null"
        yield CertaintyChange(D.INCONSISTENCY, change, why)
    elif i2 >= SUBSTANTIAL_I2:
        yield CertaintyChange(D.INCONSISTENCY, -1, f"I² is {i2:.0f}%")
    elif i2 >= SOME_I2 and inputs.predicts_null and q_p < HETEROGENEITY_P:
        why = f"I² is {i2:.0f}%, and the prediction interval includes the null"
        yield CertaintyChange(D.INCONSISTENCY, -1, why)


def _indirectness(inputs: CertaintyInput) -> Iterator[CertaintyChange]:
    indirect = inputs.share(lambda unit: unit.indirect)
    if indirect >= MOST_WEIGHT - TOLERANCE:
        why = f"{indirect:.0%} of the weight is of other people, drugs, outcomes or masking"
        yield CertaintyChange(D.INDIRECTNESS, -1, why)


def information(inputs: CertaintyInput) -> float:
    """Return the information as a share of the optimal information size.

    (m / (2.80 · SE))² with the smallest worthwhile effect m and the fixed-effect standard error;
    without m the number of people by 400.
    """
    m = inputs.evidence.margin or inputs.evidence.worthwhile
    if not m:
        return inputs.people / ENOUGH_PEOPLE
    precision = sum(1 / unit.standard_error**2 for unit in inputs.units)
    return (m / POWER_Z) ** 2 * precision


def _imprecision(inputs: CertaintyInput) -> Iterator[CertaintyChange]:
    evidence, people, share = inputs.evidence, inputs.people, information(inputs)
    m = evidence.worthwhile
    if inputs.verdict is V.INCONCLUSIVE:
        both = m is not None and evidence.lower < -m and evidence.upper > m
        change = -1 if share >= 0.5 - TOLERANCE and not both else -2
        why = f"the interval includes the null, with {share:.0%} of the optimal information"
        if both:
            why = "worthwhile benefit and worthwhile harm are both within the interval"
        yield CertaintyChange(D.IMPRECISION, change, why)
    elif m is not None and (evidence.lower >= m - TOLERANCE or evidence.upper <= -m + TOLERANCE):
        if people < FEW_PEOPLE:
            yield CertaintyChange(D.IMPRECISION, -1, f"{people} people")
        if evidence.groups == 1 and people < ENOUGH_ALONE:
            why = f"one trial alone, of {people} people"
            yield CertaintyChange(D.IMPRECISION, -1, why)
    elif share < 1 - TOLERANCE:
        change = -2 if people < VERY_FEW_PEOPLE else -1
        why = f"{share:.0%} of the optimal information, {people} people"
        yield CertaintyChange(D.IMPRECISION, change, why)


def _publication(inputs: CertaintyInput) -> Iterator[CertaintyChange]:
    in_favour, k = inputs.verdict in IN_FAVOUR, inputs.pooled.k
    if inputs.small_study_p is not None and inputs.small_study_p < HETEROGENEITY_P:
        why = f"small studies have larger effects (Egger's test, p = {inputs.small_study_p:.2g})"
        yield CertaintyChange(D.PUBLICATION_BIAS, -1, why)
    elif 3 <= k < FUNNEL_K and in_favour and all(_is_small(unit) for unit in inputs.units):
        yield CertaintyChange(D.PUBLICATION_BIAS, -1, f"all trials have under {FEW_PEOPLE} people")
    total = inputs.people + inputs.unpublished_people
    if inputs.unpublished_people and inputs.unpublished_people >= UNPUBLISHED_SHARE * total:
        share = inputs.unpublished_people / total
        why = f"{share:.0%} of the people are in completed trials without published results"
        yield CertaintyChange(D.PUBLICATION_BIAS, -1, why)
    without_figure = inputs.share(lambda unit: UnitFlag.UNREPORTED_NULL in unit.flags)
    if without_figure >= MOST_WEIGHT - TOLERANCE:
        why = f"{without_figure:.0%} of the weight is from trials that gave no figure"
        yield CertaintyChange(D.PUBLICATION_BIAS, -1, why)


def _is_small(unit: TrialUnit) -> bool:
    return unit.participants is not None and unit.participants < FEW_PEOPLE


def _upgrades(inputs: CertaintyInput) -> Iterator[CertaintyChange]:
    """Yield upgrades of observations that nothing was subtracted from."""
    metric = inputs.units[0].metric
    if metric in RATIOS and inputs.evidence.lower > TOLERANCE:
        if inputs.evidence.estimate > log(VERY_LARGE_RATIO):
            yield CertaintyChange(D.LARGE_EFFECT, 2, f"ratio above {VERY_LARGE_RATIO:g}")
        elif inputs.evidence.estimate > log(LARGE_RATIO):
            yield CertaintyChange(D.LARGE_EFFECT, 1, f"ratio above {LARGE_RATIO:g}")
    if inputs.dose_response:
        yield CertaintyChange(D.DOSE_RESPONSE, 1, "the effect rises with the dose")


def steadiness(pooled: PooledEffect, null: float) -> bool:
    """Return whether a further trial is expected to agree.

    From five trials on by the prediction interval, below by I² under 50%.
    """
    if pooled.k >= PREDICTION_K and pooled.prediction is not None:
        return pooled.prediction.lower > null + TOLERANCE
    return pooled.heterogeneity.i2 < SUBSTANTIAL_I2
