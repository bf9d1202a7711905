"""`kkb load`, `kkb check` and `kkb format`: dataset folders."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from app.cli import release as release_commands

Dataset = Annotated[Path | None, typer.Argument(help="A dataset folder; KKB_DATASET by default.")]
Supplements = Annotated[
    list[Path] | None,
    typer.Option(
        "--with",
        help="A further folder, such as imported records of another licence; may be repeated.",
    ),
]


def load(
    dataset: Dataset = None,
    supplements: Supplements = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite what curators changed since the last load.")
    ] = False,
    allow_withdrawals: Annotated[
        bool,
        typer.Option(
            "--allow-withdrawals",
            help="Load a folder that lacks more than a tenth of the records of a collection.",
        ),
    ] = False,
) -> None:
    """Load a dataset folder into the store: all of it or, if it has any error, nothing.

    API keys, proposals and the audit log are preserved; only changed records are written.
    """
    from app.services import bootstrap
    from app.services.store.opening import open_store
    from app.settings import Settings

    settings = Settings()
    archive = release_commands.open_archive(settings)
    store = open_store(settings.database_url)
    bootstrap.migrate_and_rebuild(store)
    load_folder(
        store,
        dataset or settings.dataset,
        supplements or (),
        replace=replace,
        allow_withdrawals=allow_withdrawals,
    )
    release_commands.publish_loaded(store, archive)


def load_folder(
    store: Any,
    root: Path,
    supplements: Sequence[Path] = (),
    *,
    replace: bool = False,
    allow_withdrawals: bool = False,
) -> None:
    """Load a dataset folder into a migrated store, with a progress bar on a terminal.

    Raises:
        typer.Exit: The folder has errors; or curators have changed records since the last load, and
            `replace` is False; or it lacks more than a tenth of a collection, and
            `allow_withdrawals` is False.
    """
    from rich.console import Console
    from rich.progress import Progress

    from app.services import bootstrap
    from app.services.dataset import check as dataset_check
    from app.services.dataset.folder import read_folder
    from app.services.dataset.load import LocalChangesError, TooManyWithdrawalsError
    from app.services.records.validation import RulesViolatedError

    folder = read_folder(root, supplements)
    if folder.errors:
        _report_errors(folder.errors)
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("Loading the dataset", total=None)
        try:
            changed = bootstrap.load(
                store,
                folder,
                lambda done, total: bar.update(task, completed=done, total=total),
                replace=replace,
                allow_withdrawals=allow_withdrawals,
            )
        except RulesViolatedError:
            # The check repeats the rules, and knows the file and line of each record.
            _report_errors(dataset_check.check_folder(root, supplements).errors)
        except (LocalChangesError, TooManyWithdrawalsError) as error:
            typer.echo(f"Nothing was loaded: {error}", err=True)
            raise typer.Exit(1) from error
    outcome = "loaded" if changed else "unchanged since the last load, nothing to do"
    typer.echo(f"{len(folder.entries)} records {outcome} (release {folder.release}).", err=True)
    if changed:
        typer.echo("Verdicts and conflicts were computed from them.", err=True)


def check(dataset: Dataset = None, supplements: Supplements = None) -> None:
    """Report every error of a dataset folder at once, each with its file and line."""
    from app.services.dataset import check as dataset_check
    from app.settings import Settings

    folder = dataset_check.check_folder(dataset or Settings().dataset, supplements or ())
    if folder.errors:
        _report_errors(folder.errors)
    for collection, count in dataset_check.count_records(folder).items():
        typer.echo(f"{count:6} {collection}")
    for row in folder.coverage:
        reasons = "; ".join(f"{w.rows} withheld: {w.reason}" for w in row.withheld)
        published = f"{row.published} of {row.rows} {row.rows_of} published"
        typer.echo(f"{published}{'; ' if reasons else ''}{reasons}")
    typer.echo("No errors found.")


def format_folder(
    dataset: Dataset = None,
    check: Annotated[
        bool, typer.Option("--check", help="List the files that differ and write nothing.")
    ] = False,
) -> None:
    """Rewrite a dataset folder in the canonical form, the one that `kkb export` writes."""
    from app.services.dataset import export as dataset_export
    from app.services.dataset.folder import read_folder
    from app.settings import Settings

    root = dataset or Settings().dataset
    folder = read_folder(root)
    if folder.errors:
        _report_errors(folder.errors)
    files = dataset_export.render_folder(folder)
    if check:
        differing = [
            name for name, text in files.items() if (root / name).read_text("utf-8") != text
        ]
        for name in differing:
            typer.echo(name)
        typer.echo(
            f"{len(differing)} of {len(files)} files are not in the canonical form.", err=True
        )
        raise typer.Exit(1 if differing else 0)
    _write_files(root, files)


def export_store(store: Any, root: Path) -> None:
    """Write all records of a store to a dataset folder.

    Raises:
        typer.Exit: The store is empty, so that the folder would be emptied too.
    """
    from app.services import bootstrap
    from app.services.dataset import export as dataset_export

    if bootstrap.is_empty(store):
        typer.echo("The store is empty: nothing was written.", err=True)
        raise typer.Exit(1)
    with store.read() as session:
        files = dataset_export.render_store(session)
    _write_files(root, files)


def _report_errors(errors: list[Any]) -> NoReturn:
    """Print every error of a dataset folder and exit."""
    for error in errors:
        typer.echo(str(error), err=True)
    number = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    typer.echo(f"{number} found; nothing was written.", err=True)
    raise typer.Exit(1)


def _write_files(root: Path, files: dict[str, str]) -> None:
    from app.services.dataset import export as dataset_export

    root.mkdir(parents=True, exist_ok=True)
    try:
        written = dataset_export.write_files(root, files)
    except dataset_export.NotADatasetFolderError as error:
        raise typer.BadParameter(str(error)) from error
    for name in written:
        typer.echo(name)
    typer.echo(f"{len(written)} of {len(files)} files written or removed in {root}.", err=True)
