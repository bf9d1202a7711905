"""What an effect is held against, and how its units are pooled."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.synthesis.claim_side import event_sign
from app.domain.synthesis.common_metric import MetricScale, comparator_risk
from app.domain.synthesis.conversions import log_odds_of
from app.domain.synthesis.distributions import Z_95
from app.domain.synthesis.pooled_effect import PooledEffect, PredictionInterval
from app.domain.synthesis.prior_scales import prior_scale
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.random_effects import pool
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.synthesis.worthwhile import on_scale
from app.domain.vocabulary import (
    EffectMeasure,
    EstimateMetric,
    OutcomeDomain,
    PoolingMethod,
    QuestionRelation,
    ThresholdSide,
)

#: Outcomes that nobody's knowledge of the treatment can move, and on which trials differ less.
OBJECTIVE_OUTCOMES = frozenset({OutcomeDomain.MORTALITY, OutcomeDomain.CARDIOVASCULAR_COLLAPSE})
WITH_MARGIN = frozenset({QuestionRelation.NON_INFERIOR, QuestionRelation.EQUIVALENT})
#: A synthesis that is adopted pools at least two trials.
TRIALS_OF_A_SYNTHESIS = 2


def null_and_margin(
    question: QuestionFacts, scale: MetricScale, units: Sequence[TrialUnit]
) -> tuple[float, float | None]:
    """Return what an effect is held against, and the margin; 0 and None for plain questions."""
    if question.relation is QuestionRelation.THRESHOLD and question.proportion is not None:
        side = -1 if question.side is ThresholdSide.BELOW else 1
        if scale.metric is EstimateMetric.LOGIT_PROPORTION and 0 < question.proportion < 1:
            return side * log_odds_of(question.proportion), None
        return 0.0, None
    if question.relation not in WITH_MARGIN:
        return 0.0, None
    sign = event_sign(question, units[0].outcome)
    margin = on_scale(question.margin, scale, comparator_risk(units), -sign)
    if question.relation is QuestionRelation.EQUIVALENT or margin is None:
        return 0.0, margin
    return -margin, margin


def pool_units(
    scale: MetricScale, units: Sequence[TrialUnit], null: float, method: PoolingMethod
) -> PooledEffect:
    """Return the pooled effect of units; its p-value is against the null."""
    objective = all(unit.outcome in OBJECTIVE_OUTCOMES for unit in units)
    pooled = pool(
        [unit.value - null for unit in units],
        [unit.standard_error for unit in units],
        method,
        prior_scale(scale.metric, scale.sd, objective=objective),
    )
    if null == 0:
        return pooled
    effect, prediction = pooled.effect, pooled.prediction
    return replace(
        pooled,
        effect=effect._replace(
            estimate=effect.estimate + null, lower=effect.lower + null, upper=effect.upper + null
        ),
        prediction=prediction
        and PredictionInterval(prediction.lower + null, prediction.upper + null),
    )


def unit_interval(unit: TrialUnit, null: float) -> tuple[float, float]:
    """Return the 95% interval of a unit as distances from the null."""
    distance, half = unit.value - null, Z_95 * unit.standard_error
    return distance - half, distance + half


def independent_trials(units: Sequence[TrialUnit], *, adopted: bool) -> int:
    """Return the number of independent trials in units; pooled analyses count all of theirs."""
    covered = {trial for unit in units for trial in unit.covers or {unit.trial}}
    return max(len(covered), TRIALS_OF_A_SYNTHESIS) if adopted else len(covered)


def is_absolute(question: QuestionFacts) -> bool:
    """Return whether the question has an absolute margin, so that risk differences are pooled."""
    bound = question.margin
    return bound is not None and bound.measure is EffectMeasure.RISK_DIFFERENCE_POINTS
