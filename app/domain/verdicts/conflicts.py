"""Conflicts: supporting and disputing notes on one claim, and the moderators that differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.verdicts.facts import FindingFacts, is_human
from app.domain.vocabulary import ConflictKind, Direction, Masking


@dataclass(frozen=True)
class ClaimNote:
    """A finding on one side, with possible moderators: dose (low, high, unit) and route."""

    finding: FindingFacts
    dose: tuple[float, float, str] | None = None
    route: str | None = None

    @property
    def dose_label(self) -> str | None:
        """The dose in words: `0.5 mg/kg`, `0.5 to 1 mg/kg`."""
        if self.dose is None:
            return None
        low, high, unit = self.dose
        return f"{low:g} {unit}" if low == high else f"{low:g} to {high:g} {unit}"


@dataclass(frozen=True)
class ModeratorResult:
    """A moderator in which the sides differ; `separates` if they have no value in common."""

    name: str
    supporting: str
    disputing: str
    separates: bool


@dataclass(frozen=True)
class ConflictResult:
    """A conflict: its kind, the notes on both sides, and the study that would resolve it."""

    kind: ConflictKind
    supporting: tuple[str, ...]
    disputing: tuple[str, ...]
    moderators: tuple[ModeratorResult, ...]
    would_settle: str


def _masking(masking: Masking | None) -> str | None:
    """Return the masking as a moderator; None if it is not known."""
    if masking in {None, Masking.NOT_STATED, Masking.NOT_APPLICABLE}:
        return None
    return masking.value


#: Moderators: name, value of a note, and the kind of conflict if it separates the sides. The first
#: that does names the conflict.
MODERATORS: tuple[tuple[str, Callable[[ClaimNote], str | None], ConflictKind | None], ...] = (
    ("people or animals", lambda w: "people" if is_human(w.finding) else "animals or cells", None),
    ("species", lambda w: w.finding.species.value, ConflictKind.OTHER_SPECIES),
    ("compound", lambda w: w.finding.directness.compound.value, ConflictKind.OTHER_COMPOUND),
    ("population", lambda w: w.finding.directness.population.value, ConflictKind.OTHER_POPULATION),
    ("dose", lambda w: w.dose_label, ConflictKind.OTHER_DOSE),
    ("route", lambda w: w.route, None),
    ("outcome", lambda w: w.finding.directness.outcome.value, ConflictKind.OTHER_OUTCOME),
    ("causal test", lambda w: w.finding.causal_test and w.finding.causal_test.value, None),
    ("design", lambda w: w.finding.design.value, None),
    ("masking", lambda w: _masking(w.finding.masking), None),
)
RESOLVING_STUDY = {
    ConflictKind.OTHER_SPECIES: "The same causal test in the species that has not had it, people"
    " first.",
    ConflictKind.OTHER_COMPOUND: "Both compounds side by side in one experiment.",
    ConflictKind.OTHER_POPULATION: "One trial with both populations, randomised within each.",
    ConflictKind.OTHER_DOSE: "A dose-response study that spans both doses.",
    ConflictKind.OTHER_OUTCOME: "One study that measures both outcomes.",
    ConflictKind.REPLICATION_FAILED: "An independent, larger replication with masking that is"
    " verified, registered beforehand.",
    ConflictKind.OPPOSITE_DIRECTION: "A study large enough to tell the two results apart, planned"
    " by both sides.",
}


def find_conflict(notes: Sequence[ClaimNote]) -> ConflictResult | None:
    """Return the conflict over one claim; None if a side is empty."""
    ordered = sorted(notes, key=lambda w: w.finding.evidence)
    supporting = [w for w in ordered if w.finding.direction is Direction.SUPPORTS]
    disputing = [w for w in ordered if w.finding.direction is Direction.DISPUTES]
    if not supporting or not disputing:
        return None
    moderators, kind = [], None
    for name, of, named in MODERATORS:
        supporting_values, disputing_values = _values(supporting, of), _values(disputing, of)
        if supporting_values and disputing_values and supporting_values != disputing_values:
            separates = not set(supporting_values) & set(disputing_values)
            if named is ConflictKind.OTHER_DOSE:
                separates = not any(_overlap(a, b) for a in supporting for b in disputing)
            moderators.append(
                ModeratorResult(
                    name, ", ".join(supporting_values), ", ".join(disputing_values), separates
                )
            )
            kind = kind or (named if separates else None)
    if kind is None:
        later = _years(disputing, min) > _years(supporting, max) > 0
        failed = later and 2 * _studies(disputing) >= _studies(supporting)
        kind = ConflictKind.REPLICATION_FAILED if failed else ConflictKind.OPPOSITE_DIRECTION
    return ConflictResult(
        kind,
        tuple(w.finding.evidence for w in supporting),
        tuple(w.finding.evidence for w in disputing),
        tuple(moderators),
        RESOLVING_STUDY[kind],
    )


def _overlap(first: ClaimNote, second: ClaimNote) -> bool:
    """Return whether two doses overlap; True if unknown or in different units."""
    if first.dose is None or second.dose is None or first.dose[2] != second.dose[2]:
        return True
    return first.dose[0] <= second.dose[1] and second.dose[0] <= first.dose[1]


def _values(side: Sequence[ClaimNote], of: Callable[[ClaimNote], str | None]) -> list[str]:
    return sorted({value for w in side if (value := of(w)) is not None})


def _studies(side: Sequence[ClaimNote]) -> int:
    return len({note.finding.study.slug for note in side})


def _years(side: Sequence[ClaimNote], which: Callable[[list[int]], int]) -> int:
    years = [w.finding.study.year for w in side if w.finding.study.year is not None]
    return which(years) if years else 0
