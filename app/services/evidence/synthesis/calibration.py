"""Our verdicts and certainties beside those of other bodies; it decides nothing."""

from collections.abc import Iterable
from typing import Any

from app.domain.synthesis.rater_agreement import RaterAgreement, rater_agreement
from app.domain.verdicts.judgement import Judgement
from app.domain.verdicts.rule import RULE_VERSION
from app.domain.vocabulary import AssessmentKind, Certainty, Direction, VerdictKind
from app.kit.sessions import ReadSession
from app.services.evidence.synthesis.assessments import ClaimAssessment, read_all_assessments
from app.services.evidence.synthesis.judging import SynthesisOptions, judge
from app.services.evidence.synthesis.loader import read_synthesis_facts
from app.services.evidence.synthesis.other_conclusions import other_conclusions

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


def calibration(session: ReadSession) -> dict[str, Any]:
    """Return a row for each claim and body, and how far we agree with them."""
    rows = []
    for claim, assessments in _newest(read_all_assessments(session)).items():
        facts = read_synthesis_facts(session, claim)
        assert facts is not None  # an assessment refers to claims that exist
        judgement = judge(facts.evidence, SynthesisOptions()).judgement
        overlaps: dict[str, list[bool]] = {}
        for other in other_conclusions(facts, judgement):
            if other["overlaps"] is not None:
                overlaps.setdefault(other["slug"], []).append(other["overlaps"])
        rows += [
            _row(assessment, judgement, overlaps.get(assessment.slug)) for assessment in assessments
        ]
    return {"rule_version": RULE_VERSION, "rows": rows, **_summary(rows)}


def _newest(assessments: Iterable[ClaimAssessment]) -> dict[str, list[ClaimAssessment]]:
    """Return by claim the newest assessment of each body; of equally new ones a rated one.

    Reports of single studies are no judgements of others on the evidence.
    """
    found: dict[tuple[str, str], ClaimAssessment] = {}
    for new in assessments:
        if new.kind is AssessmentKind.STUDY_REPORT:
            continue
        known = found.get((new.claim, new.body))
        if known is None or _rank(new) > _rank(known):
            found[new.claim, new.body] = new
    by_claim: dict[str, list[ClaimAssessment]] = {}
    for (claim, _), assessment in sorted(found.items()):
        by_claim.setdefault(claim, []).append(assessment)
    return by_claim


def _rank(assessment: ClaimAssessment) -> tuple[int, bool]:
    return assessment.year or 0, assessment.certainty is not None


def _row(
    assessment: ClaimAssessment, judgement: Judgement, overlaps: list[bool] | None
) -> dict[str, Any]:
    ours, theirs = DIRECTIONS.get(judgement.verdict), assessment.direction
    difference = None
    if judgement.certainty is not None and assessment.certainty is not None:
        # The vocabulary lists the highest level first.
        difference = LEVELS.index(assessment.certainty) - LEVELS.index(judgement.certainty)
    return {
        "claim": assessment.claim,
        "assessment": assessment.slug,
        "body": assessment.body,
        "kind": assessment.kind,
        "year": assessment.year,
        "their_direction": theirs,
        "their_certainty": assessment.certainty,
        "basis": judgement.basis,
        "verdict": judgement.verdict,
        "certainty": judgement.certainty,
        "our_direction": ours,
        "same_direction": None if ours is None or theirs is None else ours is theirs,
        "certainty_difference": difference,
        "overlaps": None if overlaps is None else all(overlaps),
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
