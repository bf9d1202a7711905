"""`kkb mcp`: the tools for language models over standard input and output."""

import logging.config
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from app.cli import release as release_commands
from app.cli.errors import exit_with_error, open_existing


def mcp(
    release: Annotated[
        Path | None,
        typer.Option(help="Answer from the SQLite file of a release; no store is needed."),
    ] = None,
) -> None:
    """Answer a language model's client (Model Context Protocol) on standard input and output.

    The log goes to standard error.
    """
    require_mcp("kkb mcp")
    from app.api.expensive_requests import ExpensiveRequests
    from app.api.logs import LogFormat, logging_config
    from app.main import service_context
    from app.mcp.server import build_server
    from app.settings import Settings

    settings = Settings()
    logging.config.dictConfig(logging_config(settings.log_level, LogFormat(settings.log_format)))
    if release is not None:
        archive = release_commands.open_single_release(release, **settings.pool_options)
        store = archive.only.store
    else:
        archive = release_commands.open_archive(settings, **settings.pool_options)
        store = open_existing(settings.database_url)
    service = service_context(settings, store.with_time_limit(settings.read_seconds), archive)
    expensive = ExpensiveRequests(settings.expensive_requests)
    build_server(service, settings.public_url, expensive).run("stdio")


def require_mcp(what: str) -> None:
    """Exit if the packages of the extra `mcp` are not installed.

    Args:
        what: The command or setting that requires them.
    """
    if find_spec("mcp") is None:
        exit_with_error(f"{what} requires mcp: pip install 'ketamine-kb[mcp]'")
