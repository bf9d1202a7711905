"""Trouble with the store, for real: docs/reliability.md has the figures of the long runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reliability import disk_full, mounts, overload, restart

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
    found = overload.run(address, tmp_path, requests=30)
    assert found["statuses"] == [200] * 10 + [503] * 20
    assert found["retry_after"] == {"1"}
    assert found["last_refusal"] < found["first_answer"]
    assert len(found["alive"]) > 3, "somebody asked how the process was, and was told"
    print(f"the last of 20 refusals came after {found['last_refusal']:.2f} s")


def test_a_restart_of_postgresql_costs_503s_alone_and_no_write(tmp_path: Path) -> None:
    found = restart.run(tmp_path, restarts=1)
    assert set(found["met"]) == {"200", "202", "503"}
    assert found["written"] > 0
    print(f"a read was answered after {found['seconds']} s")
