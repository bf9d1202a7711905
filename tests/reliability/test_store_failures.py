"""Failures of the store: disk, locks, restarts; docs/reliability.md has figures of long runs."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.services.store.readiness import MAX_SILENCE_SECONDS
from tests import factories
from tests.helpers import fill_store
from tests.reliability import disk_full, mounts, overload, restart
from tests.reliability.server_process import running_server

MOUNTS = pytest.mark.skipif(not mounts.may_mount(), reason="mounting a file system needs root")
EXPECTED_STATUSES = {
    "full": ("200", "507"),
    "room again": ("200", "202"),
    "read-only": ("200", "503"),
}


@MOUNTS
@pytest.mark.parametrize("run", [disk_full.on_sqlite, disk_full.on_postgresql])
def test_reads_succeed_and_writes_are_refused_on_a_full_or_read_only_disk(
    run: Callable[[Path], disk_full.StatusesByState], tmp_path: Path
) -> None:
    assert run(tmp_path) == EXPECTED_STATUSES


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_requests_beyond_the_connection_pool_get_a_503_while_slow_queries_run(
    address: str, tmp_path: Path
) -> None:
    result = overload.run(address, tmp_path, requests=30, read_seconds="60")
    served = overload.LIST_CONNECTIONS
    assert result["statuses"] == [200] * served + [503] * (30 - served)
    assert result["retry_after"] == {"1"}
    assert result["last_refusal"] < result["first_answer"]
    assert len(result["alive"]) > 3, "health checks succeeded meanwhile"
    print(f"the last of 25 refusals came after {result['last_refusal']:.2f} s")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_read_over_the_time_limit_is_cancelled_and_readiness_checks_succeed(
    address: str, tmp_path: Path
) -> None:
    fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(3)))
    with (
        running_server(address, tmp_path, read_seconds="0.5") as node,
        overload.table_lock(address, "claim"),
    ):
        began = time.monotonic()
        refused = httpx.get(f"{node.base}/v1/claims", timeout=30)
        seconds = time.monotonic() - began
        assert httpx.get(f"{node.base}/readyz").status_code == 200
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert "took too long" in refused.json()["detail"]
    assert 0.5 <= seconds < 10, "far below the 30 seconds of the other tests"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_health_checks_do_not_wait_for_a_database_that_does_not_respond(
    address: str, tmp_path: Path
) -> None:
    fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(3)))
    with (
        running_server(address, tmp_path, cache_bytes="0") as node,
        overload.table_lock(address, "dataset"),
    ):
        time.sleep(MAX_SILENCE_SECONDS)
        began = time.monotonic()
        ready = httpx.get(f"{node.base}/readyz")
        alive = httpx.get(f"{node.base}/healthz")
        seconds = time.monotonic() - began
    assert (ready.status_code, alive.status_code) == (503, 200)
    assert "has not answered within 80 ms" in ready.json()["detail"]
    assert seconds < 3, "they would take until the lock ends if they waited for the database"


def test_a_restart_of_postgresql_causes_only_503s_and_loses_no_write(tmp_path: Path) -> None:
    result = restart.run(tmp_path, restarts=1)
    assert set(result["met"]) == {"200", "202", "503"}
    assert result["written"] > 0
    print(f"a read was answered after {result['seconds']} s")
