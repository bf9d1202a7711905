"""`kkb serve`: prepare the store and run the HTTP server."""

import errno
import gc
import logging.config
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import dataset
from app.cli import release as release_commands
from app.cli.errors import exit_with_error, without_password
from app.cli.mcp import require_mcp
from app.cli.process_memory import begin_startup, end_startup
from app.cli.workers import run_workers


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    release: Annotated[
        Path | None,
        typer.Option(help="Serve only this release file, read-only and without a database."),
    ] = None,
    reload: Annotated[
        bool, typer.Option("--reload", help="For development: restart when a source file changes.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that answer requests: one per core.")
    ] = 1,
) -> None:
    """Create, migrate and fill the store where needed, then serve it."""
    if reload and release is not None:
        raise typer.BadParameter("--reload and --release do not go together")
    if reload and workers > 1:
        raise typer.BadParameter("--reload and --workers do not go together")
    from app.settings import Settings

    settings = Settings()
    if settings.mcp:
        require_mcp("KKB_MCP")
    begin_startup()
    import uvicorn

    from app.api.http_protocol import CachingHttpProtocol
    from app.api.logs import LogFormat, logging_config
    from app.api.shutdown import CANCEL_SECONDS
    from app.main import THREADS, create_app
    from app.services import bootstrap
    from app.services.store.opening import open_store

    logging_settings = logging_config(settings.log_level, LogFormat(settings.log_format))
    logging.config.dictConfig(logging_settings)  # migrations and releases are logged
    listener = _bind(host, port)
    if release is not None:
        archive = release_commands.open_single_release(release, **settings.pool_options)
        store, source = archive.only.store, str(release)
    else:
        archive = release_commands.open_archive(settings, **settings.pool_options)
        store = open_store(
            settings.database_url, settings.read_database_url, **settings.pool_options
        )
        source = without_password(settings.database_url)
        bootstrap.migrate_and_rebuild(store)
        if bootstrap.is_empty(store):
            dataset.load_folder(store, settings.dataset)
        release_commands.publish_loaded(store, archive)
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "http": CachingHttpProtocol,
        "log_config": logging_settings,
        "log_level": settings.log_level,
        "access_log": False,  # app.api.access_log is ours
        "server_header": False,
        "proxy_headers": False,  # app.api.proxy_headers reads them
        "timeout_keep_alive": 15,
        "limit_concurrency": THREADS,
        "timeout_graceful_shutdown": CANCEL_SECONDS,
    }
    base = f"http://{host}:{port}"
    typer.echo(f"ketamine-kb serves {source} at {base}\n\nExample requests:")
    for line in _example_requests(base):
        typer.echo(f"  {line}")
    typer.echo(f"\nDocumentation: {base}/docs\n")
    with suppress(KeyboardInterrupt):
        if workers > 1:
            store.engine.dispose()
            gc.enable()
            run_workers(release, workers, listener, options)
        elif reload:
            store.engine.dispose()
            _serve_with_reload(listener, options)
        else:
            config = uvicorn.Config(create_app(settings, store, archive), **options)
            end_startup()
            uvicorn.Server(config).run(sockets=[listener])


def _serve_with_reload(listener: socket.socket, options: dict[str, Any]) -> None:
    """Run the application in a child process, which imports it by name."""
    import uvicorn
    from uvicorn.supervisors import ChangeReload

    config = uvicorn.Config(
        "app.main:create_app_from_environment",
        factory=True,
        reload=True,
        reload_dirs=[str(Path(__file__).parents[1])],
        **options,
    )
    ChangeReload(config, target=uvicorn.Server(config).run, sockets=[listener]).run()


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address, before anything that takes time.

    Raises: typer.Exit(1), if the address cannot be used.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            exit_with_error(f"Port {port} of {host} is in use; choose another one with --port.")
        if error.errno == errno.EACCES:
            exit_with_error(f"Port {port} is not permitted; use --port with 1024 or more.")
        exit_with_error(
            f"{host} is no address of this machine (--host): {error.strerror}."
            " Use 127.0.0.1, or 0.0.0.0 for all."
        )
    listener.set_inheritable(True)  # for the child processes of --reload and --workers
    return listener


def _example_requests(base: str) -> list[str]:
    claim = "racemic-ketamine-fda-approved-for-depression"
    return [
        f"curl '{base}/v1/claims/{claim}?include=verdict,evidence'",
        f"curl '{base}/v1/affinities?compound=ketamine&max_value_nm=10000&sort=value_nm'",
        f"curl '{base}/v1/studies.csv?indication=treatment-resistant-depression&randomised=true'",
    ]
