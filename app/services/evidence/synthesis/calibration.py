"""Our verdicts and certainties beside those of other bodies; it decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.synthesis.common_metric import MetricScale, typical_sd
from app.domain.synthesis.questions import QuestionFacts
from app.domain.synthesis.rater_agreement import RaterAgreement, rater_agreement
from app.domain.verdicts.rule import RULE_VERSION, judge_claim
from app.domain.vocabulary import (
    AssessmentKind,
    Certainty,
    Direction,
    EstimateMetric,
    Metric,
    VerdictBasis,
    VerdictKind,
)
from app.kit.sessions import ReadSession
from app.services.evidence.synthesis.assessments import ClaimAssessment, read_all_assessments
from app.services.evidence.synthesis.loader import read_synthesis_facts
from app.services.evidence.synthesis.other_conclusions import OurEffect, our_effect, overlaps
from app.services.evidence.synthesis.questions import question_facts

V = VerdictKind
#: The direction that a verdict gives a claim; the others are of no direction.
DIRECTIONS = {
    V.ESTABLISHED: Direction.SUPPORTS,
    V.SUPPORTED: Direction.SUPPORTS,
    V.SUGGESTIVE: Direction.SUPPORTS,
    V.CONTESTED: Direction.MIXED,
    V.INCONCLUSIVE: Direction.NEUTRAL,
    V.REFUTED: Direction.DISPUTES,
    V.OPPOSITE: Direction.DISPUTES,
}
LEVELS = list(Certainty)
#: Metrics of assessments whose comparison with points takes the standard deviation of the points.
STANDARDISABLE = frozenset({Metric.STANDARDISED_MEAN_DIFFERENCE, Metric.ODDS_RATIO})
_STORED = (
    select(
        m.Record.slug,
        m.Claim.question,
        m.Verdict.basis,
        m.Verdict.verdict,
        m.Verdict.rule_verdict,
        m.Verdict.certainty,
        m.Verdict.metric,
        m.Verdict.instrument,
        m.Verdict.lower,
        m.Verdict.upper,
    )
    .select_from(m.Verdict)
    .join(m.Claim, m.Claim.id == m.Verdict.claim_id)
    .join(m.Record, m.Record.id == m.Claim.id)
    .where(
        m.Claim.id.in_(select(m.AssessmentClaim.claim_id)), m.Verdict.rule_version == RULE_VERSION
    )
)


@dataclass(frozen=True)
class OurConclusion:
    """The verdict of the rule on a claim, and the effect behind it; None without one."""

    basis: VerdictBasis | None
    verdict: VerdictKind
    certainty: Certainty | None
    question: QuestionFacts | None
    effect: OurEffect | None


def calibration(session: ReadSession) -> dict[str, Any]:
    """Return a row for each claim and body, and how far we agree with them."""
    by_claim = _newest(read_all_assessments(session))
    stored = _stored_conclusions(session)
    rows = []
    for claim, assessments in by_claim.items():
        ours = stored.get(claim)
        if ours is None or _lacks_sd(ours, assessments):
            ours = _computed_conclusion(session, claim)
        rows += [_row(assessment, ours) for assessment in assessments]
    return {"rule_version": RULE_VERSION, "rows": rows, **_summary(rows)}


def _stored_conclusions(session: ReadSession) -> dict[str, OurConclusion]:
    """Return the stored verdicts of this rule on assessed claims, by slug.

    A release may have verdicts of an older rule.
    """
    return {
        row.slug: OurConclusion(
            row.basis,
            row.rule_verdict or row.verdict,
            row.certainty,
            row.question and question_facts(row.question, ()),
            row.metric
            and OurEffect(
                MetricScale(
                    row.metric, row.instrument, typical_sd(row.metric, row.instrument) or nan
                ),
                row.lower,
                row.upper,
            ),
        )
        for row in session.execute(_STORED)
    }


def _lacks_sd(ours: OurConclusion, assessments: Iterable[ClaimAssessment]) -> bool:
    """Return whether a comparison takes the standard deviation of our trials, which is not stored.

    It converts points; other metrics are converted without it, or not at all.
    """
    return (
        ours.effect is not None
        and ours.effect.scale.metric is EstimateMetric.MD
        and isnan(ours.effect.scale.sd)
        and any(
            estimate.metric in STANDARDISABLE
            for assessment in assessments
            for estimate in assessment.estimates
        )
    )


def _computed_conclusion(session: ReadSession, claim: str) -> OurConclusion:
    facts = read_synthesis_facts(session, claim)
    assert facts is not None  # an assessment refers to claims that exist
    judgement = judge_claim(facts.evidence)
    return OurConclusion(
        judgement.basis,
        judgement.verdict,
        judgement.certainty,
        facts.evidence.question,
        our_effect(judgement.effect) if judgement.effect else None,
    )


def _newest(assessments: Iterable[ClaimAssessment]) -> dict[str, list[ClaimAssessment]]:
    """Return by claim the newest assessment of each body; of equally new ones a rated one.

    Reports of single studies are no judgements of others on the evidence.
    """
    newest: dict[tuple[str, str], ClaimAssessment] = {}
    for new in assessments:
        if new.kind is AssessmentKind.STUDY_REPORT:
            continue
        known = newest.get((new.claim, new.body))
        if known is None or _rank(new) > _rank(known):
            newest[new.claim, new.body] = new
    by_claim: dict[str, list[ClaimAssessment]] = {}
    for (claim, _), assessment in sorted(newest.items()):
        by_claim.setdefault(claim, []).append(assessment)
    return by_claim


def _rank(assessment: ClaimAssessment) -> tuple[int, bool]:
    return assessment.year or 0, assessment.certainty is not None


def _row(assessment: ClaimAssessment, ours: OurConclusion) -> dict[str, Any]:
    direction, their_direction = DIRECTIONS.get(ours.verdict), assessment.direction
    difference = None
    if ours.certainty is not None and assessment.certainty is not None:
        # The vocabulary lists the highest level first.
        difference = LEVELS.index(assessment.certainty) - LEVELS.index(ours.certainty)
    compared = [overlaps(estimate, ours.question, ours.effect) for estimate in assessment.estimates]
    comparable = [overlap for overlap in compared if overlap is not None]
    return {
        "claim": assessment.claim,
        "assessment": assessment.slug,
        "body": assessment.body,
        "kind": assessment.kind,
        "year": assessment.year,
        "their_direction": their_direction,
        "their_certainty": assessment.certainty,
        "basis": ours.basis,
        "verdict": ours.verdict,
        "certainty": ours.certainty,
        "our_direction": direction,
        "same_direction": None
        if direction is None or their_direction is None
        else direction is their_direction,
        "certainty_difference": difference,
        "overlaps": all(comparable) if comparable else None,
    }


def _summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    rated = [row for row in rows if row["certainty_difference"] is not None]
    agreement = rater_agreement(
        [(LEVELS.index(row["their_certainty"]), LEVELS.index(row["certainty"])) for row in rated],
        len(LEVELS),
    )
    compared = [row["same_direction"] for row in rows if row["same_direction"] is not None]
    return {
        "direction": {"compared": len(compared), "same": sum(compared)},
        "certainty": _certainty(agreement, len(rated)),
    }


def _certainty(agreement: RaterAgreement, rated: int) -> dict[str, Any]:
    return {
        "compared": rated,
        "exact": agreement.exact,
        "within_one_level": agreement.within_one,
        "weighted_kappa": agreement.kappa and vars(agreement.kappa),
        "counts": [
            {"theirs": theirs, "ours": ours, "count": agreement.counts[i][j]}
            for i, theirs in enumerate(LEVELS)
            for j, ours in enumerate(LEVELS)
            if agreement.counts[i][j]
        ],
    }
