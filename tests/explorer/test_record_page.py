"""The page of any record shows all of it, from the declaration of its collection."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.explorer import labels, record_view
from app.explorer.field_values import FieldType, Value, field_types, shown_fields, value_of
from app.explorer.page_route import PageRoute
from app.explorer.routers import routers
from app.explorer.routes import records
from app.resources import RESOURCES
from app.services import pages
from tests.explorer.html_text import get

#: Fields whose text is a key, a code or a word of a vocabulary, which pages show by their label.
CODES = {"slug", "key", "jurisdiction", "jurisdictions", "type", "curie"}
HISTORY = "/studies/abbar-2022/history"


def generic_collections() -> list[str]:
    """Collections whose records have no page of their own design."""
    routes = [route for router in routers() for route in router.routes]
    pages = [route for route in routes if isinstance(route, PageRoute)]
    own = {page.path for page in pages if page.endpoint.__module__ != records.__name__}
    return [name for name in RESOURCES if f"/{name}/{{slug}}" not in own]


def first_slug(client: httpx.Client, collection: str) -> str:
    example = RESOURCES[collection].example
    body = client.get(f"/v1/{collection}?limit=1").json()
    return example or str(body["data"][0]["slug"])


def texts(value: Any, name: str = "") -> Iterator[str]:
    """Free texts of a record: sentences, which have a space and end or begin as prose."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in CODES:
                yield from texts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, name)
    elif isinstance(value, str) and value.endswith(".") and " " in value:
        yield " ".join(value.split())


@pytest.mark.parametrize("collection", generic_collections())
def test_every_collection_has_pages_that_show_all_texts_of_a_record(
    shipped_client: httpx.Client, collection: str
) -> None:
    slug = first_slug(shipped_client, collection)
    page = get(shipped_client, f"/{collection}/{slug}")
    record = shipped_client.get(f"/v1/{collection}/{slug}").json()["data"]
    for field in RESOURCES[collection].mapping.fields:
        # Rows that are records have pages of their own; references in readings are figures.
        if getattr(field.marker, "collection", None) or field.name == "readings":
            record.pop(field.name)
    missing = [text for text in texts(record) if text not in page.main]
    assert not missing
    assert page.texts("h1") == [labels.heading(record["name"])]
    assert "None" not in [*page.texts("td"), *page.texts("dd")]
    assert f"/v1/{collection}/{slug}" in page.links().values()


@pytest.mark.parametrize("collection", generic_collections())
def test_links_to_all_items_of_a_section_lead_to_them(
    shipped_client: httpx.Client, collection: str
) -> None:
    page = get(shipped_client, f"/{collection}/{first_slug(shipped_client, collection)}")
    for label, href in page.links("p[@class='more']").items():
        assert label.startswith("All ")
        total = label.removeprefix("All ")
        assert total in get(shipped_client, href).main


def test_each_kind_of_section_can_be_shown() -> None:
    kinds = set(record_view.item_models())
    assert {"claims", "evidence", "citations", "counts", "acts"} <= kinds
    assert {section.builder for r in RESOURCES.values() for section in r.page} <= set(
        pages.BUILDERS
    )


def test_a_note_shows_how_direct_it_is_for_each_claim(shipped_client: httpx.Client) -> None:
    note = shipped_client.get("/v1/evidence/abbar-2022-remission").json()["data"]
    page = get(shipped_client, "/evidence/abbar-2022-remission")
    assert note["claims"][0]["claim"]["name"] in page.texts("section[@id='field-claims']//td")[0]
    assert "Population directness" in page.texts("section[@id='field-claims']//th")
    facts = dict(zip(page.texts("dl/dt"), page.texts("dl/dd"), strict=True))
    assert facts["Dose"] == "0.5 mg/kg"
    assert facts["Timepoint"] == "3 days"


