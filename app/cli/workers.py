"""Worker processes of `kkb serve --workers`: each runs the whole application.

Uvicorn's supervisor starts them on one listening socket, replaces one that ends or hangs, and
stops them all. The parent process has prepared the store; it answers no request.
"""

import os
import signal
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.cli.process_memory import begin_startup, end_startup

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

#: A worker that has not answered its supervisor for so long, also while it starts, is replaced.
HEALTHCHECK_SECONDS = 20


def run_workers(
    release: Path | None, number: int, listener: "socket.socket", options: dict[str, Any]
) -> None:
    """Run worker processes until a signal stops them.

    Args:
        release: The release file to serve, instead of the store.
        number: How many workers.
        listener: The bound socket that they share.
        options: Options of uvicorn.

    Raises:
        typer.Exit: A worker could not start.
    """
    from uvicorn.config import STARTUP_FAILURE, Config
    from uvicorn.supervisors import Multiprocess

    from app.settings import set_metrics_folder

    with tempfile.TemporaryDirectory(prefix="kkb-metrics-") as folder:
        set_metrics_folder(folder)
        config = Config(
            partial(create_worker_application, release, Path(folder)),
            factory=True,
            workers=number,
            timeout_worker_healthcheck=HEALTHCHECK_SECONDS,
            **options,
        )
        supervisor = Multiprocess(config, sockets=[listener])
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise typer.Exit(1)


def create_worker_application(release: Path | None, metrics_folder: Path) -> "FastAPI":
    """Create the application of one worker, on the store that the parent process has prepared."""
    begin_startup()
    from app.cli import release as release_commands
    from app.main import create_app
    from app.settings import Settings

    settings, archive = Settings(), None
    if release is not None:
        archive = release_commands.open_single_release(release, **settings.pool_options)
    store = archive.only.store if archive else None
    application = create_app(settings, store, archive, metrics_folder)
    threading.Thread(target=_stop_with_parent, name="kkb-parent", daemon=True).start()
    end_startup()
    return application


def _stop_with_parent() -> None:
    """Stop this worker when its parent process has ended, also if that was killed.

    The parent's pipe does not tell: uvicorn gives each worker both of its ends.
    """
    import multiprocessing  # not needed by a single process

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
