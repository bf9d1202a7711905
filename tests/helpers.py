"""Stores with content, and the application on a real server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import select, update

from app import models as m
from app.api.http_protocol import CachingHttpProtocol
from app.kit.sessions import Store
from app.main import create_app
from app.services import bootstrap
from app.services.dataset.folder import Folder, read_folder
from app.services.records import read_models
from app.services.releases.archive import Archive
from app.services.store.opening import open_store
from app.settings import Settings
from tests import store_templates

SHIPPED = Path(__file__).parents[1] / "app" / "dataset"
#: Name of the template without records.
MIGRATED = "migrated"


@cache
def shipped_folder() -> Folder:
    """The shipped dataset, read once: it takes a few seconds."""
    return read_folder(SHIPPED)


def migrated_store(url: str) -> Store:
    """A store at head without records; a copy, where one was migrated before."""
    is_new = store_templates.is_new(url)
    if not store_templates.copy_into(MIGRATED, url):
        store = open_store(url)
        bootstrap.migrate_and_rebuild(store)
        store.engine.dispose()
        if is_new:
            store_templates.save_template(MIGRATED, url)
    return open_store(url)


def fill_store(url: str, folder: Path) -> Store:
    """A store at head that holds a folder; a copy, where one with the same was made before."""
    content = store_templates.folder_digest(folder)
    if store_templates.copy_into(content, url):
        return open_store(url)
    store = migrated_store(url)
    read = shipped_folder() if folder == SHIPPED else read_folder(folder)
    assert not read.errors, read.errors[:5]
    bootstrap.load(store, read)
    store.engine.dispose()
    store_templates.save_template(content, url)
    return store


def rewrite_record(store: Store, kind: str, slug: str, **values: str) -> None:
    """Change what every record has; all that follows moves with it, as after any write."""
    one = (m.Record.type == kind) & (m.Record.slug == slug)
    with store.write() as session:
        key = session.execute(select(m.Record.id).where(one)).scalar_one()
        session.execute(update(m.Record).where(m.Record.id == key).values(**values))
        session.execute(update(m.Dataset).values(revision=m.Dataset.revision + 1))
        read_models.refresh(session, [key])


@contextmanager
def serving(
    store: Store, archive: Archive | None = None, settings: Settings | None = None
) -> Iterator[str]:
    """The application on a real server; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create_app(settings or Settings(database_url="sqlite://"), store, archive)
    said: dict[str, Any] = {
        "log_level": "warning",
        "timeout_graceful_shutdown": 1,
        "proxy_headers": False,
    }
    server = uvicorn.Server(uvicorn.Config(app, port=port, http=CachingHttpProtocol, **said))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def metric_value(client: httpx.Client, name: str) -> float:
    """The value of a metric without labels."""
    lines = client.get("/metrics").text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def walk(client: httpx.Client, path: str, **params: Any) -> list[dict[str, Any]]:
    """Every row of a list, page by page, by following Link."""
    rows: list[dict[str, Any]] = []
    answer = client.get(path, params=params)
    while True:
        assert answer.status_code == 200, answer.text
        rows += answer.json()["data"]
        if "next" not in answer.links:
            assert answer.json()["page"]["next"] is None
            return rows
        answer = client.get(answer.links["next"]["url"])
