"""Errors outside of this software: database, settings, files, and a missing store."""

from pathlib import Path
from typing import Any, NoReturn

import typer


def error_message(error: Exception) -> str | None:
    """Return the message of an error outside of this software; None for a bug of ours."""
    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

    from app.domain.errors import UpgradedStoreError
    from app.settings import Settings

    if isinstance(error, UpgradedStoreError):
        return str(error)
    if isinstance(error, OperationalError) or type(error) is DatabaseError:  # not a SQLite file
        return _store_error(error)
    if isinstance(error, ArgumentError):
        return f"The URL of the store cannot be parsed: {error}"
    if isinstance(error, ValidationError) and error.title == "Settings":
        lines = []
        for detail in error.errors():
            message = detail["msg"].removeprefix("Value error, ")
            field = str(detail["loc"][0]) if detail["loc"] else ""
            name = f"KKB_{field.upper()}: " if field else ""
            if detail["type"] == "string_pattern_mismatch":  # says more than the pattern
                message = f"not valid. {Settings.model_fields[field].description}"
            lines.append(f"{name}{message.rstrip('.')}.")
        return "\n".join(lines)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return None


def _store_error(error: Any) -> str:
    """Return the message of a database error: the store, the setting, and the cause on one line."""
    from sqlalchemy.engine import make_url

    from app.settings import Settings

    url, read_url = Settings().database_url, Settings().read_database_url
    cause = str(error.orig).strip().partition("\n")[0].rstrip(".?")
    if "unable to open database file" in cause:
        cause = _why_not_opened(Path(make_url(url).database or ""))
    stores = f"The store {without_password(url)} (KKB_DATABASE_URL)"
    if read_url:
        stores += f" or {without_password(read_url)} (KKB_READ_DATABASE_URL)"
    return f"{stores} cannot be used: {cause}."


def _why_not_opened(file: Path) -> str:
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}"
    if file.is_dir():
        return f"{file} is a folder, not a file"
    return f"{file} cannot be opened or created; its permissions may forbid it"


def without_password(url: str) -> str:
    """Return a database URL with its password masked."""
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)


def exit_with_error(message: str) -> NoReturn:
    """Print an error and exit with status 1."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


def open_existing(url: str) -> Any:
    """Open an existing store; exit if there is none, because opening it would create one.

    Raises:
        UpgradedStoreError: Newer software has upgraded the store.
    """
    from app.services.store.compatibility import refuse_newer_store
    from app.services.store.opening import open_store, store_exists

    if not store_exists(url):
        exit_with_error(
            f"There is no store at {url}. `kkb serve` and `kkb load` create one;"
            " KKB_DATABASE_URL sets its URL."
        )
    store = open_store(url)
    with store.read() as session:
        refuse_newer_store(session)
    return store
