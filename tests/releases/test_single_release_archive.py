"""A node that serves a release's file alone: no database, and nothing is written to the machine."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.services.releases.archive import SingleReleaseArchive
from tests.helpers import serving
from tests.params import ONE_STORE
from tests.releases import builders
from tests.releases.conftest import PATHS, Published, comparable_body

KKB = str(Path(sys.executable).with_name("kkb"))


@pytest.fixture
def file(published: Published, tmp_path: Path) -> Path:
    """The database of release 1, all by itself."""
    place = tmp_path / "alone" / "downloaded.sqlite"
    place.parent.mkdir()
    place.write_bytes((published.archive.folder / "1" / "ketamine-kb-1.sqlite").read_bytes())
    return place


@pytest.fixture
def alone(file: Path) -> Iterator[httpx.Client]:
    archive = SingleReleaseArchive(file)
    with (
        serving(archive.only.store, archive) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client


def test_it_answers_what_the_release_answers(
    published: Published, alone: httpx.Client, file: Path
) -> None:
    for path in PATHS:
        assert comparable_body(alone.get(path)) == published.before[path]
    assert alone.get("/readyz").status_code == 200
    assert [path.name for path in file.parent.iterdir()] == ["downloaded.sqlite"]


@ONE_STORE
def test_it_lists_the_one_release_that_it_has(alone: httpx.Client) -> None:
    (only,) = alone.get("/v1/releases").json()["data"]
    assert (only["name"], only["date"]) == ("1", "2026-01-31")
    (own,) = alone.get("/v1/releases/1/files").json()["data"]
    assert own["name"] == "downloaded.sqlite"
    assert len(alone.get(own["url"]).content) == own["bytes"]
    assert alone.get("/v1/claims?release=1").status_code == 200
    assert alone.get("/v1/claims?as_of=2026-03-01").status_code == 200
    assert "Releases: 1 (" in alone.get("/v1/claims?release=2026.7").json()["detail"]
    assert alone.get("/v1/diff?from=1").json()["page"]["total"] == 0


@ONE_STORE
@pytest.mark.parametrize("path", ["/v1/changes", "/v1/changes.atom", "/v1/claims/claim-1/history"])
def test_it_has_no_history_and_says_so(alone: httpx.Client, path: str) -> None:
    answer = alone.get(path)
    assert answer.status_code == 404
    assert "only a server with a database has history" in answer.json()["detail"]


@ONE_STORE
def test_its_answers_are_kept_for_as_long_as_it_runs(alone: httpx.Client) -> None:
    def hits() -> str:
        lines = alone.get("/metrics").text.splitlines()
        return next(x for x in lines if x.startswith("kkb_response_cache_hits_total "))

    first, before = alone.get("/v1/claims"), hits()
    assert alone.get("/v1/claims").content == first.content
    assert hits() != before
    assert "immutable" not in first.headers["cache-control"], "it may serve another one tomorrow"


def write_nothing() -> None:
    """From here on, not a byte can be written to any file of the machine."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@ONE_STORE
def test_it_runs_where_nothing_can_be_written(file: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file.parent.chmod(0o555)
    process = subprocess.Popen(
        [KKB, "serve", "--port", str(port), "--release", str(file)],
        cwd=file.parent,
        env={**os.environ, "TMPDIR": str(file.parent), "HOME": str(file.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=write_nothing,  # noqa: PLW1509 - it makes one system call
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/v1/claims?limit=1")
                break
            except httpx.TransportError:
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert answer.json()["meta"]["release"] == "1"
        listed = httpx.get(f"http://127.0.0.1:{port}/v1/releases").json()["data"]
        assert [one["name"] for one in listed] == ["1"]
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=20)
        file.parent.chmod(0o755)
    assert f"serves {file}" in said
    assert [path.name for path in file.parent.iterdir()] == ["downloaded.sqlite"]


@ONE_STORE
def test_a_file_that_cannot_be_served_is_told_in_words(file: Path, tmp_path: Path) -> None:
    builders.newer_release(file, tmp_path / "new.sqlite")
    (tmp_path / "text.sqlite").write_text("words")
    for name, words in (
        ("new.sqlite", "published by a newer one"),
        ("text.sqlite", "cannot be read"),
        ("nothing.sqlite", "does not exist"),
    ):
        done = subprocess.run(
            [KKB, "serve", "--release", name],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr
