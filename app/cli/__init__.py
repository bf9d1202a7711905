"""The command line: `kkb --help` lists the commands."""

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import backup, key, reference
from app.cli import dataset as dataset_commands
from app.cli import release as release_commands
from app.cli import store as cli_store
from app.cli.errors import error_message

app = typer.Typer(
    help="A REST knowledge base on how ketamine works.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(reference.app, name="reference")
app.add_typer(release_commands.app, name="release")
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(key.app, name="key")
app.command("format")(dataset_commands.canonical)
Dataset = Annotated[Path | None, typer.Argument(help="A dataset folder; the shipped one else.")]


def main() -> None:
    """The entry point of `kkb`; a store that is away, full or read-only is told in words."""
    # What is imported stays, and a request leaves little: garbage need not be looked for so often.
    gc.set_threshold(100_000, 20, 100)
    try:
        app()
    except BrokenPipeError:  # whoever read along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        message = error_message(error)
        if message is None:
            raise
        typer.echo(message, err=True)
        sys.exit(1)


def _say_version(requested: bool) -> None:
    if requested:
        from app import __version__

        typer.echo(f"kkb {__version__}")
        raise typer.Exit


@app.callback()
def kkb(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """What every command takes."""
    from app.settings import refuse_removed_settings

    try:
        refuse_removed_settings()
    except ValueError as error:
        typer.echo(f"{error}.", err=True)
        raise typer.Exit(1) from error


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    release: Annotated[
        Path | None,
        typer.Option(help="Serve this release's file alone: no database, and nothing is written."),
    ] = None,
    reload: Annotated[
        bool, typer.Option("--reload", help="For development: restart when a source file changes.")
    ] = False,
) -> None:
    """Create, migrate and fill the store where needed, then serve it."""
    if reload and release is not None:
        raise typer.BadParameter("--reload and --release do not go together")
    gc.disable()  # what a start makes stays
    import uvicorn
    from uvicorn.supervisors import ChangeReload

    from app.api.http_protocol import CachingHttpProtocol
    from app.api.logs import logging_config
    from app.main import THREADS, create_app
    from app.services import bootstrap
    from app.services.releases.archive import Archive
    from app.services.store.opening import open_store
    from app.settings import Settings

    settings = Settings()
    pool: dict[str, Any] = {
        "pool_size": settings.pool_size,
        "pool_timeout": settings.pool_timeout_seconds,
    }
    if release is not None:
        archive = release_commands.open_single_release(release, **pool)
        store, release_label = archive.only.store, str(release)
    else:
        archive = Archive(settings.releases_folder, **pool)
        store = open_store(settings.database_url, settings.read_database_url, **pool)
        release_label = _plain(settings.database_url)
        bootstrap.migrate_and_rebuild(store)
        if bootstrap.is_empty(store):
            _load(store, settings.dataset)
        release_commands.publish_loaded(store, archive)
    # A server that restarts imports the application by its name, in a process of its own.
    by_name = "app.main:create_app_from_environment"
    config = uvicorn.Config(
        by_name if reload else create_app(settings, store, archive),
        factory=reload,
        reload=reload,
        reload_dirs=[str(Path(__file__).parent)] if reload else None,
        host=host,
        port=port,
        http=CachingHttpProtocol,
        log_config=logging_config(settings.log_level),
        log_level=settings.log_level,
        access_log=settings.access_log,
        server_header=False,
        timeout_keep_alive=15,
        limit_concurrency=THREADS,
        timeout_graceful_shutdown=10,
    )
    socket = config.bind_socket()  # or it says that it cannot, and ends
    base = f"http://{host}:{port}"
    typer.echo(f"ketamine-kb serves {release_label} at {base}\n\nWorth trying:")
    for line in _worth_trying(base):
        typer.echo(f"  {line}")
    typer.echo(f"\nDocumentation: {base}/docs\n")
    gc.freeze()
    gc.enable()
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        if reload:
            store.engine.dispose()
            ChangeReload(config, target=server.run, sockets=[socket]).run()
        else:
            server.run(sockets=[socket])


def _worth_trying(base: str) -> list[str]:
    claim = "racemic-ketamine-fda-approved-for-depression"
    return [
        f"curl '{base}/v1/claims/{claim}?include=verdict,evidence'",
        f"curl '{base}/v1/affinities?compound=ketamine&max_value_nm=10000&sort=value_nm'",
        f"curl '{base}/v1/studies.csv?indication=treatment-resistant-depression&randomised=true'",
    ]


def _plain(url: str) -> str:
    """The address without its password."""
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)


@app.command()
def load(
    dataset: Dataset = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Undo what curators changed since the last load.")
    ] = False,
) -> None:
    """Load a dataset folder: all of it, or nothing where anything is wrong.

    Keys, proposals and the history stay; only records that differ are written.
    """
    from app.services import bootstrap
    from app.services.releases.archive import Archive
    from app.services.store.opening import open_store
    from app.settings import Settings

    settings = Settings()
    store = open_store(settings.database_url)
    bootstrap.migrate_and_rebuild(store)
    _load(store, dataset or settings.dataset, replace)
    release_commands.publish_loaded(store, Archive(settings.releases_folder))


