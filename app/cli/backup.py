"""`kkb backup` and `kkb restore`: the whole store in one file."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.errors import open_existing


def backup(
    file: Annotated[
        Path, typer.Argument(help="File to create; FILE.json next to it holds the SHA-256.")
    ],
) -> None:
    """Save the whole store to a file, including API keys and the audit log, and verify it."""
    from app.services.backups.backup import create_backup
    from app.services.backups.manifest import BackupError
    from app.settings import Settings

    try:
        manifest = create_backup(open_existing(Settings().database_url), file)
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
        bool, typer.Option("--replace", help="Overwrite a store that already has tables.")
    ] = False,
) -> None:
    """Restore the whole store from a backup, or change nothing if any part of it is wrong."""
    from app.services.backups.backup import restore_backup
    from app.services.backups.manifest import BackupError
    from app.services.store.opening import open_store
    from app.settings import Settings

    try:
        store = open_store(Settings().database_url)
        restored = restore_backup(store, file, replace=replace)
    except BackupError as error:
        typer.echo(f"Restore failed: {error}.", err=True)
        raise typer.Exit(1) from error
    if restored.left_out:
        names = ", ".join(restored.left_out)
        typer.echo(f"Left out, because it is not part of the schema of kkb: {names}.", err=True)
    typer.echo(f"Restored {file}. The store is at revision {restored.revision}.")
