"""The synthesis of a claim as of a release, and of a release that has no effect estimates."""

import csv
import io
from pathlib import Path

import httpx

from app.services.releases import publish
from app.services.releases.archive import Archive
from tests import factories
from tests.helpers import SHIPPED, fill_store, serving
from tests.releases.conftest import FIRST, SIZE

CLAIM = "esketamine-relieves-treatment-resistant-depression"
PATH = f"/v1/claims/{CLAIM}/synthesis"


def test_a_release_answers_as_the_store_did_and_links_to_itself(tmp_path: Path) -> None:
    store = fill_store(f"sqlite:///{tmp_path}/kkb.db", SHIPPED)
    archive = Archive(tmp_path / "releases")
    publish.publish(store, archive, "7", day=FIRST)
    with serving(store, archive) as url, httpx.Client(base_url=url, timeout=30) as client:
        live = client.get(PATH).json()["data"]
        released = client.get(PATH, params={"release": "7"}).json()
        assert released["meta"]["release"] == "7"
        found = released["data"]
        for name in ("verdict", "pooled", "units", "not_chosen", "others_say"):
            assert found[name] == live[name]
        for name, link in found["links"].items():
            assert "release=7" in link, name
        assert f"{url}{PATH}.csv?release=7" in found["reproduce"][0]["r"]
        rows = list(csv.DictReader(io.StringIO(client.get(found["links"]["csv"]).text)))
        assert {row["release"] for row in rows} == {"7"}
        assert [row["study"] for row in rows] == [unit["study"] for unit in found["units"]]


def test_a_release_without_effect_estimates_says_that_it_has_none(tmp_path: Path) -> None:
    content = factories.dataset(SIZE)
    for note in content["evidence"]:
        note["estimates"] = []
    store = fill_store(
        f"sqlite:///{tmp_path}/kkb.db", factories.write_folder(tmp_path / "data", content)
    )
    archive = Archive(tmp_path / "releases")
    publish.publish(store, archive, "7", day=FIRST)
    with serving(store, archive) as url, httpx.Client(base_url=url, timeout=30) as client:
        for form in ("synthesis", "synthesis.csv", "synthesis/forest.svg"):
            answer = client.get(f"/v1/claims/claim-1/{form}?release=7")
            assert answer.status_code == 404
            assert answer.json()["type"] == "/v1/problems/nothing-to-pool"
            assert "no effect estimates" in answer.json()["detail"]
        unknown = client.get("/v1/claims/claim-99/synthesis?release=7")
        assert unknown.json()["type"] == "/v1/problems/not-found"
