"""Facts of a claim: its statement, its verdict, and the evidence on each side."""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from app.domain.vocabulary import Direction
from app.domain.wording import counted, listed
from app.mcp.answers import Fact
from app.mcp.nearest_claims import figures_of
from app.mcp.record_reader import Record, RecordReader

#: Headings of the sides of a claim, in the order of an answer.
SIDES = {
    Direction.SUPPORTS: "Evidence for",
    Direction.DISPUTES: "Evidence against",
    Direction.MIXED: "Evidence on both sides",
    Direction.NEUTRAL: "Evidence that decides nothing",
}
_EFFECT_FIELDS = (
    *("metric", "instrument", "estimate", "lower", "upper", "worthwhile"),
    *("i2", "trials", "participants", "basis"),
)
_STUDY_FIELDS = ("design", "species", "masking")
_UNINFORMATIVE = ("not_applicable", "not_stated")


def claim_fact(reader: RecordReader, group: str, claim: Record) -> Fact:
    """Return the statement of a claim with its verdict in short."""
    return reader.fact(group, "claim", claim, values=figures_of(claim))


def verdict_facts(reader: RecordReader, verdict: Record) -> list[Fact]:
    """Return the verdict in words with its estimate, and what would change it."""
    estimate = {name: verdict.get(name) for name in _EFFECT_FIELDS}
    reasons = [r for r in verdict["rules_fired"] if r.lower() not in verdict["summary"].lower()]
    text = " ".join([verdict["summary"], *reasons])
    facts = [reader.fact("Verdict", "verdict", verdict, text, estimate)]
    if verdict["would_change_if"]:
        text = " ".join(verdict["would_change_if"])
        facts.append(reader.fact("What would change it", "verdict", verdict, text))
    return facts


def conflict_fact(reader: RecordReader, slug: str) -> Fact | None:
    """Return what the sides of a claim differ in and what would settle it; None if they agree."""
    conflict = reader.records("conflict", [slug]).get(slug)
    if conflict is None:
        return None
    text = " ".join(filter(None, (conflict["summary"], conflict["would_settle"])))
    return reader.fact("What would settle it", "conflict", conflict, text)


def evidence_facts(reader: RecordReader, verdict: Record, limit: int) -> list[Fact]:
    """Return the most important notes of each side, the sides in turn.

    Args:
        limit: Maximum number of notes of one side.
    """
    by_side: dict[str, list[Record]] = {side: [] for side in SIDES}
    for line in verdict["ledger"]:
        by_side[line["direction"]].append(line)
    chosen = [lines[:limit] for lines in by_side.values()]
    lines = [line for row in zip_longest(*chosen) for line in row if line is not None]
    notes = reader.records("evidence", [line["note"]["slug"] for line in lines])
    studies = reader.records("study", {line["study"]["slug"] for line in lines})
    return [
        _evidence_fact(reader, line, note, studies.get(line["study"]["slug"], {}))
        for line in lines
        if (note := notes.get(line["note"]["slug"])) is not None
    ]


def _evidence_fact(reader: RecordReader, line: Record, note: Record, study: Record) -> Fact:
    values: dict[str, Any] = {"study": f"study:{line['study']['slug']}"}
    figures = {name: note.get(name) or study.get(name) for name in _STUDY_FIELDS}
    values |= {name: value for name, value in figures.items() if value not in _UNINFORMATIVE}
    values["participants"] = (
        note.get("participants") or study.get("n_analysed") or study.get("n_randomised")
    )
    values |= {"weight": line.get("weight"), "not_counted": line.get("reason")}
    return reader.fact(SIDES[Direction(line["direction"])], "evidence", note, values=values)


def numbers_of_sides(verdict: Record) -> str:
    """Return how many notes each side has, such as `3 notes for and 1 against`."""
    numbers = Counter(line["direction"] for line in verdict["ledger"])
    names = {
        Direction.SUPPORTS: "for",
        Direction.DISPUTES: "against",
        Direction.MIXED: "on both sides",
        Direction.NEUTRAL: "undecided",
    }
    parts = [f"{numbers[side]} {name}" for side, name in names.items() if numbers[side]]
    total = counted(sum(numbers.values()), "note")
    return f"{total}: {listed(parts)}" if parts else "no evidence on record"


def left_by_limit(verdict: Record, shown: Sequence[Fact]) -> int:
    """Return the number of notes that are not among the facts."""
    return len(verdict["ledger"]) - sum(fact.id.startswith("evidence:") for fact in shown)
