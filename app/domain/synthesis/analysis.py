"""A whole meta-analysis: every method, each study left out, study after study, small studies."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.synthesis.heterogeneity import q_profile_interval
from app.domain.synthesis.influence import cumulative, leave_one_out
from app.domain.synthesis.pooled_effect import PooledEffect
from app.domain.synthesis.random_effects import pool
from app.domain.synthesis.rank_correlation import RankCorrelation, begg_test
from app.domain.synthesis.small_study_effects import (
    SmallStudyTest,
    egger_mixed_test,
    egger_test,
)
from app.domain.synthesis.trim_and_fill import FilledEffect, trim_and_fill
from app.domain.vocabulary import PoolingMethod


@dataclass(frozen=True, slots=True)
class MetaAnalysis:
    """Results of a meta-analysis.

    Args:
        pooled: By the chosen method.
        by_method: By every method.
        tau2_interval: Q-profile interval of tau²; None for a single study.
        without: For each study the pooled effect of the others; empty for a single study.
        cumulative: The pooled effect of the first study, the first two, and so on.
        egger, egger_mixed, begg, filled: Small-study effects; None where a test needs more studies
            or studies of different sizes.
    """

    pooled: PooledEffect
    by_method: dict[PoolingMethod, PooledEffect]
    tau2_interval: tuple[float, float] | None
    without: list[PooledEffect]
    cumulative: list[PooledEffect]
    egger: SmallStudyTest | None
    egger_mixed: SmallStudyTest | None
    begg: RankCorrelation | None
    filled: FilledEffect | None


def meta_analysis(
    values: Sequence[float],
    standard_errors: Sequence[float],
    method: PoolingMethod,
    prior_scale: float,
    level: float = 0.95,
) -> MetaAnalysis:
    """Return the results of a meta-analysis of independent studies.

    Args:
        method: Of `pooled`, `without` and `cumulative`.
        prior_scale: Of the half-normal prior of tau, in the unit of the values.

    Raises:
        PoolingError: If the estimates or options cannot be used; the message says why.
    """
    options = (prior_scale, level)
    by_method = {m: pool(values, standard_errors, m, *options) for m in PoolingMethod}
    variances = [error * error for error in standard_errors]
    return MetaAnalysis(
        pooled=by_method[method],
        by_method=by_method,
        tau2_interval=q_profile_interval(values, variances, level) if len(values) > 1 else None,
        without=leave_one_out(values, standard_errors, method, *options),
        cumulative=cumulative(values, standard_errors, method, *options),
        egger=egger_test(values, standard_errors),
        egger_mixed=egger_mixed_test(values, standard_errors),
        begg=begg_test(values, standard_errors),
        filled=trim_and_fill(values, standard_errors, level=level),
    )
