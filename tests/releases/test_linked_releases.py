"""Releases as JSON-LD, and the links of their pages and records."""

from tests.explorer.pages import HTML
from tests.link_headers import links_of, targets
from tests.releases.conftest import Published

JSON_LD = {"Accept": "application/ld+json"}


def test_a_record_of_a_release_is_cited_at_its_lasting_address(published: Published) -> None:
    client, base = published.client, str(published.client.base_url).rstrip("/")
    for path in ("/v1/regions/region-1", "/regions/region-1"):
        accept = HTML if not path.startswith("/v1") else {}
        for parameter in ("release=2026.7", "as_of=2026-08-01"):
            links = links_of(client.get(f"{path}?{parameter}", headers=accept))
            cited = f"{base}/regions/region-1?release=2026.7"
            assert targets(links, "cite-as") == [cited]
            assert all(parameter in target for target in targets(links, "describedby"))
        assert client.get(cited, headers=HTML).status_code == 200
    # The data never change; a later version of the software may render the page differently.
    data = client.get(f"{base}/v1/regions/region-1?release=2026.7")
    assert "immutable" in data.headers["cache-control"]


def test_a_release_links_to_its_files(published: Published) -> None:
    client, base = published.client, str(published.client.base_url).rstrip("/")
    for path, accept in (("/v1/releases/1", {}), ("/releases/1", HTML)):
        links = links_of(client.get(path, headers=accept))
        assert targets(links, "cite-as") == [f"{base}/releases/1"]
        assert "https://schema.org/Dataset" in targets(links, "type")
        items = [(target.rpartition("/")[2], kind) for r, target, kind in links if r == "item"]
        assert [name for name, _ in items] == [
            "ketamine-kb-1.sqlite",
            "manifest.json",
            "SHA256SUMS",
        ]
        for relation, target, media_type in links:
            if relation in {"item", "describedby"}:
                response = client.get(target, headers={"Accept": media_type})
                assert response.status_code == 200, target


def test_a_release_as_json_ld_has_every_file_with_its_checksum(published: Published) -> None:
    client, base = published.client, str(published.client.base_url).rstrip("/")
    document = client.get("/v1/releases/2026.7", headers=JSON_LD).json()
    files = client.get("/v1/releases/2026.7/files").json()["data"]
    assert [
        (found["contentUrl"], found["encodingFormat"], found["sha256"])
        for found in document["distribution"]
    ] == [(file["url"], file["media_type"], file["sha256"]) for file in files]
    assert document["@type"] == "Dataset"
    assert document["@id"] == f"{base}/releases/2026.7"
    assert (document["version"], document["datePublished"]) == ("2026.7", "2026-07-31")
    assert document["isBasedOn"] == f"{base}/releases/1"
    page = client.get("/releases/2026.7", headers=JSON_LD)
    assert (page.status_code, page.headers["location"]) == (303, "/v1/releases/2026.7")


def test_the_list_of_releases_is_the_dataset_with_its_parts(published: Published) -> None:
    document = published.client.get("/v1/releases", headers=JSON_LD).json()
    assert document["@type"] == "Dataset"
    assert document["version"] == "2026.7"
    parts = {part["version"]: part["datePublished"] for part in document["hasPart"]}
    assert parts == {"2026.7": "2026-07-31", "1": "2026-01-31"}


def test_the_home_page_of_a_release_is_the_dataset_of_it(published: Published) -> None:
    home = published.client.get("/v1?release=1", headers=JSON_LD).json()
    _, dataset = home["@graph"]
    assert (dataset["version"], dataset["datePublished"]) == ("1", "2026-01-31")
    (download, *_) = dataset["distribution"]
    assert download["contentUrl"].endswith("/v1/releases/1/files/ketamine-kb-1.sqlite")
