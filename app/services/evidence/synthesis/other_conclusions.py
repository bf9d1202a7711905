"""What others concluded on a claim, beside our effect; it is no part of the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from typing import Any

from app.domain.synthesis.claim_side import claim_sign
from app.domain.synthesis.common_metric import MetricScale
from app.domain.synthesis.eligibility import is_synthesis
from app.domain.synthesis.facts import EstimateFacts
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.standard_errors import SMD_TO_LOG_ODDS_RATIO
from app.domain.verdicts.judgement import EffectSynthesis, Judgement
from app.domain.vocabulary import EstimateMetric, Metric
from app.services.evidence.synthesis.assessments import ClaimAssessment, PublishedEstimate
from app.services.evidence.synthesis.loader import SynthesisFacts

M = EstimateMetric
#: Metrics as documents print them, on the scale of our estimates.
_PRINTED = {
    Metric.MEAN_DIFFERENCE: M.MD,
    Metric.STANDARDISED_MEAN_DIFFERENCE: M.SMD,
    Metric.ODDS_RATIO: M.LOG_OR,
    Metric.RISK_RATIO: M.LOG_RR,
    Metric.HAZARD_RATIO: M.LOG_HR,
}
_LOGARITHMS = {M.LOG_OR, M.LOG_RR, M.LOG_HR}
_NO_FIGURES = dict.fromkeys(("outcome", "metric", "value", "lower", "upper", "overlaps"))
_STANDARDISABLE = {M.MD, M.SMD, M.LOG_OR}
_Z_95 = 1.959964
Interval = tuple[float, float]


@dataclass(frozen=True)
class OurEffect:
    """The interval of the effect behind a verdict, on the claim's side."""

    scale: MetricScale
    lower: float
    upper: float


def our_effect(effect: EffectSynthesis) -> OurEffect:
    """Return the interval of the effect of a judgement."""
    return OurEffect(effect.scale, effect.pooled.lower, effect.pooled.upper)


def other_conclusions(facts: SynthesisFacts, judgement: Judgement) -> list[dict[str, Any]]:
    """Return what assessments and published syntheses found, the newest first."""
    effect, question = judgement.effect, facts.evidence.question
    ours = our_effect(effect) if effect else None
    rows = [
        row
        for assessment in facts.assessments
        for row in _of_assessment(assessment, question, ours)
    ]
    used = {e.slug for unit in effect.units for e in unit.estimates} if effect else set()
    syntheses = [e for e in facts.evidence.estimates if e.bears_on_claim and is_synthesis(e)]
    rows += [
        _of_synthesis(estimate, question, ours)
        for estimate in syntheses
        if estimate.slug not in used
    ]
    return sorted(rows, key=lambda row: (-(row["year"] or 0), row["slug"]))


def _of_assessment(
    assessment: ClaimAssessment, question: QuestionFacts | None, ours: OurEffect | None
) -> Iterator[dict[str, Any]]:
    fields = {
        "type": "assessment",
        "slug": assessment.slug,
        "by": assessment.body,
        "document_kind": assessment.kind,
        "year": assessment.year,
        "direction": assessment.direction,
    }
    if not assessment.estimates:
        yield fields | _NO_FIGURES | {"certainty": assessment.certainty}
    for estimate in assessment.estimates:
        yield fields | {
            "certainty": estimate.certainty or assessment.certainty,
            "outcome": estimate.outcome,
            "metric": estimate.metric.value,
            "value": estimate.value,
            "lower": estimate.lower,
            "upper": estimate.upper,
            "overlaps": overlaps(estimate, question, ours),
        }


def _of_synthesis(
    estimate: EstimateFacts, question: QuestionFacts | None, ours: OurEffect | None
) -> dict[str, Any]:
    error, interval = estimate.standard_error, None
    if error is not None:
        interval = (estimate.value - _Z_95 * error, estimate.value + _Z_95 * error)
    on_side = None
    if interval is not None and question is not None:
        on_side = _turned(interval, claim_sign(question, estimate.outcome))
    return {
        "type": "effect",
        "slug": estimate.slug,
        "by": estimate.study.slug,
        "document_kind": None,
        "year": estimate.study.year,
        "direction": None,
        "certainty": None,
        "outcome": estimate.outcome.value,
        "metric": estimate.metric.value,
        "value": estimate.value,
        "lower": interval and interval[0],
        "upper": interval and interval[1],
        "overlaps": _have_values_in_common(ours, estimate.metric, on_side, estimate.instrument),
    }


def overlaps(
    estimate: PublishedEstimate, question: QuestionFacts | None, ours: OurEffect | None
) -> bool | None:
    """Return whether the interval of an assessment's estimate and ours have values in common.

    None if they cannot be compared.
    """
    return _have_values_in_common(ours, *_placed(estimate, question))


def _placed(
    estimate: PublishedEstimate, question: QuestionFacts | None
) -> tuple[EstimateMetric | None, Interval | None]:
    """Return metric and interval on the claim's side; None if its side is not stated."""
    metric = _PRINTED.get(estimate.metric)
    side = _side(estimate.favours, question)
    if metric is None or side is None or estimate.lower is None or estimate.upper is None:
        return None, None
    low, value, high = estimate.lower, estimate.value, estimate.upper
    if metric in _LOGARITHMS:
        if low <= 0 or (value or 1) <= 0:
            return None, None
        low, high, value = log(low), log(high), log(value) if value else None
    if not value:
        return None, None
    # The estimate is in favour of what it names, whichever way its scale runs.
    return metric, _turned((low, high), side if value > 0 else -side)


def _side(favours: str | None, question: QuestionFacts | None) -> int | None:
    """Return 1 if an estimate in favour of what a document names is on the claim's side, else -1.

    None if the name is not known, or if the claim is about a harm, where in favour is not more.
    """
    if favours is None or question is None or question.relation.value != "superior":
        return None
    words = favours.lower()
    if words in ("placebo", "control", "midazolam"):
        return -1
    return 1 if any(compound in words for compound in question.compounds) else None


def _turned(interval: Interval, sign: int) -> Interval:
    low, high = sorted((sign * interval[0], sign * interval[1]))
    return low, high


def _have_values_in_common(
    ours: OurEffect | None,
    metric: EstimateMetric | None,
    interval: Interval | None,
    instrument: str | None = None,
) -> bool | None:
    """Return whether an interval and ours have values in common.

    Both are in standard deviations where their metrics differ; None if they cannot be converted.
    """
    if ours is None or metric is None or interval is None:
        return None
    scale, divisors = ours.scale, (1.0, 1.0)
    is_points = metric is M.MD and instrument != scale.instrument
    if metric is not scale.metric or is_points:
        if scale.metric not in _STANDARDISABLE or metric not in (M.SMD, M.LOG_OR):
            return None
        divisors = (scale.sd, 1.0 if metric is M.SMD else SMD_TO_LOG_ODDS_RATIO)
    low, high = ours.lower / divisors[0], ours.upper / divisors[0]
    return low <= interval[1] / divisors[1] and interval[0] / divisors[1] <= high
