"""Bayesian random-effects meta-analysis by deterministic integration.

The model is normal-normal: yᵢ ~ N(θᵢ, sᵢ²), θᵢ ~ N(μ, τ²), with a flat prior of μ and a half-normal
prior of τ. Given τ, the posterior of μ is normal, so that only τ is integrated numerically.
Sources: Röver 2020 (the model, its marginal likelihood and mixtures); Röver et al. 2021 (priors).

The integral over τ is by the trapezoidal rule in u, where τ = s·sinh(u) and s is the smallest
standard error. The integrand is an even and analytic function of u, for which the rule converges
exponentially; and u is linear in τ near 0 and logarithmic beyond, so that a peak is as well
resolved at 0.001 as at 10.
"""

from collections.abc import Callable, Sequence
from math import asinh, ceil, cosh, erfc, exp, inf, log, pi, sinh, sqrt
from operator import mul
from typing import NamedTuple

from app.domain.synthesis.distributions import normal_quantile
from app.domain.synthesis.pooled_effect import EffectInterval, PredictionInterval

_LEAST_POINTS = 28
_WIDEST_STEP = 0.35
#: Densities below exp(-34) of the highest one, 2e-15, do not count.
_NEGLIGIBLE = 34.0
#: Half-normal densities beyond this many scales are below exp(-36).
_PRIOR_REACH = 8.5
_REFINEMENTS = 60
#: Halley's method cubes its error: after a step of so many standard deviations no digit is left.
_LAST_STEP = 1e-6


class Component(NamedTuple):
    """A value of tau: its posterior weight, and mean and variance of the pooled effect given it."""

    tau: float
    weight: float
    mean: float
    variance: float


class Posterior(NamedTuple):
    """Posterior of the pooled effect, of a new study's effect, and of tau.

    `study_weights` are the weights with which the posterior mean is the mean of the estimates.
    """

    effect: EffectInterval
    prediction: PredictionInterval
    tau: float
    study_weights: tuple[float, ...]


def half_normal_posterior(
    values: Sequence[float],
    standard_errors: Sequence[float],
    prior_scale: float,
    level: float = 0.95,
) -> Posterior:
    """Return the posterior under a half-normal prior of tau.

    The estimate is the posterior median, the interval has equal tails, and the p-value is twice the
    smaller posterior probability of an effect on one side of 0.

    Args:
        prior_scale: Scale of the half-normal prior of tau, in the unit of the values; above 0.
    """
    unit = min(standard_errors)
    centre = values[0]
    scaled = [(value - centre) / unit for value in values]
    variances = [(error / unit) * (error / unit) for error in standard_errors]
    components = _components(scaled, variances, prior_scale / unit)
    tail = (1 - level) / 2
    effect = _Mixture([(c.weight, c.mean, c.variance) for c in components])
    new_study = _Mixture([(c.weight, c.mean, c.variance + c.tau * c.tau) for c in components])
    below_0 = effect.cdf(-centre / unit)
    above_0 = effect.cdf(-centre / unit, above=True)
    return Posterior(
        EffectInterval(
            estimate=centre + unit * effect.quantile(0.5),
            standard_error=unit * effect.standard_deviation,
            lower=centre + unit * effect.quantile(tail),
            upper=centre + unit * effect.quantile(1 - tail),
            p_value=min(1.0, 2 * min(below_0, above_0)),
        ),
        PredictionInterval(
            centre + unit * new_study.quantile(tail),
            centre + unit * new_study.quantile(1 - tail),
        ),
        tau=unit * _mean_tau(components),
        study_weights=_study_weights(variances, components),
    )


def _study_weights(
    variances: Sequence[float], components: Sequence[Component]
) -> tuple[float, ...]:
    totals = [0.0] * len(variances)
    for component in components:
        tau2, share = component.tau * component.tau, component.weight * component.variance
        totals = [total + share / (v + tau2) for total, v in zip(totals, variances, strict=True)]
    return tuple(totals)


def _mean_tau(components: Sequence[Component]) -> float:
    """Return the posterior mean of tau; the smallest standard error is 1.

    tau is an odd function of u, so that the trapezoidal rule needs its corrections at 0: the first
    two terms of the Euler-Maclaurin formula (Abramowitz and Stegun, 23.1.30).
    """
    mean = sum(c.weight * c.tau for c in components)
    if components[0].tau == 0 and len(components) > 1:
        step = asinh(components[1].tau)
        at_0, at_step = 2 * components[0].weight, components[1].weight
        mean += step * at_0 / 12 - step * (6 * (at_step - at_0) + step * step * at_0) / 720
    return mean


