"""`kkb new study` and `kkb schema`: help for those who write dataset files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli.errors import exit_with_error

app = typer.Typer(help="Start a file of the dataset.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def new() -> None:
    """Start a file of the dataset."""


@app.command()
def study(
    slug: Annotated[str, typer.Argument(help="Slug of the study, such as zarate-2006-trd.")],
    into: Annotated[
        Path | None, typer.Option(help="New file to write it to; printed by default.")
    ] = None,
) -> None:
    """Write a commented YAML file for a study, its reference and one evidence note."""
    from app.domain.identifiers import ROW_KEY
    from app.services.dataset.study_skeleton import study_skeleton

    if not ROW_KEY.fullmatch(slug):
        raise typer.BadParameter(f"{slug!r} is no slug: small letters and figures, joined by '-'.")
    text = study_skeleton(slug)
    if into is None:
        typer.echo(text, nl=False)
        return
    if into.suffix != ".yaml":
        exit_with_error(f"{into} is not written: the name of a dataset file ends with .yaml.")
    try:
        with into.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        exit_with_error(f"{into} exists already, and nothing is overwritten.")
    typer.echo(f"Written to {into}. `kkb check` reports what is missing.")


def schema(
    about: Annotated[
        bool, typer.Option("--about", help="The schema of about.yaml instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of the files of a dataset folder."""
    from app.services.dataset.json_schema import about_file_schema, dataset_file_schema

    content = about_file_schema() if about else dataset_file_schema()
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
