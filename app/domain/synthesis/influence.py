"""Poolings repeated over parts of the studies: each study left out, and study after study."""

from collections.abc import Sequence

from app.domain.synthesis.pooled_effect import PooledEffect
from app.domain.synthesis.prior_scales import SMD_PRIOR_SCALE
from app.domain.synthesis.random_effects import pool
from app.domain.vocabulary import PoolingMethod


def leave_one_out(
    values: Sequence[float],
    standard_errors: Sequence[float],
    method: PoolingMethod = PoolingMethod.BAYES,
    prior_scale: float = SMD_PRIOR_SCALE,
    level: float = 0.95,
) -> list[PooledEffect]:
    """Return for each study the pooled effect of the others; nothing for a single study.

    Raises:
        PoolingError: As `pool`.
    """
    if len(values) < 2:
        return []
    return [
        pool(
            [*values[:i], *values[i + 1 :]],
            [*standard_errors[:i], *standard_errors[i + 1 :]],
            method,
            prior_scale,
            level,
        )
        for i in range(len(values))
    ]


def cumulative(
    values: Sequence[float],
    standard_errors: Sequence[float],
    method: PoolingMethod = PoolingMethod.BAYES,
    prior_scale: float = SMD_PRIOR_SCALE,
    level: float = 0.95,
) -> list[PooledEffect]:
    """Return the pooled effect of the first study, the first two, and so on, in the order given.

    Source: Lau et al. 1992.

    Raises:
        PoolingError: As `pool`.
    """
    return [
        pool(values[:k], standard_errors[:k], method, prior_scale, level)
        for k in range(1, len(values) + 1)
    ]
