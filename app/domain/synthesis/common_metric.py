"""The metric on which the units of a pool are compared, and their conversion to it.

One instrument: mean differences. Ratios only: log odds ratios, or the one ratio that all share.
Risk differences only where the question has an absolute margin, or nothing else is known. Anything
else: standardised mean differences.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import median

from app.domain.synthesis import effect_sizes, standard_errors
from app.domain.synthesis.comparison import BORROWED_SDS
from app.domain.synthesis.conversions import smd_from_log_odds_ratio
from app.domain.synthesis.distributions import small_sample_correction
from app.domain.synthesis.effect_sizes import EffectSize
from app.domain.synthesis.trial_units import TrialUnit
from app.domain.vocabulary import Derivation, EstimateMetric, StudyDesign, UnitFlag

M = EstimateMetric
RATIOS = frozenset({M.LOG_OR, M.LOG_RR, M.LOG_HR})
#: Standard errors that were printed, so that the standard deviation follows from them.
_PRINTED_ERRORS = frozenset({Derivation.REPORTED_SE, Derivation.CI, Derivation.P})


@dataclass(frozen=True)
class MetricScale:
    """The metric of a pool, in the unit that its standard deviation gives it.

    Args:
        metric: The metric.
        instrument: Instrument of mean differences; None for other metrics.
        sd: Standard deviation of the outcome in the unit of the metric: of the instrument for mean
            differences, 1 for standardised ones, π/√3 for logarithms of odds (Chinn 2000), and
            √(p(1-p)) for risk differences. It converts thresholds and the prior of tau.
    """

    metric: EstimateMetric
    instrument: str | None
    sd: float


def common_metric(
    units: Sequence[TrialUnit], *, absolute: bool = False
) -> tuple[MetricScale, list[TrialUnit], list[TrialUnit]]:
    """Return the metric of a pool, its units on that metric, and those that cannot be converted.

    Args:
        units: One unit or more.
        absolute: Whether the question has an absolute margin, so that risk differences are pooled.
    """
    metric = _choose(units, absolute=absolute)
    converted: list[TrialUnit] = []
    left: list[TrialUnit] = []
    for unit in units:
        on_metric = _convert(unit, metric)
        (left if on_metric is None else converted).append(on_metric or unit)
    if not converted:  # no unit can be converted: the first one alone is on its own metric
        first, *left = list(units)
        metric, converted = first.metric, [first]
    instrument = converted[0].estimate.instrument if metric is M.MD else None
    return MetricScale(metric, instrument, _sd_of(metric, converted)), converted, left


def _choose(units: Sequence[TrialUnit], *, absolute: bool) -> EstimateMetric:
    metrics = {unit.metric for unit in units}
    if metrics == {M.MD}:
        same = len({unit.estimate.instrument for unit in units}) == 1
        return M.MD if same else M.SMD
    if metrics <= {M.RD, *RATIOS}:
        if absolute or (metrics == {M.RD} and not all(_cells(unit) for unit in units)):
            return M.RD
        ratios = metrics - {M.RD}
        return ratios.pop() if len(ratios) == 1 and M.RD not in metrics else M.LOG_OR
    return metrics.pop() if len(metrics) == 1 else M.SMD


def _convert(unit: TrialUnit, metric: EstimateMetric) -> TrialUnit | None:
    if unit.metric is metric:
        return unit
    if metric in (M.LOG_OR, M.RD):
        return _from_cells(unit, metric)
    if metric is M.SMD:
        if unit.metric is M.MD:
            return _standardised(unit)
        if unit.metric in RATIOS:
            size = smd_from_log_odds_ratio(EffectSize(unit.value, unit.standard_error))
            return replace(
                unit,
                metric=M.SMD,
                value=size.value,
                standard_error=size.standard_error,
                flags=unit.flags | {UnitFlag.FROM_RATIO},
            )
        on_odds = _from_cells(unit, M.LOG_OR) if unit.metric is M.RD else None
        return None if on_odds is None else _convert(on_odds, M.SMD)
    return None


def _cells(unit: TrialUnit) -> effect_sizes.Cells | None:
    """Return the 2×2 table of a unit from one comparison; None if it is not known."""
    e = unit.estimate
    if len(unit.estimates) > 1 or not e.n_intervention or not e.n_comparator:
        return None
    if e.events_intervention is None or e.events_comparator is None:
        return None
    return effect_sizes.cells(
        e.events_intervention, e.n_intervention, e.events_comparator, e.n_comparator
    )


def _from_cells(unit: TrialUnit, metric: EstimateMetric) -> TrialUnit | None:
    table = _cells(unit)
    if table is None:
        # Ratios of other kinds are near enough to odds ratios; differences are not.
        if metric is not M.LOG_OR or unit.metric not in RATIOS:
            return None
        return replace(unit, metric=metric, flags=unit.flags | {UnitFlag.FROM_RATIO})
    of_table = effect_sizes.log_odds_ratio if metric is M.LOG_OR else effect_sizes.risk_difference
    size = of_table(table)
    # The sign of benefits may be turned against that of the events.
    turned = unit.value * size.value < 0
    return replace(
        unit,
        metric=metric,
        value=-size.value if turned else size.value,
        standard_error=size.standard_error,
    )


def _standardised(unit: TrialUnit) -> TrialUnit | None:
    """Return a mean difference in standard deviations; None if none is known.

    The standard deviation is that of the arms; else that which the printed standard error and the
    sizes of a trial with parallel groups imply (Cochrane Handbook 5.1, section 7.7.3.3), the
    typical one of the instrument, or any that the standard error implies.
    """
    sizes = unit.sizes
    if sizes is None:
        return None
    sd, flag = _sd_for(unit, sizes)
    value = unit.value / sd * small_sample_correction(max(2.0, sum(sizes) - 2))
    error = effect_sizes.smd_standard_error(value, *sizes)
    if unit.estimate.design is StudyDesign.RCT_CROSSOVER:
        error = max(unit.standard_error / sd, standard_errors.crossover_floor(value, min(sizes)))
    elif len(unit.estimates) > 1:
        error = unit.standard_error / sd
    flags = unit.flags | ({flag} if flag else set())
    return replace(unit, metric=M.SMD, value=value, standard_error=error, flags=frozenset(flags))


def _sd_for(unit: TrialUnit, sizes: tuple[float, float]) -> tuple[float, UnitFlag | None]:
    if (sd := _sd_of_arms(unit)) is not None:
        return sd, None
    parallel = unit.estimate.design is not StudyDesign.RCT_CROSSOVER
    implied = _implied_sd(unit, sizes)
    if parallel and len(unit.estimates) == 1 and unit.estimate.derivation in _PRINTED_ERRORS:
        return implied, UnitFlag.SD_IMPLIED
    typical = BORROWED_SDS.get(unit.estimate.instrument or "")
    return (typical, UnitFlag.SD_BORROWED) if typical else (implied, UnitFlag.SD_IMPLIED)


def _sd_of_arms(unit: TrialUnit) -> float | None:
    """Return the standard deviation pooled over the arms of the first estimate."""
    e = unit.estimate
    if not e.sd_intervention or not e.sd_comparator or not e.n_intervention or not e.n_comparator:
        return None
    if e.n_intervention + e.n_comparator < 3:
        return None
    return effect_sizes.pooled_sd(
        effect_sizes.Group(0, e.sd_intervention, e.n_intervention),
        effect_sizes.Group(0, e.sd_comparator, e.n_comparator),
    )


def typical_sd(metric: EstimateMetric, instrument: str | None) -> float | None:
    """Return the standard deviation in the unit of a metric; None if it depends on the trials."""
    if metric is M.MD:
        return BORROWED_SDS.get(instrument or "")
    if metric is M.RD:
        return None
    return 1.0 if metric is M.SMD else standard_errors.SMD_TO_LOG_ODDS_RATIO


def _sd_of(metric: EstimateMetric, units: Sequence[TrialUnit]) -> float:
    """Return the standard deviation of the outcome in the unit of a metric."""
    if typical := typical_sd(metric, units[0].estimate.instrument):
        return typical
    if metric is M.MD:
        return median(_sd_in_points(unit) for unit in units)
    risk = comparator_risk(units)
    return sqrt(risk * (1 - risk)) if risk else 0.5


def _sd_in_points(unit: TrialUnit) -> float:
    return _sd_of_arms(unit) or _implied_sd(unit, unit.sizes or (50.0, 50.0))


def _implied_sd(unit: TrialUnit, sizes: tuple[float, float]) -> float:
    """Return the standard deviation that a standard error implies.

    SE = SD·√(1/n₁ + 1/n₂); in a crossover trial of n people SE = SD·√(2·(1 - r)/n).
    """
    if unit.estimate.design is StudyDesign.RCT_CROSSOVER:
        correlation = standard_errors.CROSSOVER_CORRELATION
        return unit.standard_error / sqrt(2 * (1 - correlation) / min(sizes))
    return unit.standard_error / sqrt(1 / sizes[0] + 1 / sizes[1])


def comparator_risk(units: Sequence[TrialUnit]) -> float | None:
    """Return the share of people with the event in the comparator arms; None if it is unknown."""
    arms = [unit.comparator_events for unit in units if unit.comparator_events is not None]
    events, people = sum(e for e, _ in arms), sum(n for _, n in arms)
    return events / people if people and events else None
