"""Sides: what the notes for a claim add up to, and those against it; a study counts once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.points import SYNTHESES, Note, Side, Weight
from app.domain.vocabulary import Direction


@dataclass(frozen=True)
class Counted:
    """A side with what each study brings to it, and the studies on which others' points hang."""

    side: Side
    points: Mapping[str, float]
    tied: frozenset[str]


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
    sources = {study: about[study].draws_on - syntheses for study in syntheses}
    extras = {
        study: max(0.0, units[study] - sum(units.get(s, 0.0) for s in drawn))
        for study, drawn in sources.items()
    }
    counted = {study: 0.0 if study in extras else points for study, points in units.items()}
    own = [study for study in units if study not in extras]
    people = sum(about[study].participants or 0 for study in own)
    tied = {source for drawn in sources.values() for source in drawn}
    if extras:
        best = max(sorted(extras), key=lambda study: extras[study])
        counted[best] = extras[best]
        tied.add(best)
        if extras[best]:
            own.append(best)
        people = max(people, about[best].participants or 0)
    notes = sum(1 for w in ledger if w.note.direction is direction)
    side = Side(round(sum(counted.values()), 3), notes, len(own), people)
    return Counted(side, counted, frozenset(tied))


def clean(ledger: Sequence[Weight]) -> dict[str, float]:
    """Independent supporting studies from which nothing was taken off, by their points."""
    found: dict[str, float] = {}
    for w in ledger:
        primary = w.note.design not in SYNTHESES and not w.note.draws_on
        if w.note.direction is Direction.SUPPORTS and w.clean and primary:
            found[w.note.study] = max(found.get(w.note.study, 0.0), w.points)
    return found
