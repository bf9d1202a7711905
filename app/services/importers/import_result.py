"""The result of an import: files for review, and what became of each row of the source."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class ImportOutcome(StrEnum):
    """What became of a row of the source."""

    ADDED = "added"
    SAME = "same"
    CONFLICT = "conflict"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ImportedRow:
    """A row of the source, what became of it, and why.

    Args:
        place: Place in the source: a line, or an identifier.
        slug: The record that was written, or that the dataset has.
    """

    place: str
    outcome: ImportOutcome
    reason: str = ""
    slug: str = ""


class RejectedRowError(ValueError):
    """A row that is not imported; the message says why."""


class HeldRowError(ValueError):
    """A row on which a curator must decide; the message says why."""


class ImportSourceError(ValueError):
    """A file that is not in the form of its source; the message says what is expected."""


@dataclass
class ImportResult:
    """What an import read and wrote.

    Attributes:
        rows: What became of each row of the source.
        files: Text of each file for review, by its name in the folder.
    """

    rows: list[ImportedRow] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def add(self, place: str, outcome: ImportOutcome, reason: str = "", slug: str = "") -> None:
        """Record what became of a row."""
        self.rows.append(ImportedRow(place, outcome, reason, slug))

    def reject(self, place: str, reason: str) -> None:
        """Record that a row is not imported."""
        self.add(place, ImportOutcome.REJECTED, reason)

    def hold(self, place: str, reason: str) -> None:
        """Record that a curator must decide on a row."""
        self.add(place, ImportOutcome.HELD, reason)

    def counts(self) -> dict[ImportOutcome, int]:
        """Return the number of rows of each outcome, in the order of `ImportOutcome`."""
        counted = Counter(row.outcome for row in self.rows)
        return {outcome: counted[outcome] for outcome in ImportOutcome}

    def reasons(self, outcome: ImportOutcome) -> list[tuple[str, int]]:
        """Return the reasons of an outcome with their number of rows, the most frequent first."""
        return Counter(r.reason for r in self.rows if r.outcome is outcome).most_common()

    def report(self) -> str:
        """Return a CSV table of all rows."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["place", "outcome", "reason", "record"])
        for row in self.rows:
            writer.writerow([row.place, row.outcome.value, row.reason, row.slug])
        return text.getvalue()
