"""Exports as files: lengths, ranges, limits, and streams that break off where they fail."""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, update

from app import models as m
from app.kit.sessions import Store
from app.services.releases import publish
from app.services.releases.archive import Archive
from app.settings import Settings
from tests import helpers

PARQUET = "/v1/evidence.parquet"


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The shipped dataset."""
    folder = tmp_path_factory.mktemp("exports")
    store = helpers.fill_store(f"sqlite:///{folder}/kkb.db", helpers.SHIPPED)
    yield store
    store.engine.dispose()


def test_a_parquet_export_has_a_length_ranges_and_one_etag(own_store: Store) -> None:
    with helpers.serving(own_store) as url, httpx.Client(base_url=url) as client:
        head = client.head(PARQUET)
        whole = client.get(PARQUET)
        assert head.headers["content-length"] == str(len(whole.content))
        assert head.headers["accept-ranges"] == "bytes"
        assert head.headers["etag"] == whole.headers["etag"]
        tail = client.get(PARQUET, headers={"Range": "bytes=-8"})
        assert (tail.status_code, tail.content) == (206, whole.content[-8:])
        assert tail.content.endswith(b"PAR1")
        assert tail.headers["content-range"].endswith(f"/{len(whole.content)}")
        beyond = client.get(PARQUET, headers={"Range": "bytes=99999999-"})
        assert beyond.status_code == 416
        known = client.get(PARQUET, headers={"If-None-Match": whole.headers["etag"]})
        assert known.status_code == 304
        assert client.get(f"{PARQUET}?study=no-such").status_code in (404, 422)
        stream = client.get("/v1/evidence.csv", headers={"Accept-Encoding": "identity"})
        assert stream.headers["transfer-encoding"] == "chunked"
        rows = list(csv.reader(io.StringIO(stream.text, newline="")))
        assert int(stream.headers["x-total-count"]) == len(rows) - 1


def test_parquet_states_release_licence_and_citation(own_store: Store) -> None:
    with helpers.serving(own_store) as url:
        table = pq.read_table(io.BytesIO(httpx.get(f"{url}/v1/claims.parquet").content))
        meta = httpx.get(f"{url}/v1/claims?limit=1").json()["meta"]
    stated = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}
    assert stated == {name: str(meta[name]) for name in meta if name != "filters"}


def test_a_parquet_export_beyond_the_limit_names_the_file_of_the_release(
    own_store: Store, tmp_path: Path
) -> None:
    archive = Archive(tmp_path)
    settings = Settings(database_url="sqlite://", export_file_bytes=20_000)
    with helpers.serving(own_store, archive, settings) as url, httpx.Client(base_url=url) as client:
        refused = client.get(PARQUET)
        assert refused.status_code == 413, refused.text
        assert refused.json()["did_you_mean"] == ["/v1/evidence.ndjson"]
        publish.publish(own_store, archive, "2026.12")
        file, ndjson = client.get(PARQUET).json()["did_you_mean"]
        assert file == "/v1/releases/2026.12/files/evidence.parquet"
        assert client.get(file, headers={"Range": "bytes=0-3"}).content == b"PAR1"
        assert client.get(ndjson).status_code == 200
        assert client.get(f"{PARQUET}?q=no-such-thing").status_code == 200


def test_a_parquet_export_without_its_process_is_unavailable(
    own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with helpers.serving(own_store) as url, httpx.Client(base_url=url) as client:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "executable", "/bin/false")
            refused = client.get(PARQUET)
        assert refused.status_code == 503, refused.text
        assert "/v1/evidence.ndjson" in refused.json()["detail"]
        assert client.get(PARQUET).status_code == 200


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["/v1/evidence.ndjson?fields=name", "/v1/evidence.tsv"])
def test_a_failure_after_the_first_byte_breaks_the_stream(
    own_store: Store, path: str, encoding: str
) -> None:
    last = select(m.Record.id).where(m.Record.type == "evidence").order_by(m.Record.slug.desc())
    with own_store.write() as session:
        broken = session.execute(last.limit(1)).scalar_one()
        body = session.execute(select(m.Document.body).where(m.Document.id == broken)).scalar_one()
        session.execute(update(m.Document).where(m.Document.id == broken).values(body="{"))
    try:
        with helpers.serving(own_store) as url:
            status, received, error = broken_off(url + path, encoding)
    finally:
        with own_store.write() as session:
            session.execute(update(m.Document).where(m.Document.id == broken).values(body=body))
    assert (status, received > 0) == (200, True)
    assert "incomplete chunked read" in error


def broken_off(url: str, encoding: str) -> tuple[int, int, str]:
    """The status of a stream that breaks off, the bytes that came before, and the error."""
    received = 0
    with httpx.stream("GET", url, headers={"Accept-Encoding": encoding}) as response:
        try:
            for chunk in response.iter_raw():
                received += len(chunk)
        except httpx.RemoteProtocolError as error:
            return response.status_code, received, str(error)
    return response.status_code, received, "it did not break off"
