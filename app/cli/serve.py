"""`kkb serve`: prepare the store and run the HTTP server."""

import errno
import gc
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import dataset
from app.cli import release as release_commands
from app.cli.errors import exit_with_error, without_password


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
) -> None:
    """Create, migrate and fill the store where needed, then serve it."""
    if reload and release is not None:
        raise typer.BadParameter("--reload and --release do not go together")
    # Everything allocated during startup lives as long as the process: no collection until then,
    # and `gc.freeze` below keeps later collections from scanning it.
    gc.disable()
    import uvicorn
    from uvicorn.supervisors import ChangeReload

    from app.api.http_protocol import CachingHttpProtocol
    from app.api.logs import logging_config
    from app.main import THREADS, create_app
    from app.services import bootstrap
    from app.services.store.opening import open_store
    from app.settings import Settings

    settings = Settings()
    listener = _bind(host, port)
    pool: dict[str, Any] = {
        "pool_size": settings.pool_size,
        "pool_timeout": settings.pool_timeout_seconds,
    }
    if release is not None:
        archive = release_commands.open_single_release(release, **pool)
        store, source = archive.only.store, str(release)
    else:
        archive = release_commands.open_archive(settings, **pool)
        store = open_store(settings.database_url, settings.read_database_url, **pool)
        source = without_password(settings.database_url)
        bootstrap.migrate_and_rebuild(store)
        if bootstrap.is_empty(store):
            dataset.load_folder(store, settings.dataset)
        release_commands.publish_loaded(store, archive)
    # A reloading server runs the application in a child process, which imports it by name.
    application_name = "app.main:create_app_from_environment"
    config = uvicorn.Config(
        application_name if reload else create_app(settings, store, archive),
        factory=reload,
        reload=reload,
        reload_dirs=[str(Path(__file__).parents[1])] if reload else None,
        host=host,
        port=port,
        http=CachingHttpProtocol,
        log_config=logging_config(settings.log_level),
        log_level=settings.log_level,
        access_log=settings.access_log,
        server_header=False,
        proxy_headers=False,  # app.api.proxy_headers reads them
        timeout_keep_alive=15,
        limit_concurrency=THREADS,
        timeout_graceful_shutdown=10,
    )
    base = f"http://{host}:{port}"
    typer.echo(f"ketamine-kb serves {source} at {base}\n\nExample requests:")
    for line in _example_requests(base):
        typer.echo(f"  {line}")
    typer.echo(f"\nDocumentation: {base}/docs\n")
    gc.freeze()
    gc.enable()
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        if reload:
            store.engine.dispose()
            ChangeReload(config, target=server.run, sockets=[listener]).run()
        else:
            server.run(sockets=[listener])


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
    listener.set_inheritable(True)  # for the child process of --reload
    return listener


def _example_requests(base: str) -> list[str]:
    claim = "racemic-ketamine-fda-approved-for-depression"
    return [
        f"curl '{base}/v1/claims/{claim}?include=verdict,evidence'",
        f"curl '{base}/v1/affinities?compound=ketamine&max_value_nm=10000&sort=value_nm'",
        f"curl '{base}/v1/studies.csv?indication=treatment-resistant-depression&randomised=true'",
    ]
