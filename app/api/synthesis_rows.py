"""The rows of `POST /v1/synthesis` as effect sizes, with the options that depend on them."""

from collections.abc import Callable

from app.api.schemas.synthesis import EstimateRow, EventsRow, MeansRow, SynthesisRequest
from app.domain.errors import ErrorDetail, ParameterError
from app.domain.synthesis import effect_sizes
from app.domain.synthesis.absolute_effects import has_absolute_effect
from app.domain.synthesis.effect_sizes import Cells, EffectSize, Group, pooled_sd
from app.domain.synthesis.prior_scales import SMD_PRIOR_SCALE, prior_scale
from app.domain.vocabulary import EstimateMetric

_OF_EVENTS: dict[EstimateMetric, Callable[[Cells], EffectSize]] = {
    EstimateMetric.LOG_OR: effect_sizes.log_odds_ratio,
    EstimateMetric.LOG_RR: effect_sizes.log_risk_ratio,
    EstimateMetric.RD: effect_sizes.risk_difference,
}
_OF_MEANS: dict[EstimateMetric, Callable[[Group, Group], EffectSize]] = {
    EstimateMetric.MD: effect_sizes.mean_difference,
    EstimateMetric.SMD: effect_sizes.standardised_mean_difference,
}


def effect_sizes_of(request: SynthesisRequest) -> list[EffectSize]:
    """Return the effect size of each row.

    Raises:
        ParameterError: If a row has no effect size of the metric.
    """
    return [_effect_size(request.metric, row, i) for i, row in enumerate(request.rows)]


def _effect_size(
    metric: EstimateMetric, row: EstimateRow | EventsRow | MeansRow, index: int
) -> EffectSize:
    if isinstance(row, EstimateRow):
        return EffectSize(row.value, row.standard_error)
    if isinstance(row, EventsRow):
        if metric not in _OF_EVENTS:
            raise _other_metric(index, "events", metric, list(_OF_EVENTS))
        intervention, comparator = row.intervention, row.comparator
        return _OF_EVENTS[metric](
            effect_sizes.cells(intervention.events, intervention.n, comparator.events, comparator.n)
        )
    if metric not in _OF_MEANS:
        raise _other_metric(index, "means", metric, list(_OF_MEANS))
    return _OF_MEANS[metric](*_groups(row))


def _groups(row: MeansRow) -> tuple[Group, Group]:
    intervention, comparator = row.intervention, row.comparator
    return Group(intervention.mean, intervention.sd, intervention.n), Group(
        comparator.mean, comparator.sd, comparator.n
    )


def _other_metric(
    index: int, form: str, metric: EstimateMetric, possible: list[EstimateMetric]
) -> ParameterError:
    metrics = " or ".join(m.value for m in possible)
    return parameter_error(
        f"rows.{index}",
        f"{form} have no {metric.value}; set `metric` to {metrics}, or send `value` and"
        " `standard_error`",
    )


def parameter_error(name: str, message: str) -> ParameterError:
    """Return the error of a field of the body."""
    return ParameterError(ErrorDetail("body", name, f"{name}: {message}."))


def prior_scale_of(request: SynthesisRequest) -> float:
    """Return the scale of the prior of tau: that of the request or, without one, of the metric.

    Raises:
        ParameterError: If the metric is a mean difference and no row has a standard deviation.
    """
    if request.prior_scale is not None:
        return request.prior_scale
    if request.metric is not EstimateMetric.MD:
        return prior_scale(request.metric)
    sds = [pooled_sd(*_groups(row)) for row in request.rows if isinstance(row, MeansRow)]
    if not sds:
        raise parameter_error(
            "prior_scale",
            f"required for MD if no row has means: send {SMD_PRIOR_SCALE:g} of the standard"
            " deviation of the outcome, such as 3 for one of 12",
        )
    return prior_scale(EstimateMetric.MD, sum(sds) / len(sds))


def baseline_risk_of(request: SynthesisRequest) -> tuple[float, str] | None:
    """Return the risk without the intervention and its source: `request` or `rows`.

    None if neither has one, or the metric has no absolute effect.

    Raises:
        ParameterError: If the request has a risk and the metric no absolute effect.
    """
    if not has_absolute_effect(request.metric):
        if request.baseline_risk is not None:
            raise parameter_error(
                "baseline_risk",
                f"{request.metric.value} has no absolute effect; leave it out, or use another"
                " metric",
            )
        return None
    if request.baseline_risk is not None:
        return request.baseline_risk, "request"
    comparators = [row.comparator for row in request.rows if isinstance(row, EventsRow)]
    events, people = sum(arm.events for arm in comparators), sum(arm.n for arm in comparators)
    return (events / people, "rows") if 0 < events < people else None
