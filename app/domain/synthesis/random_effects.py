"""Pooling: one effect from the estimates of several independent studies, with its interval.

The Bayesian interval decides verdicts at every number of studies; the others are served beside it,
so that anyone can reproduce them in metafor or RevMan.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import isfinite

from app.domain.synthesis.bayesian import half_normal_posterior
from app.domain.synthesis.heterogeneity import heterogeneity
from app.domain.synthesis.inverse_variance import pool_by_estimator
from app.domain.synthesis.pooled_effect import PooledEffect, effect_interval
from app.domain.synthesis.prior_scales import SMD_PRIOR_SCALE
from app.domain.synthesis.study_estimates import (
    MAX_MAGNITUDE,
    PoolingError,
    check_study_estimates,
)
from app.domain.synthesis.tau2_estimators import restricted_maximum_likelihood
from app.domain.vocabulary import IntervalMethod, PoolingMethod, Tau2Estimator

_REML = Tau2Estimator.RESTRICTED_MAXIMUM_LIKELIHOOD
_BY_ESTIMATOR = {
    PoolingMethod.REML_HKSJ: (_REML, IntervalMethod.MODIFIED_HARTUNG_KNAPP),
    PoolingMethod.COCHRANE: (_REML, IntervalMethod.COCHRANE),
    PoolingMethod.WALD: (_REML, IntervalMethod.WALD),
    PoolingMethod.DL: (Tau2Estimator.DERSIMONIAN_LAIRD, IntervalMethod.WALD),
    PoolingMethod.FIXED: (Tau2Estimator.FIXED, IntervalMethod.WALD),
}


#: Poolings of which the results are in memory, about 2 kB each.
MAX_POOLINGS = 1000


def pool(
    values: Sequence[float],
    standard_errors: Sequence[float],
    method: PoolingMethod = PoolingMethod.BAYES,
    prior_scale: float = SMD_PRIOR_SCALE,
    level: float = 0.95,
) -> PooledEffect:
    """Return the pooled effect of independent studies by a method.

    A single study is its own estimate with its own normal interval, whatever the method; by the
    Bayesian method it has a prediction interval all the same.

    Args:
        values: Estimates, on one scale (ratios as logarithms).
        standard_errors: Their standard errors, in the same order.
        prior_scale: Scale of the half-normal prior of tau, in the unit of the values; only the
            Bayesian method uses it.
        level: Level of the intervals, between 0 and 1.

    Raises:
        PoolingError: If the estimates or options cannot be used; the message says why.
    """
    return _pool(tuple(values), tuple(standard_errors), method, prior_scale, level)


@lru_cache(MAX_POOLINGS)
def _pool(
    values: tuple[float, ...],
    standard_errors: tuple[float, ...],
    method: PoolingMethod,
    prior_scale: float,
    level: float,
) -> PooledEffect:
    if method in _BY_ESTIMATOR:
        return pool_by_estimator(values, standard_errors, *_BY_ESTIMATOR[method], level)
    check_study_estimates(values, standard_errors, level)
    if not isfinite(prior_scale) or not 1 / MAX_MAGNITUDE <= prior_scale <= MAX_MAGNITUDE:
        raise PoolingError(
            "the prior scale must be a finite number above 0, in the unit of the values, not"
            f" {prior_scale:g}"
        )
    posterior = half_normal_posterior(values, standard_errors, prior_scale, level)
    interval = posterior.effect
    if len(values) == 1:  # its posterior has no more to say of the study itself
        interval = effect_interval(values[0], standard_errors[0], level)
    variances = [error * error for error in standard_errors]
    tau2 = restricted_maximum_likelihood(values, variances) if len(values) > 1 else 0.0
    return PooledEffect(
        len(values),
        interval,
        posterior.prediction,
        heterogeneity(values, variances, tau2),
        posterior.tau,
        posterior.study_weights,
        level,
    )
