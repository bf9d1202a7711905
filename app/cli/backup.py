"""`kkb backup` and `kkb restore`: the whole store in one file."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import store as cli_store


def backup(
    file: Annotated[
        Path, typer.Argument(help="A new file; FILE.json beside it holds its SHA-256.")
    ],
) -> None:
    """Save the whole store to a file, API keys and audit log included, and check it."""
    from app.services.backups.backup import create_backup
    from app.services.backups.manifest import BackupError
    from app.settings import Settings

    try:
        manifest = create_backup(cli_store.open_existing(Settings().database_url), file)
    except BackupError as error:
        typer.echo(f"Backup failed: {error}.", err=True)
        raise typer.Exit(1) from error
    typer.echo(
        f"Saved revision {manifest.revision} to {file}"
        f" ({manifest.bytes} bytes, SHA-256 {manifest.sha256})."
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `kkb backup` made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the tables of a store that has any.")
    ] = False,
) -> None:
    """Replace the whole store by a backup: all of it or, where anything is wrong, nothing."""
    from app.services.backups.backup import restore_backup
    from app.services.backups.manifest import BackupError
    from app.services.store.opening import open_store
    from app.settings import Settings

    try:
        store = open_store(Settings().database_url)
        revision = restore_backup(store, file, replace=replace)
    except BackupError as error:
        typer.echo(f"Restore failed: {error}.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Restored {file}. The store is at revision {revision}.")
