"""Scales of the half-normal prior of tau, by metric.

The prior says how much the effects of trials of one question may differ before any is seen. Half of
its probability is below 0.67 scales, 95% below 1.96. At 0.25 standard deviations, most trials then
differ by less than the effects that matter, and a large spread stays possible. Röver et al. 2021
discuss such priors; the scale is our choice, and `docs/decisions/0018` has its error rates.
"""

from app.domain.synthesis.standard_errors import SMD_TO_LOG_ODDS_RATIO
from app.domain.vocabulary import EstimateMetric

#: For standardised mean differences, in standard deviations.
SMD_PRIOR_SCALE = 0.25
#: For objective outcomes, such as death, whose effects differ less (Turner et al. 2012).
OBJECTIVE_FACTOR = 0.5

_SCALES = {
    EstimateMetric.SMD: SMD_PRIOR_SCALE,
    EstimateMetric.RD: 0.05,
} | dict.fromkeys(
    (
        EstimateMetric.LOG_OR,
        EstimateMetric.LOG_RR,
        EstimateMetric.LOG_HR,
        EstimateMetric.LOGIT_PROPORTION,
    ),
    SMD_PRIOR_SCALE * SMD_TO_LOG_ODDS_RATIO,
)


def prior_scale(
    metric: EstimateMetric, sd: float | None = None, *, objective: bool = False
) -> float:
    """Return the scale of the prior of tau for a metric, in its unit.

    Args:
        sd: Standard deviation of the outcome, for mean differences.
        objective: Whether the outcome is objective, such as death.

    Raises:
        ValueError: If a mean difference has no standard deviation.
    """
    factor = OBJECTIVE_FACTOR if objective else 1.0
    if metric is not EstimateMetric.MD:
        return factor * _SCALES[metric]
    if sd is None:
        raise ValueError(
            "the prior scale of a mean difference needs the standard deviation of the outcome"
        )
    return factor * SMD_PRIOR_SCALE * sd
