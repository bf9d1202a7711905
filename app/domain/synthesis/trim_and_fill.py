"""Trim and fill: the pooled effect if the funnel plot were symmetrical.

Source: Duval and Tweedie 2000. It is a sensitivity analysis, not an estimate of the truth.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal, NamedTuple

from app.domain.synthesis.inverse_variance import pool_by_estimator
from app.domain.synthesis.meta_regression import fit_line, tau2_of_line
from app.domain.synthesis.pooled_effect import PooledEffect
from app.domain.vocabulary import IntervalMethod, Tau2Estimator

_ITERATIONS = 100


class MissingStudyEstimator(StrEnum):
    """Estimator of the number of missing studies: by the sum of ranks, or by the longest run."""

    L0 = "L0"
    R0 = "R0"


class FilledEffect(NamedTuple):
    """Number of missing studies, the side of the funnel they are on, and the effect with them."""

    missing: int
    side: Literal["left", "right"]
    pooled: PooledEffect


def trim_and_fill(
    values: Sequence[float],
    standard_errors: Sequence[float],
    estimator: MissingStudyEstimator = MissingStudyEstimator.L0,
    tau2_estimator: Tau2Estimator = Tau2Estimator.RESTRICTED_MAXIMUM_LIKELIHOOD,
    level: float = 0.95,
) -> FilledEffect | None:
    """Return the pooled effect with mirror images of the studies whose counterparts are missing.

    The side is that of the sign of Egger's regression in a random-effects model. None for fewer
    than three studies.

    Raises:
        PoolingError: If the estimates cannot be used.
    """
    k = len(values)
    if k < 3:
        return None

    def pooled(values: Sequence[float], errors: Sequence[float]) -> PooledEffect:
        return pool_by_estimator(values, errors, tau2_estimator, IntervalMethod.WALD, level)

    side: Literal["left", "right"] = "right" if _slope(values, standard_errors) < 0 else "left"
    sign = 1 if side == "left" else -1
    rows = sorted(
        ((sign * y, error) for y, error in zip(values, standard_errors, strict=True)),
        key=lambda row: row[0],
    )
    ys, errors = [row[0] for row in rows], [row[1] for row in rows]
    missing, centre = 0, 0.0
    for _ in range(_ITERATIONS):
        centre = pooled(ys[: k - missing], errors[: k - missing]).estimate
        updated = min(k - 1, _missing([y - centre for y in ys], estimator))
        if updated == missing:
            break
        missing = updated
    mirrored = [2 * centre - y for y in ys[k - missing :]]
    filled = [sign * y for y in (*ys, *mirrored)]
    return FilledEffect(missing, side, pooled(filled, [*errors, *errors[k - missing :]]))


def _slope(values: Sequence[float], standard_errors: Sequence[float]) -> float:
    if max(standard_errors) - min(standard_errors) <= 1e-9 * max(standard_errors):
        return 0.0
    variances = [error * error for error in standard_errors]
    tau2 = tau2_of_line(values, variances, standard_errors)
    return fit_line(values, [1 / (v + tau2) for v in variances], standard_errors).slope


def _missing(deviations: Sequence[float], estimator: MissingStudyEstimator) -> int:
    """Return the number of studies without a counterpart on the left side."""
    k = len(deviations)
    order = sorted(range(k), key=lambda i: abs(deviations[i]))
    ranks = {i: rank for rank, i in enumerate(order, 1)}
    if estimator is MissingStudyEstimator.R0:
        left = [ranks[i] for i in range(k) if deviations[i] < 0]
        return max(0, k - max(left, default=0) - 1)
    right = sum(ranks[i] for i in range(k) if deviations[i] > 0)
    return max(0, round((4 * right - k * (k + 1)) / (2 * k - 1)))
