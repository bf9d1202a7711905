"""The verdict rule: from scored notes to verdict, certainty and reasons.

A study counts once, however many notes and papers it has. The points for and against determine
the verdict; the evidence of the winning side determines the certainty
(`app.domain.verdicts.certainty`). The rule uses nothing that is not in the API, and no claim is
treated by its name. docs/verdicts.md explains it with worked examples.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.domain.verdicts import sensitivity
from app.domain.verdicts.certainty import grade
from app.domain.verdicts.points import ClaimFacts, NoteFacts, ScoredNote, SideTotals, score_note
from app.domain.verdicts.totals import (
    AGAINST_SHARE,
    LEANING_SHARE,
    SOUND_POINTS,
    STRONG_POINTS,
    SideContributions,
    VerdictTotals,
    by_species,
    cap_by_human_evidence,
    evidence_totals,
    is_split,
    refuted_by_counterexamples,
    side_contributions,
    verdict_kind,
)
from app.domain.vocabulary import Certainty, Direction, VerdictKind

RULE_VERSION = "2026.11.3"


@dataclass(frozen=True)
class VerdictResult:
    """The outcome, with everything that is needed to check it by hand."""

    kind: VerdictKind
    certainty: Certainty | None
    supporting: SideTotals
    disputing: SideTotals
    neutral: SideTotals
    share: float | None
    rules_fired: tuple[str, ...] = ()
    decisive: tuple[str, ...] = ()
    would_change_if: tuple[str, ...] = ()
    people: VerdictKind | None = None
    animals: VerdictKind | None = None
    ledger: tuple[ScoredNote, ...] = field(default=(), repr=False)
    totals: VerdictTotals = field(default_factory=VerdictTotals, repr=False)
    rule_version: str = RULE_VERSION
    rule_kind: VerdictKind | None = None  # of the rule, if an editor overrode it
    override_reason: str | None = None


def override(verdict: VerdictResult, kind: VerdictKind | None, reason: str | None) -> VerdictResult:
    """Return the verdict with an editor's override, which its reasons state, if there is one."""
    if kind is None or reason is None:
        return verdict
    note = f"An editor overrides the rule, which says {verdict.kind.value}: {reason}"
    rules = (*verdict.rules_fired, note)
    return replace(
        verdict, kind=kind, rules_fired=rules, rule_kind=verdict.kind, override_reason=reason
    )


def judge(claim: ClaimFacts, notes: Iterable[NoteFacts]) -> VerdictResult:
    """Compute the verdict on a claim from its notes; order and duplicates make no difference."""
    ordered = sorted(set(notes), key=lambda n: (n.slug, n.direction))
    ledger = [score_note(note, claim) for note in ordered]
    verdict = _judge(claim, ledger)
    people, animals = by_species(ledger)
    if is_split(claim, people, animals):
        verdict = _by_species(verdict, _judge(claim, people), _judge(claim, animals))
    return replace(
        verdict,
        decisive=sensitivity.decisive(claim, ledger, verdict.kind),
        would_change_if=sensitivity.would_change(claim, ledger, verdict.kind),
    )


def _judge(claim: ClaimFacts, ledger: Sequence[ScoredNote]) -> VerdictResult:
    totals = evidence_totals(ledger)
    supporting, disputing, combined = totals.supporting, totals.disputing, totals.sums
    neutral = side_contributions(ledger, Direction.NEUTRAL).side
    decided, share = verdict_kind(claim, combined), combined.share
    rules = _reasons(claim, decided, combined, supporting.side, disputing.side)
    certainty, why = None, list[str]()
    if share is not None:
        against = share < 0.5 if decided is not VerdictKind.REFUTED else True
        side = Direction.DISPUTES if against else Direction.SUPPORTS
        winning = disputing.side if against else supporting.side
        certainty, why = grade(claim, ledger, side, winning, share)
        if decided is VerdictKind.WEAK and certainty in {Certainty.MODERATE, Certainty.HIGH}:
            certainty = Certainty.LOW
            why.append("With less than one sound study certainty is low at most.")
    return VerdictResult(
        decided,
        certainty,
        supporting.side,
        disputing.side,
        neutral,
        None if share is None else round(share, 3),
        tuple(rules + why),
        ledger=tuple(
            w.with_study_points(_study_points(w.note, supporting, disputing)) for w in ledger
        ),
        totals=combined,
    )


def _study_points(
    note: NoteFacts, supporting: SideContributions, disputing: SideContributions
) -> float:
    """Return the points that a note's study adds to its side; for a mixed note, the larger ones."""
    sides = {
        Direction.SUPPORTS: (supporting,),
        Direction.DISPUTES: (disputing,),
        Direction.MIXED: (supporting, disputing),
    }.get(note.direction, ())
    return max((side.points.get(note.study, 0.0) for side in sides), default=0.0)


def _reasons(
    claim: ClaimFacts,
    decided: VerdictKind,
    totals: VerdictTotals,
    supporting: SideTotals,
    disputing: SideTotals,
) -> list[str]:
    """Return the reasons for the verdict, with the totals."""
    share, f, a = totals.share, supporting.points, disputing.points
    summary = f"{f:g} points for in {_studies(supporting)}, {a:g} against in {_studies(disputing)}."
    if share is None:
        return ["No note supports or disputes the claim."]
    supports = f"{share:.0%} of the points support"
    if decided is VerdictKind.REFUTED and refuted_by_counterexamples(claim, totals):
        number = totals.counter_examples
        why = f"The claim is universal, and {number} independent counter-examples stand against it."
    elif decided is VerdictKind.REFUTED:
        why = f"{supports}: at most 35%."
    elif decided is VerdictKind.CONTESTED:
        why = f"{supports}: 35 to 65%."
    elif decided is VerdictKind.ESTABLISHED:
        why = (
            f"{supports}, at least 85%; {totals.clean_points:g} points come from {totals.clean}"
            " independent studies from which nothing was taken off: at least"
            f" {STRONG_POINTS:g} from three."
        )
    elif decided is VerdictKind.SUPPORTED:
        why = (
            f"{supports}, at least 65%; for more, {STRONG_POINTS:g} points would have to come"
            " from three"
            " studies from which nothing was taken off."
        )
    else:
        side = (
            "for"
            if share >= LEANING_SHARE
            else "against"
            if share <= AGAINST_SHARE
            else "either way"
        )
        why = f"Less than one sound study ({SOUND_POINTS:g} points) {side}."
    return [summary, why]


def _studies(side: SideTotals) -> str:
    return f"{side.studies} independent {'study' if side.studies == 1 else 'studies'}"


def _by_species(
    overall: VerdictResult, people: VerdictResult, animals: VerdictResult
) -> VerdictResult:
    """Limit the verdict by the human evidence, and state where people and animals differ."""
    rules = list(overall.rules_fired)
    if people.share is not None and animals.share is not None:
        split = (people.share <= AGAINST_SHARE) != (animals.share <= AGAINST_SHARE) or (
            people.share >= LEANING_SHARE
        ) != (animals.share >= LEANING_SHARE)
        if split:
            rules.append(
                f"The claim splits by species: {animals.kind.value} in animals and cells"
                f" ({animals.share:.0%} of the points support), {people.kind.value} in people"
                f" ({people.share:.0%})."
            )
    decided, why = cap_by_human_evidence(overall.kind, people.kind, people.totals)
    return replace(
        overall,
        kind=decided,
        rules_fired=(*rules, *([why] if why else ())),
        people=people.kind,
        animals=animals.kind,
    )
