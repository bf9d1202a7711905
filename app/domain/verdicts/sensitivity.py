"""Sensitivity: studies whose removal flips the verdict, and how many more studies would.

Both are found by computing the verdict again, without a study or with more of them, which takes
O(n²) steps for n notes.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.verdicts.points import ClaimFacts, NoteFacts, ScoredNote, score_note
from app.domain.verdicts.totals import kind_of
from app.domain.vocabulary import (
    CausalTest,
    ClaimKind,
    CompoundDirectness,
    Direction,
    Masking,
    OutcomeDirectness,
    PopulationDirectness,
    Species,
    StudyDesign,
    VerdictKind,
)

MAX_STUDIES = 8


def decisive(claim: ClaimFacts, ledger: Sequence[ScoredNote], kind: VerdictKind) -> tuple[str, ...]:
    """Return the studies without any one of which the verdict would be another."""
    studies = sorted({w.note.study for w in ledger if w.note.direction is not Direction.NEUTRAL})
    return tuple(
        study
        for study in studies
        if kind_of(claim, [w for w in ledger if w.note.study != study]) is not kind
    )


def would_change(
    claim: ClaimFacts, ledger: Sequence[ScoredNote], kind: VerdictKind
) -> tuple[str, ...]:
    """Return how many further sound studies, of four points each, would change it, in sentences."""
    sentences = []
    for direction, finding in (
        (Direction.SUPPORTS, "supported it"),
        (Direction.DISPUTES, "found the opposite"),
    ):
        added = list(ledger)
        for number in range(1, MAX_STUDIES + 1):
            note = replace(hypothetical_study(direction, claim), study=f"~{number}")
            added.append(score_note(note, claim))
            moved = kind_of(claim, added)
            if moved is not kind:
                where = "" if claim.molecular else " in people"
                singular, plural = (f"study{where}", f"studies{where}")
                if claim.kind is ClaimKind.REGULATORY:
                    singular, plural = ("act of a regulator", "acts of regulators")
                noun = singular if number == 1 else plural
                sentences.append(
                    f"It would be {moved.value} if {number} more sound, independent {noun}"
                    f" {finding}."
                )
                break
    return tuple(sentences)


def hypothetical_study(direction: Direction, claim: ClaimFacts) -> NoteFacts:
    """Return a masked, direct trial of four points; a regulatory act for a regulatory claim."""
    regulatory = claim.kind is ClaimKind.REGULATORY
    mechanism = claim.kind is ClaimKind.MECHANISM
    return NoteFacts(
        slug="~",
        study="~",
        direction=direction,
        design=StudyDesign.REGULATORY_ACT if regulatory else StudyDesign.RCT_PARALLEL,
        species=Species.HUMAN,
        masking=Masking.FULLY_MASKED,
        population=PopulationDirectness.SAME,
        compound=CompoundDirectness.SAME,
        outcome=OutcomeDirectness.SAME,
        causal_test=CausalTest.NECESSITY_GENETIC if mechanism else None,
        participants=100,
    )
