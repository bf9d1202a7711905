"""Failures of clock, disk, network and store file: responses, metrics and log lines."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.curation import api_keys
from tests import factories
from tests.helpers import fill_store
from tests.params import needs
from tests.reliability import mounts
from tests.reliability.server_process import ServerProcess, running_server
from tests.reliability.tcp_proxy import postgresql_proxy
from tests.reliability.test_stop import log_lines

#: Debian's package `faketime`.
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def get(url: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """Send a GET request, with a timeout that is long enough on a busy machine."""
    return httpx.get(url, headers=headers, timeout=30)


def metric(node: ServerProcess, name: str) -> float:
    lines = get(f"{node.base}/metrics").text.splitlines()
    return float(next(line.split()[-1] for line in lines if line.startswith(f"{name} ")))


def wait_for_log_lines(node: ServerProcess, number: int, *, status: int) -> None:
    """Wait until `number` responses with a status are logged."""
    deadline = time.monotonic() + 30
    while sum(line.get("status") == status for line in log_lines(node)) < number:
        assert time.monotonic() < deadline, f"no {number} responses of status {status} are logged"
        time.sleep(0.02)


def filled_store(url: str, folder: Path) -> tuple[Store, dict[str, str]]:
    """Fill a store; return it and headers with an API key that may propose changes."""
    store = fill_store(url, factories.write_folder(folder / "data", factories.dataset(3)))
    with store.write() as session:
        _, token = api_keys.create_key(session, "anna", [Scope.PROPOSE, Scope.REVIEW], 30)
    store.engine.dispose()
    return store, {"Authorization": f"Bearer {token}"}


def propose(
    node: ServerProcess, headers: dict[str, str], number: int, **fields: Any
) -> httpx.Response:
    draft = factories.record_input("claims", number, absence="not_searched", **fields)
    return httpx.post(f"{node.base}/v1/claims?why=More.", json=draft, headers=headers, timeout=30)


@needs("faketime")
def test_requests_succeed_and_durations_stay_positive_after_the_clock_steps_back(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'kkb.db'}"
    _, key = filled_store(url, tmp_path)
    clock = tmp_path / "clock"
    clock.write_text("+0")
    command_prefix = [
        "env",
        f"LD_PRELOAD={FAKETIME}",
        f"FAKETIME_TIMESTAMP_FILE={clock}",
        "FAKETIME_NO_CACHE=1",
        "DONT_FAKE_MONOTONIC=1",
    ]
    with running_server(url, tmp_path, command_prefix) as node:
        before_step = propose(node, key, 91)
        wait_for_log_lines(node, 1, status=202)  # it is logged after the response
        clock.write_text("-2h")
        after_step = propose(node, key, 92)
        wait_for_log_lines(node, 2, status=202)
        reads = [get(f"{node.base}/v1/claims?limit={n}") for n in range(1, 20)]
        ready = get(f"{node.base}/readyz")
        listed = get(f"{node.base}/v1/proposals", headers=key).json()["data"]
        lines = log_lines(node)
    assert [answer.status_code for answer in (before_step, after_step, ready)] == [202, 202, 200]
    assert {answer.status_code for answer in reads} == {200}
    assert {row["id"] for row in listed} == {
        a.json()["data"]["id"] for a in (before_step, after_step)
    }
    logged = [line for line in lines if line.get("status") == 202]
    timestamps = [datetime.fromisoformat(line["timestamp"]) for line in logged]
    assert timedelta(hours=1.9) < timestamps[0] - timestamps[1] < timedelta(hours=2.1)
    assert all(0 <= line["milliseconds"] < 60_000 for line in logged), "durations are monotonic"
    assert abs(timestamps[0] - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.skipif(not mounts.may_mount(), reason="mounting a file system needs root")
def test_a_full_disk_is_a_507_for_writes_and_is_logged_and_counted(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    with mounts.small(tmp_path / "disk", 8 << 20) as disk:
        url = f"sqlite:///{disk / 'kkb.db'}"
        _, key = filled_store(url, tmp_path)
        with running_server(url, tmp_path) as node:
            with mounts.full(disk):
                synonyms = [f"{number:0300}" for number in range(600)]
                refused = propose(node, key, 91, synonyms=synonyms)
                read = get(f"{node.base}/v1/claims?limit=7")
                ready = get(f"{node.base}/readyz")
                free = metric(node, 'kkb_disk_free_bytes{folder="store"}')
                count = metric(node, 'kkb_database_errors_total{reason="full"}')
            accepted = propose(node, key, 92)
            lines = log_lines(node)
    assert [a.status_code for a in (refused, read, ready, accepted)] == [507, 200, 200, 202]
    assert (free < 100_000, count) == (True, 1)
    (line,) = [line for line in lines if line["message"] == "disk full: nothing was written"]
    assert (line["level"], line["route"]) == ("warning", "/v1/claims")
    assert line["request_id"] == refused.headers["x-request-id"]
    assert "disk is full" in line["cause"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_lost_database_connection_is_a_503_until_it_is_restored(
    address: str, tmp_path: Path
) -> None:
    _, key = filled_store(address, tmp_path)
    with (
        postgresql_proxy(address) as (network, url),
        running_server(url, tmp_path, cache_bytes="0") as node,
    ):
        network.cut()
        start = time.monotonic()
        read = get(f"{node.base}/v1/claims")
        written = propose(node, key, 91)
        seconds = time.monotonic() - start
        ready = get(f"{node.base}/readyz")
        alive = get(f"{node.base}/healthz")
        errors = metric(node, 'kkb_database_errors_total{reason="busy"}')
        network.mend()
        read_again = get(f"{node.base}/v1/claims")
        written_again = propose(node, key, 92)
        ready_again = get(f"{node.base}/readyz")
        lines = log_lines(node)
    assert [a.status_code for a in (read, written, ready, alive)] == [503, 503, 503, 200]
    assert {read.headers["retry-after"], written.headers["retry-after"]} == {"1"}
    assert [a.status_code for a in (read_again, written_again, ready_again)] == [200, 202, 200]
    assert seconds < 5
    assert errors >= 2
    logged = [line for line in lines if line["message"] == "database busy or unreachable"]
    assert {read.headers["x-request-id"], written.headers["x-request-id"]} <= {
        line["request_id"] for line in logged
    }
    assert not [line for line in lines if "exception" in line]


def test_a_write_is_refused_after_the_database_file_was_moved(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kkb.db'}"
    _, key = filled_store(url, tmp_path)
    with running_server(url, tmp_path) as node:
        accepted = propose(node, key, 91)
        (tmp_path / "kkb.db").rename(tmp_path / "moved.db")
        refused = propose(node, key, 92)
    assert [accepted.status_code, refused.status_code] == [202, 503]
    assert "kkb.db was removed" in refused.json()["detail"]
