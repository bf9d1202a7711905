"""Scales of plots: how an effect on the scale of its metric is drawn, labelled and divided."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, floor, inf, log, log10

from app.domain.vocabulary import EstimateMetric

#: About how many divisions an axis has.
DIVISIONS = 6
_STEPS = (1, 2, 2.5, 5, 10)
_PERCENTAGES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.9)


@dataclass(frozen=True)
class PlotScale:
    """How the values of one metric are shown.

    Args:
        name: What is shown, for example `odds ratio`.
        shown: Returns the figure that readers see for a value on the scale of the metric.
        decimals: Decimal places of that figure.
        ticks: Returns the values of the divisions of an axis from a lower to an upper value.
    """

    name: str
    shown: Callable[[float], float]
    decimals: int
    ticks: Callable[[float, float], list[float]]

    def text(self, value: float) -> str:
        """Return a value as readers see it, with a true minus sign."""
        figure = self.shown(value)
        if abs(figure) >= 1000:
            return f"{figure:.2g}"
        text = f"{figure:.{self.decimals}f}"
        return text.replace("-", "" if not float(text) else "−")

    def interval_text(self, lower: float, upper: float) -> str:
        """Return an interval as readers see it."""
        return f"{self.text(lower)} to {self.text(upper)}"

    def tick_text(self, value: float) -> str:
        """Return the label of a division of the axis."""
        return f"{round(self.shown(value), 6):g}".replace("-", "−")


def linear_ticks(low: float, high: float) -> list[float]:
    """Return round values from below `low` to above `high`."""
    rough = (high - low) / DIVISIONS
    magnitude = 10.0 ** floor(log10(rough))
    step = next(step for step in _STEPS if step * magnitude >= rough * (1 - 1e-9)) * magnitude
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]


def _percent_point_ticks(low: float, high: float) -> list[float]:
    return [tick / 100 for tick in linear_ticks(low * 100, high * 100)]


def _ratio_ticks(low: float, high: float) -> list[float]:
    """Return the logarithms of round ratios; of every power of ten, or of 1, 2 and 5 times it."""
    decades = range(floor(low / log(10)) - 1, ceil(high / log(10)) + 2)
    for multiples in ((1, 1.25, 1.5, 2, 3, 4, 5, 6, 8), (1, 1.5, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        ratios = [multiple * 10.0**decade for decade in decades for multiple in multiples]
        ticks = _covering([log(ratio) for ratio in ratios], low, high)
        if len(ticks) <= DIVISIONS + 2:
            return ticks
    return [log(10) * n for n in range(floor(low / log(10)), ceil(high / log(10)) + 1, 2)]


def _proportion_ticks(low: float, high: float) -> list[float]:
    ticks = _covering([log(p / (100 - p)) for p in _PERCENTAGES], low, high)
    if len(ticks) < 2:  # beyond the table, such as from 99.95% to 99.99%
        return [low, high]
    keep = ceil(len(ticks) / (DIVISIONS + 2))
    return ticks[::keep] if (len(ticks) - 1) % keep == 0 else [*ticks[::keep], ticks[-1]]


def _covering(candidates: list[float], low: float, high: float) -> list[float]:
    """Return the candidates in a range, with the nearest one beyond each end."""
    before = max((c for c in candidates if c <= low), default=-inf)
    after = min((c for c in candidates if c >= high), default=inf)
    return [c for c in candidates if before <= c <= after]


def _identity(value: float) -> float:
    return value


def _percent(value: float) -> float:
    return 100 * value


def _proportion(value: float) -> float:
    return 100 / (1 + _ratio(-value))


def _ratio(value: float) -> float:
    """Return the ratio of a logarithm; that of one beyond the range of floats is their largest."""
    return exp(min(value, 700.0))


SCALES: dict[EstimateMetric, PlotScale] = {
    EstimateMetric.MD: PlotScale("mean difference", _identity, 2, linear_ticks),
    EstimateMetric.SMD: PlotScale("standardised mean difference", _identity, 2, linear_ticks),
    EstimateMetric.LOG_OR: PlotScale("odds ratio", _ratio, 2, _ratio_ticks),
    EstimateMetric.LOG_RR: PlotScale("risk ratio", _ratio, 2, _ratio_ticks),
    EstimateMetric.LOG_HR: PlotScale("hazard ratio", _ratio, 2, _ratio_ticks),
    EstimateMetric.RD: PlotScale("percentage points", _percent, 1, _percent_point_ticks),
    EstimateMetric.LOGIT_PROPORTION: PlotScale("percent", _proportion, 1, _proportion_ticks),
}
