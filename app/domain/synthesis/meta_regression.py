"""Regression of estimates on one moderator, with weights by their variances.

Source: Thompson and Sharp 1999; Viechtbauer 2005 for the REML estimate of tau².
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from app.domain.synthesis.heterogeneity import weighted_mean
from app.domain.synthesis.root_finding import maximum_by_scoring


class Line(NamedTuple):
    """A weighted regression line; the error of its slope is for a dispersion of 1."""

    intercept: float
    slope: float
    slope_error: float
    residual_squares: float


def fit_line(values: Sequence[float], weights: Sequence[float], moderator: Sequence[float]) -> Line:
    """Return the line by weighted least squares; the moderator has two or more values."""
    mean_x, mean_y = weighted_mean(moderator, weights), weighted_mean(values, weights)
    rows = list(zip(weights, moderator, values, strict=True))
    s_xx = sum(w * (x - mean_x) ** 2 for w, x, _ in rows)
    slope = sum(w * (x - mean_x) * (y - mean_y) for w, x, y in rows) / s_xx
    residual = sum(w * (y - mean_y - slope * (x - mean_x)) ** 2 for w, x, y in rows)
    return Line(mean_y - slope * mean_x, slope, 1 / sqrt(s_xx), residual)


def tau2_of_line(
    values: Sequence[float], variances: Sequence[float], moderator: Sequence[float]
) -> float:
    """Return the REML estimate of tau² around the line of three or more studies.

    The score is ½(Σw²r² - tr P) and the information ½ tr P², with P = W - WX(X'WX)⁻¹X'W, which for
    one centred moderator are sums over the studies.
    """

    def derivatives(tau2: float) -> tuple[float, float]:
        weights = [1 / (variance + tau2) for variance in variances]
        line = fit_line(values, weights, moderator)
        mean_x = weighted_mean(moderator, weights)
        s_1 = s_2 = s_xx = b_12 = b_22 = c_11 = c_22 = fit = 0.0
        for w, x, y in zip(weights, moderator, values, strict=True):
            d = x - mean_x
            residual = y - line.intercept - line.slope * x
            s_1 += w
            s_2 += w * w
            s_xx += w * d * d
            b_12 += w * w * d
            b_22 += w * w * d * d
            c_11 += w**3
            c_22 += w**3 * d * d
            fit += (w * residual) ** 2
        information = s_2 - 2 * (c_11 / s_1 + c_22 / s_xx)
        information += (s_2 / s_1) ** 2 + 2 * b_12**2 / (s_1 * s_xx) + (b_22 / s_xx) ** 2
        return fit - s_1 + s_2 / s_1 + b_22 / s_xx, information

    spread = fit_line(values, [1.0] * len(values), moderator).residual_squares / (len(values) - 2)
    least = min(variances)
    return maximum_by_scoring(derivatives, max(0.0, spread - least), least)
