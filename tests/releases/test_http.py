"""Releases over HTTP: which there are, what each is, and its files, whole or in part."""

import hashlib
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from app.resources import RESOURCES
from tests.releases.conftest import Published

IMMUTABLE = "public, max-age=31536000, immutable"
FILES = "/v1/releases/1/files"
PLAIN = {"Accept-Encoding": "identity"}


def test_the_releases_are_listed_newest_first(published: Published) -> None:
    answer = published.client.get("/v1/releases")
    assert [(one["name"], one["date"], one["note"]) for one in answer.json()["data"]] == [
        ("2026.7", "2026-07-31", "The second."),
        ("1", "2026-01-31", None),
    ]
    for one in answer.json()["data"]:
        assert published.client.get(one["url"]).json()["data"]["name"] == one["name"]
        assert published.client.get(one["files"]).status_code == 200
    assert published.client.get("/v1").json()["links"]["releases"].endswith("/v1/releases")


def test_a_manifest_tells_what_the_release_is(published: Published) -> None:
    answer = published.client.get("/v1/releases/2026.7")
    assert answer.headers["cache-control"] == IMMUTABLE
    found = answer.json()["data"]
    assert found == json.loads((published.archive.folder / "2026.7" / "manifest.json").read_text())
    assert found["counts"]["compounds"] == 5
    assert found["changelog"]["withdrawn"]["compounds"] == ["compound-5"]
    assert answer.json()["meta"]["release"] == "2026.7"
    again = published.client.get(
        "/v1/releases/2026.7", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/v1/releases/9", "/v1/releases/9/files", "/v1/releases/9/files/manifest.json"]
)
def test_a_release_that_is_none_is_a_404_that_lists_those_there_are(
    published: Published, path: str
) -> None:
    answer = published.client.get(path)
    assert answer.status_code == 404
    assert "2026.7 (2026-07-31), 1 (2026-01-31)" in answer.json()["detail"]
    assert answer.json()["did_you_mean"] == ["/v1/releases/2026.7", "/v1/releases/1"]


def test_every_file_is_what_it_says(published: Published) -> None:
    listed = published.client.get(FILES).json()["data"]
    on_disk = {path.name for path in (published.archive.folder / "1").iterdir()}
    assert {one["name"] for one in listed} == on_disk
    for one in listed:
        answer = published.client.get(one["url"], headers=PLAIN)
        assert answer.status_code == 200
        assert len(answer.content) == one["bytes"] == int(answer.headers["content-length"])
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]
        assert answer.headers["etag"] == f'"{one["sha256"]}"'
        assert answer.headers["content-type"] == one["media_type"]
        assert answer.headers["cache-control"] == IMMUTABLE
        assert one["name"] in answer.headers["content-disposition"]


def test_the_files_hold_the_records_of_the_release(published: Published, tmp_path: Path) -> None:
    client = published.client
    file = tmp_path / "1.sqlite"
    file.write_bytes(client.get(f"{FILES}/ketamine-kb-1.sqlite").content)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM claim").fetchone() == (6,)
    for name in RESOURCES:
        lines = client.get(f"{FILES}/{name}.ndjson").text.splitlines()
        rows = [json.loads(line) for line in lines]
        listed = client.get(f"/v1/{name}?release=1&limit=500").json()["data"]
        assert sorted(r["slug"] for r in rows) == sorted(r["slug"] for r in listed)
        assert {r["slug"]: r for r in rows} == {r["slug"]: r for r in listed}
        table = pq.read_table(io.BytesIO(client.get(f"{FILES}/{name}.parquet").content))
        assert table.column("slug").to_pylist() == [row["slug"] for row in rows]


def test_a_part_of_a_file_can_be_fetched(published: Published) -> None:
    url, client = f"{FILES}/claims.ndjson", published.client
    whole = client.get(url, headers=PLAIN)
    size, tag = len(whole.content), whole.headers["etag"]

    def part(said: str, **more: str) -> httpx.Response:
        return client.get(url, headers={**PLAIN, "Range": said, **more})

    middle = part("bytes=10-19")
    assert (middle.status_code, middle.content) == (206, whole.content[10:20])
    assert middle.headers["content-range"] == f"bytes 10-19/{size}"
    assert middle.headers["etag"] == tag
    assert part("bytes=-5").content == whole.content[-5:]
    assert part(f"bytes={size - 3}-").content == whole.content[-3:]
    assert part("bytes=0-9", **{"If-Range": tag}).status_code == 206
    other = part("bytes=0-9", **{"If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)
    for ignored in ("lines=1-2", "bytes=", "bytes=9-1", "nonsense"):
        assert (part(ignored).status_code, part(ignored).content) == (200, whole.content)
    beyond = part(f"bytes={size}-")
    assert beyond.status_code == 416
    assert beyond.headers["content-type"] == "application/problem+json"
    assert beyond.headers["content-range"] == f"bytes */{size}"
    assert client.get("/v1/problems/range-not-satisfiable").json()["status"] == 416


def test_a_file_that_the_client_has_is_not_sent_again(published: Published) -> None:
    url, client = f"{FILES}/claims.parquet", published.client
    tag = client.get(url).headers["etag"]
    again = client.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    packed = client.get(f"{FILES}/claims.ndjson", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["etag"].endswith('-gzip"')
    sent = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
    assert client.get(f"{FILES}/claims.ndjson", headers=sent).status_code == 304
    head = client.head(url, headers=PLAIN)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert int(head.headers["content-length"]) == len(client.get(url, headers=PLAIN).content)


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fkkb.db",
        "..%2fmanifest.json",
        "%2e%2e",
        "..\\manifest.json",
        "%2fetc%2fpasswd",
        "manifest.json%00",
        "MANIFEST.JSON",
        ".lock",
        "claims.ndjson/",
        "%ff",
    ],
)
def test_no_other_file_can_be_had(published: Published, name: str) -> None:
    answer = published.client.get(f"{FILES}/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_misspelt_file_is_answered_with_the_nearest(published: Published) -> None:
    answer = published.client.get(f"{FILES}/claim.ndjson")
    assert answer.status_code == 404
    assert f"{FILES}/claims.ndjson" in answer.json()["did_you_mean"]


def test_a_file_that_was_lost_is_a_503(published: Published) -> None:
    place = published.archive.folder / "2026.7" / "regions.ndjson"
    content = place.read_bytes()
    try:
        place.unlink()
        answer = published.client.get("/v1/releases/2026.7/files/regions.ndjson")
        assert answer.status_code == 503
        place.write_bytes(content[:-1])
        answer = published.client.get("/v1/releases/2026.7/files/regions.ndjson")
        assert answer.status_code == 503
        assert "does not match the manifest" in answer.json()["detail"]
    finally:
        place.write_bytes(content)
    assert published.client.get("/v1/releases/2026.7/files/regions.ndjson").status_code == 200
