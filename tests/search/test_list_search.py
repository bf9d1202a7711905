"""`q` on lists: it matches what `/v1/search` finds in the collection, in the same order."""

import csv
import io
from typing import Any

import httpx
import pytest

from app.services.search import retrieval


def slugs_on_all_pages(kb: httpx.Client, path: str, **parameters: Any) -> list[str]:
    response = kb.get(path, params=parameters)
    assert response.status_code == 200, response.text
    slugs, total = [], response.json()["page"]["total"]
    while True:
        slugs += [row["slug"] for row in response.json()["data"]]
        assert response.json()["page"]["total"] == total
        if "next" not in response.links:
            assert len(slugs) == len(set(slugs)) == total
            return slugs
        response = kb.get(response.links["next"]["url"])


@pytest.mark.parametrize(
    ("collection", "record_type", "text"),
    [
        ("claims", "claim", "ketmine"),
        ("receptors", "receptor", "5-HT2A"),
        ("studies", "study", "does rapamycin block ketamine?"),
        ("references", "reference", "PMID: 16894061"),
        ("evidence", "evidence", "naltrexone"),
        ("indications", "indication", "TRD"),
        ("claims", "claim", "the"),
    ],
)
def test_a_list_matches_what_search_finds_in_its_order(
    shipped_client: httpx.Client, collection: str, record_type: str, text: str
) -> None:
    found = slugs_on_all_pages(shipped_client, "/v1/search", q=text, type=record_type, limit=40)
    listed = slugs_on_all_pages(shipped_client, f"/v1/{collection}", q=text, limit=7)
    assert listed == found
    page = shipped_client.get(f"/v1/{collection}", params={"q": text}).json()
    search = shipped_client.get("/v1/search", params={"q": text, "type": record_type}).json()
    assert page["query"] == search["query"]


def test_filters_facets_sort_and_exports_apply_within_a_search(
    shipped_client: httpx.Client,
) -> None:
    found = slugs_on_all_pages(shipped_client, "/v1/evidence", q="naltrexone")
    facets = shipped_client.get("/v1/evidence?q=naltrexone&facets=direction").json()["facets"]
    counts = {value["value"]: value["count"] for value in facets["direction"]}
    for direction, count in counts.items():
        some = slugs_on_all_pages(
            shipped_client, "/v1/evidence", q="naltrexone", direction=direction, limit=2
        )
        assert len(some) == count
        assert some == [slug for slug in found if slug in set(some)], "the order stays"
    assert len(counts) > 1
    by_slug = slugs_on_all_pages(
        shipped_client, "/v1/evidence", q="naltrexone", sort="slug", limit=2
    )
    assert by_slug == sorted(found) != found
    for query, expected in (("", found), ("&sort=slug", by_slug)):
        text = shipped_client.get(f"/v1/evidence.csv?q=naltrexone&fields=slug{query}").text
        assert [row["slug"] for row in csv.DictReader(io.StringIO(text))] == expected
    assert shipped_client.get("/v1/evidence?limit=1").json()["query"] is None


def test_matches_that_are_not_ranked_follow_by_slug(
    shipped_client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a lower limit of ranked records, since no shipped collection reaches the real one."""
    everything = slugs_on_all_pages(shipped_client, "/v1/claims", q="ketamine", kind="efficacy")
    monkeypatch.setattr(retrieval, "ALL_WORDS_LIMIT", 10)
    monkeypatch.setattr(retrieval, "NAME_LIMIT", 10)
    # Other limits than above: responses of the same address would come from the cache.
    listed = slugs_on_all_pages(
        shipped_client, "/v1/claims", q="ketamine", kind="efficacy", limit=6
    )
    assert set(listed) == set(everything)
    ranked = [slug for slug in everything if slug in set(listed[:3])]
    assert listed[:3] == ranked, "the ranked ones come first, in the order of relevance"
    assert listed[-8:] == sorted(listed[-8:])
    text = shipped_client.get("/v1/claims.csv?q=ketamine&kind=efficacy&fields=slug").text
    assert text.split()[1:] == listed


def test_a_cursor_belongs_to_its_text(shipped_client: httpx.Client) -> None:
    cursor = shipped_client.get("/v1/claims?q=ketamine&limit=5").json()["page"]["next"]
    for query in ({"q": "naltrexone"}, {"q": "ketamine", "sort": "slug"}, {}):
        response = shipped_client.get("/v1/claims", params={**query, "limit": 5, "cursor": cursor})
        assert response.status_code in (404, 422), query
        assert response.json()["errors"][0]["name"] == "cursor"
