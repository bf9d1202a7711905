"""The page of a receptor shows what binds it, its parts, and the claims in and out."""

from typing import Any

import httpx
import pytest

from app.explorer.quantities import concentration
from tests.explorer.test_compound_page import data, read, section, text, total


@pytest.fixture(scope="module")
def nmda(shipped_client: httpx.Client) -> Any:
    return read(shipped_client, "/receptors/nmda-receptor")


def test_compounds_are_rows_in_the_order_of_their_tightest_constant(
    shipped_client: httpx.Client, nmda: Any
) -> None:
    measurements = data(
        shipped_client, "/v1/affinities?receptor=nmda-receptor&sort=value_nm&limit=500"
    )
    measured = [one for one in measurements if one["relation"] != ">"]
    expected = list(dict.fromkeys(one["compound"]["name"] for one in measured))
    rows = section(nmda, "binding").findall(".//tbody/tr")
    assert [text(row.find("th")) for row in rows][: len(expected)] == expected
    assert concentration(measured[0]["value_nm"]) in text(rows[0].findall("td")[1])


def test_parts_and_claims_are_those_of_the_json(shipped_client: httpx.Client, nmda: Any) -> None:
    record = data(shipped_client, "/v1/receptors/nmda-receptor")
    parts = [text(item) for item in section(nmda, "parts").iterfind(".//ul/li")]
    assert parts == [part["name"] for part in record["subunits"]]
    incoming = total(shipped_client, "/v1/claims?object=receptor:nmda-receptor&limit=1")
    assert len(section(nmda, "incoming").findall(".//li")) == incoming
    assert nmda.find(".//section[@id='outgoing']") is None


def test_a_subunit_links_to_its_complexes(shipped_client: httpx.Client) -> None:
    page = read(shipped_client, "/receptors/grin2b")
    complexes = data(shipped_client, "/v1/receptors?subunit=grin2b")
    links = {link.get("href") for link in section(page, "parts").iter("a")}
    assert links == {f"/receptors/{one['slug']}" for one in complexes}


def test_the_number_of_a_long_list_is_linked(shipped_client: httpx.Client) -> None:
    page = read(shipped_client, "/receptors/mtorc1")
    claims = total(shipped_client, "/v1/claims?object=receptor:mtorc1&limit=1")
    links = {link.get("href"): text(link) for link in page.iter("a")}
    if claims > 8:
        assert links["/claims?object=receptor:mtorc1"] == f"All {claims} claims"
    else:
        assert len(section(page, "incoming").findall(".//li")) == claims


def test_every_made_up_receptor_has_a_page(client: httpx.Client) -> None:
    for record in data(client, "/v1/receptors?limit=10"):
        page = read(client, f"/receptors/{record['slug']}")
        assert text(page.find(".//h1")).lower() == record["name"].lower()
