"""References of lists, records and search results, as reference managers import them."""

import re

import httpx
import pytest

from tests.params import ONE_STORE

KEY = re.compile(r"^@\w+\{(.+),$", re.MULTILINE)


def keys(client: httpx.Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    found = KEY.findall(answer.text)
    assert len(set(found)) == len(found) == answer.text.count("\n}\n")
    return found


def cited(client: httpx.Client, address: str) -> set[str]:
    """The references that notes, constants or studies of a list name."""
    rows = client.get(address).raise_for_status().json()["data"]
    own = {row["reference"]["slug"] for row in rows if "reference" in row}
    return own | {reference["slug"] for row in rows for reference in row.get("references", ())}


@ONE_STORE
def test_a_compound_has_all_references_of_what_is_about_it(shipped_client: httpx.Client) -> None:
    found = set(keys(shipped_client, "/v1/compounds/esketamine.bib"))
    for address in (
        "/v1/affinities?compound=esketamine&limit=500",
        "/v1/evidence?compound=esketamine&limit=500",
        "/v1/evidence?entity=compound:esketamine&limit=500",
        "/v1/studies?compound=esketamine&limit=500",
    ):
        assert cited(shipped_client, address) <= found, address
    compound = shipped_client.get("/v1/compounds/esketamine").json()["data"]
    acts = {act["reference"]["slug"] for act in compound["regulatory_acts"] if act["reference"]}
    assert acts <= found
    assert len(found) < len(keys(shipped_client, "/v1/references.bib"))


@ONE_STORE
@pytest.mark.parametrize(
    "address",
    [
        "/v1/receptors/nmda-receptor",
        "/v1/processes/spine-formation",
        "/v1/regions/lateral-habenula",
        "/v1/indications/treatment-resistant-depression",
        "/v1/compounds",
        "/v1/processes",
    ],
)
def test_every_collection_has_references_in_three_formats(
    shipped_client: httpx.Client, address: str
) -> None:
    found = keys(shipped_client, f"{address}.bib")
    assert found
    items = shipped_client.get(f"{address}.csl.json").json()
    assert [item["id"] for item in items] == found
    assert shipped_client.get(f"{address}.ris").text.count("ER  - ") == len(found)


@ONE_STORE
def test_references_are_sorted_as_requested(shipped_client: httpx.Client) -> None:
    by_year = keys(shipped_client, "/v1/references.bib?sort=-year&kind=article&year_from=2023")
    listed = shipped_client.get("/v1/references?sort=-year&kind=article&year_from=2023&limit=500")
    assert by_year == [row["slug"] for row in listed.json()["data"]]
    assert by_year != sorted(by_year)


@ONE_STORE
def test_a_search_has_the_references_of_its_results(shipped_client: httpx.Client) -> None:
    query = "q=rapamycin&type=evidence"
    page = shipped_client.get(f"/v1/search?{query}&limit=100").json()
    assert page["page"]["next"] is None
    slugs = ",".join(hit["slug"] for hit in page["data"])
    rows = shipped_client.post("/v1/evidence/batch", json={"ids": slugs.split(",")}).json()["data"]
    expected = {row["record"]["reference"]["slug"] for row in rows}
    assert set(keys(shipped_client, f"/v1/search.bib?{query}")) == expected
    best = keys(shipped_client, f"/v1/search.bib?{query}&limit=1")
    assert best == [rows[0]["record"]["reference"]["slug"]]
    assert len(shipped_client.get(f"/v1/search.csl.json?{query}").json()) == len(expected)
    ris = shipped_client.get(f"/v1/search.ris?{query}")
    assert ris.text.count("ER  - ") == len(expected)
    assert ris.headers["content-disposition"] == 'attachment; filename="search.ris"'
    every = keys(shipped_client, "/v1/search.bib?q=ketamine")
    assert expected < set(every)


@ONE_STORE
def test_what_a_search_cannot_export_is_refused(shipped_client: httpx.Client) -> None:
    unknown = shipped_client.get("/v1/search.csv?q=ketamine")
    assert unknown.status_code == 404
    assert "/v1/search.bib" in unknown.json()["did_you_mean"]
    assert shipped_client.get("/v1/search.bib").status_code == 422
    assert shipped_client.get("/v1/search.bib?q=ketamine&cursor=x").status_code == 422
    assert keys(shipped_client, "/v1/search.bib?q=qqqqqqqq") == []
