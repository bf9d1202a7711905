"""Verdicts: what the evidence on a claim adds up to.

A study counts once, however many notes and papers it has. The points for and against decide the
verdict; what the winning side is made of decides the certainty (`app.domain.certainty`). Nothing
here knows a claim by its name: docs/verdicts.md explains the rule with worked examples, and all
that it uses is in the API.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.domain.certainty import grade
from app.domain.points import (
    SYNTHESES,
    Claim,
    Note,
    Side,
    Weight,
    weigh_note,
)
from app.domain.vocabulary import CausalTest as T
from app.domain.vocabulary import (
    Certainty,
    ClaimKind,
    CompoundDirectness,
    Direction,
    Masking,
    OutcomeDirectness,
    PopulationDirectness,
    Quantifier,
    Species,
    VerdictKind,
)
from app.domain.vocabulary import StudyDesign as D

RULE_VERSION = "2026.11.1"
STRONG, SOUND, SOME = 9.0, 4.0, 2.0  # points of about three good studies, of one, of a small one
CLEAR, LEANING, AGAINST = 0.85, 0.65, 0.35  # share of the points that support


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
    found = sorted(set(notes), key=lambda n: (n.slug, n.direction))
    verdict = _whole(claim, found)
    return replace(
        verdict, decisive=_decisive(claim, found, verdict), would_change_if=_change(claim, verdict)
    )


def _whole(claim: Claim, notes: Sequence[Note]) -> Verdict:
    """The verdict over all notes; people and animals are also judged apart where both speak."""
    verdict = _judge(claim, notes)
    people, animals = [n for n in notes if n.human], [n for n in notes if not n.human]
    if claim.kind is ClaimKind.MECHANISM and not claim.molecular and people and animals:
        verdict = _by_species(verdict, _judge(claim, people), _judge(claim, animals))
    return verdict


def _judge(claim: Claim, notes: Sequence[Note]) -> Verdict:
    ledger = [weigh_note(note, claim) for note in notes]
    supporting, for_units = _side(ledger, Direction.SUPPORTS)
    disputing, against_units = _side(ledger, Direction.DISPUTES)
    neutral, _ = _side(ledger, Direction.NEUTRAL)
    total = supporting.points + disputing.points
    share = supporting.points / total if total else None
    kind, rules = _decide(claim, supporting, disputing, against_units, share, ledger)
    certainty, why = None, list[str]()
    if share is not None:
        against = share < 0.5 if kind is not VerdictKind.REFUTED else True
        side = Direction.DISPUTES if against else Direction.SUPPORTS
        winning = disputing if against else supporting
        certainty, why = grade(claim, ledger, side, winning, share)
        if kind is VerdictKind.WEAK and certainty in {Certainty.MODERATE, Certainty.HIGH}:
            certainty = Certainty.LOW
            why.append("With less than one sound study certainty is low at most.")
    counted = {**against_units, **for_units}
    shown = tuple(replace(w, counted=counted.get(w.note.study, 0.0)) for w in ledger)
    return Verdict(
        kind,
        certainty,
        supporting,
        disputing,
        neutral,
        None if share is None else round(share, 3),
        tuple(rules + why),
        ledger=shown,
    )


def _side(ledger: Sequence[Weight], direction: Direction) -> tuple[Side, dict[str, float]]:
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
    return Side(round(sum(counted.values()), 3), notes, len(own), people), counted


def _decide(
    claim: Claim,
    supporting: Side,
    disputing: Side,
    against_units: dict[str, float],
    share: float | None,
    ledger: Sequence[Weight],
) -> tuple[VerdictKind, list[str]]:
    """The verdict's own table, from the top; the first row that fits decides."""
    f, a = supporting.points, disputing.points
    told = f"{f:g} points for in {_studies(supporting)}, {a:g} against in {_studies(disputing)}."
    if share is None:
        return VerdictKind.UNTESTED, ["No note supports or disputes the claim."]
    sound = [study for study, points in against_units.items() if points >= SOME]
    if claim.quantifier is Quantifier.UNIVERSAL and len(sound) >= 2:
        return VerdictKind.REFUTED, [
            told,
            f"The claim is universal, and {len(sound)} independent counter-examples stand"
            " against it.",
        ]
    if share <= AGAINST and a >= SOUND:
        return VerdictKind.REFUTED, [told, f"{share:.0%} of the points support: at most 35%."]
    if AGAINST < share < LEANING and max(f, a) >= SOME:
        return VerdictKind.CONTESTED, [told, f"{share:.0%} of the points support: 35 to 65%."]
    if share >= LEANING and f >= SOUND:
        clean = _clean(claim, ledger)
        if share >= CLEAR and len(clean) >= 3 and sum(clean.values()) >= STRONG:
            return VerdictKind.ESTABLISHED, [
                told,
                f"{share:.0%} of the points support, at least 85%; {sum(clean.values()):g} points"
                f" come from {len(clean)} independent studies from which nothing was taken off: at"
                f" least {STRONG:g} from three.",
            ]
        return VerdictKind.SUPPORTED, [
            told,
            f"{share:.0%} of the points support, at least 65%; for more, {STRONG:g} points would"
            " have to come from three studies from which nothing was taken off.",
        ]
    side = "for" if share >= LEANING else "against" if share <= AGAINST else "either way"
    return VerdictKind.WEAK, [told, f"Less than one sound study ({SOUND:g} points) {side}."]


