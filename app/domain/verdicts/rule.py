"""Verdicts: what the evidence on a claim adds up to.

A study counts once, however many notes and papers it has. The points for and against decide the
verdict; what the winning side is made of decides the certainty (`app.domain.verdicts.certainty`).
Nothing here knows a claim by its name: docs/verdicts.md explains the rule with worked examples, and
all that it uses is in the API.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.domain.verdicts import sensitivity
from app.domain.verdicts.certainty import grade
from app.domain.verdicts.points import Claim, Note, Side, Weight, weigh_note
from app.domain.verdicts.totals import (
    AGAINST,
    LEANING,
    SOUND,
    STRONG,
    Counted,
    Sums,
    breaks,
    by_species,
    count,
    held,
    is_split,
    kind,
    tally,
)
from app.domain.vocabulary import Certainty, Direction, VerdictKind

RULE_VERSION = "2026.11.2"


@dataclass(frozen=True)
class Verdict:
    """The outcome, with everything that is needed to check it by hand."""

    kind: VerdictKind
    certainty: Certainty | None
    supporting: Side
    disputing: Side
    neutral: Side
    share: float | None
    rules_fired: tuple[str, ...] = ()
    decisive: tuple[str, ...] = ()
    would_change_if: tuple[str, ...] = ()
    people: VerdictKind | None = None
    animals: VerdictKind | None = None
    ledger: tuple[Weight, ...] = field(default=(), repr=False)
    sums: Sums = field(default_factory=Sums, repr=False)
    rule_version: str = RULE_VERSION
    rule_kind: VerdictKind | None = None  # what the rule said, where an editor overrode it
    override_reason: str | None = None


def override(found: Verdict, kind: VerdictKind | None, reason: str | None) -> Verdict:
    """An editor's verdict over the rule's, visibly: the reasons say so, and what the rule said."""
    if kind is None or reason is None:
        return found
    said = f"An editor overrides the rule, which says {found.kind.value}: {reason}"
    rules = (*found.rules_fired, said)
    return replace(
        found, kind=kind, rules_fired=rules, rule_kind=found.kind, override_reason=reason
    )


def judge(claim: Claim, notes: Iterable[Note]) -> Verdict:
    """The verdict on a claim from the notes on it; order and duplicates change nothing."""
    ordered = sorted(set(notes), key=lambda n: (n.slug, n.direction))
    ledger = [weigh_note(note, claim) for note in ordered]
    verdict = _judge(claim, ledger)
    people, animals = by_species(ledger)
    if is_split(claim, people, animals):
        verdict = _by_species(verdict, _judge(claim, people), _judge(claim, animals))
    return replace(
        verdict,
        decisive=sensitivity.decisive(claim, ledger, verdict.kind),
        would_change_if=sensitivity.would_change(claim, ledger, verdict.kind),
    )


def _judge(claim: Claim, ledger: Sequence[Weight]) -> Verdict:
    totals = tally(ledger)
    supporting, disputing, found = totals.supporting, totals.disputing, totals.sums
    neutral = count(ledger, Direction.NEUTRAL).side
    decided, share = kind(claim, found), found.share
    rules = _reasons(claim, decided, found, supporting.side, disputing.side)
    certainty, why = None, list[str]()
    if share is not None:
        against = share < 0.5 if decided is not VerdictKind.REFUTED else True
        side = Direction.DISPUTES if against else Direction.SUPPORTS
        winning = disputing.side if against else supporting.side
        certainty, why = grade(claim, ledger, side, winning, share)
        if decided is VerdictKind.WEAK and certainty in {Certainty.MODERATE, Certainty.HIGH}:
            certainty = Certainty.LOW
            why.append("With less than one sound study certainty is low at most.")
    return Verdict(
        decided,
        certainty,
        supporting.side,
        disputing.side,
        neutral,
        None if share is None else round(share, 3),
        tuple(rules + why),
        ledger=tuple(w.counting(_brought(w.note, supporting, disputing)) for w in ledger),
        sums=found,
    )


def _brought(note: Note, supporting: Counted, disputing: Counted) -> float:
    """What a note's study brings to its side; of a mixed note, to the side with more of it."""
    sides = {
        Direction.SUPPORTS: (supporting,),
        Direction.DISPUTES: (disputing,),
        Direction.MIXED: (supporting, disputing),
    }.get(note.direction, ())
    return max((side.points.get(note.study, 0.0) for side in sides), default=0.0)


def _reasons(
    claim: Claim, decided: VerdictKind, found: Sums, supporting: Side, disputing: Side
) -> list[str]:
    """Why the sums give this kind, with the figures."""
    share, f, a = found.share, supporting.points, disputing.points
    told = f"{f:g} points for in {_studies(supporting)}, {a:g} against in {_studies(disputing)}."
    if share is None:
        return ["No note supports or disputes the claim."]
    supports = f"{share:.0%} of the points support"
    if decided is VerdictKind.REFUTED and breaks(claim, found):
        number = found.counter_examples
        why = f"The claim is universal, and {number} independent counter-examples stand against it."
    elif decided is VerdictKind.REFUTED:
        why = f"{supports}: at most 35%."
    elif decided is VerdictKind.CONTESTED:
        why = f"{supports}: 35 to 65%."
    elif decided is VerdictKind.ESTABLISHED:
        why = (
            f"{supports}, at least 85%; {found.clean_points:g} points come from {found.clean}"
            " independent studies from which nothing was taken off: at least"
            f" {STRONG:g} from three."
        )
    elif decided is VerdictKind.SUPPORTED:
        why = (
            f"{supports}, at least 65%; for more, {STRONG:g} points would have to come from three"
            " studies from which nothing was taken off."
        )
    else:
        side = "for" if share >= LEANING else "against" if share <= AGAINST else "either way"
        why = f"Less than one sound study ({SOUND:g} points) {side}."
    return [told, why]


def _studies(side: Side) -> str:
    return f"{side.studies} independent {'study' if side.studies == 1 else 'studies'}"


def _by_species(whole: Verdict, people: Verdict, animals: Verdict) -> Verdict:
    """Where people were studied, animals cannot say more than people did; the claim says so."""
    rules = list(whole.rules_fired)
    if people.share is not None and animals.share is not None:
        split = (people.share <= AGAINST) != (animals.share <= AGAINST) or (
            people.share >= LEANING
        ) != (animals.share >= LEANING)
        if split:
            rules.append(
                f"The claim splits by species: {animals.kind.value} in animals and cells"
                f" ({animals.share:.0%} of the points support), {people.kind.value} in people"
                f" ({people.share:.0%})."
            )
    decided, why = held(whole.kind, people.kind, people.sums)
    return replace(
        whole,
        kind=decided,
        rules_fired=(*rules, *([why] if why else ())),
        people=people.kind,
        animals=animals.kind,
    )