class _Point(NamedTuple):
    log_density: float
    tau: float
    mean: float
    variance: float


def _components(
    values: Sequence[float], variances: Sequence[float], prior_scale: float
) -> list[Component]:
    """Return the values of tau with posterior weight; the smallest variance is 1."""

    def point(u: float) -> _Point:
        tau = sinh(u)
        tau2 = tau * tau
        weights = [1 / (variance + tau2) for variance in variances]
        total = sum(weights)
        mean = sum(map(mul, weights, values)) / total
        deviations = [y - mean for y in values]
        q = sum(map(mul, map(mul, weights, deviations), deviations))
        log_likelihood = 0.5 * (sum(map(log, weights)) - log(total) - q)
        log_prior = -0.5 * (tau / prior_scale) * (tau / prior_scale)
        return _Point(log_likelihood + log_prior + log(cosh(u)), tau, mean, 1 / total)

    # Beyond the range of the values the likelihood falls, and beyond that the prior decides.
    spread, reach = max(values) - min(values), _PRIOR_REACH * prior_scale
    points = _points_with_density(point, asinh(sqrt(spread * spread + reach * reach)))
    highest = max(p.log_density for p in points)
    densities = [exp(p.log_density - highest) for p in points]
    if points[0].tau == 0:
        densities[0] /= 2  # the trapezoidal rule of the even function, from 0 on
    total = sum(densities)
    return [
        Component(p.tau, density / total, p.mean, p.variance)
        for p, density in zip(points, densities, strict=True)
        if density > 1e-16 * total
    ]


def _points_with_density(point: Callable[[float], _Point], upper: float) -> list[_Point]:
    """Return equally spaced points over the range of u with posterior density."""
    lower = 0.0
    for _ in range(_REFINEMENTS):
        count = max(_LEAST_POINTS, ceil((upper - lower) / _WIDEST_STEP))
        step = (upper - lower) / count
        points = [point(lower + i * step) for i in range(count + 1)]
        least = max(p.log_density for p in points) - _NEGLIGIBLE
        dense = [i for i, p in enumerate(points) if p.log_density > least]
        first, last = max(0, dense[0] - 1), min(count, dense[-1] + 1)
        if last - first > 0.7 * count or last - first >= _LEAST_POINTS:
            return points[first : last + 1]
        lower, upper = lower + first * step, lower + last * step
    return points


class _Mixture:
    """Mixture of normal distributions, each with a weight, mean and variance."""

    def __init__(self, parts: Sequence[tuple[float, float, float]]) -> None:
        self._parts = [(w, mean, 1 / sqrt(2 * variance)) for w, mean, variance in parts]
        self.mean = sum(w * mean for w, mean, _ in parts)
        self.standard_deviation = sqrt(
            sum(w * (variance + (mean - self.mean) ** 2) for w, mean, variance in parts)
        )

    def cdf(self, x: float, *, above: bool = False) -> float:
        """Return the probability of a value below (or above) x."""
        sign = -1 if above else 1
        return 0.5 * sum(w * erfc(sign * (mean - x) * c) for w, mean, c in self._parts)

    def quantile(self, probability: float) -> float:
        """Return the value below which the mixture is with a probability, by guarded Halley."""
        sd = self.standard_deviation
        x = self.mean + sd * normal_quantile(probability)
        low, high = self.mean - 40 * sd, self.mean + 40 * sd
        for _ in range(100):
            excess, density, half_slope = -probability, 0.0, 0.0
            for w, mean, c in self._parts:
                z = (x - mean) * c
                excess += 0.5 * w * erfc(-z)
                height = w * c * exp(-z * z)
                density += height
                half_slope -= height * c * z
            low, high = (low, x) if excess > 0 else (x, high)
            step = inf
            if density > 0:
                newton = excess * sqrt(pi) / density
                step = newton / max(0.5, 1 - newton * half_slope / density)
            if abs(step) <= _LAST_STEP * sd:
                return x - step
            x = x - step if low < x - step < high else (low + high) / 2
        return x
