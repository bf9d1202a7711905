"""A meta-analysis as the data of the response of `POST /v1/synthesis`."""

from collections.abc import Sequence
from math import exp, isinf
from typing import Any

from app.api.schemas.synthesis import SynthesisRequest
from app.api.synthesis_rows import (
    baseline_risk_of,
    effect_sizes_of,
    parameter_error,
    prior_scale_of,
)
from app.domain.synthesis.absolute_effects import absolute_effect
from app.domain.synthesis.analysis import MetaAnalysis, meta_analysis
from app.domain.synthesis.comparison import LOGARITHMS
from app.domain.synthesis.effect_sizes import EffectSize
from app.domain.synthesis.pooled_effect import EffectInterval, PooledEffect, effect_interval
from app.domain.synthesis.small_study_effects import SmallStudyTest
from app.domain.synthesis.study_estimates import PoolingError
from app.domain.vocabulary import EstimateMetric, PoolingMethod

#: Logarithms of larger ratios have no exponential, or one that JSON clients read as infinite.
_LARGEST_LOGARITHM = 690.0
_R_CALL = 'metafor::rma(yi, sei = sei, method = "REML", test = "adhoc", level = {:g})'


def synthesise(request: SynthesisRequest) -> dict[str, Any]:
    """Return the meta-analysis of the rows of a request.

    Raises:
        ParameterError: If a row does not fit the metric, or the rows cannot be pooled.
    """
    sizes = effect_sizes_of(request)
    scale, level = prior_scale_of(request), request.interval_percent / 100
    baseline = baseline_risk_of(request)
    values, errors = [size.value for size in sizes], [size.standard_error for size in sizes]
    try:
        analysis = meta_analysis(values, errors, request.method, scale, level)
    except PoolingError as error:
        raise parameter_error("rows", str(error)) from None
    metric = request.metric
    return {
        "metric": metric,
        "interval_percent": request.interval_percent,
        "prior_scale": scale,
        "pooled": _method_result(metric, request.method, analysis.pooled),
        "position": _position(analysis.pooled.effect, request.worthwhile),
        "methods": [_method_result(metric, *result) for result in analysis.by_method.items()],
        "heterogeneity": _heterogeneity(analysis),
        "rows": _rows(request, sizes, analysis, level),
        "cumulative": [
            {**_interval(pooled), "row": row} for row, pooled in enumerate(analysis.cumulative, 1)
        ],
        "small_study_effects": _small_study_effects(analysis),
        "absolute_effects": _absolute_effects(metric, analysis.pooled, *baseline)
        if baseline
        else None,
        "reproduce": _R_CALL.format(request.interval_percent),
    }


def _bounds(bounds: Sequence[float] | None) -> dict[str, float] | None:
    return {"lower": bounds[0], "upper": bounds[1]} if bounds else None


def _interval(pooled: PooledEffect) -> dict[str, Any]:
    return {
        "lower": pooled.lower,
        "upper": pooled.upper,
        "k": pooled.k,
        "estimate": pooled.estimate,
    }


def _method_result(
    metric: EstimateMetric, method: PoolingMethod, pooled: PooledEffect
) -> dict[str, Any]:
    return {
        **_interval(pooled),
        "method": method,
        "standard_error": pooled.standard_error,
        "p_value": pooled.p_value,
        "prediction": _bounds(pooled.prediction),
        "tau": pooled.tau,
        "ratio": _ratio(pooled) if metric in LOGARITHMS else None,
    }


def _ratio(pooled: PooledEffect) -> dict[str, float] | None:
    logarithms = {"lower": pooled.lower, "upper": pooled.upper, "estimate": pooled.estimate}
    if max(logarithms.values()) > _LARGEST_LOGARITHM:
        return None
    return {name: exp(value) for name, value in logarithms.items()}


def _position(effect: EffectInterval, worthwhile: float | None) -> dict[str, str | None]:
    def against(value: float) -> str:
        if effect.lower > value:
            return "above"
        return "below" if effect.upper < value else "includes"

    return {
        "no_effect": against(0.0),
        "worthwhile": None if worthwhile is None else against(worthwhile),
    }


def _heterogeneity(analysis: MetaAnalysis) -> dict[str, Any]:
    spread = analysis.by_method[PoolingMethod.WALD].heterogeneity
    return {**spread._asdict(), "tau2_interval": _bounds(analysis.tau2_interval)}


def _rows(
    request: SynthesisRequest, sizes: Sequence[EffectSize], analysis: MetaAnalysis, level: float
) -> list[dict[str, Any]]:
    without: Sequence[PooledEffect | None] = analysis.without or [None]
    weights = analysis.pooled.weights
    rows = zip(request.rows, sizes, weights, without, strict=True)
    results = []
    for number, (row, size, weight, others) in enumerate(rows, 1):
        interval = effect_interval(size.value, size.standard_error, level)
        results.append(
            {
                "lower": interval.lower,
                "upper": interval.upper,
                "row": number,
                "label": row.label,
                "value": size.value,
                "standard_error": size.standard_error,
                "weight": weight,
                "leave_one_out": _interval(others) if others else None,
            }
        )
    return results


def _small_study_effects(analysis: MetaAnalysis) -> dict[str, Any]:
    filled = analysis.filled
    return {
        "egger": _regression(analysis.egger),
        "egger_mixed": _regression(analysis.egger_mixed),
        "begg": analysis.begg._asdict() if analysis.begg else None,
        "trim_and_fill": {
            **_interval(filled.pooled),
            "missing": filled.missing,
            "side": filled.side,
        }
        if filled
        else None,
    }


def _regression(test: SmallStudyTest | None) -> dict[str, Any] | None:
    return {**test._asdict(), "df": None if isinf(test.df) else test.df} if test else None


def _absolute_effects(
    metric: EstimateMetric, pooled: PooledEffect, risk: float, source: str
) -> dict[str, Any]:
    values = {"estimate": pooled.estimate, "lower": pooled.lower, "upper": pooled.upper}
    effects = {name: absolute_effect(metric, value, risk) for name, value in values.items()}
    return {
        "baseline_risk": risk,
        "baseline_source": source,
        "baseline_per_100": effects["estimate"].baseline,
        "intervention_per_100": {name: effect.intervention for name, effect in effects.items()},
        "difference_per_100": {name: effect.difference for name, effect in effects.items()},
    }
