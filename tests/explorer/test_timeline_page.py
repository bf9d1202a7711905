"""The page of the timeline shows the points of the JSON, and benefit and harm apart."""

from typing import Any

import httpx
import pytest

from app.explorer.timeline_page import POINTS
from tests.explorer.test_compound_page import data, read, section, text

QUERY = "compound=ketamine&indication=treatment-resistant-depression"


@pytest.fixture(scope="module")
def timeline(shipped_client: httpx.Client) -> Any:
    return read(shipped_client, f"/timeline?{QUERY}")


def test_points_are_those_of_the_json_in_order(shipped_client: httpx.Client, timeline: Any) -> None:
    points = data(shipped_client, f"/v1/timeline?{QUERY}&limit={POINTS}")
    rows = section(timeline, "points").findall(".//tbody/tr")
    notes = [row.find("td/a").get("href").split("/")[-1] for row in rows]
    assert notes == [point["note"] for point in points]
    for row, point in zip(rows, points, strict=True):
        if point["value"] is not None and point["unit"] == "%":
            assert f"{point['value']:g}%".replace("-", "−") in text(row)


def test_the_next_page_goes_on_where_this_one_ends(shipped_client: httpx.Client) -> None:
    first = read(shipped_client, "/timeline?compound=ketamine&limit=5")
    (link,) = (link for link in first.iter("a") if link.get("rel") == "next")
    second = read(shipped_client, link.get("href"))
    points = data(shipped_client, "/v1/timeline?compound=ketamine&limit=10")
    notes = [
        row.find("td/a").get("href").split("/")[-1]
        for page in (first, second)
        for row in section(page, "points").iterfind(".//tbody/tr")
    ]
    assert notes == [point["note"] for point in points]


def test_benefit_and_harm_are_apart(shipped_client: httpx.Client) -> None:
    page = read(shipped_client, "/timeline?compound=esketamine")
    for name in ("benefit", "harm"):
        links = section(page, name).iterfind(".//tbody//a")
        slugs = [link.get("href").split("/")[-1] for link in links]
        assert slugs
        for slug in slugs[:6]:
            assert data(shipped_client, f"/v1/effects/{slug}")["outcome_kind"] == name


def test_the_form_has_what_is_chosen(timeline: Any) -> None:
    chosen = {
        select.get("name"): option.get("value")
        for select in timeline.iter("select")
        for option in select.iter("option")
        if "selected" in option.attrib
    }
    assert chosen == {"compound": "ketamine", "indication": "treatment-resistant-depression"}


@pytest.mark.parametrize("query", ["compound=nobody", "cursor=x", "limit=0", "colour=red"])
def test_a_wrong_parameter_is_a_problem_page(shipped_client: httpx.Client, query: str) -> None:
    response = shipped_client.get(f"/timeline?{query}", headers={"Accept": "text/html"})
    assert response.status_code in (404, 422)
    assert response.headers["content-type"].startswith("text/html")


def test_made_up_records_without_times_have_a_page(client: httpx.Client) -> None:
    page = read(client, "/timeline")
    total = client.get("/v1/timeline").json()["page"]["total"]
    assert text(section(page, "points").find("h2")).endswith(f" {total}")
