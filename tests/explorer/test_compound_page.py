"""The page of a compound shows what the JSON says, and links to the whole lists."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import html5lib
import httpx
import pytest

from app.explorer.compound_page import (
    CLAIMS_PER_KIND,
    FREQUENCIES,
    SHOWN_REFERENCES,
    compound_facts,
)
from app.explorer.measured_values import share_text, value_text, variation_text
from app.explorer.plasma_concentrations import PlasmaConcentration, dose_bands
from app.explorer.quantities import concentration
from app.explorer.regulatory_standing import latest_acts

LISTS = ("affinities", "pharmacokinetics", "interactions", "regimens", "adverse-effects")


def read(client: httpx.Client, path: str) -> Any:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200, response.text[:300]
    return html5lib.parse(response.text, namespaceHTMLElements=False)


def text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def section(page: Any, name: str) -> Any:
    found = page.find(f".//section[@id='{name}']")
    assert found is not None, name
    return found


def total(client: httpx.Client, path: str) -> int:
    number: int = client.get(path).raise_for_status().json()["page"]["total"]
    return number


def data(client: httpx.Client, path: str) -> Any:
    return client.get(path).raise_for_status().json()["data"]


@pytest.fixture(scope="module")
def ketamine(shipped_client: httpx.Client) -> Any:
    return read(shipped_client, "/compounds/ketamine")


def test_each_measured_receptor_is_one_row_with_its_tightest_constant(
    shipped_client: httpx.Client, ketamine: Any
) -> None:
    measurements = data(shipped_client, "/v1/affinities?compound=ketamine&limit=500")
    expected: dict[str, float | None] = {}
    for one in measurements:
        name, value = one["receptor"]["name"], one["value_nm"]
        known = expected.setdefault(name, None)
        if one["relation"] != ">":
            expected[name] = value if known is None else min(known, value)
    shown = {}
    for row in section(ketamine, "binding").iterfind(".//tbody/tr"):
        shown[text(row.find("th"))] = text(row.findall("td")[1])
    assert shown.keys() == expected.keys()
    for name, value in expected.items():
        if value is None:
            assert shown[name].startswith("none to "), name
        else:
            assert concentration(value) in shown[name], name


def test_a_row_says_that_another_measurement_found_none(
    shipped_client: httpx.Client, ketamine: Any
) -> None:
    both = data(shipped_client, "/v1/affinities?compound=ketamine&receptor=drd2")
    assert {one["state"] for one in both} == {"measured", "none_up_to_bound"}
    rows = section(ketamine, "binding").iterfind(".//tbody/tr")
    (row,) = (row for row in rows if text(row.find("th")) == "dopamine D2 receptor")
    assert "another found none" in text(row)


def test_bands_are_drawn_from_records_and_named_as_total_concentrations(
    shipped_client: httpx.Client, ketamine: Any
) -> None:
    legend = text(section(ketamine, "binding").find(".//figcaption"))
    assert "1,200 to 2,400 ng/mL" in legend
    assert "5.05 µM to 10.1 µM" in legend
    assert "total, not free" in legend
    records = [
        link.get("href") for link in section(ketamine, "binding").iterfind(".//figcaption/a")
    ]
    for address in records:
        found = data(shipped_client, f"/v1{address}")
        assert (found["parameter"], found["relation"]) == ("concentration", "range")
    other = section(read(shipped_client, "/compounds/memantine"), "binding")
    assert "ng/mL" not in text(other.find(".//figcaption"))
    assert "band" not in " ".join(found.get("class", "") for found in other.iter())


@pytest.mark.parametrize("collection", LISTS)
def test_the_link_to_the_whole_list_names_its_number(
    shipped_client: httpx.Client, ketamine: Any, collection: str
) -> None:
    number = total(shipped_client, f"/v1/{collection}?compound=ketamine&limit=1")
    links = {link.get("href"): text(link) for link in ketamine.iter("a")}
    assert links[f"/{collection}?compound=ketamine"].startswith(f"All {number} ")
    assert f"/v1/{collection}.csv?compound=ketamine" in links


def test_claims_are_grouped_by_kind_with_verdict_and_studies(
    shipped_client: httpx.Client, ketamine: Any
) -> None:
    claims = section(ketamine, "claims")
    headings = [text(heading) for heading in claims.iterfind("h3")]
    facets = shipped_client.get("/v1/claims?entity=compound:ketamine&facets=kind&limit=1").json()
    totals = {facet["name"]: facet["count"] for facet in facets["facets"]["kind"]}
    assert sorted(headings) == sorted(f"{name} {count}" for name, count in totals.items())
    rows = claims.findall(".//li")
    assert len(rows) == sum(min(CLAIMS_PER_KIND, count) for count in totals.values())
    for row in rows[:: len(rows) // 8]:
        claim = data(shipped_client, f"/v1{row.find('.//a').get('href')}")
        assert f"{claim['studies_for']} for, {claim['studies_against']} against" in text(row)
        assert f"verdict-{claim['verdict']}" in row.find("{http://www.w3.org/2000/svg}svg").get(
            "class"
        )


def test_frequencies_are_shares_of_treated_people_the_highest_first(
    shipped_client: httpx.Client, ketamine: Any
) -> None:
    measure = ",".join(FREQUENCIES)
    records = data(
        shipped_client,
        f"/v1/adverse-effects?compound=ketamine&measure={measure}&unit=%25&sort=-value&limit=8",
    )
    rows = section(ketamine, "adverse-effects").findall(".//tbody/tr")
    assert [text(row.find("th/a")) for row in rows] == [record["effect"] for record in records]
    for row, record in zip(rows, records, strict=True):
        assert value_text(record, "AdverseEffectUnit") in text(row)


def test_the_standing_has_the_latest_act_of_each_kind(
    shipped_client: httpx.Client, ketamine: Any
) -> None:
    acts = data(shipped_client, "/v1/regulatory-acts?compound=ketamine&limit=500")
    links = {link.get("href") for link in section(ketamine, "standing").iter("a")}
    assert "/regulatory-acts/gb-class-b-2014" in links
    assert "/regulatory-acts/gb-schedule4-2006" not in links
    subjects = {
        (act["jurisdiction"], (act["indication"] or {}).get("slug"), act["act"]) for act in acts
    }
    assert len(links) == len(subjects)


@pytest.mark.parametrize("slug", ["esketamine", "norketamine", "hnk-2r6r", "midazolam"])
def test_other_compounds_have_the_sections_that_they_have_records_for(
    shipped_client: httpx.Client, slug: str
) -> None:
    page = read(shipped_client, f"/compounds/{slug}")
    names = {found.get("id") for found in page.iter("section")}
    for collection in LISTS:
        number = total(shipped_client, f"/v1/{collection}?compound={slug}&limit=1")
        name = "binding" if collection == "affinities" else collection
        assert (name in names) == bool(number), (slug, collection)


def test_every_made_up_compound_has_a_page(client: httpx.Client) -> None:
    for record in data(client, "/v1/compounds?limit=10"):
        page = read(client, f"/compounds/{record['slug']}")
        assert text(page.find(".//h1")).lower() == record["name"].lower()


def test_ranges_that_overlap_are_one_band() -> None:
    found = [
        PlasmaConcentration({}, "a", lower, upper)
        for lower, upper in ((500.0, 900.0), (100.0, 300.0), (200.0, 400.0))
    ]
    bands = [(band.lower_nm, band.upper_nm, band.name) for band in dose_bands(found)]
    assert bands == [(100, 400, "concentration-1"), (500, 900, "concentration-2")]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"relation": "~", "value": 120.0, "unit": "min"}, "about 120 min"),
        ({"relation": "<=", "value": 20.0, "unit": "min"}, "≤ 20 min"),
        ({"relation": "range", "value": 1200.0, "upper_value": 2400.0, "unit": "ng/mL"},
         "1,200 to 2,400 ng/mL"),
        ({"relation": "=", "value": 93.0, "unit": "%"}, "93%"),
        ({"relation": "=", "value": 3.0, "unit": "fold"}, "3-fold"),
        ({"relation": None, "value": None, "unit": None}, ""),
        ({"value": 0.0, "unit": "%"}, "0%"),
    ],
)  # fmt: skip
def test_values_have_their_relation_and_unit(record: Mapping[str, Any], expected: str) -> None:
    assert value_text(record, "PharmacokineticUnit") == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"lower": 27.0, "upper": 31.0, "interval_kind": "confidence", "interval_percent": 90.0},
         "90% confidence interval 27 to 31"),
        ({"dispersion_value": 9.0, "dispersion_kind": "sd"}, "SD 9"),
        ({"dispersion_value": 1.97, "dispersion_kind": "geometric_sd"}, "geometric SD 1.97"),
        ({"dispersion_value": 10.0, "dispersion_kind": "not_stated"}, "± 10"),
        ({"lower": 1.0, "upper": 2.0, "interval_kind": None}, "interval 1 to 2"),
        ({}, ""),
    ],
)  # fmt: skip
def test_variation_names_its_kind(record: Mapping[str, Any], expected: str) -> None:
    assert variation_text(record) == expected


def test_shares_need_the_number_of_people() -> None:
    assert share_text({"events": 35, "n": 152}) == "35 of 152"
    assert share_text({"events": None, "n": 928}) == "of 928"
    assert share_text({"events": 3, "n": None}) == ""


def test_the_numbers_of_a_formula_are_subscripts() -> None:
    facts = dict(compound_facts({"kind": "racemate", "formula": "C13H16<ClNO"}))
    assert facts["Formula"] == "C<sub>13</sub>H<sub>16</sub>&lt;ClNO"


def test_an_act_without_a_date_is_not_the_latest() -> None:
    def act(slug: str, date: str | None, kind: str = "drug_control") -> dict[str, Any]:
        return {"slug": slug, "date": date, "jurisdiction": "GB", "act": kind, "indication": None}

    (standing,) = latest_acts(
        [
            act("undated", None),
            act("old", "2006"),
            act("new", "2014-06-10"),
            act("x", None, "label"),
        ]
    )
    assert [found["slug"] for found in standing.acts] == ["x", "new"]


def test_references_are_those_of_most_figures_first(
    shipped_client: httpx.Client, ketamine: Any
) -> None:
    links = [item.find("a").get("href") for item in section(ketamine, "references").iter("li")]
    shown = [link for link in links if link.startswith("/references/")]
    measured = data(shipped_client, "/v1/affinities?compound=ketamine&limit=500")
    cited = Counter(f"/references/{one['reference']['slug']}" for one in measured)
    assert len(shown) == SHOWN_REFERENCES
    assert shown[0] == cited.most_common(1)[0][0]
    for link in links[len(shown) :]:
        assert shipped_client.get(link).raise_for_status().text


def test_all_sections_of_the_contents_exist(ketamine: Any) -> None:
    targets = [link.get("href") for link in ketamine.iter("a") if link.get("href").startswith("#")]
    ids = {found.get("id") for found in ketamine.iter()}
    assert len(targets) > 8
    assert {target[1:] for target in targets} <= ids
