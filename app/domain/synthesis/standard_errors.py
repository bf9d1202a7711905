"""Standard errors of effect estimates, from what a source prints instead of them."""

from math import inf, pi, sqrt

from app.domain.synthesis.distributions import normal_quantile, t_quantile

#: Correlation of the two periods of a crossover trial, where the source does not give it.
CROSSOVER_CORRELATION = 0.5


def from_interval(lower: float, upper: float, percent: float) -> float:
    """Return the standard error from an interval on the scale of the estimate.

    Ratios are given as logarithms. Source: Cochrane Handbook 5.1, sections 7.7.7.2 and 7.7.7.3.

    Args:
        percent: Confidence level, for example 95 or 90.

    Raises:
        ValueError: If the level is not between 0 and 100, or the interval has no width.
    """
    if not 0 < percent < 100 or not lower < upper:
        raise ValueError("needs a level between 0 and 100, and a lower below an upper bound")
    return (upper - lower) / (2 * normal_quantile(0.5 + percent / 200))


def from_p_value(value: float, p_value: float, degrees_of_freedom: float = inf) -> float:
    """Return the standard error from an estimate and its two-sided p-value.

    Source: Cochrane Handbook 5.1, sections 7.7.7.2 and, for differences of means, 7.7.3.3.

    Args:
        value: Estimate on its scale; not 0.
        p_value: Between 0 and 1, both excluded.
        degrees_of_freedom: Of the t-test of a difference of means; infinite for other metrics.
    """
    if value == 0:
        raise ValueError("an estimate of 0 has no standard error that a p-value could show")
    return abs(value) / -t_quantile(p_value / 2, degrees_of_freedom)


def from_sizes(n_1: float, n_2: float, sd: float = 1.0) -> float:
    """Return the standard error of a difference of two means, given a common SD.

    With the SD of 1 it is that of a standardised mean difference of 0.
    """
    return sd * sqrt(1 / n_1 + 1 / n_2)


#: Factor from a standardised mean difference to a log odds ratio, for logistic distributions.
#: Source: Chinn 2000.
SMD_TO_LOG_ODDS_RATIO = pi / sqrt(3)


def crossover_floor(
    smd: float, n: float, sd: float = 1.0, correlation: float = CROSSOVER_CORRELATION
) -> float:
    """Return the least standard error that a crossover trial is given.

    √(1/n + d²/2n) · √(2(1-r)). Source: Cochrane Handbook, chapter 23; worked example in version
    5.1, section 16.4.6.4.

    Args:
        smd: Standardised mean difference of the estimate.
        n: Participants who received both treatments.
        sd: Standard deviation of the outcome, for a mean difference in its unit.
        correlation: Correlation r of the outcomes in the two periods.
    """
    return sd * sqrt((1 / n + smd**2 / (2 * n)) * 2 * (1 - correlation))


def paired_standard_error(
    sd_1: float, sd_2: float, n: float, correlation: float = CROSSOVER_CORRELATION
) -> float:
    """Return the standard error of the mean difference of a crossover trial.

    √(s₁² + s₂² - 2·r·s₁·s₂) / √n, with the correlation r of the outcomes in the two periods.
    Source: Cochrane Handbook, chapter 23; worked example in version 5.1, section 16.4.6.4.
    """
    return sqrt(sd_1**2 + sd_2**2 - 2 * correlation * sd_1 * sd_2) / sqrt(n)
