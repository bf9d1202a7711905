"""`kkb format` and `kkb export --dataset`: dataset folders in their canonical form."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer


def report(errors: list[Any]) -> NoReturn:
    """Print every error of a folder and exit."""
    for error in errors:
        typer.echo(str(error), err=True)
    typer.echo(f"{len(errors)} error(s): nothing was done.", err=True)
    raise typer.Exit(1)


def canonical(
    dataset: Annotated[
        Path | None, typer.Argument(help="A dataset folder; the shipped one else.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say which files differ.")] = False,
) -> None:
    """Bring a dataset folder to the canonical form, in which an export writes it."""
    from app.services.dataset import export as dataset_export
    from app.services.dataset.folder import read_folder
    from app.settings import Settings

    root = dataset or Settings().dataset
    folder = read_folder(root)
    if folder.errors:
        report(folder.errors)
    files = dataset_export.render_folder(folder)
    if check:
        other = [name for name, text in files.items() if (root / name).read_text("utf-8") != text]
        for name in other:
            typer.echo(name)
        typer.echo(f"{len(other)} of {len(files)} files are not in the canonical form.", err=True)
        raise typer.Exit(1 if other else 0)
    _write(root, files)


def export(store: Any, root: Path) -> None:
    """Write the store to a dataset folder."""
    from app.services import bootstrap
    from app.services.dataset import export as dataset_export

    if bootstrap.is_empty(store):
        typer.echo("The store is empty: nothing was written.", err=True)
        raise typer.Exit(1)
    with store.read() as session:
        files = dataset_export.render_store(session)
    _write(root, files)


def _write(root: Path, files: dict[str, str]) -> None:
    from app.services.dataset import export as dataset_export

    root.mkdir(parents=True, exist_ok=True)
    try:
        touched = dataset_export.write_files(root, files)
    except dataset_export.NotADatasetFolderError as error:
        raise typer.BadParameter(str(error)) from error
    for name in touched:
        typer.echo(name)
    typer.echo(f"{len(touched)} of {len(files)} files written or removed in {root}.", err=True)
