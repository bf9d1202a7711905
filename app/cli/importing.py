"""`kkb import`: files of registries, databases and reference managers as YAML for review."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.errors import exit_with_error

if TYPE_CHECKING:
    from app.services.importers.import_result import ImportResult
    from app.services.importers.sources import ImportSource

PACKAGES = ("bibtexparser", "defusedxml", "rdkit", "rispy", "stamina")
#: Checked against `SOURCES` by a test, which would take a second to import for `kkb --help`.
SOURCE_NAMES = (
    *("clinicaltrials", "ris", "bibtex", "nbib", "gtopdb", "pdsp", "chembl", "drugcentral"),
)
MOST_REASONS = 10  # lines of the summary, by outcome


def import_file(
    source: Annotated[str, typer.Argument(help=f"The source: {', '.join(SOURCE_NAMES)}.")],
    file: Annotated[Path, typer.Argument(help="The file to import.")],
    into: Annotated[
        Path | None, typer.Option(help="New folder for the YAML; ./SOURCE-import by default.")
    ] = None,
) -> None:
    """Write the records of a file as YAML for review, and a report; the store does not change.

    `kkb check --with FOLDER` checks them together with the dataset.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        exit_with_error(
            f"kkb import requires {', '.join(missing)}: pip install 'ketamine-kb[curation]'"
        )
    from app.services.importers.import_result import ImportSourceError
    from app.services.importers.sources import SOURCES

    if source not in SOURCES:
        known = "\n".join(f"  {name}: {s.description}" for name, s in SOURCES.items())
        raise typer.BadParameter(f"{source!r} is not a source. The sources are:\n{known}")
    if not file.is_file():
        raise typer.BadParameter(f"{file} is not a file.")
    folder = into or Path(f"{source}-import")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        exit_with_error(
            f"{folder} exists already, and nothing is overwritten. Remove it, or name another"
            " folder with --into."
        )
    try:
        result = _run(SOURCES[source], file)
    except ImportSourceError as error:
        exit_with_error(f"{file} cannot be imported as {source}: {error}.")
    for name, text in result.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    report = folder.with_name(f"{folder.name}.report.csv")
    report.write_text(result.report(), "utf-8")
    _print_summary(result)
    if result.files:
        typer.echo(f"{len(result.files)} files in {folder}: review them before they are loaded.")
        typer.echo(f"Check them together with the dataset: kkb check --with {folder}")
    typer.echo(f"What became of each row: {report}")


def _run(source: "ImportSource", file: Path) -> "ImportResult":
    """Import a file, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    from app.services.dataset.folder import read_folder
    from app.services.importers.dataset_index import DatasetIndex
    from app.settings import Settings

    dataset = read_folder(Settings().dataset)
    if dataset.errors:
        exit_with_error(
            f"The dataset folder has {len(dataset.errors)} errors, first {dataset.errors[0]}."
            " Correct them first: `kkb check` lists all."
        )
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(f"Importing {file.name}", total=None)
        return source.import_file(
            file,
            DatasetIndex(dataset.entries),
            lambda done, total: bar.update(task, completed=done, total=total or None),
        )


def _print_summary(result: "ImportResult") -> None:
    for outcome, count in result.counts().items():
        typer.echo(f"{count:6} {outcome.value}")
        reasons = [(reason, n) for reason, n in result.reasons(outcome) if reason]
        for reason, number in reasons[:MOST_REASONS]:
            typer.echo(f"       {number:6} {reason}")
        if len(reasons) > MOST_REASONS:
            typer.echo(f"              {len(reasons) - MOST_REASONS} more reasons in the report")
