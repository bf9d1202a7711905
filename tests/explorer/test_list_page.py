"""List pages show what the API lists, and lead to every selection that it offers."""

import csv
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.explorer.list_address import ListAddress
from app.explorer.list_facets import MAX_FACETS, default_facets, facet_groups, uncounted
from app.explorer.routes.lists import TEMPLATES
from app.resources import RESOURCES
from tests.explorer.html_text import Html, get, text

CLAIMS = "/claims?verdict=contested&kind=mechanism&sort=-name"


def listed(client: httpx.Client, path: str) -> dict[str, Any]:
    response = client.get(f"/v1{path}")
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def query_of(path: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(path).query)


def row_names(page: Html) -> list[str]:
    return page.texts("tbody/tr/th/a")


@pytest.mark.parametrize("collection", [name for name in RESOURCES if name not in TEMPLATES])
def test_every_collection_has_a_list_with_the_records_of_the_api(
    shipped_client: httpx.Client, collection: str
) -> None:
    page, body = get(shipped_client, f"/{collection}"), listed(shipped_client, f"/{collection}")
    assert row_names(page) == [" ".join(row["name"].split()) for row in body["data"]]
    assert f"{body['page']['total']:,} " in page.main
    assert "None" not in page.texts("td")
    assert len(page.all("nav[@class='facets']/h2")) <= MAX_FACETS


def test_a_selection_has_the_same_records_order_and_exports(shipped_client: httpx.Client) -> None:
    page, body = get(shipped_client, CLAIMS), listed(shipped_client, CLAIMS)
    assert row_names(page) == [row["name"] for row in body["data"]]
    links = page.links()
    assert query_of(links["JSON"]) == query_of(CLAIMS)
    rows = list(csv.DictReader(io.StringIO(shipped_client.get(links["CSV"]).text)))
    assert [row["name"] for row in rows] == row_names(page)
    assert shipped_client.get(links["BibTeX"]).text.startswith("@")


def test_all_contested_claims_are_two_clicks_from_the_list(shipped_client: httpx.Client) -> None:
    facets = get(shipped_client, "/claims").all("nav[@class='facets']//a")
    (href,) = (a.attrib["href"] for a in facets if text(a).startswith("Contested"))
    rows = csv.DictReader(io.StringIO(shipped_client.get(get_csv(shipped_client, href)).text))
    total = listed(shipped_client, "/claims?verdict=contested")["page"]["total"]
    assert {row["verdict"] for row in rows} == {"contested"}
    assert rows.line_num - 1 == total


def get_csv(client: httpx.Client, path: str) -> str:
    return get(client, path).links()["CSV"]


def test_facets_have_the_counts_of_the_api_in_the_order_of_the_vocabulary(
    shipped_client: httpx.Client,
) -> None:
    page = get(shipped_client, "/claims?certainty=low")
    body = listed(shipped_client, "/claims?certainty=low&facets=verdict,certainty")
    groups = page.all("nav[@class='facets']/ul")
    certainty = next(g for g in groups if g.attrib["aria-labelledby"] == "facet-certainty")
    spans = [[text(span) for span in link.iter("span")] for link in certainty.iter("a")]
    shown = {name.split(" (")[0]: number for name, *_, number in spans}
    counts = {row["name"]: row["count"] for row in body["facets"]["certainty"]}
    order = [name for name in ("High", "Moderate", "Low", "Very low") if name in counts]
    assert list(shown.items()) == [(name, str(counts[name])) for name in order]
    (chosen,) = certainty.findall(".//a[@aria-current]")
    assert chosen.attrib["href"] == "/claims"


def test_facets_come_from_closed_vocabularies_and_verdicts_are_first() -> None:
    assert default_facets(RESOURCES["claims"])[:2] == ["verdict", "certainty"]
    for resource in RESOURCES.values():
        for name in default_facets(resource):
            assert resource.facets[name].vocabulary is not None


def test_any_facet_of_the_api_can_be_shown(shipped_client: httpx.Client) -> None:
    page = get(shipped_client, "/claims?facets=compound")
    counts = listed(shipped_client, "/claims?facets=compound")["facets"]["compound"]
    options = page.all("nav[@class='facets']//a")
    assert [text(option) for option in options] == [f"{r['name']}{r['count']:,}" for r in counts]
    chosen = get(shipped_client, options[0].attrib["href"])
    total = listed(shipped_client, f"/claims?compound={counts[0]['value']}")["page"]["total"]
    assert f"{total} claims" in chosen.main
    assert f"Compound: {counts[0]['name']}" in chosen.main


