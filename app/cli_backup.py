"""`kkb backup` and `kkb restore`: the whole store in one file, checked on each run."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

Scratch = Annotated[
    str | None,
    typer.Option(
        help="PostgreSQL: an empty database to restore into, where the role may create none."
    ),
]


def backup(
    file: Annotated[Path, typer.Argument(help="A new file; FILE.json beside it says what it is.")],
    scratch: Scratch = None,
) -> None:
    """Save the whole store to a file, keys and ledger included, and check it."""
    from app.services.backups.record import BackupError
    from app.services.backups.saving import backup as save

    try:
        record = save(_store(), file, scratch)
    except BackupError as error:
        _give_up(f"No backup was made: {error}.")
    rows = sum(table.rows for table in record.tables.values())
    typer.echo(f"{file}: {rows} rows in {len(record.tables)} tables, as the store held them.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `kkb backup` made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the store holds.")
    ] = False,
    scratch: Scratch = None,
) -> None:
    """Put a backup in the store's place, all of it or nothing, and check it."""
    from app.services.backups.record import BackupError
    from app.services.backups.saving import restore as put_back

    try:
        content = put_back(_store(), file, replace=replace, scratch=scratch)
    except BackupError as error:
        _give_up(f"It was not restored: {error}.")
    rows = sum(table.rows for table in content.tables.values())
    typer.echo(f"{rows} rows in {len(content.tables)} tables are back, as {file} holds them.")


def _store() -> Any:
    from app.services import store as stores
    from app.settings import Settings

    return stores.open_store(Settings().database_url)


def _give_up(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
