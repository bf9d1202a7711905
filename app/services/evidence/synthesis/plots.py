"""The forest plot of a synthesis."""

from app.domain.synthesis.trial_units import TrialUnit
from app.domain.verdicts.judgement import EffectSynthesis
from app.services.evidence.synthesis.document import Z_95
from app.services.evidence.synthesis.forest_plot import ForestPlot, PlottedSummary, PlottedUnit
from app.services.evidence.synthesis.loader import SynthesisFacts
from app.services.evidence.synthesis.plot_scale import SCALES
from app.services.evidence.synthesis.readable_effects import reading_sign, unit_of

#: What the two sides of the null mean; all effects are on the claim's side.
AGAINST, FOR = "against the claim", "for the claim"


def forest_plot(facts: SynthesisFacts, effect: EffectSynthesis, caption: str) -> ForestPlot:
    """Return the forest plot of a synthesis.

    Args:
        caption: Release and rule version.
    """
    sign = reading_sign(facts.evidence.question, effect)
    pooled = effect.pooled
    prediction = pooled.prediction
    sides = (AGAINST, FOR) if sign > 0 else (FOR, AGAINST)
    return ForestPlot(
        title=facts.statement,
        caption=caption,
        unit=unit_of(effect.scale),
        lower_side=sides[0],
        upper_side=sides[1],
        scale=SCALES[effect.scale.metric],
        null=sign * effect.null,
        worthwhile=None if effect.worthwhile is None else sign * effect.worthwhile,
        units=[
            _plotted(unit, None if effect.method is None else weight, sign)
            for unit, weight in zip(effect.units, pooled.weights, strict=True)
        ],
        summary=None
        if effect.method is None  # it would repeat the only unit
        else PlottedSummary(
            sign * pooled.estimate,
            *_turned(sign, pooled.lower, pooled.upper),
            None if prediction is None else _turned(sign, *prediction),
            effect.method.label,
        ),
    )


def _plotted(unit: TrialUnit, weight: float | None, sign: int) -> PlottedUnit:
    half = Z_95 * unit.standard_error
    return PlottedUnit(
        unit.study.slug,
        sign * unit.value,
        *_turned(sign, unit.value - half, unit.value + half),
        unit.standard_error,
        weight,
        unit.participants,
    )


def _turned(sign: int, lower: float, upper: float) -> tuple[float, float]:
    return (lower, upper) if sign > 0 else (-upper, -lower)
