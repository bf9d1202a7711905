"""Kill -9 loses nothing: docs/reliability.md has the figures of the long runs."""

from pathlib import Path

from app.services.store.opening import open_store
from tests.params import ONE_STORE
from tests.reliability import crash_load, crash_migration, crash_publish, crash_write


def test_no_acknowledged_write_is_lost_to_a_kill(address: str, tmp_path: Path) -> None:
    found = crash_write.run(address, tmp_path, kills=1)
    assert found["acknowledged"] > 0


def test_a_killed_load_is_no_load(address: str, tmp_path: Path) -> None:
    assert crash_load.run(address, tmp_path, kills=5, size=3) > 100


def test_a_killed_migration_is_no_migration(address: str, tmp_path: Path) -> None:
    found = crash_migration.run(address, tmp_path, step=300)
    assert min(found.values()) > 100


@ONE_STORE
def test_a_killed_publisher_leaves_a_whole_release_or_none(address: str, tmp_path: Path) -> None:
    found = crash_publish.run(address, tmp_path, kills=2, size=3)
    assert found["killed"] == 2
    assert found["left files"] > 0, "it was killed on the way"


@ONE_STORE
def test_a_commit_outlives_a_power_cut(address: str) -> None:
    """What kill -9 cannot show: the log is on the disk before a write is acknowledged."""
    with open_store(address).read() as session:
        asked = session.connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    assert asked == 2, "FULL"
