"""Open an existing store; commands that only read must not create one."""

from typing import Any

import typer


def open_existing(url: str) -> Any:
    """The store at an address; ends where there is none, as opening it would make an empty one."""
    from app.services.store.opening import open_store, store_exists

    if not store_exists(url):
        typer.echo(
            f"There is no store at {url}. `kkb serve` and `kkb load` make one;"
            " KKB_DATABASE_URL says where it is.",
            err=True,
        )
        raise typer.Exit(1)
    return open_store(url)
