"""Turning: which studies a verdict hangs on, and what more of them would make of it.

A study is taken away by its own part of the sums, so that a claim with a thousand notes is weighed
in a thousand steps and not in a million; only where other studies' points hang on it is all that
remains summed up anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.points import Claim, Note, Weight, weigh_note
from app.domain.sums import Sums, Tally, held, kind, speaks_apart, tally
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
NOTHING = Sums()


@dataclass(frozen=True)
class Standing:
    """The sums over all notes, over those from people, and over the others."""

    whole: Tally
    people: Tally
    animals: Tally

    def kind(
        self, claim: Claim, without: str | None = None, more: Sums | None = None
    ) -> VerdictKind:
        """The verdict's kind, but for a study, or with more notes from people."""
        whole, people, animals = (
            group.without(without) if without else group.whole
            for group in (self.whole, self.people, self.animals)
        )
        if more is not None:
            whole, people = whole.plus(more), people.plus(more)
        found = kind(claim, whole)
        if speaks_apart(claim, people.notes, animals.notes):
            found, _ = held(found, kind(claim, people), people)
        return found


def standing(ledger: Sequence[Weight]) -> Standing:
    people = [w for w in ledger if w.note.human]
    animals = [w for w in ledger if not w.note.human]
    return Standing(tally(ledger), tally(people), tally(animals))


def decisive(
    claim: Claim, ledger: Sequence[Weight], there: Standing, found: VerdictKind
) -> tuple[str, ...]:
    """Studies without any one of which the verdict would be another."""
    studies = sorted({w.note.study for w in ledger if w.note.direction is not Direction.NEUTRAL})
    return tuple(study for study in studies if there.kind(claim, study) is not found)


def would_change(claim: Claim, there: Standing, found: VerdictKind) -> tuple[str, ...]:
    """How many further sound studies, of four points each, would move the verdict."""
    out = []
    for direction, words in (
        (Direction.SUPPORTS, "supported it"),
        (Direction.DISPUTES, "found the opposite"),
    ):
        more = NOTHING
        for number in range(1, MOST + 1):
            more = more.plus(tally([weigh_note(sound(direction, claim), claim)]).whole)
            moved = there.kind(claim, more=more)
            if moved is not found:
                where = "" if claim.molecular else " in people"
                one, many = (f"study{where}", f"studies{where}")
                if claim.kind is ClaimKind.REGULATORY:
                    one, many = ("act of a regulator", "acts of regulators")
                what = one if number == 1 else many
                out.append(
                    f"It would be {moved.value} if {number} more sound, independent {what} {words}."
                )
                break
    return tuple(out)


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
