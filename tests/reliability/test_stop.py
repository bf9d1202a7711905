"""A node stops within 8 seconds with open connections and statements, and writes the WAL back."""

import json
import re
import shutil
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.curation import Scope
from app.services.curation import api_keys
from tests import factories
from tests.helpers import SHIPPED, fill_store
from tests.reliability import overload
from tests.reliability.server_process import ServerProcess, running_server
from tests.run_cli import kkb

MAX_SECONDS = 8


def log_lines(node: ServerProcess) -> list[dict[str, Any]]:
    lines = node.log.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def seconds_to_stop(node: ServerProcess) -> float:
    start = time.monotonic()
    node.process.send_signal(signal.SIGTERM)
    node.process.wait(20)
    return time.monotonic() - start


def connect(node: ServerProcess, *parts: bytes) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", node.port), timeout=10)
    for part in parts:
        wire.sendall(part)
    return wire


def hold_connections(node: ServerProcess, stack: ExitStack) -> None:
    """Open one connection of each kind that does not end by itself."""
    get, headers = b"GET %b HTTP/1.1\r\n", b"Host: a\r\n\r\n"
    idle = stack.enter_context(closing(connect(node, get % b"/healthz", headers)))
    idle.recv(1000)
    stack.enter_context(closing(connect(node, b"GET /v1 HTTP/1.1\r\nHost: a\r\nX-Half: ")))
    upload = (
        b"POST /v1/resolve HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n"
    )
    stack.enter_context(closing(connect(node, upload + b"Host: a\r\n\r\n{")))
    export = socket.socket()
    export.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    export.connect(("127.0.0.1", node.port))
    stack.enter_context(closing(export))
    export.sendall(get % b"/v1/evidence.ndjson" + headers)
    export.recv(100)
    pipelined = stack.enter_context(closing(connect(node)))
    pipelined.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    pipelined.sendall((get % b"/v1/evidence?limit=500" + headers) * 20)


def test_open_connections_do_not_delay_the_stop(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kkb.db'}"
    fill_store(url, SHIPPED).engine.dispose()
    with running_server(url, tmp_path) as node, ExitStack() as stack:
        hold_connections(node, stack)
        time.sleep(0.5)
        seconds = seconds_to_stop(node)
    assert seconds < MAX_SECONDS
    messages = [line["message"] for line in log_lines(node)]
    assert f"WAL written into {tmp_path / 'kkb.db'}" in messages
    print(f"stopped in {seconds:.1f} s")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_running_statements_do_not_delay_the_stop(address: str, tmp_path: Path) -> None:
    fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(3)))
    statuses: list[int] = []

    def read(path: str) -> None:
        with suppress(httpx.TransportError):
            statuses.append(httpx.get(f"{node.base}{path}", timeout=30).status_code)

    with (
        running_server(address, tmp_path, read_seconds="60") as node,
        overload.table_lock(address, "claim") as session,
    ):
        paths = ("/v1/claims", "/v1/claims.ndjson", "/v1/claims?limit=2")
        threads = [threading.Thread(target=read, args=(path,)) for path in paths]
        for thread in threads:
            thread.start()
        overload.wait_for_blocked_statements(session, len(paths))
        seconds = seconds_to_stop(node)
        for thread in threads:
            thread.join()
    assert seconds < MAX_SECONDS
    assert statuses == [503] * 3, "their statements are interrupted, and the responses are sent"
    assert any("are interrupted" in line["message"] for line in log_lines(node))


def test_the_database_file_without_its_wal_is_complete_after_a_stop(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kkb.db'}"
    store = fill_store(url, factories.write_folder(tmp_path / "data", factories.dataset(3)))
    with store.write() as session:
        _, token = api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)
    store.engine.dispose()
    with running_server(url, tmp_path) as node:
        draft = factories.record_input("claims", 99, absence="not_searched")
        headers = {"Authorization": f"Bearer {token}"}
        written = httpx.post(f"{node.base}/v1/claims?why=More.", json=draft, headers=headers)
        assert written.status_code == 202
        assert (tmp_path / "kkb.db-wal").stat().st_size > 0
        # A process that still reads keeps the WAL from being removed: only its content matters.
        with closing(sqlite3.connect(tmp_path / "kkb.db")) as other:
            other.execute("SELECT count(*) FROM claim").fetchone()
            assert seconds_to_stop(node) < MAX_SECONDS
            shutil.copyfile(tmp_path / "kkb.db", tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM proposal").fetchone() == (1,)


def test_only_the_owner_can_read_the_files_that_the_service_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kkb.db'}"
    folder = factories.write_folder(tmp_path / "data", factories.dataset(3))
    settings = {"KKB_DATABASE_URL": url, "KKB_RELEASES": str(tmp_path / "releases")}
    with running_server(url, tmp_path, dataset=str(folder)):
        for command in (("release", "publish", "9999"), ("backup", "saved.db")):
            done = kkb(*command, cwd=tmp_path, **settings)
            assert done.returncode == 0, done.stderr
        files = [
            tmp_path / "releases",
            *tmp_path.glob("saved.*"),
            *tmp_path.glob("kkb.db*"),
            *(tmp_path / "releases").rglob("*"),
        ]
        assert {"kkb.db", "kkb.db-wal", "kkb.db-shm"} <= {file.name for file in files}
        assert any(file.suffix == ".sqlite" for file in files)
        modes = {str(file): file.stat().st_mode & 0o777 for file in files}
    assert all(not mode & 0o077 for mode in modes.values()), modes


@pytest.fixture
def small_node(tmp_path: Path) -> Iterator[ServerProcess]:
    url = f"sqlite:///{tmp_path / 'kkb.db'}"
    folder = factories.write_folder(tmp_path / "data", factories.dataset(3))
    fill_store(url, folder).engine.dispose()
    with running_server(url, tmp_path) as node:
        yield node


@pytest.mark.parametrize("name", ["kkb.db", "kkb.db-wal"])
@pytest.mark.parametrize("is_replaced", [False, True], ids=["removed", "replaced"])
def test_a_node_is_not_ready_after_its_database_file_is_removed_or_replaced(
    small_node: ServerProcess, tmp_path: Path, name: str, is_replaced: bool
) -> None:
    file = tmp_path / name
    assert httpx.get(f"{small_node.base}/readyz").status_code == 200
    copy = tmp_path / "copy"
    shutil.copyfile(file, copy)
    if is_replaced:
        copy.rename(file)
    else:
        file.unlink()
    answers = [httpx.get(f"{small_node.base}/readyz") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503] * 3
    # A connection that is opened meanwhile makes an empty file where one was removed.
    what = "replaced by another file" if is_replaced else r"(removed|replaced by another file)"
    assert re.search(f"{re.escape(name)} was {what}", answers[0].json()["detail"])
    assert "kkb_store_file_replaced 1.0" in httpx.get(f"{small_node.base}/metrics").text
    logged = [line for line in log_lines(small_node) if line["message"].startswith("store file: ")]
    assert [line["level"] for line in logged] == ["error"]
    assert re.search(what, logged[0]["message"])
