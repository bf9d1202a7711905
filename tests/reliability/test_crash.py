"""No data is lost when a process is killed: docs/reliability.md has figures of long runs."""

from pathlib import Path

from app.services.store.opening import open_store
from tests.params import ONE_STORE
from tests.reliability import crash_load, crash_migration, crash_publish, crash_write


def test_no_acknowledged_write_is_lost_when_the_server_is_killed(
    address: str, tmp_path: Path
) -> None:
    counts = crash_write.run(address, tmp_path, kills=1)
    assert counts["acknowledged"] > 0


def test_a_load_that_is_killed_changes_nothing(address: str, tmp_path: Path) -> None:
    assert crash_load.run(address, tmp_path, kills=5, size=3) > 100


def test_a_migration_that_is_killed_changes_nothing(address: str, tmp_path: Path) -> None:
    counts = crash_migration.run(address, tmp_path, step=300)
    assert min(counts.values()) > 100


@ONE_STORE
def test_a_publisher_that_is_killed_leaves_a_complete_release_or_none(
    address: str, tmp_path: Path
) -> None:
    counts = crash_publish.run(address, tmp_path, kills=2, size=3)
    assert counts["killed"] == 2
    assert counts["left files"] > 0, "it was killed before it finished"


@ONE_STORE
def test_sqlite_syncs_the_wal_at_each_commit(address: str) -> None:
    """A commit survives a power cut, which a killed process cannot show."""
    with open_store(address).read() as session:
        synchronous = session.connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    assert synchronous == 2, "FULL"
