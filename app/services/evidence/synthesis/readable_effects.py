"""Effects as readers see them: ratios of the event, proportions in per cent."""

from typing import Any

from app.domain.synthesis.claim_side import event_sign
from app.domain.synthesis.common_metric import MetricScale
from app.domain.synthesis.questions import QuestionFacts
from app.domain.verdicts.judgement import EffectSynthesis
from app.domain.vocabulary import EstimateMetric
from app.services.evidence.synthesis.plot_scale import SCALES


def unit_of(scale: MetricScale) -> str:
    """Return what the figures on a scale are, such as MADRS points or odds ratio.

    Scales are called by their abbreviations; what is measured otherwise has no points.
    """
    if scale.metric is EstimateMetric.MD:
        instrument = scale.instrument or ""
        return f"{instrument} points" if instrument[:1].isupper() else instrument or "points"
    return SCALES[scale.metric].name


def reading_sign(question: QuestionFacts | None, effect: EffectSynthesis) -> int:
    """Return -1 if readers see the opposite of the claim's side, else 1.

    Ratios, risk differences and proportions are shown for the event itself: a risk ratio of 0.3 for
    a relapse that the claim says is prevented. Means are shown on the claim's side.
    """
    if question is None or effect.scale.metric in (EstimateMetric.MD, EstimateMetric.SMD):
        return 1
    if effect.scale.metric is EstimateMetric.LOGIT_PROPORTION:
        return effect.sign
    return event_sign(question, effect.units[0].outcome)


def readable(
    scale: MetricScale, sign: int, estimate: float, lower: float, upper: float
) -> dict[str, Any]:
    """Return an effect as readers see it.

    Args:
        sign: That of `reading_sign`.
    """
    shown = SCALES[scale.metric].shown
    low, high = sorted((shown(sign * lower), shown(sign * upper)))
    return {
        "unit": unit_of(scale),
        "estimate": shown(sign * estimate),
        "lower": low,
        "upper": high,
    }
