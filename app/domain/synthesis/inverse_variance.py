"""Pooling by inverse-variance weights, with an estimator of tau² and a method of the interval.

Sources: Cochrane Handbook, chapter 10; Hartung and Knapp 2001; Knapp and Hartung 2003; the modified
form that is never narrower than the Wald interval: Röver, Knapp and Friede 2015; prediction
intervals: Higgins, Thompson and Spiegelhalter 2009, Riley et al. 2011.
"""

from collections.abc import Sequence
from math import inf, sqrt
from operator import mul

from app.domain.synthesis.distributions import t_quantile
from app.domain.synthesis.heterogeneity import heterogeneity
from app.domain.synthesis.pooled_effect import PooledEffect, PredictionInterval, effect_interval
from app.domain.synthesis.study_estimates import check_study_estimates
from app.domain.synthesis.tau2_estimators import tau2_estimate
from app.domain.vocabulary import IntervalMethod, Tau2Estimator


def pool_by_estimator(
    values: Sequence[float],
    standard_errors: Sequence[float],
    estimator: Tau2Estimator,
    interval_method: IntervalMethod,
    level: float = 0.95,
) -> PooledEffect:
    """Return the pooled effect by an estimator of tau² and a method of the interval.

    The prediction interval is q·√(SE² + tau²) with the quantile q and standard error SE of the
    confidence interval, as in metafor; `hts_prediction_interval` is the older form.

    Raises:
        PoolingError: If the estimates or the level cannot be used; the message says why.
    """
    check_study_estimates(values, standard_errors, level)
    k = len(values)
    variances = [error * error for error in standard_errors]
    tau2 = tau2_estimate(values, variances, estimator)
    weights = [1 / (variance + tau2) for variance in variances]
    total = sum(weights)
    estimate = sum(map(mul, weights, values)) / total
    error, df = 1 / sqrt(total), inf
    if k > 1 and _is_hartung_knapp(interval_method, k, tau2):
        squares = sum(w * (y - estimate) ** 2 for w, y in zip(weights, values, strict=True))
        factor = squares / (k - 1)
        if interval_method is not IntervalMethod.HARTUNG_KNAPP:
            factor = max(1.0, factor)
        error, df = error * sqrt(factor), k - 1
    prediction = None
    if k > 1 and estimator is not Tau2Estimator.FIXED:
        half = t_quantile((1 + level) / 2, df) * sqrt(error * error + tau2)
        prediction = PredictionInterval(estimate - half, estimate + half)
    is_fixed = estimator is Tau2Estimator.FIXED
    return PooledEffect(
        k,
        effect_interval(estimate, error, level, df),
        prediction,
        heterogeneity(values, variances, None if is_fixed else tau2),
        sqrt(tau2),
        tuple(weight / total for weight in weights),
        level,
    )


def _is_hartung_knapp(method: IntervalMethod, k: int, tau2: float) -> bool:
    if method is IntervalMethod.COCHRANE:
        return k > 2 and tau2 > 0
    return method is not IntervalMethod.WALD


def hts_prediction_interval(pooled: PooledEffect) -> PredictionInterval | None:
    """Return the prediction interval with k-2 degrees of freedom; None for fewer than 3 studies.

    t·√(SE² + tau²) with the Wald standard error. Source: Higgins, Thompson and Spiegelhalter 2009.

    Args:
        pooled: By a method with the Wald interval.
    """
    if pooled.k < 3:
        return None
    spread = sqrt(pooled.standard_error**2 + pooled.heterogeneity.tau2)
    half = t_quantile((1 + pooled.level) / 2, pooled.k - 2) * spread
    return PredictionInterval(pooled.estimate - half, pooled.estimate + half)
