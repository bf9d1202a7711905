"""Trouble with the store, for real: docs/reliability.md has the figures of the long runs."""

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
IN_TROUBLE = {"full": ("200", "507"), "room again": ("200", "202"), "read-only": ("200", "503")}


@MOUNTS
@pytest.mark.parametrize("run", [disk_full.on_sqlite, disk_full.on_postgresql])
def test_a_disk_that_takes_nothing_is_read_and_refuses_writes(
    run: Callable[[Path], disk_full.Met], tmp_path: Path
) -> None:
    assert run(tmp_path) == IN_TROUBLE


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_is_beyond_the_pool_is_refused_while_slow_queries_run(
    address: str, tmp_path: Path
) -> None:
    found = overload.run(address, tmp_path, requests=30, read_seconds="60")
    served = overload.LIST_CONNECTIONS
    assert found["statuses"] == [200] * served + [503] * (30 - served)
    assert found["retry_after"] == {"1"}
    assert found["last_refusal"] < found["first_answer"]
    assert len(found["alive"]) > 3, "somebody asked how the process was, and was told"
    print(f"the last of 25 refusals came after {found['last_refusal']:.2f} s")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_read_that_takes_too_long_is_stopped_and_health_is_answered(
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
def test_a_database_that_hangs_does_not_hang_the_health_checks(
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
    assert seconds < 3, "until the end of the lock, if they waited for the database"


def test_a_restart_of_postgresql_costs_503s_alone_and_no_write(tmp_path: Path) -> None:
    found = restart.run(tmp_path, restarts=1)
    assert set(found["met"]) == {"200", "202", "503"}
    assert found["written"] > 0
    print(f"a read was answered after {found['seconds']} s")
