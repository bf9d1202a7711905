"""A node that serves only a release file: without a database, and without writing any file."""

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
    """A copy of the database of release 1 in an empty folder."""
    copy = tmp_path / "alone" / "downloaded.sqlite"
    copy.parent.mkdir()
    copy.write_bytes((published.archive.folder / "1" / "ketamine-kb-1.sqlite").read_bytes())
    return copy


@pytest.fixture
def single_release_client(file: Path) -> Iterator[httpx.Client]:
    archive = SingleReleaseArchive(file)
    with (
        serving(archive.only.store, archive) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client


def test_its_responses_equal_those_of_the_release(
    published: Published, single_release_client: httpx.Client, file: Path
) -> None:
    for path in PATHS:
        assert comparable_body(single_release_client.get(path)) == published.before[path]
    assert single_release_client.get("/readyz").status_code == 200
    assert [path.name for path in file.parent.iterdir()] == ["downloaded.sqlite"]


@ONE_STORE
def test_it_lists_its_only_release(single_release_client: httpx.Client) -> None:
    (only,) = single_release_client.get("/v1/releases").json()["data"]
    assert (only["name"], only["date"]) == ("1", "2026-01-31")
    (listed_file,) = single_release_client.get("/v1/releases/1/files").json()["data"]
    assert listed_file["name"] == "downloaded.sqlite"
    assert len(single_release_client.get(listed_file["url"]).content) == listed_file["bytes"]
    assert single_release_client.get("/v1/claims?release=1").status_code == 200
    assert single_release_client.get("/v1/claims?as_of=2026-03-01").status_code == 200
    assert (
        "Releases: 1 (" in single_release_client.get("/v1/claims?release=2026.7").json()["detail"]
    )
    assert single_release_client.get("/v1/diff?from=1").json()["page"]["total"] == 0


@ONE_STORE
@pytest.mark.parametrize("path", ["/v1/changes", "/v1/changes.atom", "/v1/claims/claim-1/history"])
def test_history_is_a_404_that_explains_that_it_has_no_database(
    single_release_client: httpx.Client, path: str
) -> None:
    response = single_release_client.get(path)
    assert response.status_code == 404
    assert "only a server with a database has history" in response.json()["detail"]


@ONE_STORE
def test_its_responses_are_cached_and_not_immutable(single_release_client: httpx.Client) -> None:
    def hits() -> str:
        lines = single_release_client.get("/metrics").text.splitlines()
        return next(x for x in lines if x.startswith("kkb_response_cache_hits_total "))

    first, before = single_release_client.get("/v1/claims"), hits()
    assert single_release_client.get("/v1/claims").content == first.content
    assert hits() != before
    assert "immutable" not in first.headers["cache-control"], "it may serve another one tomorrow"


def forbid_writes() -> None:
    """Limit the size of written files to 0 bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@ONE_STORE
def test_it_runs_without_writing_any_file(file: Path) -> None:
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
        preexec_fn=forbid_writes,  # noqa: PLW1509 - it makes one system call
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                response = httpx.get(f"http://127.0.0.1:{port}/v1/claims?limit=1")
                break
            except httpx.TransportError:
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert response.json()["meta"]["release"] == "1"
        listed = httpx.get(f"http://127.0.0.1:{port}/v1/releases").json()["data"]
        assert [release["name"] for release in listed] == ["1"]
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        file.parent.chmod(0o755)
    assert f"serves {file}" in output
    assert [path.name for path in file.parent.iterdir()] == ["downloaded.sqlite"]


@ONE_STORE
def test_a_file_that_cannot_be_served_is_refused_with_the_reason(
    file: Path, tmp_path: Path
) -> None:
    builders.newer_release(file, tmp_path / "new.sqlite")
    (tmp_path / "text.sqlite").write_text("words")
    for name, words in (
        ("new.sqlite", "published by a newer one"),
        ("text.sqlite", "cannot be read"),
        ("nothing.sqlite", "does not exist"),
    ):
        completed = subprocess.run(
            [KKB, "serve", "--release", name],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert completed.returncode == 1
        assert words in completed.stderr
        assert "Traceback" not in completed.stderr
