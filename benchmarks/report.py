"""The report: a table for people, JSON for machines, and Markdown for docs/performance.md."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.run import ResultRow
from benchmarks.targets import TARGETS


def table(rows: Sequence[ResultRow], about: Mapping[str, str]) -> Table:
    """Return the results as a table, titled with the machine."""
    shown = Table(title="\n".join(f"{name}: {words}" for name, words in about.items()))
    for name in ("measure", "ours", "peer", "its", "ratio or figure", "target", "met"):
        shown.add_column(name, overflow="fold")
    for row in rows:
        target = TARGETS[row.name]
        verdict = (
            "[green]yes[/]" if row.target_met else "[red]no[/]" if not target.stretch else "not yet"
        )
        note = f" ({row.note})" if row.note else ""
        figure = target.describe(row.value) + note
        shown.add_row(
            target.measure, row.ours, target.peer, row.theirs, figure, target.required, verdict
        )
    return shown


def show(rows: Sequence[ResultRow], about: Mapping[str, str]) -> None:
    """Print the results."""
    Console(width=None if Console().is_terminal else 170).print(table(rows, about))


def write(file: Path, rows: Sequence[ResultRow], about: Mapping[str, str]) -> None:
    """Write the results to a file: a table of Markdown if it ends in `.md`, else JSON."""
    text = markdown(rows, about) if file.suffix == ".md" else json_text(rows, about)
    file.write_text(text, "utf-8")


def markdown(rows: Sequence[ResultRow], about: Mapping[str, str]) -> str:
    """Return the results as a table of Markdown, after a line about the machine."""
    lines = [
        "; ".join(f"{name}: {words}" for name, words in about.items()),
        "",
        "| scenario | ours | peer | peer's figure | figure | target | met |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        target = TARGETS[row.name]
        met = "yes" if row.target_met else "no" if target.stretch else "**no**"
        figure = target.describe(row.value) + (f" ({row.note})" if row.note else "")
        cells = (target.measure, row.ours, target.peer, row.theirs, figure, target.required, met)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def json_text(rows: Sequence[ResultRow], about: Mapping[str, str]) -> str:
    """Return the results as JSON, with the figures of every round."""
    lines = [
        {
            "name": row.name,
            "measure": TARGETS[row.name].measure,
            "peer": TARGETS[row.name].peer,
            "value": round(row.value, 4),
            "unit": TARGETS[row.name].unit,
            "target": TARGETS[row.name].required,
            "met": row.target_met,
            "ours": row.ours,
            "theirs": row.theirs,
            "note": row.note,
            "measurements": row.measurements,
        }
        for row in rows
    ]
    return json.dumps({"about": about, "rows": lines}, indent=1) + "\n"
