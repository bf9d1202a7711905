"""Link headers: where the citation, the metadata, the licence and the files are."""

import httpx
import pytest

from app.resources import RESOURCES
from tests.explorer.pages import HTML, data
from tests.link_headers import links_of, targets
from tests.params import ONE_STORE

JSON_LD = {"Accept": "application/ld+json"}
MAX_HEADER_BYTES = 1200
pytestmark = ONE_STORE


@pytest.mark.parametrize("name", list(RESOURCES))
def test_a_record_links_to_what_describes_it(shipped_client: httpx.Client, name: str) -> None:
    (record, *_) = data(shipped_client, f"/v1/{name}?limit=1&fields=slug")
    path, base = f"/{name}/{record['slug']}", str(shipped_client.base_url).rstrip("/")
    answer = shipped_client.get(f"/v1{path}")
    links = links_of(answer)
    assert targets(links, "alternate") == [f"{base}{path}"]
    assert targets(links, "collection") == [f"{base}/{name}"]
    assert targets(links, "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    linked = shipped_client.get(f"/v1{path}", headers=JSON_LD)
    types = linked.json()["@type"]
    first = types if isinstance(types, str) else types[0]
    assert targets(links, "type") == [f"https://schema.org/{first}"]
    assert links_of(linked) == links
    assert len(answer.headers["link"].encode()) < MAX_HEADER_BYTES
    for relation, target, media_type in links:
        if relation in {"describedby", "alternate", "collection"}:
            response = shipped_client.get(target, headers={"Accept": media_type})
            assert response.status_code == 200, target
            assert response.headers["content-type"].startswith(media_type), target


def test_a_page_names_its_data_and_that_it_is_about_something(
    shipped_client: httpx.Client,
) -> None:
    base = str(shipped_client.base_url).rstrip("/")
    links = links_of(shipped_client.get("/compounds/ketamine", headers=HTML))
    assert [link for link in links if link[0] == "describedby"] == [
        ("describedby", f"{base}/v1/compounds/ketamine", "application/json"),
        ("describedby", f"{base}/v1/compounds/ketamine", "application/ld+json"),
        ("describedby", f"{base}/v1/compounds/ketamine.bib", "application/x-bibtex"),
    ]
    assert targets(links, "type") == [
        "https://schema.org/AboutPage",
        "https://schema.org/MolecularEntity",
    ]


def test_other_links_of_a_record_stay(shipped_client: httpx.Client) -> None:
    links = links_of(shipped_client.get("/v1/claims/ketamine-relieves-ptsd"))
    parts = [target.rpartition("/")[2] for target in targets(links, "related")]
    assert parts == ["synthesis", "verdict", "readings", "ladder"]


def test_cached_answers_have_the_links_and_304s_have_none(shipped_client: httpx.Client) -> None:
    first, second = (shipped_client.get("/v1/compounds/esketamine") for _ in "ab")
    assert first.status_code == 200
    assert second.headers["link"] == first.headers["link"]
    tag = {"If-None-Match": first.headers["etag"]}
    assert "link" not in shipped_client.get(first.url, headers=tag).headers


def test_records_of_no_release_are_not_cited_as_one(shipped_client: httpx.Client) -> None:
    # These tests serve the dataset without its releases.
    assert not targets(links_of(shipped_client.get("/v1/compounds/ketamine")), "cite-as")


def test_scripts_of_other_origins_may_read_the_links(shipped_client: httpx.Client) -> None:
    headers = {"Origin": "https://example.org"}
    response = shipped_client.get("/v1/compounds/ketamine", headers=headers)
    assert "Link" in response.headers["access-control-expose-headers"].split(", ")
