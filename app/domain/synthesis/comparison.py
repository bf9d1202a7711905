"""One comparison as a source prints it: an effect, the figures of two arms, or both."""

from dataclasses import dataclass
from math import inf, log, sqrt
from typing import NamedTuple

from app.domain.synthesis.effect_sizes import Group
from app.domain.vocabulary import EstimateMetric, Metric, PRelation

#: The metrics of printed effects that state an estimate of each metric directly.
PRINTED_METRICS: dict[EstimateMetric, tuple[Metric, ...]] = {
    EstimateMetric.MD: (Metric.MEAN_DIFFERENCE,),
    EstimateMetric.SMD: (Metric.STANDARDISED_MEAN_DIFFERENCE,),
    EstimateMetric.LOG_OR: (Metric.ODDS_RATIO,),
    EstimateMetric.LOG_RR: (Metric.RISK_RATIO, Metric.RATE_RATIO),
    EstimateMetric.LOG_HR: (Metric.HAZARD_RATIO,),
    EstimateMetric.RD: (Metric.RISK_DIFFERENCE,),
    EstimateMetric.LOGIT_PROPORTION: (Metric.PROPORTION,),
}
LOGARITHMS = {EstimateMetric.LOG_OR, EstimateMetric.LOG_RR, EstimateMetric.LOG_HR}
PERCENT_UNITS = {"%", "percent", "percentage points", "percentage point"}

#: Typical standard deviations of instruments, for trials that print none.
BORROWED_SDS = {
    # Mean over the arms of TRANSFORM-1, -2, -3 and TRD3013, weighted by their sizes and rounded:
    # change to day 28 as posted on ClinicalTrials.gov (NCT02417064, NCT02418585, NCT02422186,
    # NCT03434041), 856 people.
    "MADRS": 12.5,
}


class PrintedEffect(NamedTuple):
    """An effect as printed, in the unit of the source; a missing figure is None."""

    metric: Metric
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    interval_percent: float | None = None
    standard_error: float | None = None
    p_value: float | None = None
    p_relation: PRelation | None = None
    p_sides: int = 2
    unit: str = ""


class ArmFigures(NamedTuple):
    """The figures of one arm as printed; a missing figure is None."""

    n: int | None = None
    events: int | None = None
    percent: float | None = None
    mean: float | None = None
    standard_deviation: float | None = None
    standard_error: float | None = None

    @property
    def event_count(self) -> int | None:
        """Number of people with the event, from the percentage if only that is printed."""
        if self.events is None and self.percent is not None and self.n is not None:
            return round(self.n * self.percent / 100)
        return self.events

    @property
    def group(self) -> Group | None:
        """Mean, standard deviation and size; None if one of them is missing.

        A standard deviation follows from the standard error of the mean: SD = SE · √n (Cochrane
        Handbook 5.1, section 7.7.3.2).
        """
        sd = self.standard_deviation
        if sd is None and self.standard_error is not None and self.n:
            sd = self.standard_error * sqrt(self.n)
        if self.mean is None or sd is None or not self.n:
            return None
        return Group(self.mean, sd, self.n)


NO_ARM = ArmFigures()


@dataclass(frozen=True)
class PairwiseComparison:
    """What a source prints about one comparison, and how to read it.

    Args:
        metric: Metric of the estimate.
        sign: 1 if a larger printed value is a positive estimate, -1 if it is a negative one.
        arm_sign: The same for a higher score or the event in the arms.
        effect: The printed effect, or None.
        intervention: Figures of the intervention.
        comparator: Figures of the comparator.
        crossover: Whether the same people received both treatments.
        null_result: Whether the source says that there was no difference, without a figure.
        instrument: Instrument, for a typical standard deviation where none is printed.
        p_value_is_used: Whether a standard error may be derived from the p-value.
    """

    metric: EstimateMetric
    sign: int
    arm_sign: int
    effect: PrintedEffect | None = None
    intervention: ArmFigures = NO_ARM
    comparator: ArmFigures = NO_ARM
    crossover: bool = False
    null_result: bool = False
    instrument: str | None = None
    p_value_is_used: bool = True

    @property
    def printed(self) -> PrintedEffect | None:
        """The printed effect, if it states the metric of the estimate."""
        if self.effect and self.effect.metric in PRINTED_METRICS[self.metric]:
            return self.effect
        return None

    def on_scale(self, figure: float) -> float:
        """Return a printed value or bound on the scale of the estimate, with its sign.

        Raises:
            ValueError: If the logarithm of a figure that is not positive is needed.
        """
        if self.metric in LOGARITHMS:
            if figure <= 0:
                raise ValueError(f"a ratio must be positive, not {figure:g}")
            figure = log(figure)
        figure /= self.divisor
        if self.metric is EstimateMetric.LOGIT_PROPORTION:
            if not 0 < figure < 1:
                raise ValueError(f"a proportion must be between 0 and 1, not {figure:g}")
            figure = log(figure / (1 - figure))
        return self.sign * figure

    @property
    def divisor(self) -> float:
        """100 if the printed figures are risks or their differences in per cent, else 1."""
        in_percent = self.effect is not None and self.effect.unit.lower() in PERCENT_UNITS
        risks = (EstimateMetric.RD, EstimateMetric.LOGIT_PROPORTION)
        return 100 if in_percent and self.metric in risks else 1

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The printed interval on the scale of the estimate, in order; None if there is none."""
        effect = self.printed
        if effect is None or effect.lower is None or effect.upper is None:
            return None
        low, high = sorted((self.on_scale(effect.lower), self.on_scale(effect.upper)))
        return low, high

    @property
    def p_value(self) -> float | None:
        """The printed p-value or its bound, as a two-sided one; None if it is not usable."""
        effect = self.effect
        if effect is None or effect.p_value is None:
            return None
        p_value = min(1.0, effect.p_value * (2 if effect.p_sides == 1 else 1))
        return p_value if 0 < p_value < 1 else None

    @property
    def sizes(self) -> tuple[int, int] | None:
        """The sizes of both arms; None if one is missing."""
        n_1, n_2 = self.intervention.n, self.comparator.n
        return (n_1, n_2) if n_1 and n_2 else None

    @property
    def degrees_of_freedom(self) -> float:
        """Degrees of freedom of the t-test of a difference of means; infinite for other tests."""
        if self.metric not in (EstimateMetric.MD, EstimateMetric.SMD) or not self.sizes:
            return inf
        n_1, n_2 = self.sizes
        return max(1, n_1 - 1 if self.crossover else n_1 + n_2 - 2)

    @property
    def standard_deviation(self) -> float | None:
        """The standard deviation of the outcome: of the arms, or the typical one."""
        groups = [g for g in (self.intervention.group, self.comparator.group) if g]
        if groups:
            return sqrt(sum(g.n * g.sd**2 for g in groups) / sum(g.n for g in groups))
        return BORROWED_SDS.get(self.instrument or "")