def _load(store: Any, root: Path, replace: bool = False) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from app.services import bootstrap
    from app.services.dataset import check as dataset_check
    from app.services.dataset.folder import read_folder
    from app.services.dataset.load import LocalChangesError
    from app.services.records.edits import RulesViolatedError

    folder = read_folder(root)
    if folder.errors:
        dataset_commands.report(folder.errors)
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("Loading the dataset", total=None)
        try:
            changed = bootstrap.load(
                store,
                folder,
                lambda done, total: bar.update(task, completed=done, total=total),
                replace=replace,
            )
        except RulesViolatedError:
            dataset_commands.report(dataset_check.check_folder(root).errors)
        except LocalChangesError as error:
            typer.echo(f"Nothing was loaded: {error}", err=True)
            raise typer.Exit(1) from error
    outcome = "loaded" if changed else "are as they were loaded last, nothing to do"
    typer.echo(f"{len(folder.entries)} records {outcome} (release {folder.release}).", err=True)


@app.command()
def check(dataset: Dataset = None) -> None:
    """Report every error of a dataset folder, with file and line."""
    from app.services.dataset import check as dataset_check
    from app.settings import Settings

    folder = dataset_check.check_folder(dataset or Settings().dataset)
    if folder.errors:
        dataset_commands.report(folder.errors)
    for collection, number in dataset_check.count_records(folder).items():
        typer.echo(f"{number:6} {collection}")
    for row in folder.coverage:
        reasons = "; ".join(f"{w.rows} withheld: {w.reason}" for w in row.withheld)
        typer.echo(f"{row.published} of {row.rows} {row.rows_of}{'; ' if reasons else ''}{reasons}")
    typer.echo("No errors found.")


@app.command()
def export(
    collection: Annotated[
        str | None, typer.Argument(help="A collection, such as affinities.")
    ] = None,
    format_name: Annotated[
        str, typer.Option("--format", help="csv, tsv, ndjson, parquet…")
    ] = "csv",
    output: Annotated[Path | None, typer.Option(help="A file; standard output else.")] = None,
    dataset: Annotated[
        Path | None, typer.Option(help="A folder: the whole store as a dataset, for git.")
    ] = None,
) -> None:
    """Write every row of a collection, as the API would, or the whole store as a dataset."""
    from app.settings import Settings

    if (collection is None) == (dataset is None):
        raise typer.BadParameter("name a collection, or --dataset and a folder")
    url = Settings().database_url
    if dataset is not None:
        dataset_commands.export(cli_store.open_existing(url), dataset)
    elif collection is not None:
        _export(url, collection, format_name, output)


def _export(url: str, collection: str, format_name: str, output: Path | None) -> None:
    from app.kit.repository import Repository
    from app.resources import RESOURCES
    from app.services.records import exports

    if collection not in RESOURCES:
        raise typer.BadParameter(f"no collection {collection!r}; there are: {', '.join(RESOURCES)}")
    resource = RESOURCES[collection]
    if format_name not in resource.formats:
        raise typer.BadParameter(f"{collection} has the formats {', '.join(resource.formats)}")
    query = RESOURCES.export_query(resource)()
    with cli_store.open_existing(url).read() as session:
        chunks = exports.export(session, Repository(RESOURCES), resource, query, format_name)
        if output is None:
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
        else:
            with output.open("wb") as file:
                file.writelines(chunks)


@app.command()
def routes() -> None:
    """List every address that the service answers."""
    from fastapi.routing import APIRoute

    from app.api.route_groups import flattened
    from app.main import create_app
    from app.settings import Settings

    for route in flattened(create_app(Settings(database_url="sqlite://")).routes):
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in sorted(route.methods or ()):
                typer.echo(f"{method:6} {route.path_format:34} {route.summary}")


@app.command()
def openapi(
    write: Annotated[
        Path | None,
        typer.Option(
            help="Derive it from the routes, with real responses as examples, and write this file."
        ),
    ] = None,
) -> None:
    """Print the OpenAPI document, or write it again from the routes."""
    if write is None:
        from app.api.openapi import DOCUMENT_FILE

        typer.echo(DOCUMENT_FILE.read_text("utf-8"), nl=False)
    else:
        from app.cli.openapi_document import build_document

        write.write_text(build_document(), "utf-8")
        typer.echo(f"Wrote {write}.")


@app.command()
def settings() -> None:
    """Print every setting with its value and its words."""
    from app.settings import Settings

    now = Settings()
    for name, info in Settings.model_fields.items():
        value = getattr(now, name)
        if name in {"database_url", "read_database_url"}:
            value = _plain(value) if value else ""
        typer.echo(f"KKB_{name.upper()}={value}\n    {info.description}")
