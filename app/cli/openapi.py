"""`kkb openapi` and `kkb routes`: the description of the HTTP API."""

from pathlib import Path
from typing import Annotated

import typer


def routes() -> None:
    """List every public route with its method, path and summary."""
    from fastapi.routing import APIRoute

    from app.api.route_groups import flattened
    from app.main import create_app
    from app.settings import Settings

    for route in flattened(create_app(Settings(database_url="sqlite://")).routes):
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in sorted(route.methods or ()):
                typer.echo(f"{method:6} {route.path_format:34} {route.summary}")


def openapi(
    write: Annotated[
        Path | None,
        typer.Option(
            help="Build the document from the routes, with real responses as examples, and write"
            " it to this file."
        ),
    ] = None,
) -> None:
    """Print the OpenAPI document, or build it from the routes and write it to a file."""
    if write is None:
        from app.api.openapi import DOCUMENT_FILE

        typer.echo(DOCUMENT_FILE.read_text("utf-8"), nl=False)
    else:
        from app.cli.openapi_document import build_document
        from app.kit.atomic_file import atomic_write

        document = build_document()
        with atomic_write(write) as file:
            file.write(document.encode())
        typer.echo(f"Wrote {write}.")
