"""Derivation of an effect estimate and its standard error from what a source prints.

The rules are tried in the order of trust in which `Derivation` lists them, and the first that
applies is used, so that each estimate states how it came about.
"""

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

from app.domain.synthesis import effect_sizes, standard_errors
from app.domain.synthesis.comparison import BORROWED_SDS, PairwiseComparison
from app.domain.synthesis.distributions import (
    normal_quantile,
    small_sample_correction,
    t_quantile,
)
from app.domain.synthesis.effect_sizes import EffectSize
from app.domain.vocabulary import Derivation, EstimateMetric, PRelation

MD, SMD = EstimateMetric.MD, EstimateMetric.SMD
_Z95 = normal_quantile(0.975)


class DerivedEstimate(NamedTuple):
    """An effect estimate on the scale of its metric, its standard error, and their derivation.

    A printed figure whose standard error cannot be derived has None for it and for the derivation.
    """

    value: float
    standard_error: float | None
    derivation: Derivation | None
    crossover_floor_applied: bool = False

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval by the normal distribution."""
        if self.standard_error is None:
            return None
        half = _Z95 * self.standard_error
        return self.value - half, self.value + half


def derive_estimate(comparison: PairwiseComparison) -> DerivedEstimate:
    """Return the estimate of a comparison.

    Raises:
        ValueError: If what is printed does not suffice for a value, or contradicts itself.
    """
    estimate = _derive(comparison)
    # -0.0 + 0.0 is 0.0: a difference of none has no sign, which PostgreSQL stores and SQLite drops.
    return estimate._replace(value=estimate.value + 0.0)


def _derive(comparison: PairwiseComparison) -> DerivedEstimate:
    for derivation, rule in _RULES.items():
        if (size := rule(comparison)) is not None:
            return _with_crossover_floor(comparison, derivation, size)
    value = _value(comparison)
    if value is None:
        raise ValueError(
            "no value can be derived: name an effect of its metric, or two arms with events, or"
            " with means, or set `null_result`"
        )
    return DerivedEstimate(value, None, None)


def _value(comparison: PairwiseComparison) -> float | None:
    """Return the value: the printed one or, without it, that of the arms."""
    if comparison.printed and comparison.printed.value is not None:
        return comparison.on_scale(comparison.printed.value)
    if (size := _from_events(comparison)) is not None:
        return size.value
    mean_1, mean_2 = comparison.intervention.mean, comparison.comparator.mean
    if comparison.metric is MD and mean_1 is not None and mean_2 is not None:
        return comparison.arm_sign * (mean_1 - mean_2)
    return None


def _reported(comparison: PairwiseComparison) -> EffectSize | None:
    effect = comparison.printed
    if effect is None or effect.value is None or effect.standard_error is None:
        return None
    return EffectSize(comparison.on_scale(effect.value), effect.standard_error / comparison.divisor)


def _from_interval(comparison: PairwiseComparison) -> EffectSize | None:
    effect, bounds = comparison.printed, comparison.bounds
    if effect is None or effect.value is None or bounds is None or effect.interval_percent is None:
        return None
    error = standard_errors.from_interval(*bounds, effect.interval_percent)
    return EffectSize(comparison.on_scale(effect.value), error)


_OF_CELLS: dict[EstimateMetric, Callable[[effect_sizes.Cells], EffectSize]] = {
    EstimateMetric.LOG_OR: effect_sizes.log_odds_ratio,
    EstimateMetric.LOG_RR: effect_sizes.log_risk_ratio,
    EstimateMetric.RD: effect_sizes.risk_difference,
}


def _from_events(comparison: PairwiseComparison) -> EffectSize | None:
    sign, intervention, comparator = (
        comparison.arm_sign,
        comparison.intervention,
        comparison.comparator,
    )
    if intervention.event_count is None or not intervention.n:
        return None
    if comparison.metric is EstimateMetric.LOGIT_PROPORTION:
        size = effect_sizes.logit_proportion(intervention.event_count, intervention.n)
        return EffectSize(sign * size.value, size.standard_error)
    if comparison.metric not in _OF_CELLS or comparator.event_count is None or not comparator.n:
        return None
    table = effect_sizes.cells(
        intervention.event_count, intervention.n, comparator.event_count, comparator.n
    )
    size = _OF_CELLS[comparison.metric](table)
    return EffectSize(sign * size.value, size.standard_error)


def _from_sds(comparison: PairwiseComparison) -> EffectSize | None:
    groups = comparison.intervention.group, comparison.comparator.group
    if comparison.metric not in (MD, SMD) or groups[0] is None or groups[1] is None:
        return None
    if comparison.metric is SMD:
        size = effect_sizes.standardised_mean_difference(groups[0], groups[1])
    else:
        size = effect_sizes.mean_difference(groups[0], groups[1])
    error = size.standard_error
    if comparison.crossover:
        n = min(groups[0].n, groups[1].n)
        error = standard_errors.paired_standard_error(groups[0].sd, groups[1].sd, n)
        if comparison.metric is SMD:
            error = standard_errors.crossover_floor(size.value, n)
    return EffectSize(comparison.arm_sign * size.value, error)


def _from_exact_p(comparison: PairwiseComparison) -> EffectSize | None:
    return _from_p(comparison, PRelation.EQUAL)


def _from_p_bound(comparison: PairwiseComparison) -> EffectSize | None:
    return _from_p(comparison, PRelation.LESS)


def _from_p(comparison: PairwiseComparison, relation: PRelation) -> EffectSize | None:
    effect, p_value = comparison.effect, comparison.p_value
    if effect is None or p_value is None or not comparison.p_value_is_used:
        return None
    if effect.p_relation is not relation:
        return None
    value = _value(comparison)
    if value:
        error = standard_errors.from_p_value(value, p_value, comparison.degrees_of_freedom)
        return EffectSize(value, error)
    return _smd_from_p(comparison, p_value) if comparison.metric is SMD else None


def _smd_from_p(comparison: PairwiseComparison, p_value: float) -> EffectSize | None:
    """Return a standardised mean difference from the t-test of two means.

    g = t · √(1/n₁ + 1/n₂) · J; the sign is that of the difference of the means. Source: Cochrane
    Handbook 5.1, section 7.7.3.3.
    """
    mean_1, mean_2 = comparison.intervention.mean, comparison.comparator.mean
    if comparison.sizes is None or mean_1 is None or mean_2 is None or mean_1 == mean_2:
        return None
    n_1, n_2 = comparison.sizes
    t = -t_quantile(p_value / 2, comparison.degrees_of_freedom)
    g = t * sqrt(1 / n_1 + 1 / n_2) * small_sample_correction(comparison.degrees_of_freedom)
    sign = comparison.arm_sign * (1 if mean_1 > mean_2 else -1)
    return EffectSize(sign * g, effect_sizes.smd_standard_error(g, n_1, n_2))


def _from_borrowed_sd(comparison: PairwiseComparison) -> EffectSize | None:
    sd, value = BORROWED_SDS.get(comparison.instrument or ""), _value(comparison)
    if comparison.metric is not MD or value is None or sd is None or not comparison.sizes:
        return None
    return EffectSize(value, standard_errors.from_sizes(*comparison.sizes, sd))


def _from_null_result(comparison: PairwiseComparison) -> EffectSize | None:
    if not comparison.null_result or comparison.sizes is None:
        return None
    error = standard_errors.from_sizes(*comparison.sizes)
    if comparison.metric is MD:
        sd = comparison.standard_deviation
        return EffectSize(0.0, error * sd) if sd else None
    if comparison.metric is EstimateMetric.LOG_OR:
        return EffectSize(0.0, error * standard_errors.SMD_TO_LOG_ODDS_RATIO)
    return EffectSize(0.0, error) if comparison.metric is SMD else None


_RULES: dict[Derivation, Callable[[PairwiseComparison], EffectSize | None]] = {
    Derivation.REPORTED_SE: _reported,
    Derivation.CI: _from_interval,
    Derivation.EVENTS: _from_events,
    Derivation.SD: _from_sds,
    Derivation.P: _from_exact_p,
    Derivation.P_BOUND: _from_p_bound,
    Derivation.SD_BORROWED: _from_borrowed_sd,
    Derivation.UNREPORTED_NULL: _from_null_result,
}


def _with_crossover_floor(
    comparison: PairwiseComparison, derivation: Derivation, size: EffectSize
) -> DerivedEstimate:
    """Return an estimate, whose standard error is raised to the floor of crossover trials."""
    value, error = size
    n = min((n for n in (comparison.intervention.n, comparison.comparator.n) if n), default=None)
    sd = 1.0 if comparison.metric is SMD else comparison.standard_deviation
    if comparison.crossover and comparison.metric in (MD, SMD) and n and sd:
        floor = standard_errors.crossover_floor(value / sd, n, sd)
        return DerivedEstimate(value, max(error, floor), derivation, floor > error * (1 + 1e-9))
    return DerivedEstimate(value, error, derivation)
