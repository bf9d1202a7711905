"""The command line: `kkb --help` lists the commands."""

import gc
import os
import sys
from typing import Annotated

import typer

from app.cli import (
    backup,
    dataset,
    doctor,
    export,
    importing,
    key,
    mcp,
    new,
    openapi,
    reference,
    release,
    serve,
    settings,
)
from app.cli.errors import error_message
from app.cli.process_memory import GC_THRESHOLDS

app = typer.Typer(
    help="A REST knowledge base on how ketamine works.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # an error is one line, without a frame
)
app.command()(serve.serve)
app.command()(mcp.mcp)
app.command()(dataset.load)
app.command()(dataset.check)
app.command("format")(dataset.format_folder)
app.command()(export.export)
app.command("import")(importing.import_file)
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(release.app, name="release")
app.add_typer(reference.app, name="reference")
app.command()(new.schema)
app.add_typer(new.app, name="new")
app.add_typer(key.app, name="key")
app.command()(openapi.routes)
app.command()(openapi.openapi)
app.command()(settings.settings)
app.command()(doctor.doctor)


#: Their files hold digests of API keys, proposals and drafts: only the owner may read them.
PRIVATE_COMMANDS = frozenset({"serve", "load", "backup", "restore", "release", "key"})


def main() -> None:
    """Run `kkb`; failures of the database, a setting or a file end in one message, exit code 1."""
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        app()
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        message = error_message(error)
        if message is None:
            raise
        typer.echo(message, err=True)
        sys.exit(1)


def _print_version(requested: bool) -> None:
    if requested:
        from app import __version__

        typer.echo(f"kkb {__version__}")
        raise typer.Exit


@app.callback()
def kkb(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Refuse removed and misspelt settings before any command runs; `kkb doctor` lists them."""
    if context.invoked_subcommand == "doctor":
        return
    if context.invoked_subcommand in PRIVATE_COMMANDS:
        os.umask(0o077)
    from app.settings import refuse_misspelt_settings, refuse_removed_settings

    try:
        refuse_removed_settings()
        refuse_misspelt_settings()
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
