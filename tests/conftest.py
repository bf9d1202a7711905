"""Fixtures: the whole application over real HTTP, on real stores.

Whatever touches a store runs twice: on SQLite and on a real PostgreSQL.
"""

import gc
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
from sqlalchemy import event, select, update

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
from tests import factories, postgres, store_templates

SIZE = 45
DATABASES = ("sqlite", "postgresql")
SHIPPED = Path(__file__).parents[1] / "app" / "dataset"
#: Of what is alike a sample is tried, as a rule; with this all of it, which takes hours.
WHOLE = bool(os.environ.get("KKB_TEST_WHOLE"))
T = TypeVar("T")
# Servers and commands are started by the dozen: what is compiled for one stays for the next.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# They speak plain HTTP: httpx reads no bundle of certificates for each client, which takes 50 ms.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = os.devnull
#: For tests in which the kind of store does not matter: answers are alike, test_same_answers holds.
ONE_STORE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
#: For slow ones among those whose answers it compares: all of them on both, when all is tried.
SOME_STORE = pytest.mark.parametrize(
    "database", DATABASES if WHOLE else DATABASES[:1], indirect=True
)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage takes a tenth of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def sample(values: Sequence[T], most: int, name: str) -> list[T]:
    """A sample of the values, in their order: always the same for a name, another for another."""
    if WHOLE or len(values) <= most:
        return list(values)
    return [values[at] for at in sorted(Random(name).sample(range(len(values)), most))]


@cache
def shipped_folder() -> Folder:
    """The shipped dataset, read once: it takes a few seconds."""
    return read_folder(SHIPPED)


def fill_store(url: str, folder: Path) -> Store:
    """A store at head that holds a folder; a copy, where one with the same was made before."""
    content = store_templates.folder_digest(folder)
    if store_templates.copy_into(content, url):
        return open_store(url)
    store = open_store(url)
    bootstrap.migrate_and_rebuild(store)
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
def serving(store: Store, archive: Archive | None = None) -> Iterator[str]:
    """The application on a real server; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create_app(Settings(database_url="sqlite://"), store, archive)
    said: dict[str, Any] = {"log_level": "warning", "timeout_graceful_shutdown": 1}
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


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Each kind of store in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def make_empty_store() -> Iterator[Callable[[str, Path], str]]:
    """Gives the address of an empty store of one kind; where it is a file, in the folder given."""
    with ExitStack() as stack:
        server = cache(lambda: stack.enter_context(postgres.server()))

        def give(database: str, folder: Path) -> str:
            if database == "sqlite":
                return f"sqlite:///{folder}/kkb.db"
            return postgres.database(server())

        yield give


@pytest.fixture
def address(
    make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path
) -> Iterator[str]:
    """The address of an empty store of the test's own."""
    found = make_empty_store(database, tmp_path)
    yield found
    if database == "postgresql":
        postgres.drop_database(found)


@pytest.fixture(scope="session")
def store(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """A store with 45 made-up records of every noun."""
    root = tmp_path_factory.mktemp("made")
    folder = factories.write_folder(root / "data", factories.dataset(SIZE))
    found = fill_store(make_empty_store(database, root), folder)
    yield found
    found.engine.dispose()


@pytest.fixture(scope="session")
def base(store: Store) -> Iterator[str]:
    with serving(store) as url:
        yield url


@pytest.fixture(scope="session")
def client(base: str) -> Iterator[httpx.Client]:
    """A client of the made-up records."""
    with httpx.Client(base_url=base, timeout=30) as found:
        yield found


@pytest.fixture(scope="session")
def shipped_store(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """A store with the shipped dataset."""
    found = fill_store(make_empty_store(database, tmp_path_factory.mktemp("shipped")), SHIPPED)
    yield found
    found.engine.dispose()


@pytest.fixture(scope="session")
def shipped_client(shipped_store: Store) -> Iterator[httpx.Client]:
    """A client of the shipped dataset."""
    with serving(shipped_store) as url, httpx.Client(base_url=url, timeout=30) as found:
        yield found


@pytest.fixture
def count_statements(store: Store) -> Iterator[Callable[[], int]]:
    """How many statements the store has run since the last call."""
    seen: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)

    def count() -> int:
        number = len(seen)
        seen.clear()
        return number

    yield count
    event.remove(store.engine, "before_cursor_execute", note)
