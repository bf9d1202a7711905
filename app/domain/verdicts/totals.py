"""Sums: what the notes for a claim add up to, and those against it, and which verdict follows.

A study counts once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.verdicts.points import SYNTHESES, Claim, Note, Side, Weight
from app.domain.vocabulary import ClaimKind, Direction, Quantifier, VerdictKind

STRONG, SOUND, SOME = 9.0, 4.0, 2.0  # points of about three good studies, of one, of a small one
CLEAR, LEANING, AGAINST = 0.85, 0.65, 0.35  # share of the points that support
ORDER = {
    VerdictKind.REFUTED: 0,
    VerdictKind.WEAK: 1,
    VerdictKind.CONTESTED: 1,
    VerdictKind.UNTESTED: 1,
    VerdictKind.SUPPORTED: 2,
    VerdictKind.ESTABLISHED: 3,
}


@dataclass(frozen=True)
class Counted:
    """A side with the points of each study on it."""

    side: Side
    points: Mapping[str, float]


def count(ledger: Sequence[Weight], direction: Direction) -> Counted:
    """One side's sum: each study by its best note, a mixed note for half on both sides.

    Syntheses overlap with the studies they draw on and with each other: only the one that adds
    most beyond its listed sources counts, and for no more than that.
    """
    units: dict[str, float] = defaultdict(float)
    about: dict[str, Note] = {}
    both = {Direction.SUPPORTS, Direction.DISPUTES}
    for weight in ledger:
        note = weight.note
        mixed = note.direction is Direction.MIXED and direction in both
        if note.direction is direction or mixed:
            points = weight.points / 2 if mixed else weight.points
            units[note.study] = max(units[note.study], points)
            about[note.study] = note
    syntheses = {study for study, n in about.items() if n.draws_on or n.design in SYNTHESES}
    extras = {
        study: max(
            0.0, units[study] - sum(units.get(s, 0.0) for s in about[study].draws_on - syntheses)
        )
        for study in syntheses
    }
    counted = {study: 0.0 if study in extras else points for study, points in units.items()}
    own = [study for study in units if study not in extras]
    people = sum(about[study].participants or 0 for study in own)
    if extras:
        best = max(sorted(extras), key=lambda study: extras[study])
        counted[best] = extras[best]
        if extras[best]:
            own.append(best)
        people = max(people, about[best].participants or 0)
    notes = sum(1 for w in ledger if w.note.direction is direction)
    side = Side(round(sum(counted.values()), 3), notes, len(own), people)
    return Counted(side, counted)


def clean(ledger: Sequence[Weight]) -> dict[str, float]:
    """Independent supporting studies from which nothing was taken off, by their points."""
    found: dict[str, float] = {}
    for w in ledger:
        primary = w.note.design not in SYNTHESES and not w.note.draws_on
        if w.note.direction is Direction.SUPPORTS and w.clean and primary:
            found[w.note.study] = max(found.get(w.note.study, 0.0), w.points)
    return found


@dataclass(frozen=True, slots=True)
class Sums:
    """What the verdict's table reads."""

    supporting: float = 0.0
    disputing: float = 0.0
    counter_examples: int = 0  # independent, and sound enough to break a universal claim
    clean: int = 0  # supporting studies from which nothing was taken off
    clean_points: float = 0.0

    @property
    def share(self) -> float | None:
        total = self.supporting + self.disputing
        return self.supporting / total if total else None


def breaks(claim: Claim, found: Sums) -> bool:
    """Whether counter-examples alone refute it."""
    return claim.quantifier is Quantifier.UNIVERSAL and found.counter_examples >= 2


def kind(claim: Claim, found: Sums) -> VerdictKind:
    """The verdict's own table, from the top; the first row that fits decides."""
    share, f, a = found.share, found.supporting, found.disputing
    if share is None:
        return VerdictKind.UNTESTED
    if breaks(claim, found) or (share <= AGAINST and a >= SOUND):
        return VerdictKind.REFUTED
    if AGAINST < share < LEANING and max(f, a) >= SOME:
        return VerdictKind.CONTESTED
    if share >= LEANING and f >= SOUND:
        unspoiled = found.clean >= 3 and found.clean_points >= STRONG
        strong = share >= CLEAR and unspoiled
        return VerdictKind.ESTABLISHED if strong else VerdictKind.SUPPORTED
    return VerdictKind.WEAK


def is_split(claim: Claim, people: Sequence[Weight], animals: Sequence[Weight]) -> bool:
    """Whether people and animals are also judged apart."""
    return claim.kind is ClaimKind.MECHANISM and not claim.molecular and bool(people and animals)


def held(whole: VerdictKind, people: VerdictKind, found: Sums) -> tuple[VerdictKind, str | None]:
    """Where people were studied, animals cannot say more than people did; and why, in words."""
    contested = VerdictKind.CONTESTED
    share = None if found.share is None else round(found.share, 3)
    if share is not None and share <= AGAINST and ORDER[whole] > 1:
        return contested, "What there is from people speaks against it: contested at most."
    if share is not None and share >= LEANING and ORDER[whole] < 1:
        return contested, "What there is from people speaks for it: contested, not refuted."
    if found.disputing >= SOME and ORDER[people] < ORDER[whole]:
        return people, f"Animals cannot lift it above what people show: {people.value}."
    if found.supporting >= SOME and ORDER[people] > ORDER[whole]:
        return people, f"Animals cannot push it below what people show: {people.value}."
    return whole, None


@dataclass(frozen=True)
class Tally:
    """Some notes, their two sides, and the sums over them."""

    ledger: Sequence[Weight]
    supporting: Counted
    disputing: Counted
    sums: Sums


def tally(ledger: Sequence[Weight]) -> Tally:
    supporting, disputing = (count(ledger, d) for d in (Direction.SUPPORTS, Direction.DISPUTES))
    unspoiled = clean(ledger)
    return Tally(
        ledger,
        supporting,
        disputing,
        Sums(
            supporting=sum(supporting.points.values()),
            disputing=sum(disputing.points.values()),
            counter_examples=sum(points >= SOME for points in disputing.points.values()),
            clean=len(unspoiled),
            clean_points=sum(unspoiled.values()),
        ),
    )


def by_species(ledger: Sequence[Weight]) -> tuple[list[Weight], list[Weight]]:
    """Return the notes from people, and the others."""
    return [w for w in ledger if w.note.human], [w for w in ledger if not w.note.human]


def kind_of(claim: Claim, ledger: Sequence[Weight]) -> VerdictKind:
    """Return the verdict's kind over some notes, people and animals judged apart where due."""
    whole = kind(claim, tally(ledger).sums)
    people, animals = by_species(ledger)
    if is_split(claim, people, animals):
        sums = tally(people).sums
        whole, _ = held(whole, kind(claim, sums), sums)
    return whole