def test_heads_sort_upwards_then_downwards(shipped_client: httpx.Client) -> None:
    page = get(shipped_client, "/studies")
    heads = page.links("thead")
    upwards = get(shipped_client, heads["Year"])
    (head,) = upwards.all("thead//th[@aria-sort]")
    assert (text(head), head.attrib["aria-sort"]) == ("Year ↑", "ascending")
    downwards = get(shipped_client, upwards.links("thead")["Year ↑"])
    (head,) = downwards.all("thead//th[@aria-sort]")
    assert (text(head), head.attrib["aria-sort"]) == ("Year ↓", "descending")
    newest = listed(shipped_client, "/studies?sort=-year")["data"]
    assert row_names(downwards) == [row["name"] for row in newest]


def test_links_to_the_next_page_lead_through_all_records(shipped_client: httpx.Client) -> None:
    path, names = "/claims?limit=60&verdict=suggestive,inconclusive", []
    page = get(shipped_client, path)
    while True:
        names += row_names(page)
        pager = page.links("nav[@class='pager']")
        if "Next page" not in pager:
            break
        page = get(shipped_client, pager["Next page"])
    assert get(shipped_client, pager["First page"]).main
    every = listed(shipped_client, path.replace("60", "500"))["data"]
    assert names == [row["name"] for row in every]
    assert len(every) > 60


def test_filters_in_force_are_shown_in_words_with_links_that_remove_them(
    shipped_client: httpx.Client,
) -> None:
    path = "/studies?compound=ketamine&randomised=true&year_from=2020&species=human,mouse"
    page = get(shipped_client, path)
    chips = page.links("div[@class='list-filters']/section")
    assert {chip.removesuffix(" ×(remove)") for chip in chips} == {
        "Compound: ketamine",
        "Randomised: yes",
        "Year from: 2020",
        "Species: Human",
        "Species: Mouse",
    }
    without = query_of(chips["Species: Human ×(remove)"])
    assert without["species"] == ["mouse"]
    assert set(without) == {"compound", "randomised", "year_from", "species"}


def test_the_text_search_of_a_list_keeps_its_filters_and_says_what_it_corrected(
    shipped_client: httpx.Client,
) -> None:
    page = get(shipped_client, "/claims?verdict=suggestive&q=ketamien+depresion")
    assert "Searched for ketamine depression instead of “ketamien depresion”" in page.main
    (form,) = page.all("form[@class='list-search']")
    fields = {field.attrib["name"]: field.attrib.get("value") for field in form.iter("input")}
    assert fields == {"q": "ketamien depresion", "verdict": "suggestive"}


def test_an_empty_selection_says_how_to_widen_it(shipped_client: httpx.Client) -> None:
    page = get(shipped_client, "/claims?q=zzqqxx&verdict=refuted")
    assert "No claims match" in page.main
    links = page.links("main")
    assert links["all claims"] == "/claims"
    assert links["search everything for “zzqqxx”"] == "/search?q=zzqqxx"


def test_fields_choose_columns_and_include_adds_records(shipped_client: httpx.Client) -> None:
    path = "/studies?fields=sponsor,indications&include=references&limit=5"
    page, body = get(shipped_client, path), listed(shipped_client, path)
    assert page.texts("thead//th") == ["Name", "Sponsor", "Indications"]
    names = {row["name"] for row in body["included"]["references"].values()}
    assert set(page.texts("section[@id='included']//a")) == names


@pytest.mark.parametrize(
    "query", ["verdikt=contested", "verdict=contestet", "limit=0", "sort=nothing", "cursor=x"]
)
def test_a_wrong_parameter_is_a_page_that_explains_it(
    shipped_client: httpx.Client, query: str
) -> None:
    page = get(shipped_client, f"/claims?{query}", 422)
    assert query.partition("=")[0] in page.main


def test_the_empty_fields_of_a_form_are_dropped_from_the_address(
    shipped_client: httpx.Client,
) -> None:
    response = shipped_client.get(
        "/studies?min_n=&year_from=2020&randomised=", headers={"Accept": "text/html"}
    )
    assert response.status_code == 301
    assert response.headers["location"] == "/studies?year_from=2020"


def test_names_in_filters_become_the_records_that_they_mean(shipped_client: httpx.Client) -> None:
    page = get(shipped_client, "/claims?compound=Ketalar")
    assert "Compound: ketamine" in page.main
    assert page.links()["JSON"] == "/v1/claims?compound=ketamine"


def test_a_large_list_offers_its_facets_without_counting() -> None:
    claims = RESOURCES["claims"]
    address = ListAddress(
        "/claims", {"verdict": ["refuted"]}, lambda path, **query: f"{path}{query}"
    )
    groups = facet_groups(claims, uncounted(claims), address, all_values=False)
    assert [group.name for group in groups] == default_facets(claims)
    verdicts = groups[0].options
    assert {option.number for option in verdicts} == {None}
    assert [option.text for option in verdicts if option.is_current] == ["Refuted"]
    assert "Weak" not in [option.text for option in verdicts]
    assert groups[0].more == "/claims{'verdict': 'refuted', 'facets': 'verdict'}"
