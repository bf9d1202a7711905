"""Publishing over HTTP: it needs an API key with the scope `publish`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.domain.release_names import sort_key
from app.kit.sessions import Store
from app.services.releases.archive import Archive, SingleReleaseArchive
from tests.curation.conftest import Create, Curator
from tests.helpers import serving


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "releases")


@pytest.fixture
def publisher(own_store: Store, curator: Create, archive: Archive) -> Iterator[Curator]:
    with serving(own_store, archive) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield replace(curator("pia", "publish"), client=client)


def publish(curator: Curator, name: object, **more: object) -> httpx.Response:
    return curator.request("POST", "/v1/releases", json={"name": name, **more})


def test_a_published_release_can_be_read_immediately(publisher: Curator) -> None:
    answer = publish(publisher, "2026.12", note="Before the winter review.")
    assert answer.status_code == 201, answer.text
    manifest = answer.json()["data"]
    assert manifest["note"] == "Before the winter review."
    assert manifest["counts"]["claims"] == 10
    assert answer.headers["cache-control"] == "private, no-store"
    release_response = publisher.client.get(answer.headers["location"])
    assert release_response.json()["data"] == manifest
    frozen = publisher.client.get("/v1/claims/claim-1?release=2026.12")
    assert frozen.json()["data"]["slug"] == "claim-1"
    assert "immutable" in frozen.headers["cache-control"]


def test_a_release_name_must_be_new_and_after_the_newest(publisher: Curator) -> None:
    assert publish(publisher, "2026.12").status_code == 201
    again = publish(publisher, "2026.12")
    assert again.status_code == 409
    assert again.json()["did_you_mean"] == ["/v1/releases/2026.12"]
    before = publish(publisher, "2026.9")
    assert before.status_code == 409
    assert "does not come after 2026.12" in before.json()["detail"]
    names = [one["name"] for one in publisher.client.get("/v1/releases").json()["data"]]
    assert names == ["2026.12"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "../../etc"}, "name"),
        ({"name": "winter"}, "name"),
        ({"name": 2026.12}, "name"),
        ({}, "name"),
        ({"name": "1", "note": ""}, "note"),
        ({"name": "1", "day": "2026-01-01"}, "day"),
    ],
)
def test_an_invalid_release_is_refused_with_the_name_of_the_field(
    publisher: Curator, archive: Archive, body: dict[str, object], field: str
) -> None:
    answer = publisher.request("POST", "/v1/releases", json=body)
    assert answer.status_code == 422
    assert [error["name"] for error in answer.json()["errors"]] == [field]
    assert archive.all() == []


def test_publishing_with_another_scope_is_a_403_that_names_the_scope(
    publisher: Curator, curator: Create, archive: Archive
) -> None:
    nobody = publisher.client.post("/v1/releases", json={"name": "1"})
    assert nobody.status_code == 401
    others = replace(curator("olga", "propose", "review", "admin"), client=publisher.client)
    refused = publish(others, "1")
    assert refused.status_code == 403
    assert refused.json()["scope"] == "publish"
    assert archive.all() == []


def test_publishing_to_a_folder_that_is_not_writable_is_refused_and_reads_succeed(
    publisher: Curator, archive: Archive
) -> None:
    archive.folder.write_text("a file where the folder should be")
    answer = publish(publisher, "1")
    assert answer.status_code == 503
    assert "Nothing was published" in answer.json()["detail"]
    assert publisher.client.get("/v1/claims").status_code == 200


def test_a_node_that_serves_a_release_file_cannot_publish(
    publisher: Curator, archive: Archive
) -> None:
    name = publish(publisher, "1").json()["data"]["name"]
    assert sort_key(name) == (1,)
    alone = SingleReleaseArchive(next((archive.folder / name).glob("*.sqlite")))
    with serving(alone.only.store, alone) as url:
        assert httpx.post(f"{url}/v1/releases", json={"name": "2"}).status_code in {401, 405}
