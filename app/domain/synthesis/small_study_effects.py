"""Small-study effects: whether small studies have other effects than large ones.

A cause among others is that small studies without an effect were not published. The tests are of
little use for fewer than ten studies (Sterne et al. 2011).
"""

from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple

from app.domain.synthesis.distributions import t_two_sided_p
from app.domain.synthesis.meta_regression import Line, fit_line, tau2_of_line

LEAST_STUDIES = 3


class SmallStudyTest(NamedTuple):
    """Regression of the estimates on their standard errors.

    Args:
        statistic: Of the slope: t, or z if `df` is infinite.
        df: Its degrees of freedom.
        p_value: Two-sided.
        limit: Estimate that the line has for a standard error of 0.
    """

    statistic: float
    df: float
    p_value: float
    limit: float


def egger_test(values: Sequence[float], standard_errors: Sequence[float]) -> SmallStudyTest | None:
    """Return Egger's regression, weighted by 1/variance, with a multiplicative dispersion.

    None for fewer than three studies, for standard errors that are all equal, and for estimates
    that are exactly on a line. Source: Egger et al. 1997, in the form of Sterne and Egger 2005.
    """
    line = _line(values, standard_errors, tau2=0.0)
    if line is None:
        return None
    df = len(values) - 2
    dispersion = line.residual_squares / df
    if dispersion <= 1e-20 * (1 + line.slope**2):
        return None
    return _test(line, sqrt(dispersion), df)


def egger_mixed_test(
    values: Sequence[float], standard_errors: Sequence[float]
) -> SmallStudyTest | None:
    """Return Egger's regression in a random-effects model with the REML estimate of tau².

    None for fewer than three studies, and for standard errors that are all equal. Source: Sterne
    and Egger 2005.
    """
    if _line(values, standard_errors, tau2=0.0) is None:
        return None
    variances = [error * error for error in standard_errors]
    tau2 = tau2_of_line(values, variances, standard_errors)
    line = _line(values, standard_errors, tau2)
    return _test(line, 1.0, inf) if line else None


def _line(values: Sequence[float], standard_errors: Sequence[float], tau2: float) -> Line | None:
    if len(values) < LEAST_STUDIES:
        return None
    if max(standard_errors) - min(standard_errors) <= 1e-9 * max(standard_errors):
        return None
    weights = [1 / (error * error + tau2) for error in standard_errors]
    return fit_line(values, weights, standard_errors)


def _test(line: Line, dispersion: float, df: float) -> SmallStudyTest:
    statistic = line.slope / (dispersion * line.slope_error)
    return SmallStudyTest(statistic, df, t_two_sided_p(statistic, df), line.intercept)
