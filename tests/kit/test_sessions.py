"""Read transactions: their time limit."""

import os
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.kit.connection_shares import ReadKind
from app.kit.database import (
    BULK_PAGE_CACHE_KB,
    PAGE_CACHE_KB,
    bulk_page_cache,
    failure_reason,
)
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import (
    PAUSE_SECONDS,
    SLOW_SECONDS,
    Store,
    ThreadUsage,
    WouldBlockError,
)
from app.services.store.opening import open_store

#: Takes minutes, on either database.
ENDLESS = text(
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
    " WHERE n < 1000000000) SELECT count(*) FROM numbers"
)


def test_a_statement_beyond_the_time_limit_is_stopped(store: Store) -> None:
    limited = store.with_time_limit(0.2)
    began = time.monotonic()
    with pytest.raises(OperationalError) as stopped, limited.read() as session:
        session.execute(ENDLESS)
    assert 0.1 < time.monotonic() - began < 3
    assert failure_reason(stopped.value) == "slow"
    with limited.read() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_the_time_limit_ends_with_its_transaction(store: Store) -> None:
    with store.with_time_limit(0.1).read():
        pass
    some_time = text(str(ENDLESS).replace("1000000000", "1000000"))
    with store.read() as session:
        session.execute(some_time)
    with store.with_time_limit(0.001).read(ReadKind.EXPORT) as session:
        assert session.execute(some_time).scalar_one() == 1_000_000


def test_time_between_statements_does_not_count(store: Store) -> None:
    some_time = text(str(ENDLESS).replace("1000000000", "10000"))
    with store.with_time_limit(0.5).read() as session:
        session.execute(some_time)
        time.sleep(0.6)
        assert session.execute(some_time).scalar_one() == 10_000


def test_the_time_limit_is_lifted_for_a_block_and_then_holds_again(store: Store) -> None:
    some_time = text(str(ENDLESS).replace("1000000000", "1000000"))
    with store.with_time_limit(0.05).read() as session:
        with session.without_time_limit():
            assert session.execute(some_time).scalar_one() == 1_000_000
        with pytest.raises(OperationalError):
            session.execute(ENDLESS)


def unpaused(store: Store) -> Store:
    """A store for nonblocking reads, which no read before it has sent to threads."""
    nonblocking = Store(store.engine).nonblocking
    assert nonblocking is not None
    return nonblocking


def test_a_nonblocking_read_is_stopped_soon(store: Store, database: str) -> None:
    if database == "postgresql":
        assert store.nonblocking is None
        return
    nonblocking = unpaused(store)
    with nonblocking.read() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    began = time.monotonic()
    with pytest.raises(WouldBlockError), nonblocking.read() as session:
        session.execute(ENDLESS)
    assert time.monotonic() - began < 1


def read_from_disk(folder: Path) -> None:
    """Read a page that the system does not have in memory."""
    file = folder / "page"
    with file.open("w+b", buffering=0) as page:
        page.write(bytes(4096))
        os.fsync(page.fileno())
        os.posix_fadvise(page.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        usage = ThreadUsage.until_now()
        page.seek(0)
        assert len(page.read()) == 4096
        if not usage.has_read_disk_since():
            pytest.skip("reads of this disk are not counted")


def test_a_slow_disk_sends_reads_to_threads_for_a_while(
    store: Store, database: str, tmp_path: Path
) -> None:
    if database == "postgresql":
        return
    copy = Store(store.engine)
    assert copy.nonblocking is not None
    with copy.nonblocking.read():
        read_from_disk(tmp_path)
        time.sleep(SLOW_SECONDS + 0.01)  # as if the disk had returned it late
    assert copy.nonblocking is None
    assert copy.with_time_limit(1).nonblocking is None  # as each request of a release has one
    time.sleep(PAUSE_SECONDS)
    assert copy.nonblocking is not None


def test_a_read_that_shares_its_core_sends_no_other_to_threads(store: Store, database: str) -> None:
    if database == "postgresql":
        return
    copy = Store(store.engine)
    assert copy.nonblocking is not None
    with copy.nonblocking.read():
        time.sleep(SLOW_SECONDS + 0.01)  # as while another process has the core
    assert copy.nonblocking is not None


@pytest.mark.parametrize("reads_disk", [False, True])
def test_a_nonblocking_read_that_shares_its_core_ends(
    store: Store, database: str, tmp_path: Path, reads_disk: bool
) -> None:
    if database == "postgresql":
        return
    if reads_disk:
        read_from_disk(tmp_path)

    limit = 0.1  # the statement computes for a few milliseconds

    def pause(_: int) -> None:
        time.sleep(limit / 2)
        if reads_disk:
            read_from_disk(tmp_path)

    nonblocking = Store(store.engine, read_seconds=limit, blocking=False)
    stopped = pytest.raises(WouldBlockError) if reads_disk else nullcontext()
    with stopped, nonblocking.read() as session:
        driver_connection: Any = session.connection.connection.driver_connection
        driver_connection.create_function("pause", 1, pause)
        rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)"
        # A look at the clock about every 2,000 rows, a pause between each two.
        pauses = "SELECT count(*) FROM n WHERE CASE WHEN i % 2000 = 0 THEN pause(i) END IS NULL"
        assert session.execute(text(f"{rows} {pauses}")).scalar_one() == 8000


def test_a_bulk_write_holds_more_pages_while_it_lasts(store: Store, database: str) -> None:
    if database == "postgresql":
        with store.write() as session, bulk_page_cache(session.connection):
            assert session.execute(text("SELECT 1")).scalar_one() == 1
        return
    size = text("PRAGMA cache_size")
    with store.write() as session:
        by_default = session.execute(size).scalar_one()
        with bulk_page_cache(session.connection):
            assert session.execute(size).scalar_one() == -BULK_PAGE_CACHE_KB
        assert session.execute(size).scalar_one() == by_default == -PAGE_CACHE_KB


def test_a_nonblocking_read_does_not_wait_for_a_connection(store: Store, database: str) -> None:
    if database == "postgresql":
        return
    small = open_store(store.engine.url.render_as_string(hide_password=False), pool_size=1)
    nonblocking = unpaused(small)
    began = time.monotonic()
    with small.read(), pytest.raises(WouldBlockError), nonblocking.read():
        pass
    assert time.monotonic() - began < 1  # the pool waits for two seconds
    with nonblocking.read() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    small.engine.dispose()


def test_other_errors_of_a_nonblocking_read_are_raised(store: Store, database: str) -> None:
    if database == "postgresql":
        return
    with pytest.raises(OperationalError), unpaused(store).read() as session:
        session.execute(text("SELECT 1 FROM nowhere"))


def test_a_read_is_one_transaction_with_statements_of_any_kind(store: Store) -> None:
    first_name = text("SELECT min(name) FROM record")
    count = PreparedStatement(lambda: text("SELECT count(*) FROM record WHERE name = '!'"))
    rename = text("UPDATE record SET name = :new WHERE name = :old")
    with store.read() as session:
        name = session.execute(first_name).scalar_one()
    with store.read() as session:
        assert count.rows(session) == [(0,)]
        with store.write() as writer:
            writer.execute(rename, {"old": name, "new": "!"})
        try:
            assert count.rows(session) == [(0,)]
            assert session.execute(first_name).scalar_one() == name
            with store.read() as later:
                assert count.rows(later) == [(1,)]
                assert later.execute(first_name).scalar_one() == "!"
        finally:
            with store.write() as writer:
                writer.execute(rename, {"old": "!", "new": name})
