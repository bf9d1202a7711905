"""The search page shows the hits of the API, with marked excerpts, badges and ways on."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from app.explorer.search_view import marked_text
from tests.explorer.html_text import Html, get

QUESTION = "does rapamycin block ketamine"


def found(client: httpx.Client, **parameters: Any) -> dict[str, Any]:
    response = client.get("/v1/search", params=parameters)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def page_of(client: httpx.Client, **parameters: Any) -> Html:
    return get(client, f"/search?{urlencode(parameters)}")


def names(page: Html) -> list[str]:
    return page.texts("ol[@class='hits']/li/h2")


def test_hits_are_those_of_the_api_with_their_words_marked(shipped_client: httpx.Client) -> None:
    page, body = page_of(shipped_client, q=QUESTION), found(shipped_client, q=QUESTION)
    assert names(page) == [" ".join(row["name"].split()) for row in body["data"]]
    assert f"{body['page']['total']} records" in page.main
    marked = [
        row["snippet"]["text"][start:end]
        for row in body["data"]
        for start, end in row["snippet"]["ranges"]
    ]
    assert page.texts("mark") == marked


def test_claims_have_the_badge_of_their_verdict(shipped_client: httpx.Client) -> None:
    page, body = page_of(shipped_client, q=QUESTION), found(shipped_client, q=QUESTION)
    slugs = [row["slug"] for row in body["data"] if row["type"] == "claim"]
    claims = shipped_client.get("/v1/claims", params={"slug": ",".join(slugs)}).json()["data"]
    verdicts = {claim["slug"]: claim["verdict"] for claim in claims}
    drawings = page.all("ol[@class='hits']//{*}svg[@class]")
    classes = [drawing.attrib["class"] for drawing in drawings]
    shown = [name.split("verdict-")[1] for name in classes if "verdict-" in name]
    assert shown == [verdicts[slug] for slug in slugs]


def test_chips_count_hits_by_type_and_restrict_them(shipped_client: httpx.Client) -> None:
    page, body = page_of(shipped_client, q="rapamycin"), found(shipped_client, q="rapamycin")
    chips = page.links("ul[@class='chips types']")
    counts = {row["value"]: row["count"] for row in body["facets"]["type"]}
    assert f"Studies {counts['study']}" in chips
    studies = get(shipped_client, chips[f"Studies {counts['study']}"])
    only = found(shipped_client, q="rapamycin", type="study")["data"]
    assert names(studies) == [row["name"] for row in only]
    (current,) = studies.all("ul[@class='chips types']//a[@aria-current]")
    assert "type=study" in current.attrib["href"]
    assert studies.links("ul[@class='chips types']")["All"] == "/search?q=rapamycin"


def test_the_page_says_what_it_corrected_and_left_out(shipped_client: httpx.Client) -> None:
    page = page_of(shipped_client, q="how does ketamien work")
    assert "Searched for how does ketamine work instead of “how does ketamien work”" in page.main
    assert "Left out as too common: how, does." in page.main


def test_questions_lead_to_what_else_answers_them(shipped_client: httpx.Client) -> None:
    question = "evidence against ketamine relieves depression"
    page = page_of(shipped_client, q=question)
    (link,) = found(shipped_client, q=question)["related"]
    address = page.links("section[@aria-labelledby='related']")[link["title"]]
    assert link["url"].endswith(f"/v1{address}")
    assert "Direction: Disputes" in get(shipped_client, address).main


def test_pages_of_results_follow_each_other(shipped_client: httpx.Client) -> None:
    page, shown = page_of(shipped_client, q="ketamine", limit=40, type="region,pathway"), []
    while True:
        shown += names(page)
        pager = page.links("nav[@class='pager']")
        if "Next page" not in pager:
            break
        page = get(shipped_client, pager["Next page"])
    body = found(shipped_client, q="ketamine", limit=100, type="region,pathway")
    assert shown == [row["name"] for row in body["data"]]


def test_a_search_without_a_hit_suggests_others(shipped_client: httpx.Client) -> None:
    page = page_of(shipped_client, q="zzqqxx")
    assert "Nothing matches" in page.main
    assert "No record has: zzqqxx." in page.main
    examples = page.links("section[@aria-labelledby='examples']")
    for address in examples.values():
        assert names(get(shipped_client, address))


def test_without_a_text_the_page_is_a_form_with_examples(shipped_client: httpx.Client) -> None:
    page = get(shipped_client, "/search")
    assert page.all("main")[0].findall(".//form[@role='search']")
    for address in page.links("section[@aria-labelledby='records']").values():
        assert shipped_client.get(address, headers={"Accept": "text/html"}).status_code == 200
    empty = shipped_client.get("/search?q=", headers={"Accept": "text/html"})
    assert (empty.status_code, empty.headers["location"]) == (301, "/search")


def test_a_wrong_parameter_is_a_page_that_explains_it(shipped_client: httpx.Client) -> None:
    assert "typ" in get(shipped_client, "/search?q=x&typ=claim", 422).main
    assert "cursor" in get(shipped_client, "/search?q=x&cursor=y", 422).main


@pytest.mark.parametrize(
    "text", ["<svg onload=alert(1)>", "\"'><script>alert(1)</script>", "{{7*7}}"]
)
def test_the_text_of_a_search_is_inert(shipped_client: httpx.Client, text: str) -> None:
    page = page_of(shipped_client, q=text)
    assert text in page.texts("h1")[0]
    assert not page.all("script")[1:]
    assert [field.attrib["value"] for field in page.all("input[@id='site-search']")] == [text]


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70))))
def test_mark_is_the_only_element_of_an_excerpt(text: str, ranges: list[tuple[int, int]]) -> None:
    markup = str(marked_text(text, ranges))
    rest = markup.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in rest
    assert ">" not in rest
    assert markup.count("<mark>") == markup.count("</mark>")


def test_marks_are_where_the_ranges_are() -> None:
    assert marked_text("a <b> & c", [[2, 5]]) == f"a <mark>{escape('<b>')}</mark> &amp; c"
    assert json.dumps(marked_text("plain", [])) == '"plain"'
