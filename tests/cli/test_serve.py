"""`kkb serve` as a process: its logs, and its restarts when a source file changes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import factories
from tests.run_cli import kkb

ROOT = Path(__file__).parents[2]
KKB = [str(Path(sys.executable).with_name("kkb"))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return factories.write_folder(tmp_path / "data", factories.dataset(2))


@contextmanager
def serve(
    *options: str,
    cwd: Path,
    command: Sequence[str] = KKB,
    settings: Mapping[str, str] | None = None,
) -> Iterator[httpx.Client]:
    """Run `kkb serve` until the block ends; what it logs is in `stderr` in `cwd`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (cwd / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port), *options],
            cwd=cwd,
            env={**os.environ, **(settings or {})},
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            wait_for(client, "/readyz", lambda response: response.status_code == 200)
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(client: httpx.Client, path: str, condition: Any) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if condition(client.get(path)):
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, path
        time.sleep(0.1)


def log_lines(cwd: Path) -> list[dict[str, Any]]:
    """The lines that are JSON: a first start also prints what it loaded."""
    lines = (cwd / "stderr").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_requests_are_logged_as_json_lines_with_their_ids(tmp_path: Path, folder: Path) -> None:
    settings = {"KKB_DATASET": str(folder)}
    path = "/v1/claims?limit=1"
    with serve(cwd=tmp_path, settings=settings) as client:
        miss = client.get(path, headers={"X-Request-ID": "miss"})
        hit = client.get(
            path, headers={"X-Request-ID": "hit", "If-None-Match": miss.headers["etag"]}
        )
        absent = client.get("/v1/claims/no-such-claim")
    assert (miss.status_code, hit.status_code, absent.status_code) == (200, 304, 404)
    lines = log_lines(tmp_path)
    requests = [line for line in lines if line["logger"] == "kkb.access"]
    record = "/v1/claims/{slug}"
    assert [(r["route"], r["path"], r["status"], r["request_id"]) for r in requests] == [
        ("/v1/claims", "/v1/claims", 200, "miss"),
        ("/v1/claims", "/v1/claims", 304, "hit"),
        (record, "/v1/claims/no-such-claim", 404, absent.headers["x-request-id"]),
    ]
    assert [r.get("cache") for r in requests] == [None, "hit", None]
    assert all(r["method"] == "GET" and r["client"] == "127.0.0.1" for r in requests)
    assert all(0 < r["milliseconds"] < 10_000 for r in requests)
    assert [r["bytes"] for r in requests] == [
        response.num_bytes_downloaded for response in (miss, hit, absent)
    ]
    assert {line["level"] for line in lines} == {"info"}
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "Application startup complete." in {line["message"] for line in lines}


def test_warnings_alone_are_logged_at_that_level(tmp_path: Path, folder: Path) -> None:
    settings = {"KKB_DATASET": str(folder), "KKB_LOG_LEVEL": "WARNING"}
    with serve(cwd=tmp_path, settings=settings) as client:
        client.get("/v1/claims")
    assert [line for line in log_lines(tmp_path) if line.get("route") != "/readyz"] == []


def test_a_wrong_level_is_refused(tmp_path: Path) -> None:
    done = kkb("serve", cwd=tmp_path, KKB_LOG_LEVEL="loud")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("KKB_LOG_LEVEL: Input should be 'debug', 'info', 'warning'")


def test_a_changed_source_file_restarts_the_server(tmp_path: Path, folder: Path) -> None:
    for name in ("app", "migrations"):
        ignored = shutil.ignore_patterns("*.yaml", "__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    command = [sys.executable, "-c", "from app.cli import main; main()"]
    settings = {"KKB_DATASET": str(folder), "PYTHONPATH": str(tmp_path)}
    package = tmp_path / "app" / "__init__.py"

    with serve("--reload", cwd=tmp_path, command=command, settings=settings) as client:
        etag = client.get("/v1").headers["etag"]  # which depends on the source of the application
        package.write_text(f"{package.read_text()}\n")
        wait_for(client, "/v1", lambda response: response.headers["etag"] != etag)
    assert any("Reloading" in line["message"] for line in log_lines(tmp_path))


def test_a_release_is_not_served_with_reload(tmp_path: Path) -> None:
    done = kkb("serve", "--reload", "--release", "any.sqlite", cwd=tmp_path)
    assert done.returncode == 2
    assert "--reload and --release do not go together" in done.stderr
