"""Filters by recorded text, such as a journal: any capitals, and no value that no record has."""

import httpx
import pytest

from app.kit.query_types import text_parameters
from app.resources import RESOURCES
from tests.params import ONE_STORE

FILTERS = [
    (resource.name, name)
    for resource in RESOURCES.values()
    for name, _ in text_parameters(resource.query).values()
]


def test_the_filters_by_text_are_known() -> None:
    assert {("references", "journal"), ("regulatory-acts", "agency")} <= set(FILTERS)


@ONE_STORE
@pytest.mark.parametrize(("collection", "name"), FILTERS)
def test_a_text_is_accepted_in_any_capitals(
    shipped_client: httpx.Client, collection: str, name: str
) -> None:
    url = f"/v1/{collection}"
    facets = shipped_client.get(url, params={"facets": name, "limit": 1}).json()["facets"][name]
    assert facets
    for row in facets[:5]:
        exact = shipped_client.get(url, params={name: row["value"], "limit": 2})
        assert exact.json()["page"]["total"] == row["count"]
        assert "canonical" not in exact.links
        for text in (row["value"].upper(), row["value"].lower().replace(" ", "  ")):
            answer = shipped_client.get(url, params={name: text, "limit": 1})
            assert answer.json()["page"]["total"] == row["count"]
            assert answer.json()["meta"]["filters"][name] == [row["value"]]
            export = shipped_client.get(f"{url}.ndjson", params={name: text})
            assert export.headers["x-total-count"] == str(row["count"])
    upper = facets[0]["value"].upper()
    both = ",".join([upper, *(row["value"] for row in facets[1:2])])
    page = shipped_client.get(url, params={name: both, "limit": 1})
    assert page.json()["page"]["total"] == sum(row["count"] for row in facets[:2])
    assert shipped_client.get(page.links["next"]["url"]).status_code == 200


@ONE_STORE
@pytest.mark.parametrize(
    ("collection", "query", "suggested"),
    [
        ("regulatory-acts", "agency=EMA", ["EMA (CHMP)"]),
        ("regulatory-acts", "agency=FDA,Swissmedik", ["Swissmedic"]),
        ("references", "journal=natur", ["Nature"]),
        ("references", "journal=zzyzx", None),
        ("references", "journal=,", None),
    ],
)
def test_an_unknown_text_is_refused_with_similar_ones(
    shipped_client: httpx.Client, collection: str, query: str, suggested: list[str] | None
) -> None:
    for path in (collection, f"{collection}.csv"):
        answer = shipped_client.get(f"/v1/{path}?{query}")
        assert answer.status_code == 422
        problem = answer.json()["errors"][0]
        name = query.partition("=")[0]
        assert problem["name"] == name
        assert f"`facets={name}`" in problem["message"]
        assert suggested is None or problem["did_you_mean"][: len(suggested)] == suggested
