"""The result of a pooling: the effect with its interval, prediction interval and heterogeneity."""

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from app.domain.synthesis.distributions import t_quantile, t_two_sided_p
from app.domain.synthesis.heterogeneity import Heterogeneity


class EffectInterval(NamedTuple):
    """An effect with its standard error, interval, and two-sided p-value against 0."""

    estimate: float
    standard_error: float
    lower: float
    upper: float
    p_value: float


class PredictionInterval(NamedTuple):
    """Interval of the effect that a further study of the same kind would have."""

    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class PooledEffect:
    """The pooled effect of k studies, with its interval and heterogeneity.

    Args:
        k: Number of studies.
        effect: Pooled effect with its interval.
        prediction: Prediction interval; None where the method defines none: for a fixed effect, and
            for one study except by the Bayesian method.
        heterogeneity: Q, tau², I² and H²; tau² by the method's estimator, which is REML for the
            Bayesian method.
        tau: Standard deviation of the effects between studies: the root of tau², for the Bayesian
            method the posterior mean.
        weights: Share of each study in the estimate; they sum to 1.
        level: Level of the intervals.
    """

    k: int
    effect: EffectInterval
    prediction: PredictionInterval | None
    heterogeneity: Heterogeneity
    tau: float
    weights: tuple[float, ...]
    level: float

    @property
    def estimate(self) -> float:
        """The pooled effect."""
        return self.effect.estimate

    @property
    def standard_error(self) -> float:
        """Standard error of the pooled effect; by the Bayesian method its posterior SD."""
        return self.effect.standard_error

    @property
    def lower(self) -> float:
        """Lower bound of the interval of the pooled effect."""
        return self.effect.lower

    @property
    def upper(self) -> float:
        """Upper bound of the interval of the pooled effect."""
        return self.effect.upper

    @property
    def p_value(self) -> float:
        """Two-sided p-value; by the Bayesian method twice the smaller tail probability."""
        return self.effect.p_value


def effect_interval(
    estimate: float, standard_error: float, level: float = 0.95, degrees_of_freedom: float = inf
) -> EffectInterval:
    """Return an estimate with its interval by the t or, with infinite df, normal distribution.

    Args:
        standard_error: 0 only if all studies have the same value, for Hartung-Knapp.
    """
    half = t_quantile((1 + level) / 2, degrees_of_freedom) * standard_error
    if standard_error > 0:
        p_value = t_two_sided_p(estimate / standard_error, degrees_of_freedom)
    else:
        p_value = 0.0 if estimate else 1.0
    return EffectInterval(estimate, standard_error, estimate - half, estimate + half, p_value)
