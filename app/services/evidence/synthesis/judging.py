"""The judgement on a claim from its facts, by the rule or as a reader wants it."""

from dataclasses import dataclass, field, replace

from app.domain.synthesis.questions import EffectBound
from app.domain.verdicts.effect_pooling import WITH_MARGIN
from app.domain.verdicts.facts import ClaimEvidence
from app.domain.verdicts.judgement import Judgement
from app.domain.verdicts.rule import judge_claim
from app.domain.vocabulary import EffectMeasure, EstimateMetric, ExclusionReason, PoolingMethod
from app.services.evidence.synthesis.estimate_filter import EstimateFilter

#: The measure in which a reader gives the smallest worthwhile effect, by the metric of the pool.
WORTHWHILE_MEASURES = {
    EstimateMetric.MD: EffectMeasure.SCALE_POINTS,
    EstimateMetric.SMD: EffectMeasure.SMD,
    EstimateMetric.LOG_OR: EffectMeasure.RISK_RATIO,
    EstimateMetric.LOG_RR: EffectMeasure.RISK_RATIO,
    EstimateMetric.LOG_HR: EffectMeasure.RISK_RATIO,
    EstimateMetric.RD: EffectMeasure.RISK_DIFFERENCE_POINTS,
}


@dataclass(frozen=True)
class SynthesisOptions:
    """How a reader wants a claim judged; the defaults are the rule.

    Args:
        include: The estimates and findings to include.
        method: Method that pools two and more units.
        worthwhile: Smallest worthwhile effect in the measure of `WORTHWHILE_MEASURES`.
    """

    include: EstimateFilter = field(default_factory=EstimateFilter)
    method: PoolingMethod = PoolingMethod.BAYES
    worthwhile: float | None = None


@dataclass(frozen=True)
class ClaimJudgement:
    """A claim with the evidence and the threshold that a reader wants, and its judgement."""

    claim: ClaimEvidence
    judgement: Judgement


def _selected(claim: ClaimEvidence, include: EstimateFilter) -> ClaimEvidence:
    """Return a claim with the findings and acts that a request includes."""
    findings = tuple(f for f in claim.findings if include.refuses_finding(f) is None)
    notes = {finding.evidence for finding in findings}
    acts = tuple(act for act in claim.acts if act.is_recorded or act.slug in notes)
    return replace(claim, findings=findings, acts=acts)


def judge(claim: ClaimEvidence, request: SynthesisOptions) -> ClaimJudgement:
    """Return the judgement on a claim as a reader wants it.

    Raises:
        ValueError: If the smallest worthwhile effect means nothing for the question, or on the
            metric of the pool.
    """
    refused = {
        estimate.slug: why
        for estimate in claim.estimates
        if (why := request.include.refuses_estimate(estimate)) is not None
    }
    claim = _selected(claim, request.include)
    judgement = judge_claim(claim, request.method, frozenset(refused))
    if request.worthwhile is not None and claim.question is not None:
        if claim.question.relation in WITH_MARGIN:
            raise ValueError(
                "changes nothing here: the effect is held against the margin on record"
            )
        bound = _bound(judgement, request.worthwhile)
        if bound is not None:
            question = replace(claim.question, worthwhile=bound)
            claim = replace(claim, question=question)
            judgement = judge_claim(claim, request.method, frozenset(refused))
    judgement = replace(
        judgement,
        not_chosen=tuple(
            replace(entry, detail=refused[entry.estimate.slug])
            if entry.reason is ExclusionReason.READER
            else entry
            for entry in judgement.not_chosen
        ),
    )
    return ClaimJudgement(claim, judgement)


def _bound(judgement: Judgement, value: float) -> EffectBound | None:
    """Return the smallest worthwhile effect of a reader; None if nothing is pooled."""
    if judgement.effect is None:
        return None
    metric = judgement.effect.scale.metric
    measure = WORTHWHILE_MEASURES.get(metric)
    if measure is None:
        raise ValueError("has no meaning for a proportion")
    if measure is EffectMeasure.RISK_RATIO and value <= 1:
        raise ValueError("is a risk ratio here, and must be above 1, such as 1.25")
    if measure is EffectMeasure.RISK_DIFFERENCE_POINTS and value >= 100:
        raise ValueError("is a number of percentage points here, and must be below 100")
    return EffectBound(measure, value, None, judgement.effect.scale.instrument)
