"""What a response is cited as: a release only if its records are those of the release."""

import datetime
import io
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq

from app.services.releases import publish
from app.services.releases.archive import Archive
from app.settings import Settings
from tests import factories
from tests.helpers import fill_store, rewrite_record, serving


def meta(client: httpx.Client, path: str = "/v1/claims?limit=1") -> dict[str, Any]:
    found: dict[str, Any] = client.get(path).raise_for_status().json()["meta"]
    return found


def test_no_release_is_named_that_the_records_are_not(address: str, tmp_path: Path) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(3))
    (folder / "about.yaml").write_text('release: "2026.12"\ndate: "2025-12-01"\n')
    store, archive = fill_store(address, folder), Archive(tmp_path / "releases")
    settings = Settings(
        database_url="sqlite://", cache_bytes=0
    )  # what follows is written beside it
    with serving(store, archive, settings) as url, httpx.Client(base_url=url) as client:
        loaded = meta(client)
        assert (loaded["release"], loaded["revision"]) == ("2026.12", 1)
        cited = client.get("/v1/cite").json()["data"]
        assert "year = {2025}" in cited["bibtex"]
        assert cited["csl"]["version"] == "2026.12"

        rewrite_record(store, "claim", "claim-1", name="Renamed")
        changed = "unreleased changes after 2026.12, revision 2"
        assert meta(client)["release"] == changed
        assert changed in meta(client)["cite"]
        parquet = client.get("/v1/claims.parquet").content
        assert pq.read_schema(io.BytesIO(parquet)).metadata[b"release"].decode() == changed
        cited = client.get("/v1/cite").json()["data"]
        assert f"version = {{{changed}}}" in cited["bibtex"]
        assert cited["bibtex"].startswith("@misc{ketamine-kb-revision-2,")

        publish.publish(store, archive, "2027.1", day=datetime.date(2027, 1, 31))
        assert meta(client)["release"] == "2027.1"
        assert meta(client)["cite"].startswith("ketamine-kb, release 2027.1, revision 2.")
        assert meta(client, "/v1/claims?release=2027.1")["release"] == "2027.1"
        cited = client.get("/v1/cite").json()["data"]
        assert cited == client.get("/v1/cite?release=2027.1").json()["data"]
        assert client.get("/v1/cite.bib?release=2027.1").text == cited["bibtex"]
        assert cited["csl"] == {
            "id": "ketamine-kb-2027.1",
            "type": "dataset",
            "title": cited["csl"]["title"],
            "author": cited["csl"]["author"],
            "publisher": "ketamine-kb",
            "version": "2027.1",
            "issued": {"date-parts": [[2027]]},
            "URL": f"{url}/v1/releases/2027.1",
        }
        assert "publisher = {ketamine-kb}" in cited["bibtex"]

        rewrite_record(store, "claim", "claim-1", name="Renamed again")
        assert meta(client)["release"] == "unreleased changes after 2027.1, revision 3"
    store.engine.dispose()
