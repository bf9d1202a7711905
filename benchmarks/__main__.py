"""The command: `python -m benchmarks --notes 1000000 --only cached,cold --out results.json`."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import machine, report, stores
from benchmarks.run import BenchmarkRun, ResultRow
from benchmarks.scenarios import (
    after_write,
    cached,
    cold,
    exports,
    html_pages,
    initial_load,
    memory,
    postgresql,
    samples,
    search,
    startup,
    syntheses,
    workers,
)

SCENARIOS = {
    "cached": cached.rows,
    "cold": cold.rows,
    "pages": html_pages.rows,
    "search": search.rows,
    "synthesis": syntheses.rows,
    "after-write": after_write.rows,
    "export": exports.rows,
    "load": initial_load.rows,
    "start": startup.rows,
    "memory": memory.rows,
    "postgres": postgresql.rows,
    "workers": workers.rows,
}


def run(
    notes: Annotated[int, typer.Option(help="Notes of the store; 0: as shipped.")] = 0,
    store: Annotated[
        Path | None,
        typer.Option(help="A filled SQLite store, instead; after-write begins revisions in it."),
    ] = None,
    only: Annotated[str, typer.Option(help=f"Some of {', '.join(SCENARIOS)}.")] = ",".join(
        SCENARIOS
    ),
    rounds: Annotated[int, typer.Option(help="Rounds; the median counts.")] = 3,
    seconds: Annotated[float, typer.Option(help="Seconds of load in each round.")] = 2.0,
    generator: Annotated[str, typer.Option(help="wrk, where it is installed, or python.")] = "wrk",
    out: Annotated[Path | None, typer.Option(help="A file for the figures: JSON, or .md.")] = None,
) -> None:
    """Measure the service beside its peers."""
    console = Console(stderr=True)
    unknown = set(only.split(",")) - set(SCENARIOS)
    if unknown:
        raise typer.BadParameter(
            f"no scenario {', '.join(unknown)}; there are {', '.join(SCENARIOS)}"
        )
    file = (store or stores.grown_store(stores.BUILT / str(notes), notes)).resolve()
    count = samples.notes(file)
    wrk = shutil.which("wrk") if generator == "wrk" else None
    about = machine.describe_machine() | {
        "store": f"{count} notes, {file.stat().st_size / 1e6:.0f} MB",
        "load": wrk or "python -m benchmarks.load_generator",
        "rounds": f"{rounds} of {seconds:g} s",
    }
    rows: list[ResultRow] = []
    with tempfile.TemporaryDirectory(prefix="kkb-bench-") as folder:
        bench = BenchmarkRun(
            store=file,
            notes=count,
            folder=Path(folder),
            cores=machine.Cores.detect(),
            rounds=rounds,
            seconds=seconds,
            wrk=wrk,
            say=lambda words: console.print(f"[dim]{words}[/]"),
        )
        for name in only.split(","):
            for row in SCENARIOS[name](bench):
                rows.append(row)
                console.print(f"{row.name}: {row.value:.2f} ({row.ours}; {row.theirs}) {row.note}")
    report.show(rows, about)
    if out:
        report.write(out, rows, about)


if __name__ == "__main__":
    typer.run(run)
