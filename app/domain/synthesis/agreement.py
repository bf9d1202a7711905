"""Agreement of the figures of one comparison: sign, interval, p-value and arms.

Figures of one source that contradict each other are most often an error of transcription, and
sometimes one of the source. Differences that rounding, an adjusted model or another test explain
are no contradiction.
"""

from collections.abc import Iterator
from math import inf

from app.domain.synthesis.comparison import PairwiseComparison
from app.domain.synthesis.derivation import derive_estimate
from app.domain.synthesis.distributions import normal_quantile, t_quantile, two_sided_p
from app.domain.synthesis.standard_errors import from_interval
from app.domain.vocabulary import Derivation, Favours, OutcomeKind, PRelation

#: How far two test statistics of one effect may differ, beyond the rounding of the figures.
TOLERANCE = 0.5
#: The same for the arms against a printed p-value, which may be of an adjusted model.
ARMS_TOLERANCE = 1.0
#: How far they may differ if one is significant and the other is not.
SIGNIFICANCE_TOLERANCE = 0.15
_SIGNIFICANT = normal_quantile(0.975)


def disagreements(
    comparison: PairwiseComparison, favours: Favours | None, kind: OutcomeKind
) -> list[str]:
    """Return what contradicts itself in a comparison, as sentences; none if all agrees.

    Args:
        favours: Side that the printed effect is in favour of, as a curator states it.
        kind: Kind of the outcome, which decides the sign of the estimate.
    """
    return [
        *_sign(comparison, favours, kind),
        *_value_in_interval(comparison),
        *_interval_and_p(comparison),
        *_arms_and_p(comparison),
        *_null_result(comparison),
    ]


def _sign(
    comparison: PairwiseComparison, favours: Favours | None, kind: OutcomeKind
) -> Iterator[str]:
    effect = comparison.printed
    if effect is None or effect.value is None or favours is None:
        return
    value = comparison.on_scale(effect.value)
    better = value if kind is OutcomeKind.BENEFIT else -value
    side = Favours.NEITHER
    if better:
        side = Favours.INTERVENTION if better > 0 else Favours.COMPARATOR
    if favours is not side:
        yield (
            f"the value {effect.value:g} is in favour of the {side.value}, if `larger_is` is right,"
            f" but `favours` is `{favours.value}`"
        )


def _value_in_interval(comparison: PairwiseComparison) -> Iterator[str]:
    effect, bounds = comparison.printed, comparison.bounds
    if effect is None or effect.value is None or bounds is None:
        return
    if not bounds[0] <= comparison.on_scale(effect.value) <= bounds[1]:
        yield (
            f"the value {effect.value:g} is not within its interval, {effect.lower:g} to"
            f" {effect.upper:g}"
        )


def _interval_and_p(comparison: PairwiseComparison) -> Iterator[str]:
    effect, bounds = comparison.printed, comparison.bounds
    if effect is None or effect.value is None or bounds is None or not effect.interval_percent:
        return
    if not bounds[0] < bounds[1]:
        yield f"the interval has no width: {effect.lower:g} to {effect.upper:g}"
        return
    error = from_interval(*bounds, effect.interval_percent)
    z = abs(comparison.on_scale(effect.value)) / error
    # Trailing zeros are lost in numbers: the figure with most digits shows the rounding of all.
    width = min(_rounding(x) for x in (effect.value, effect.lower or 0, effect.upper or 0))
    span = abs((effect.upper or 0) - (effect.lower or 0)) or 1
    slack = (1 + z) * 2 * width / span * 2  # z of figures rounded the other way
    if _contradicts(comparison, z, TOLERANCE + slack, SIGNIFICANCE_TOLERANCE + slack):
        yield (
            f"the interval {effect.lower:g} to {effect.upper:g} implies p = {two_sided_p(z):.2g},"
            f" but the p-value is {_p_text(comparison)}"
        )


def _arms_and_p(comparison: PairwiseComparison) -> Iterator[str]:
    """Compare the p-value with the arms, where nothing else has been printed."""
    if comparison.bounds is not None or comparison.p_value is None:
        return
    try:
        derived = derive_estimate(comparison)
    except ValueError:
        return
    if derived.derivation not in (Derivation.EVENTS, Derivation.SD) or not derived.standard_error:
        return
    z = abs(derived.value) / derived.standard_error
    if _contradicts(comparison, z, ARMS_TOLERANCE, ARMS_TOLERANCE):
        yield (
            f"the figures of the arms imply p = {two_sided_p(z):.2g}, but the p-value is"
            f" {_p_text(comparison)}"
        )


def _null_result(comparison: PairwiseComparison) -> Iterator[str]:
    effect, p_value = comparison.effect, comparison.p_value
    if not comparison.null_result or effect is None or p_value is None:
        return
    if effect.p_relation is not PRelation.GREATER and p_value < 0.05:
        yield f"`null_result` is set, but the p-value is {_p_text(comparison)}"


def _contradicts(
    comparison: PairwiseComparison, z: float, tolerance: float, significance_tolerance: float
) -> bool:
    """Return whether a test statistic contradicts the printed p-value or its bound."""
    effect, p_value = comparison.effect, comparison.p_value
    if effect is None or p_value is None:
        return False
    half = _rounding(effect.p_value or 0) if effect.p_relation is PRelation.EQUAL else 0
    least = _z_of(comparison, p_value + half)
    most = _z_of(comparison, p_value - half) if p_value > half else inf
    if effect.p_relation is PRelation.LESS:
        most = inf
    elif effect.p_relation is PRelation.GREATER:
        least = 0.0
    gap = max(least - z, z - most, 0.0)
    significance_differs = z < _SIGNIFICANT <= least + 1e-9 or most - 1e-9 <= _SIGNIFICANT < z
    return gap > (min(tolerance, significance_tolerance) if significance_differs else tolerance)


def _z_of(comparison: PairwiseComparison, p_value: float) -> float:
    """Return the test statistic of a two-sided p-value; that of large p-values is 0."""
    if p_value >= 1:
        return 0.0
    return -t_quantile(p_value / 2, comparison.degrees_of_freedom)


def _rounding(figure: float) -> float:
    """Return half a unit of the last digit in which a figure is written."""
    decimals = len(f"{figure:.10g}".partition(".")[2]) if "e" not in f"{figure:.10g}" else 10
    return float(0.5 / 10**decimals)


def _p_text(comparison: PairwiseComparison) -> str:
    effect = comparison.effect
    assert effect is not None
    sides = ", one-sided" if effect.p_sides == 1 else ""
    return f"{effect.p_relation or '='} {effect.p_value:g}{sides}"
