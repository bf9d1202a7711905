"""Regulatory acts: rows of indications and compounds, and records of their own."""

from typing import Any

import httpx

from app.resources import RESOURCES
from tests.params import ONE_STORE

ACTS = "/v1/regulatory-acts"


def rows(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    response = client.get(path, params={"limit": 500, **query})
    assert response.status_code == 200, response.text
    data: list[dict[str, Any]] = response.json()["data"]
    return data


@ONE_STORE
def test_every_act_of_an_indication_or_compound_is_a_record(shipped_client: httpx.Client) -> None:
    listed = {}
    for name, lists in RESOURCES.row_lists.items():
        for row_list in (found for found in lists if f"/v1/{found.to.name}" == ACTS):
            for record in rows(shipped_client, f"/v1/{name}"):
                for position, act in enumerate(record[row_list.field]):
                    parent = {"slug": record["slug"], "name": record["name"]}
                    listed[act["slug"]] = {**act, row_list.parent: parent, "position": position}
    acts = {act["slug"]: act for act in rows(shipped_client, ACTS)}
    assert listed.keys() == acts.keys() > {"us-spravato-trd-2019"}
    for slug, act in listed.items():
        assert {name: acts[slug][name] for name in act} == act
        assert acts[slug]["name"]
        assert acts[slug]["summary"]


@ONE_STORE
def test_acts_are_filtered_by_regulator_status_date_and_claim(
    shipped_client: httpx.Client,
) -> None:
    def slugs(**query: Any) -> set[str]:
        return {act["slug"] for act in rows(shipped_client, ACTS, fields="slug", **query)}

    every = rows(shipped_client, ACTS)
    approved = {a["slug"] for a in every if a["status"] == "approved" and a["agency"] == "FDA"}
    assert slugs(status="approved", agency="FDA") == approved > {"us-spravato-trd-2019"}
    of_2019 = {a["slug"] for a in every if (a["date"] or "").startswith("2019")}
    assert slugs(date_from="2019", date_to="2019") == of_2019 > {"us-spravato-trd-2019"}
    assert slugs(date_from="2019-03-05", date_to="2019-03") >= {"us-spravato-trd-2019"}
    assert "us-spravato-trd-2019" not in slugs(date_from="2019-03-06", date_to="2019")
    claim = "esketamine-approved-for-treatment-resistant-depression"
    assert slugs(claim=claim, jurisdiction="US") >= {"us-spravato-trd-2019"}
    trd = {"indication": "treatment-resistant-depression"}
    assert slugs(**trd) == {
        a["slug"]
        for a in every
        if (a["indication"] or {}) and a["indication"]["slug"] == trd["indication"]
    }
    wrong = shipped_client.get(ACTS, params={"date_from": "March 2019"})
    assert wrong.status_code == 422
    assert "2019-03-05" in wrong.json()["detail"]
    assert slugs(jurisdiction="us") == slugs(jurisdiction="US")
    facets = shipped_client.get(ACTS, params={"facets": "jurisdiction", "limit": 1}).json()
    counted = {value["value"]: value["count"] for value in facets["facets"]["jurisdiction"]}
    assert counted["US"] == len(slugs(jurisdiction="US"))
    found = shipped_client.get("/v1/resolve/us-spravato-trd-2019").json()["data"]
    assert f"{ACTS}/us-spravato-trd-2019" in [match["url"] for match in found["matches"]]
    assert shipped_client.get(f"{ACTS}/us-spravato-trd-2019.bib").text.startswith("@")
    assert shipped_client.post(ACTS, json={}).status_code == 405
