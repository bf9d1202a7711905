"""Normal, Student's t and chi-squared distribution, with the standard library alone."""

from functools import lru_cache
from math import exp, inf, lgamma, log, log1p, sqrt
from statistics import NormalDist

from app.domain.synthesis.root_finding import bracketed_root

_NORMAL = NormalDist()
_ITERATIONS = 300
_PRECISION = 1e-15


def normal_quantile(probability: float) -> float:
    """Return the value below which a standard normal variable is with a probability."""
    return _NORMAL.inv_cdf(probability)


#: Standard errors from an estimate to each end of its 95% interval.
Z_95 = normal_quantile(0.975)


def two_sided_p(z: float) -> float:
    """Return the two-sided p-value of a standard normal test statistic."""
    return 2 * _NORMAL.cdf(-abs(z))


@lru_cache(maxsize=512)
def t_quantile(probability: float, degrees_of_freedom: float) -> float:
    """Return the quantile of Student's t distribution; with infinite df, of the normal one.

    Args:
        probability: Between 0 and 1, both excluded.
        degrees_of_freedom: Positive; may be infinite.
    """
    if not 0 < probability < 1 or degrees_of_freedom <= 0:
        raise ValueError(f"no t quantile of {probability} with {degrees_of_freedom} df")
    if probability > 0.5:
        return -t_quantile(1 - probability, degrees_of_freedom)
    if degrees_of_freedom == inf:
        return normal_quantile(probability)
    low, high = -2.0, 0.0  # the lower tail, where small probabilities are exact
    while t_cdf(low, degrees_of_freedom) > probability:
        low, high = low * 2, low
    return bracketed_root(lambda t: t_cdf(t, degrees_of_freedom) - probability, low, high)


def t_cdf(t: float, degrees_of_freedom: float) -> float:
    """Return the probability that a Student's t variable is at most `t`.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1 and 26.5.27.
    """
    half, squared = degrees_of_freedom / 2, t * t
    if squared < degrees_of_freedom:  # near 0, where the tail is a difference of large numbers
        centre = 0.5 * _incomplete_beta(0.5, half, squared / (degrees_of_freedom + squared))
        return 0.5 + centre if t > 0 else 0.5 - centre
    tail = 0.5 * _incomplete_beta(half, 0.5, degrees_of_freedom / (degrees_of_freedom + squared))
    return 1 - tail if t > 0 else tail


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b) by its continued fraction.

    Source: Abramowitz and Stegun, 26.5.8, evaluated with the modified Lentz method.
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction converges quickly on the other side only
        return 1 - _incomplete_beta(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    tiny = 1e-300
    numerator, denominator = 1.0, 1 - (a + b) * x / (a + 1)
    denominator = 1 / (denominator or tiny)
    fraction = denominator
    for i in range(1, _ITERATIONS):
        for term in (
            i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i)),
            -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1)),
        ):
            denominator = 1 / ((1 + term * denominator) or tiny)
            numerator = (1 + term / numerator) or tiny
            change = numerator * denominator
            fraction *= change
        if abs(change - 1) < _PRECISION:
            break
    return front * fraction


def small_sample_correction(degrees_of_freedom: float) -> float:
    """Return J, by which Hedges' g is smaller than Cohen's d.

    The exact form is used: Γ(m/2) / (√(m/2) Γ((m-1)/2)). Source: Hedges 1981.
    """
    m = degrees_of_freedom
    return exp(lgamma(m / 2) - lgamma((m - 1) / 2)) / sqrt(m / 2)


def t_two_sided_p(t: float, degrees_of_freedom: float) -> float:
    """Return the two-sided p-value of a t statistic; with infinite df, of a normal one."""
    if degrees_of_freedom == inf:
        return two_sided_p(t)
    return 2 * t_cdf(-abs(t), degrees_of_freedom)


def chi_squared_upper_tail(value: float, degrees_of_freedom: float) -> float:
    """Return the probability that a chi-squared variable is above `value`.

    The regularised incomplete gamma function, by its series for small values and else by its
    continued fraction. Source: Abramowitz and Stegun, 26.4.19, 6.5.29 and 6.5.31.
    """
    a, x = degrees_of_freedom / 2, value / 2
    if x <= 0:
        return 1.0
    front = exp(-x + a * log(x) - lgamma(a))
    if x < a + 1:
        total = term = 1 / a
        n = a
        while term > _PRECISION * total:
            n += 1
            term *= x / n
            total += term
        return max(0.0, 1 - total * front)
    if front == 0:
        return 0.0
    tiny, b = 1e-300, x + 1 - a
    numerator, denominator = 1 / tiny, 1 / b
    fraction = denominator
    for i in range(1, 10 * _ITERATIONS):
        term, b = -i * (i - a), b + 2
        denominator = 1 / ((term * denominator + b) or tiny)
        numerator = (b + term / numerator) or tiny
        fraction *= numerator * denominator
        if abs(numerator * denominator - 1) < _PRECISION:
            break
    return front * fraction


@lru_cache(maxsize=512)
def chi_squared_quantile(upper_tail: float, degrees_of_freedom: float) -> float:
    """Return the value that a chi-squared variable exceeds with a probability."""
    if not 0 < upper_tail < 1 or degrees_of_freedom <= 0:
        raise ValueError(f"no chi-squared quantile of {upper_tail} with {degrees_of_freedom} df")
    low, high = 0.0, degrees_of_freedom + 1
    while chi_squared_upper_tail(high, degrees_of_freedom) > upper_tail:
        low, high = high, high * 2
    return bracketed_root(
        lambda value: chi_squared_upper_tail(value, degrees_of_freedom) - upper_tail, low, high
    )
