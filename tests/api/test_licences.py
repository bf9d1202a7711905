"""Records of another licence: responses, exports, releases and folders with them state it."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pyarrow.parquet as pq
import pytest
import yaml

from app.domain.citation import licence_expression
from app.domain.source_databases import licence_file
from app.kit.sessions import Store
from app.services import bootstrap
from app.services.dataset import export
from app.services.dataset.folder import read_folder
from app.services.releases.archive import Archive
from app.services.releases.publish import publish, publish_loaded
from tests import factories
from tests.helpers import migrated_store, serving
from tests.params import ONE_STORE

OWN = "CC-BY-4.0"
GTOPDB = "ODbL-1.0 AND CC-BY-SA-4.0"
BOTH = "CC-BY-4.0 AND CC-BY-SA-4.0 AND ODbL-1.0"
CITED = f"Licence: CC BY 4.0, of some records {GTOPDB}."


class Served(NamedTuple):
    store: Store
    archive: Archive
    client: httpx.Client

    def meta(self, address: str, **more: Any) -> dict[str, Any]:
        response = self.client.request(more.pop("method", "GET"), address, **more)
        assert response.status_code == 200, response.text
        return dict(response.json()["meta"])


@pytest.fixture
def served(address: str, tmp_path: Path) -> Iterator[Served]:
    """A dataset of six records per collection, and one imported constant of compound-5."""
    data = factories.write_folder(tmp_path / "data", factories.dataset(6))
    (data / "about.yaml").write_text('release: "7"\n')
    imported = factories.record_input(
        "affinities",
        6,
        slug="gtopdb-compound-5",
        compound="compound-5",
        receptor="receptor-5",
        source_database="GtoPdb",
        source_release="2025.3",
        licence=GTOPDB,
    )
    supplement = factories.write_folder(
        tmp_path / "gtopdb-import", {"affinities": [imported]}, "affinities.yaml"
    )
    folder = read_folder(data, [supplement])
    assert folder.errors == []
    store = migrated_store(address)
    bootstrap.load(store, folder)
    archive = Archive(tmp_path / "releases")
    with serving(store, archive) as base, httpx.Client(base_url=base) as client:
        yield Served(store, archive, client)


#: Address → whether the response contains the imported record.
ADDRESSES = {
    "/v1/affinities/gtopdb-compound-5": True,
    "/v1/affinities/gtopdb-compound-5?fields=value_nm": True,
    "/v1/affinities/affinity-0": False,
    "/v1/affinities": True,
    "/v1/affinities?fields=value_nm&compound=compound-5": True,
    "/v1/affinities?compound=compound-0": False,
    "/v1/compounds/compound-5": False,
    "/v1/compounds/compound-5?include=affinities": True,
    "/v1/compounds?include=affinities&limit=500": True,
    "/v1/compounds/compound-0?include=affinities": False,
    "/v1/pages/compound/compound-5": True,
    "/v1/pages/compound/compound-5/sections/binding": True,
    "/v1/pages/compound/compound-0": False,
    "/v1/pages/affinity/gtopdb-compound-5": True,
    "/v1/matrix?rows=compound-5": True,
    "/v1/matrix?rows=compound-0": False,
    "/v1/search?q=gtopdb-compound-5": True,
    "/v1/cite": True,
    "/v1/claims": False,
    "/v1/graph": False,
}


def test_a_response_states_the_licences_of_its_records(served: Served) -> None:
    for address_, contains in ADDRESSES.items():
        for _ in range(2):  # from the handler, and from the cache
            meta = served.meta(address_)
            assert meta["licence"] == (BOTH if contains else OWN), address_
            assert meta["cite"].endswith(CITED if contains else "Licence: CC BY 4.0."), address_
    for slug, licence in (("gtopdb-compound-5", BOTH), ("affinity-0", OWN)):
        body = {"ids": [slug]}
        meta = served.meta("/v1/affinities/batch?fields=name", method="POST", json=body)
        assert meta["licence"] == licence


@ONE_STORE
def test_a_withdrawn_record_leaves_no_licence(served: Served, tmp_path: Path) -> None:
    assert served.meta("/v1/affinities")["licence"] == BOTH
    bootstrap.load(served.store, read_folder(tmp_path / "data"), allow_withdrawals=True)
    assert served.meta("/v1/affinities?limit=20")["licence"] == OWN


@ONE_STORE
def test_an_export_with_room_for_it_states_the_licences(served: Served) -> None:
    for query, licence in (("compound=compound-5", BOTH), ("compound=compound-0", OWN)):
        content = served.client.get(f"/v1/affinities.parquet?{query}").content
        metadata = pq.read_schema(io.BytesIO(content)).metadata
        assert metadata[b"licence"].decode() == licence


@ONE_STORE
def test_a_release_states_the_licences_of_its_records(served: Served) -> None:
    manifest = publish(served.store, served.archive, "1")
    assert manifest.licence == BOTH
    assert manifest.cite.endswith(CITED)
    assert served.client.get("/v1/releases/1").json()["data"]["licence"] == BOTH
    assert served.meta("/v1/affinities?release=1")["licence"] == BOTH
    assert served.meta("/v1/claims?release=1")["licence"] == OWN
    folder = served.archive.folder / "1"
    for name, licence in (("affinities", BOTH), ("claims", OWN)):
        metadata = pq.read_schema(folder / f"{name}.parquet").metadata
        assert metadata[b"licence"].decode() == licence


@ONE_STORE
def test_a_written_folder_has_the_licence_beside_the_records(
    served: Served, tmp_path: Path
) -> None:
    with served.store.read() as session:
        files = export.render_store(session)
    root = tmp_path / "written"
    root.mkdir()
    export.write_files(root, files)
    licence = root / "gtopdb-import" / "LICENCE"
    assert licence.read_text() == licence_file([("GtoPdb", "2025.3", GTOPDB)])
    assert [path.parent.name for path in root.rglob("LICENCE")] == ["gtopdb-import"]
    licence.write_text("Edited.")
    assert export.write_files(root, files) == []
    assert licence.read_text() == "Edited."
    assert read_folder(root).errors == []


@ONE_STORE
def test_a_dataset_with_a_supplement_is_no_release(served: Served, tmp_path: Path) -> None:
    assert served.meta("/v1/claims")["release"] == "unreleased, revision 1"
    assert publish_loaded(served.store, served.archive) is None
    with served.store.read() as session:
        about = export.render_store(session)["about.yaml"]
    assert yaml.safe_load(about)["release"] == "unreleased"


@pytest.mark.parametrize(
    ("others", "expression"),
    [
        ((), "CC-BY-4.0"),
        (("CC-BY-4.0",), "CC-BY-4.0"),
        (("CC-BY-SA-3.0",), "CC-BY-4.0 AND CC-BY-SA-3.0"),
        ((GTOPDB, "CC-BY-SA-4.0"), BOTH),
        (("MIT OR Apache-2.0",), "CC-BY-4.0 AND (MIT OR Apache-2.0)"),
    ],
)
def test_the_licences_are_one_spdx_expression(others: tuple[str, ...], expression: str) -> None:
    assert licence_expression(others) == expression