def test_fields_choose_what_a_record_page_shows(shipped_client: httpx.Client) -> None:
    page = get(shipped_client, "/studies/abbar-2022?fields=sponsor&include=references")
    assert page.texts("section[@id='field-sponsor']") == [
        "Sponsor Centre Hospitalier Universitaire de Nîmes"
    ]
    assert not page.all("section[@id='section-effects']")
    assert page.texts("section[@id='included']//a") == ["Abbar et al. 2022"]
    assert "feilds" in get(shipped_client, "/studies/abbar-2022?feilds=sponsor", 422).main


def test_a_section_is_read_a_page_at_a_time(shipped_client: httpx.Client) -> None:
    path = "/pages/claim/ketamine-relieves-ptsd/sections/citations?limit=4"
    page = get(shipped_client, path)
    section = shipped_client.get(f"/v1{path}").json()["data"]
    assert len(page.all("ul[@class='citations']/li")) == section["shown"] == 4
    following = get(shipped_client, page.links("nav[@class='pager']")["Next page"])
    assert len(following.all("ul[@class='citations']/li")) == section["total"] - 4
    unknown = get(shipped_client, "/pages/claim/ketamine-relieves-ptsd/sections/citation", 404)
    assert "citations" in unknown.main


def test_the_page_of_a_page_payload_is_that_of_the_record(shipped_client: httpx.Client) -> None:
    response = shipped_client.get("/pages/claim/ketamine-relieves-ptsd")
    assert (response.status_code, response.headers["location"]) == (
        301,
        "/claims/ketamine-relieves-ptsd",
    )


def test_a_history_states_who_when_why_and_what(shipped_client: httpx.Client) -> None:
    page = get(shipped_client, HISTORY)
    (change,) = shipped_client.get(f"/v1{HISTORY}").json()["data"]
    assert change["who"] in page.main
    assert change["why"] in page.main
    assert f"revision {change['revision']}" in page.main
    assert len(page.all("tbody/tr")) == len(change["fields"])
    record = get(shipped_client, HISTORY.removesuffix("/history"))
    assert record.links()["History of this record"] == HISTORY


def test_a_record_that_does_not_exist_is_a_page_with_similar_ones(
    shipped_client: httpx.Client,
) -> None:
    page = get(shipped_client, "/claims/ketamine-relieves-ptsdd", 404)
    assert "/claims/ketamine-relieves-ptsd" in page.links().values()
    get(shipped_client, "/claims/ketamine-relieves-ptsdd/history", 404)


def test_fields_that_belong_together_are_one() -> None:
    model = RESOURCES["pharmacokinetics"].record
    record = {
        "value": 10.0,
        "upper_value": 20.0,
        "unit": "min",
        "relation": "~",
        "lower": -1.5,
        "upper": 2.0,
        "interval_percent": 95.0,
        "p_value": 0.0004,
        "p_relation": "=",
    }
    shown = {field.label: field.value for field in shown_fields(model, record)}
    assert shown == {
        "Value": Value("number", "about 10 to 20 min"),
        "Interval": Value("number", "−1.5 to 2", note="95%"),
        "p": Value("number", "p < 0.001"),
    }


def test_nothing_is_shown_for_a_missing_value() -> None:
    kinds = field_types(RESOURCES["studies"].record)
    assert value_of(kinds["year"], None) is None
    assert value_of(kinds["references"], []) is None
    assert value_of(kinds["n_randomised"], 0) == Value("number", "0")
    assert value_of(kinds["year"], 2018) == Value("number", "2018")
    assert value_of(kinds["results_expected"], False) == Value("text", "no")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_an_address_that_is_no_web_address_is_no_link(address: str) -> None:
    shown = value_of(FieldType("url", str), address)
    assert shown == Value("text", address)


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("abuse and dependence", "Abuse and dependence"),
        ("mTOR complex 1", "mTOR complex 1"),
        ("p70S6K", "p70S6K"),
        ("(2R,6R)-HNK", "(2R,6R)-HNK"),
        ("", ""),
    ],
)
def test_a_heading_begins_with_a_capital_where_the_name_allows(name: str, heading: str) -> None:
    assert labels.heading(name) == heading
