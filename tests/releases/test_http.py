"""Releases over HTTP: the list, the manifests, and the files, complete or in part."""

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
    response = published.client.get("/v1/releases")
    assert [(item["name"], item["date"], item["note"]) for item in response.json()["data"]] == [
        ("2026.7", "2026-07-31", "The second."),
        ("1", "2026-01-31", None),
    ]
    for item in response.json()["data"]:
        assert published.client.get(item["url"]).json()["data"]["name"] == item["name"]
        assert published.client.get(item["files"]).status_code == 200
    assert published.client.get("/v1").json()["links"]["releases"].endswith("/v1/releases")


def test_a_manifest_describes_the_release(published: Published) -> None:
    response = published.client.get("/v1/releases/2026.7")
    assert response.headers["cache-control"] == IMMUTABLE
    manifest = response.json()["data"]
    assert manifest == json.loads(
        (published.archive.folder / "2026.7" / "manifest.json").read_text()
    )
    assert manifest["counts"]["compounds"] == 5
    assert manifest["changelog"]["withdrawn"]["compounds"] == ["compound-5"]
    assert response.json()["meta"]["release"] == "2026.7"
    revalidated = published.client.get(
        "/v1/releases/2026.7", headers={"If-None-Match": response.headers["etag"]}
    )
    assert revalidated.status_code == 304


@pytest.mark.parametrize(
    "path", ["/v1/releases/9", "/v1/releases/9/files", "/v1/releases/9/files/manifest.json"]
)
def test_an_unknown_release_is_a_404_that_lists_the_releases(
    published: Published, path: str
) -> None:
    response = published.client.get(path)
    assert response.status_code == 404
    assert "2026.7 (2026-07-31), 1 (2026-01-31)" in response.json()["detail"]
    assert response.json()["did_you_mean"] == ["/v1/releases/2026.7", "/v1/releases/1"]


def test_every_file_has_the_listed_size_and_checksum(published: Published) -> None:
    listed = published.client.get(FILES).json()["data"]
    on_disk = {path.name for path in (published.archive.folder / "1").iterdir()}
    assert {item["name"] for item in listed} == on_disk
    for item in listed:
        response = published.client.get(item["url"], headers=PLAIN)
        assert response.status_code == 200
        assert len(response.content) == item["bytes"] == int(response.headers["content-length"])
        assert hashlib.sha256(response.content).hexdigest() == item["sha256"]
        assert response.headers["etag"] == f'"{item["sha256"]}"'
        assert response.headers["content-type"] == item["media_type"]
        assert response.headers["cache-control"] == IMMUTABLE
        assert item["name"] in response.headers["content-disposition"]


def test_the_files_contain_the_records_of_the_release(published: Published, tmp_path: Path) -> None:
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


def test_range_requests_return_a_part_of_a_file(published: Published) -> None:
    url, client = f"{FILES}/claims.ndjson", published.client
    whole = client.get(url, headers=PLAIN)
    size, tag = len(whole.content), whole.headers["etag"]

    def get_part(byte_range: str, **headers: str) -> httpx.Response:
        return client.get(url, headers={**PLAIN, "Range": byte_range, **headers})

    middle = get_part("bytes=10-19")
    assert (middle.status_code, middle.content) == (206, whole.content[10:20])
    assert middle.headers["content-range"] == f"bytes 10-19/{size}"
    assert middle.headers["etag"] == tag
    assert get_part("bytes=-5").content == whole.content[-5:]
    assert get_part(f"bytes={size - 3}-").content == whole.content[-3:]
    assert get_part("bytes=0-9", **{"If-Range": tag}).status_code == 206
    other = get_part("bytes=0-9", **{"If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)
    for ignored in ("lines=1-2", "bytes=", "bytes=9-1", "nonsense"):
        assert (get_part(ignored).status_code, get_part(ignored).content) == (200, whole.content)
    unsatisfiable = get_part(f"bytes={size}-")
    assert unsatisfiable.status_code == 416
    assert unsatisfiable.headers["content-type"] == "application/problem+json"
    assert unsatisfiable.headers["content-range"] == f"bytes */{size}"
    assert client.get("/v1/problems/range-not-satisfiable").json()["status"] == 416


def test_a_file_with_a_matching_etag_is_a_304(published: Published) -> None:
    url, client = f"{FILES}/claims.parquet", published.client
    tag = client.get(url).headers["etag"]
    revalidated = client.get(url, headers={"If-None-Match": tag})
    assert (revalidated.status_code, revalidated.content, revalidated.headers["etag"]) == (
        304,
        b"",
        tag,
    )
    compressed = client.get(f"{FILES}/claims.ndjson", headers={"Accept-Encoding": "gzip"})
    assert compressed.headers["etag"].endswith('-gzip"')
    headers = {"Accept-Encoding": "gzip", "If-None-Match": compressed.headers["etag"]}
    assert client.get(f"{FILES}/claims.ndjson", headers=headers).status_code == 304
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
def test_other_files_of_the_folder_are_a_404(published: Published, name: str) -> None:
    response = published.client.get(f"{FILES}/{name}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_misspelt_file_name_is_a_404_with_a_suggestion(published: Published) -> None:
    response = published.client.get(f"{FILES}/claim.ndjson")
    assert response.status_code == 404
    assert f"{FILES}/claims.ndjson" in response.json()["did_you_mean"]


def test_a_missing_file_of_a_release_is_a_503(published: Published) -> None:
    place = published.archive.folder / "2026.7" / "regions.ndjson"
    content = place.read_bytes()
    try:
        place.unlink()
        response = published.client.get("/v1/releases/2026.7/files/regions.ndjson")
        assert response.status_code == 503
        place.write_bytes(content[:-1])
        response = published.client.get("/v1/releases/2026.7/files/regions.ndjson")
        assert response.status_code == 503
        assert "does not match the manifest" in response.json()["detail"]
    finally:
        place.write_bytes(content)
    assert published.client.get("/v1/releases/2026.7/files/regions.ndjson").status_code == 200
