"""The report: a table for people, JSON for machines."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.run import ResultRow
from benchmarks.targets import BARS


def table(rows: Sequence[ResultRow], about: Mapping[str, str]) -> Table:
    """Return the results as a table, titled with the machine."""
    shown = Table(title="\n".join(f"{name}: {words}" for name, words in about.items()))
    for name in ("work", "ours", "peer", "its", "ratio or figure", "bar", "met"):
        shown.add_column(name, overflow="fold")
    for row in rows:
        bar = BARS[row.name]
        verdict = (
            "[green]yes[/]" if row.target_met else "[red]no[/]" if not bar.stretch else "not yet"
        )
        note = f" ({row.note})" if row.note else ""
        figure = bar.describe(row.value) + note
        shown.add_row(bar.work, row.ours, bar.peer, row.theirs, figure, bar.required, verdict)
    return shown


def show(rows: Sequence[ResultRow], about: Mapping[str, str]) -> None:
    """Print the results."""
    Console(width=None if Console().is_terminal else 170).print(table(rows, about))


def write(file: Path, rows: Sequence[ResultRow], about: Mapping[str, str]) -> None:
    """Write the results to a JSON file."""
    lines = [
        {
            "name": row.name,
            "work": BARS[row.name].work,
            "peer": BARS[row.name].peer,
            "value": round(row.value, 4),
            "unit": BARS[row.name].unit,
            "bar": BARS[row.name].required,
            "met": row.target_met,
            "ours": row.ours,
            "theirs": row.theirs,
            "note": row.note,
            "seen": row.seen,
        }
        for row in rows
    ]
    file.write_text(json.dumps({"about": about, "rows": lines}, indent=1) + "\n", "utf-8")
