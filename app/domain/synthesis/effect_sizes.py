"""Effect sizes with their standard errors, from the figures of the arms."""

from math import log, sqrt
from typing import NamedTuple

from app.domain.synthesis.distributions import small_sample_correction


class EffectSize(NamedTuple):
    """An effect size on the scale of its metric (ratios as logarithms), and its standard error."""

    value: float
    standard_error: float


class Cells(NamedTuple):
    """The 2×2 table of two groups: people with and without the event in each."""

    events_1: float
    others_1: float
    events_2: float
    others_2: float


def cells(events_1: float, n_1: float, events_2: float, n_2: float) -> Cells:
    """Return the 2×2 table of two groups; 0.5 is added to all cells if one of them is 0.

    Source of the correction: Cochrane Handbook, chapter 10.

    Raises:
        ValueError: If a group is empty, or has more events than people.
    """
    if not (0 <= events_1 <= n_1 and 0 <= events_2 <= n_2 and n_1 > 0 and n_2 > 0):
        raise ValueError("events must be from 0 to n, and n above 0")
    table = (events_1, n_1 - events_1, events_2, n_2 - events_2)
    add = 0.5 if 0 in table else 0.0
    return Cells(*(cell + add for cell in table))


def log_odds_ratio(table: Cells) -> EffectSize:
    """Return the log odds ratio. Source: Cochrane Handbook 5.1, section 9.2.2.2."""
    a, b, c, d = table
    return EffectSize(log(a * d / (b * c)), sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def log_risk_ratio(table: Cells) -> EffectSize:
    """Return the log risk ratio. Source: Cochrane Handbook 5.1, section 9.2.2.2."""
    a, b, c, d = table
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return EffectSize(log(a / (a + b)) - log(c / (c + d)), sqrt(variance))


def risk_difference(table: Cells) -> EffectSize:
    """Return the risk difference. Source: Cochrane Handbook 5.1, section 9.2.2.4."""
    a, b, c, d = table
    n_1, n_2 = a + b, c + d
    return EffectSize(a / n_1 - c / n_2, sqrt(a * b / n_1**3 + c * d / n_2**3))


def logit_proportion(events: float, n: float) -> EffectSize:
    """Return the logit of a proportion; 0.5 is added to both cells if one of them is 0."""
    if not (0 <= events <= n and n > 0):
        raise ValueError("events must be from 0 to n, and n above 0")
    add = 0.5 if events in (0, n) else 0.0
    yes, no = events + add, n - events + add
    return EffectSize(log(yes / no), sqrt(1 / yes + 1 / no))


class Group(NamedTuple):
    """Mean, standard deviation and size of one group."""

    mean: float
    sd: float
    n: float


def mean_difference(group_1: Group, group_2: Group) -> EffectSize:
    """Return the difference of two means. Source: Cochrane Handbook 5.1, section 9.2.3."""
    variance = group_1.sd**2 / group_1.n + group_2.sd**2 / group_2.n
    return EffectSize(group_1.mean - group_2.mean, sqrt(variance))


def pooled_sd(group_1: Group, group_2: Group) -> float:
    """Return the standard deviation pooled over two groups of more than one person in all."""
    squares = (group_1.n - 1) * group_1.sd**2 + (group_2.n - 1) * group_2.sd**2
    return sqrt(squares / (group_1.n + group_2.n - 2))


def standardised_mean_difference(group_1: Group, group_2: Group) -> EffectSize:
    """Return Hedges' g. Source: Cochrane Handbook 5.1, section 9.2.3; Hedges and Olkin 1985."""
    d = (group_1.mean - group_2.mean) / pooled_sd(group_1, group_2)
    g = d * small_sample_correction(group_1.n + group_2.n - 2)
    return EffectSize(g, smd_standard_error(g, group_1.n, group_2.n))


def smd_standard_error(smd: float, n_1: float, n_2: float) -> float:
    """Return the large-sample standard error of a standardised mean difference.

    Source: Hedges and Olkin 1985: √(1/n₁ + 1/n₂ + g²/(2(n₁+n₂))).
    """
    return sqrt(1 / n_1 + 1 / n_2 + smd**2 / (2 * (n_1 + n_2)))
