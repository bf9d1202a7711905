"""Certainty of a verdict, by GRADE: how far the winning side can be trusted.

It starts at the level of the best evidence, and is rated down one level for each limitation.
`app.domain.verdicts.rule` caps it at low for a weak verdict.

After a change, raise RULE_VERSION in app.domain.verdicts.rule: loads then recompute all verdicts.
"""

from collections.abc import Iterable, Sequence

from app.domain.verdicts.points import (
    BIAS,
    CAUSAL_POINTS,
    INDIRECTNESS,
    LARGE_TRIAL_N,
    RANDOMISED,
    UNCONTROLLED,
    ClaimFacts,
    ScoredNote,
    SideTotals,
)
from app.domain.vocabulary import CausalTest as T
from app.domain.vocabulary import Certainty, ClaimKind, Confidence, Direction, Masking
from app.domain.vocabulary import StudyDesign as D

CERTAINTIES = [Certainty.VERY_LOW, Certainty.LOW, Certainty.MODERATE, Certainty.HIGH]


def grade(
    claim: ClaimFacts,
    ledger: Sequence[ScoredNote],
    direction: Direction,
    side: SideTotals,
    share: float,
) -> tuple[Certainty, list[str]]:
    """Return the certainty of the winning side, and its reasons, following GRADE.

    Args:
        claim: The claim.
        ledger: Its scored notes.
        direction: The winning side.
        side: Totals of that side.
        share: Share of the points that support, 0 to 1.
    """
    winning = [scored for scored in ledger if scored.note.direction is direction]
    if not winning:
        return Certainty.VERY_LOW, ["Certainty is very low: only mixed results on this side."]
    start, why = _start(claim, winning)
    level, rules = start, [f"Certainty starts {CERTAINTIES[start].value.replace('_', ' ')}: {why}."]
    if claim.kind is ClaimKind.REGULATORY:
        return CERTAINTIES[level], rules
    total = sum(scored.points for scored in winning)

    def share_of(test: Iterable[ScoredNote]) -> float:
        return sum(scored.points for scored in test) / total

    minority = min(share, 1 - share)
    human = [scored for scored in winning if scored.note.human]
    trials = [scored for scored in winning if scored.note.design in RANDOMISED]
    fully_masked = any(scored.note.masking is Masking.FULLY_MASKED for scored in trials)
    blinding_matters = claim.kind is not ClaimKind.SAFETY
    unmasked = (
        share_of(
            scored
            for scored in winning
            if _has_reason(scored, BIAS) or scored.note.design in UNCONTROLLED
        )
        >= 1 / 3
    )
    downgrades = [
        (blinding_matters and unmasked, "risk of bias: a third or more of it could not be masked"),
        (
            blinding_matters
            and not unmasked
            and direction is Direction.SUPPORTS
            and not fully_masked
            and share_of(trials) > 0.5,
            "risk of bias: it rests on trials, and in none of them was masking complete",
        ),
        (minority >= 0.2, "inconsistency: a fifth or more of the points stand on the other side"),
        (
            share_of(scored for scored in winning if _has_reason(scored, INDIRECTNESS)) > 0.5,
            "indirectness: most of it concerns another population, compound or outcome",
        ),
        (
            bool(human) and 0 < side.participants < LARGE_TRIAL_N,
            f"imprecision: under {LARGE_TRIAL_N} participants",
        ),
        (side.studies == 1, "imprecision: it rests on one independent study"),
        (
            share_of(scored for scored in winning if scored.note.confidence is Confidence.MEDIUM)
            > 0.5,
            "reporting: most of it is not confirmed in full",
        ),
    ]
    for applies, reason in downgrades:
        if applies and level > 0:
            level -= 1
            rules.append(f"One step down for {reason}.")
    return CERTAINTIES[level], rules


def _has_reason(note: ScoredNote, reasons: set[str]) -> bool:
    return any(reason in reasons for _, reason in note.adjustments)


def _start(claim: ClaimFacts, winning: Sequence[ScoredNote]) -> tuple[int, str]:
    designs = {scored.note.design for scored in winning if scored.note.human}
    if claim.kind is ClaimKind.REGULATORY:
        acts = designs & {D.REGULATORY_ACT, D.GUIDELINE}
        return (3, "acts of regulators are the evidence") if acts else (0, "no act was seen")
    if claim.kind is ClaimKind.MECHANISM:
        causal = {
            scored.note.study
            for scored in winning
            if scored.base_points >= CAUSAL_POINTS[T.SUFFICIENCY]
        }
        bound = {
            scored.note.study for scored in winning if scored.note.causal_test is T.DIRECT_BINDING
        }
        if (claim.molecular and len(bound) >= 2) or len(causal) >= 4:
            return 3, "causal tests replicated by independent studies"
        if len(causal) >= 2:
            return 2, "causal tests in two or more independent studies"
        return (1, "one causal test") if causal else (0, "associations only")
    if any(scored.note.human and scored.note.randomised for scored in winning):
        return 3, "randomised evidence in people"
    if D.REGULATORY_ACT in designs:
        return 2, "regulators have judged it"
    return (1, "observations in people") if designs else (0, "no evidence in people")
