"""Errors outside of this software: database, settings, files, and a missing store."""

from typing import Any

import typer


def error_message(error: Exception) -> str | None:
    """Return the message of an error outside of this software; None for a bug of ours."""
    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

    if isinstance(error, OperationalError) or type(error) is DatabaseError:  # not a SQLite file
        return f"The store cannot be used: {str(error.orig).strip()}"
    if isinstance(error, ArgumentError):
        return f"The URL of the store cannot be parsed: {error}"
    if isinstance(error, ValidationError) and error.title == "Settings":
        lines = []
        for detail in error.errors():
            message = detail["msg"].removeprefix("Value error, ")
            name = f"KKB_{str(detail['loc'][0]).upper()}: " if detail["loc"] else ""
            lines.append(f"{name}{message}.")
        return "\n".join(lines)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return None


def open_existing(url: str) -> Any:
    """Open an existing store; exit if there is none, because opening it would create one."""
    from app.services.store.opening import open_store, store_exists

    if not store_exists(url):
        typer.echo(
            f"There is no store at {url}. `kkb serve` and `kkb load` create one;"
            " KKB_DATABASE_URL sets its URL.",
            err=True,
        )
        raise typer.Exit(1)
    return open_store(url)