def _clean(claim: Claim, ledger: Sequence[Weight]) -> dict[str, float]:
    """Independent supporting studies from which nothing was taken off, by their points."""
    found: dict[str, float] = {}
    for w in ledger:
        primary = w.note.design not in SYNTHESES and not w.note.draws_on
        if w.note.direction is Direction.SUPPORTS and w.clean and primary:
            found[w.note.study] = max(found.get(w.note.study, 0.0), w.points)
    return found


def _studies(side: Side) -> str:
    return f"{side.studies} independent {'study' if side.studies == 1 else 'studies'}"


ORDER = {
    VerdictKind.REFUTED: 0,
    VerdictKind.WEAK: 1,
    VerdictKind.CONTESTED: 1,
    VerdictKind.UNTESTED: 1,
    VerdictKind.SUPPORTED: 2,
    VerdictKind.ESTABLISHED: 3,
}


def _by_species(whole: Verdict, people: Verdict, animals: Verdict) -> Verdict:
    """Where people were studied, animals cannot say more than people did; the claim says so."""
    kind, rules = whole.kind, list(whole.rules_fired)
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
    if people.share is not None and people.share <= AGAINST and ORDER[kind] > 1:
        kind = VerdictKind.CONTESTED
        rules.append("What there is from people speaks against it: contested at most.")
    elif people.share is not None and people.share >= LEANING and ORDER[kind] < 1:
        kind = VerdictKind.CONTESTED
        rules.append("What there is from people speaks for it: contested, not refuted.")
    elif people.disputing.points >= SOME and ORDER[people.kind] < ORDER[kind]:
        kind = people.kind
        rules.append(f"Animals cannot lift it above what people show: {kind.value}.")
    elif people.supporting.points >= SOME and ORDER[people.kind] > ORDER[kind]:
        kind = people.kind
        rules.append(f"Animals cannot push it below what people show: {kind.value}.")
    return replace(
        whole, kind=kind, rules_fired=tuple(rules), people=people.kind, animals=animals.kind
    )


def _decisive(claim: Claim, notes: Sequence[Note], verdict: Verdict) -> tuple[str, ...]:
    """Studies without which the verdict would be another; the heaviest ones where none is."""
    studies = sorted({n.study for n in notes if n.direction is not Direction.NEUTRAL})
    turning = [
        study
        for study in studies
        if _whole(claim, [n for n in notes if n.study != study]).kind is not verdict.kind
    ]
    if turning:
        return tuple(turning)
    heavy = sorted(verdict.ledger, key=lambda w: (-w.counted, w.note.study))
    return tuple(dict.fromkeys(w.note.study for w in heavy if w.counted > 0))[:3]


def _change(claim: Claim, verdict: Verdict) -> tuple[str, ...]:
    """How many further sound studies, of four points each, would move the verdict."""
    notes = [w.note for w in verdict.ledger]
    out = []
    for direction, words in (
        (Direction.SUPPORTS, "supported it"),
        (Direction.DISPUTES, "found the opposite"),
    ):
        for number in range(1, 9):
            more = [_sound(direction, claim, n) for n in range(number)]
            kind = _whole(claim, [*notes, *more]).kind
            if kind is not verdict.kind:
                one, many = ("study in people", "studies in people")
                if claim.kind is ClaimKind.REGULATORY:
                    one, many = ("act of a regulator", "acts of regulators")
                what = one if number == 1 else many
                out.append(
                    f"It would be {kind.value} if {number} more sound, independent {what} {words}."
                )
                break
    return tuple(out)


def _sound(direction: Direction, claim: Claim, number: int) -> Note:
    """A large, masked, direct trial, or what stands for one where regulators decide."""
    regulatory = claim.kind is ClaimKind.REGULATORY
    return Note(
        slug=f"~{number}",
        study=f"~{number}",
        direction=direction,
        design=D.REGULATORY_ACT if regulatory else D.RCT_PARALLEL,
        species=Species.HUMAN,
        masking=Masking.FULLY_MASKED,
        population=PopulationDirectness.SAME,
        compound=CompoundDirectness.SAME,
        outcome=OutcomeDirectness.SAME,
        causal_test=T.NECESSITY_GENETIC if claim.kind is ClaimKind.MECHANISM else None,
        participants=200,
    )
