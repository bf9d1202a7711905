"""Fixtures: the whole application over real HTTP, on real stores.

Whatever touches a store runs on SQLite and on a real PostgreSQL; reads run there to a quarter.
Fixtures import what they need when they run, so that tests of plain functions start at once.
"""

import gc
import math
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.params import DATABASES, RELEASE, RELEASE_DAY, SIZE, STORE_TEMPLATES, sample

if TYPE_CHECKING:
    import httpx

    from app.kit.sessions import Store
    from app.services.releases.archive import Archive

# Servers and commands are started by the dozen: what is compiled for one stays for the next, and so
# do the assertions that pytest rewrites, for the next worker and run.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# They speak plain HTTP: httpx reads no bundle of certificates for each client, which takes 50 ms.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = os.devnull
# Tests share the processor with other tests and builds: none is about the time limit of reads but
# those that set it.
os.environ.setdefault("KKB_READ_SECONDS", "30")


#: Folders of tests that only read, on both kinds of store.
READS = {"api", "contract", "explorer", "search"}

# What is imported and collected stays: looking through it for garbage takes a fifth of that time.
gc.disable()


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of store templates that the workers of this run share."""
    if not hasattr(config, "workerinput"):
        folder = TemporaryDirectory(prefix="kkb-filled-")
        os.environ[STORE_TEMPLATES] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out most reads on PostgreSQL: their answers are those of SQLite.

    tests/database/test_same_answers.py compares the answers of all addresses and parameters on
    both. A quarter of the reads of each file stays; all of them with KKB_TEST_WHOLE.
    """
    reads: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if parameters.get("database") == "postgresql" and folder in READS:
            reads[item.path].append(item)
    left_out = {
        item
        for path, of_file in reads.items()
        for item in set(of_file) - set(sample(of_file, -(-len(of_file) // 4), path.name))
    }
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage takes a tenth of all tests."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List why tests were skipped, a line for each reason, and what they recorded as a note."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]) for report in reports)
    if reasons:
        terminalreporter.section("skipped")
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"{number:5} {reason.removeprefix('Skipped: ')}")
    passed = terminalreporter.stats.get("passed", [])
    notes = [text for report in passed for name, text in report.user_properties if name == "note"]
    if notes:
        terminalreporter.section("notes")
    for text in notes:
        terminalreporter.write_line(text)


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Each kind of store in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def make_empty_store() -> Iterator[Callable[[str, Path], str]]:
    """Gives the address of an empty store of one kind; where it is a file, in the folder given."""
    from tests import postgres

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
        from tests import postgres

        postgres.drop_database(found)


@pytest.fixture(scope="session")
def store(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[Store]":
    """A store with 45 made-up records of every noun."""
    from tests import factories, helpers

    root = tmp_path_factory.mktemp("made")
    folder = factories.write_folder(root / "data", factories.dataset(SIZE))
    found = helpers.fill_store(make_empty_store(database, root), folder)
    yield found
    found.engine.dispose()


@pytest.fixture(scope="session")
def base(store: "Store") -> Iterator[str]:
    from tests import helpers

    with helpers.serving(store) as url:
        yield url


@pytest.fixture(scope="session")
def client(base: str) -> "Iterator[httpx.Client]":
    """A client of the made-up records."""
    import httpx

    with httpx.Client(base_url=base, timeout=30) as found:
        yield found


@pytest.fixture(scope="session")
def shipped_store(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[Store]":
    """A store with the shipped dataset."""
    from tests import helpers

    folder = tmp_path_factory.mktemp("shipped")
    found = helpers.fill_store(make_empty_store(database, folder), helpers.SHIPPED)
    yield found
    found.engine.dispose()


@pytest.fixture(scope="session")
def shipped_client(shipped_store: "Store") -> "Iterator[httpx.Client]":
    """A client of the shipped dataset."""
    import httpx

    from tests import helpers

    with helpers.serving(shipped_store) as url, httpx.Client(base_url=url, timeout=30) as found:
        yield found


@pytest.fixture(scope="session")
def released_store(
    make_empty_store: Callable[[str, Path], str], tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[tuple[Store, Archive]]":
    """A SQLite store with the shipped dataset, and an archive with a release of it."""
    from app.services.releases import publish
    from app.services.releases.archive import Archive
    from tests import helpers

    folder = tmp_path_factory.mktemp("released")
    found = helpers.fill_store(make_empty_store("sqlite", folder), helpers.SHIPPED)
    archive = Archive(folder / "releases")
    publish.publish(found, archive, RELEASE, day=RELEASE_DAY)
    yield found, archive
    found.engine.dispose()


@pytest.fixture
def count_statements(store: "Store") -> Iterator[Callable[[], int]]:
    """How many statements the store has run since the last call."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SET")):
            seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    # A read in the event loop that takes long begins again in a thread: its statements would count
    # twice on a busy machine.
    paused, store.shares.nonblocking_paused_until = store.shares.nonblocking_paused_until, math.inf

    def count() -> int:
        number = len(seen)
        seen.clear()
        return number

    yield count
    store.shares.nonblocking_paused_until = paused
    event.remove(store.engine, "before_cursor_execute", note)
