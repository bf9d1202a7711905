"""Totals of points for and against a claim, and the verdict that follows from them.

A study counts once.

After a change, raise RULE_VERSION in app.domain.verdicts.rule: loads then recompute all verdicts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.verdicts.points import SYNTHESES, ClaimFacts, NoteFacts, ScoredNote, SideTotals
from app.domain.vocabulary import ClaimKind, Direction, Quantifier, VerdictKind

# points of about three good studies, of one, of a small one
STRONG_POINTS, SOUND_POINTS, SOME_POINTS = 9.0, 4.0, 2.0
CLEAR_SHARE, LEANING_SHARE, AGAINST_SHARE = 0.85, 0.65, 0.35  # share of the points that support
VERDICT_RANK = {
    VerdictKind.REFUTED: 0,
    VerdictKind.WEAK: 1,
    VerdictKind.CONTESTED: 1,
    VerdictKind.UNTESTED: 1,
    VerdictKind.SUPPORTED: 2,
    VerdictKind.ESTABLISHED: 3,
}


@dataclass(frozen=True)
class SideContributions:
    """Totals of one side, and the points of each study in them."""

    side: SideTotals
    points: Mapping[str, float]


def side_contributions(ledger: Sequence[ScoredNote], direction: Direction) -> SideContributions:
    """Return the totals of one side: the best note of each study; mixed notes with half the points.

    Syntheses overlap with the studies that they include and with each other: only the one that adds
    most to its listed sources counts, and only with what it adds.
    """
    points_by_study: dict[str, float] = defaultdict(float)
    note_by_study: dict[str, NoteFacts] = {}
    both = {Direction.SUPPORTS, Direction.DISPUTES}
    for scored in ledger:
        note = scored.note
        mixed = note.direction is Direction.MIXED and direction in both
        if note.direction is direction or mixed:
            points = scored.points / 2 if mixed else scored.points
            points_by_study[note.study] = max(points_by_study[note.study], points)
            note_by_study[note.study] = note
    syntheses = {study for study, n in note_by_study.items() if n.draws_on or n.design in SYNTHESES}
    extras = {
        study: max(
            0.0,
            points_by_study[study]
            - sum(points_by_study.get(s, 0.0) for s in note_by_study[study].draws_on - syntheses),
        )
        for study in syntheses
    }
    counted = {
        study: 0.0 if study in extras else points for study, points in points_by_study.items()
    }
    counted_studies = [study for study in points_by_study if study not in extras]
    people = sum(note_by_study[study].participants or 0 for study in counted_studies)
    if extras:
        best = max(sorted(extras), key=lambda study: extras[study])
        counted[best] = extras[best]
        if extras[best]:
            counted_studies.append(best)
        people = max(people, note_by_study[best].participants or 0)
    notes = sum(1 for w in ledger if w.note.direction is direction)
    side = SideTotals(round(sum(counted.values()), 3), notes, len(counted_studies), people)
    return SideContributions(side, counted)


def unadjusted_studies(ledger: Sequence[ScoredNote]) -> dict[str, float]:
    """Return study → points of the independent supporting studies without negative adjustments."""
    points_by_study: dict[str, float] = {}
    for w in ledger:
        primary = w.note.design not in SYNTHESES and not w.note.draws_on
        if w.note.direction is Direction.SUPPORTS and w.unadjusted and primary:
            points_by_study[w.note.study] = max(points_by_study.get(w.note.study, 0.0), w.points)
    return points_by_study


@dataclass(frozen=True, slots=True)
class VerdictTotals:
    """The totals that determine the verdict."""

    supporting: float = 0.0
    disputing: float = 0.0
    counter_examples: int = 0  # independent, and sound enough to break a universal claim
    clean: int = 0  # supporting studies without negative adjustments
    clean_points: float = 0.0

    @property
    def share(self) -> float | None:
        """Share of the points that support, 0 to 1; None without points."""
        total = self.supporting + self.disputing
        return self.supporting / total if total else None


def refuted_by_counterexamples(claim: ClaimFacts, totals: VerdictTotals) -> bool:
    """Return whether independent counter-examples refute a universal claim."""
    return claim.quantifier is Quantifier.UNIVERSAL and totals.counter_examples >= 2


def verdict_kind(claim: ClaimFacts, totals: VerdictTotals) -> VerdictKind:
    """Return the verdict that follows from totals: the first row of the table that applies."""
    share, f, a = totals.share, totals.supporting, totals.disputing
    if share is None:
        return VerdictKind.UNTESTED
    if refuted_by_counterexamples(claim, totals) or (share <= AGAINST_SHARE and a >= SOUND_POINTS):
        return VerdictKind.REFUTED
    if AGAINST_SHARE < share < LEANING_SHARE and max(f, a) >= SOME_POINTS:
        return VerdictKind.CONTESTED
    if share >= LEANING_SHARE and f >= SOUND_POINTS:
        enough_unadjusted = totals.clean >= 3 and totals.clean_points >= STRONG_POINTS
        strong = share >= CLEAR_SHARE and enough_unadjusted
        return VerdictKind.ESTABLISHED if strong else VerdictKind.SUPPORTED
    return VerdictKind.WEAK


def is_split(
    claim: ClaimFacts, people: Sequence[ScoredNote], animals: Sequence[ScoredNote]
) -> bool:
    """Return whether people and animals also get separate verdicts."""
    return claim.kind is ClaimKind.MECHANISM and not claim.molecular and bool(people and animals)


def cap_by_human_evidence(
    overall: VerdictKind, people: VerdictKind, totals: VerdictTotals
) -> tuple[VerdictKind, str | None]:
    """Limit a verdict by that of the human evidence; return it, and the reason if it changed."""
    contested = VerdictKind.CONTESTED
    share = None if totals.share is None else round(totals.share, 3)
    if share is not None and share <= AGAINST_SHARE and VERDICT_RANK[overall] > 1:
        return contested, "The evidence in people speaks against it: contested at most."
    if share is not None and share >= LEANING_SHARE and VERDICT_RANK[overall] < 1:
        return contested, "The evidence in people speaks for it: contested, not refuted."
    if totals.disputing >= SOME_POINTS and VERDICT_RANK[people] < VERDICT_RANK[overall]:
        return people, f"Animals cannot lift it above what people show: {people.value}."
    if totals.supporting >= SOME_POINTS and VERDICT_RANK[people] > VERDICT_RANK[overall]:
        return people, f"Animals cannot push it below what people show: {people.value}."
    return overall, None


@dataclass(frozen=True)
class EvidenceTotals:
    """Notes, their totals by side, and the totals that determine the verdict."""

    ledger: Sequence[ScoredNote]
    supporting: SideContributions
    disputing: SideContributions
    sums: VerdictTotals


def evidence_totals(ledger: Sequence[ScoredNote]) -> EvidenceTotals:
    """Return the totals of some notes."""
    supporting, disputing = (
        side_contributions(ledger, d) for d in (Direction.SUPPORTS, Direction.DISPUTES)
    )
    unadjusted = unadjusted_studies(ledger)
    return EvidenceTotals(
        ledger,
        supporting,
        disputing,
        VerdictTotals(
            supporting=sum(supporting.points.values()),
            disputing=sum(disputing.points.values()),
            counter_examples=sum(points >= SOME_POINTS for points in disputing.points.values()),
            clean=len(unadjusted),
            clean_points=sum(unadjusted.values()),
        ),
    )


def by_species(ledger: Sequence[ScoredNote]) -> tuple[list[ScoredNote], list[ScoredNote]]:
    """Return the notes from people, and the others."""
    return [w for w in ledger if w.note.human], [w for w in ledger if not w.note.human]


def kind_of(claim: ClaimFacts, ledger: Sequence[ScoredNote]) -> VerdictKind:
    """Return the verdict of some notes, limited by the human evidence if there is any."""
    whole = verdict_kind(claim, evidence_totals(ledger).sums)
    people, animals = by_species(ledger)
    if is_split(claim, people, animals):
        sums = evidence_totals(people).sums
        whole, _ = cap_by_human_evidence(whole, verdict_kind(claim, sums), sums)
    return whole
