"""Turning: which studies a verdict hangs on, and what more of them would make of it.

Both are found by computing the kind again, without a study or with more of them: in n notes, that
is n² steps for a claim.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.verdicts.points import Claim, Note, Weight, weigh_note
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

MOST = 8


def decisive(claim: Claim, ledger: Sequence[Weight], kind: VerdictKind) -> tuple[str, ...]:
    """Studies without any one of which the verdict would be another."""
    studies = sorted({w.note.study for w in ledger if w.note.direction is not Direction.NEUTRAL})
    return tuple(
        study
        for study in studies
        if kind_of(claim, [w for w in ledger if w.note.study != study]) is not kind
    )


def would_change(claim: Claim, ledger: Sequence[Weight], kind: VerdictKind) -> tuple[str, ...]:
    """How many further sound studies, of four points each, would move the verdict."""
    sentences = []
    for direction, words in (
        (Direction.SUPPORTS, "supported it"),
        (Direction.DISPUTES, "found the opposite"),
    ):
        more = list(ledger)
        for number in range(1, MOST + 1):
            note = replace(sound(direction, claim), study=f"~{number}")
            more.append(weigh_note(note, claim))
            moved = kind_of(claim, more)
            if moved is not kind:
                where = "" if claim.molecular else " in people"
                one, many = (f"study{where}", f"studies{where}")
                if claim.kind is ClaimKind.REGULATORY:
                    one, many = ("act of a regulator", "acts of regulators")
                what = one if number == 1 else many
                sentences.append(
                    f"It would be {moved.value} if {number} more sound, independent {what} {words}."
                )
                break
    return tuple(sentences)


def sound(direction: Direction, claim: Claim) -> Note:
    """A masked, direct trial of four points, or what stands for one where regulators decide."""
    regulatory = claim.kind is ClaimKind.REGULATORY
    mechanism = claim.kind is ClaimKind.MECHANISM
    return Note(
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
