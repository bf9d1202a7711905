"""Schemas of `POST /v1/synthesis`: the rows of a request and the results of its meta-analysis."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from app.domain.synthesis.study_estimates import MAX_MAGNITUDE
from app.domain.vocabulary import EstimateMetric, PoolingMethod
from app.kit.query_types import NO_NUL, clean_text
from app.resources.base import LazyModel, OutputModel

MAX_ROWS = 200
MAX_PEOPLE = 10_000_000
#: Means and standard deviations beyond it are no measurements.
MAX_MEASUREMENT = 1e15

SYNTHESIS_EXAMPLE: dict[str, Any] = {
    "metric": "logOR",
    "rows": [
        {
            "label": "Trial A",
            "intervention": {"events": 15, "n": 47},
            "comparator": {"events": 4, "n": 25},
        },
        {
            "label": "Trial B",
            "intervention": {"events": 52, "n": 101},
            "comparator": {"events": 31, "n": 100},
        },
        {"label": "Trial C, as printed", "value": 0.41, "standard_error": 0.33},
    ],
    "baseline_risk": 0.3,
    "worthwhile": 0.44,
}

Label = Annotated[
    str,
    Field(min_length=1, max_length=200, json_schema_extra=NO_NUL),
    AfterValidator(clean_text),
]
# Strict: `true` and "3" are no numbers.
Number = Annotated[float, Field(allow_inf_nan=False, strict=True)]
Count = Annotated[int, Field(strict=True)]
People = Annotated[Count, Field(ge=1, le=MAX_PEOPLE, description="People in the arm.")]


class _RequestModel(LazyModel):
    model_config = ConfigDict(extra="forbid")


class _Row(_RequestModel):
    label: Label | None = Field(None, description="Name of the study, repeated in the response.")


class EstimateRow(_Row):
    """A study by its estimate and standard error."""

    value: Number = Field(
        ge=-MAX_MAGNITUDE,
        le=MAX_MAGNITUDE,
        description="Estimate on the scale of the metric; ratios as natural logarithms.",
    )
    standard_error: Number = Field(
        gt=0,
        le=MAX_MAGNITUDE,
        description="Standard error on the same scale; above 0.",
    )


class ArmEvents(_RequestModel):
    """People with the event in one arm."""

    events: Count = Field(ge=0, le=MAX_PEOPLE, description="People with the event.")
    n: People

    @model_validator(mode="after")
    def _check_events(self) -> "ArmEvents":
        if self.events > self.n:
            raise ValueError(f"{self.events} events in {self.n} people; events must be at most n")
        return self


class EventsRow(_Row):
    """A study by its 2×2 table; 0.5 is added to all cells if one of them is 0."""

    intervention: ArmEvents = Field(description="Arm with the intervention.")
    comparator: ArmEvents = Field(description="Arm with the comparator.")


class ArmMean(_RequestModel):
    """Mean and standard deviation of the outcome in one arm."""

    mean: Number = Field(ge=-MAX_MEASUREMENT, le=MAX_MEASUREMENT, description="Mean.")
    sd: Number = Field(
        ge=1 / MAX_MEASUREMENT,
        le=MAX_MEASUREMENT,
        description="Standard deviation; above 0.",
    )
    n: Count = Field(ge=2, le=MAX_PEOPLE, description="People in the arm.")


class MeansRow(_Row):
    """A study by the means and standard deviations of its arms."""

    intervention: ArmMean = Field(description="Arm with the intervention.")
    comparator: ArmMean = Field(description="Arm with the comparator.")


def _kind_of_row(row: Any) -> str | None:
    """Return which of the three forms a row has, by the fields that it names."""
    if not isinstance(row, dict):
        return None
    if "value" in row or "standard_error" in row:
        return "estimate"
    arms = [arm for arm in (row.get("intervention"), row.get("comparator")) if arm]
    named = {name for arm in arms if isinstance(arm, dict) for name in arm}
    if "events" in named:
        return "events"
    return "means" if named & {"mean", "sd"} else None


StudyRow = Annotated[
    Annotated[EstimateRow, Tag("estimate")]
    | Annotated[EventsRow, Tag("events")]
    | Annotated[MeansRow, Tag("means")],
    Discriminator(
        _kind_of_row,
        custom_error_type="row_form",
        custom_error_message=(
            "give `value` and `standard_error`; or `intervention` and `comparator`, each with"
            " `events` and `n`, or each with `mean`, `sd` and `n`"
        ),
    ),
]


class SynthesisRequest(_RequestModel):
    """Independent studies of one question, and how to pool them."""

    model_config = ConfigDict(json_schema_extra={"examples": [SYNTHESIS_EXAMPLE]})

    metric: EstimateMetric = Field(description="Metric of all rows; ratios are logarithms.")
    rows: list[StudyRow] = Field(
        min_length=1,
        max_length=MAX_ROWS,
        description="Independent studies, in the order of the cumulative meta-analysis: by"
        " estimate, 2×2 table, or means. A positive value is more of the outcome.",
    )
    method: PoolingMethod = Field(
        PoolingMethod.BAYES,
        description="Method of `pooled`, `leave_one_out` and `cumulative`; `methods` has all.",
    )
    prior_scale: Number | None = Field(
        None,
        ge=1 / MAX_MAGNITUDE,
        le=MAX_MAGNITUDE,
        description="Scale of the half-normal prior of tau, in the unit of the values. By default"
        " 0.25 for SMD, 0.45 for logarithms of ratios and odds, 0.05 for RD; for MD 0.25 of the"
        " standard deviation of rows with means, and required without such rows.",
    )
    interval_percent: Number = Field(95, ge=50, le=99.9, description="Level of the intervals.")
    worthwhile: Number | None = Field(
        None,
        gt=0,
        le=MAX_MAGNITUDE,
        description="Smallest effect that is worth having, on the scale of the metric.",
    )
    baseline_risk: Number | None = Field(
        None,
        gt=0,
        lt=1,
        description="Risk without the intervention, for absolute effects: 0.3 is 30 of 100 people."
        " By default that of the comparator arms, if rows have events. Not for MD and"
        " logit_proportion.",
    )


class IntervalBounds(OutputModel):
    """Lower and upper bound."""

    lower: float = Field(description="Lower bound.")
    upper: float = Field(description="Upper bound.")


class RatioInterval(IntervalBounds):
    """A ratio with its interval."""

    estimate: float = Field(description="Ratio: the exponential of the pooled value.")


class PooledInterval(IntervalBounds):
    """Pooled effect of several studies."""

    k: int = Field(description="Number of studies.")
    estimate: float = Field(
        description="Pooled effect on the scale of the metric; by the Bayesian method the median."
    )


class MethodResult(PooledInterval):
    """Pooled effect by one method."""

    method: PoolingMethod = Field(description="Method.")
    standard_error: float = Field(
        description="Standard error; by the Bayesian method the posterior standard deviation."
    )
    p_value: float = Field(
        description="Two-sided p-value against no effect; by the Bayesian method twice the smaller"
        " posterior probability of an effect on one side of 0."
    )
    prediction: IntervalBounds | None = Field(
        description="Interval of the effect of a further study; null if the method has none."
    )
    tau: float = Field(
        description="Standard deviation of the effects between studies; by the Bayesian method its"
        " posterior mean."
    )
    ratio: RatioInterval | None = Field(
        description="The same as a ratio; null for other metrics, and beyond 1e300."
    )


class HeterogeneityResult(OutputModel):
    """Heterogeneity of the effects between studies; tau² by REML."""

    q: float = Field(description="Cochran's Q.")
    q_df: int = Field(description="Degrees of freedom of Q.")
    q_p: float = Field(description="p-value of Q.")
    tau2: float = Field(description="Variance of the effects between studies.")
    tau2_interval: IntervalBounds | None = Field(
        description="Q-profile interval of tau²; null for a single study."
    )
    i2: float = Field(description="I², in per cent.")
    h2: float = Field(description="H².")


class RowResult(IntervalBounds):
    """One row with its estimate, weight, and the pooled effect without it."""

    row: int = Field(description="Number of the row in the request, from 1.")
    label: str | None = Field(description="Name of the study, as sent.")
    value: float = Field(description="Estimate on the scale of the metric.")
    standard_error: float = Field(description="Standard error on the same scale.")
    weight: float = Field(description="Share of the study in the pooled effect, from 0 to 1.")
    leave_one_out: PooledInterval | None = Field(
        description="Pooled effect of the other studies; null for a single study."
    )


class CumulativeResult(PooledInterval):
    """Pooled effect of the rows up to one."""

    row: int = Field(description="Number of the last row that is pooled, from 1.")


class RegressionTest(OutputModel):
    """Regression of the estimates on their standard errors."""

    statistic: float = Field(description="t, or z if `df` is null, of the slope.")
    df: float | None = Field(description="Degrees of freedom; null for z.")
    p_value: float = Field(description="Two-sided p-value.")
    limit: float = Field(description="Estimate of the line at a standard error of 0.")


class RankTest(OutputModel):
    """Rank correlation of the estimates with their variances."""

    tau: float = Field(description="Kendall's tau.")
    p_value: float = Field(description="Two-sided p-value.")


class FilledResult(PooledInterval):
    """Trim and fill: the pooled effect (REML, Wald interval) with the missing studies filled in."""

    missing: int = Field(description="Estimated number of missing studies.")
    side: Literal["left", "right"] = Field(
        description="Side of the funnel plot where they are missing."
    )


class SmallStudyEffects(OutputModel):
    """Tests of small-study effects; null where one needs more studies or different sizes."""

    egger: RegressionTest | None = Field(description="Egger's regression, weighted by 1/variance.")
    egger_mixed: RegressionTest | None = Field(
        description="Egger's regression in a random-effects model."
    )
    begg: RankTest | None = Field(description="Begg's rank correlation.")
    trim_and_fill: FilledResult | None = Field(description="Trim and fill, estimator L0.")


class EventsPerHundred(OutputModel):
    """Events per 100 people, by the pooled effect and the bounds of its interval."""

    estimate: float = Field(description="By the pooled effect.")
    lower: float = Field(description="By the lower bound.")
    upper: float = Field(description="By the upper bound.")


class AbsoluteEffects(OutputModel):
    """Absolute effects at a risk without the intervention."""

    baseline_risk: float = Field(description="Risk without the intervention, from 0 to 1.")
    baseline_source: Literal["request", "rows"] = Field(
        description="`request`, or `rows`: that of the comparator arms."
    )
    baseline_per_100: float = Field(description="Events per 100 people without the intervention.")
    intervention_per_100: EventsPerHundred = Field(
        description="Events per 100 people with the intervention."
    )
    difference_per_100: EventsPerHundred = Field(description="Difference of the two.")


Side = Literal["above", "below", "includes"]


class IntervalPosition(OutputModel):
    """Where the interval of the pooled effect is: above, below, or includes the value."""

    no_effect: Side = Field(description="Against 0: above, below or includes.")
    worthwhile: Side | None = Field(
        description="Against the smallest effect worth having: above, below or includes; null"
        " without one."
    )


class SynthesisResult(OutputModel):
    """Meta-analysis of the rows of a request."""

    metric: EstimateMetric = Field(description="Metric of all values.")
    interval_percent: float = Field(description="Level of the intervals.")
    prior_scale: float = Field(description="Scale of the half-normal prior of tau that was used.")
    pooled: MethodResult = Field(description="Pooled effect by the chosen method.")
    position: IntervalPosition = Field(description="Where its interval is.")
    methods: list[MethodResult] = Field(description="Pooled effect by every method.")
    heterogeneity: HeterogeneityResult = Field(description="Heterogeneity between studies.")
    rows: list[RowResult] = Field(description="The rows, in the order of the request.")
    cumulative: list[CumulativeResult] = Field(
        description="Pooled effect of the first row, the first two, and so on."
    )
    small_study_effects: SmallStudyEffects = Field(description="Tests of small-study effects.")
    absolute_effects: AbsoluteEffects | None = Field(
        description="Events per 100 people; null without a baseline risk."
    )
    reproduce: str = Field(
        description="R call of metafor that gives the REML results, with `yi` and `sei` from"
        " `rows`."
    )


class SynthesisResponse(LazyModel):
    """Response of `POST /v1/synthesis`."""

    data: SynthesisResult = Field(description="Meta-analysis of the rows.")
