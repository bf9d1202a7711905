"""Ten tasks of readers, each with its bound: how far down an answer is, or how many clicks away."""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.explorer.browser.page_load import DESKTOP, MOBILE, open_page
from tests.explorer.conftest import Explorer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

FDA_CLAIM = "racemic-ketamine-fda-approved-for-depression"
OVER_HALF = "ketamine-helps-over-half"
PTSD = "/claims/ketamine-relieves-ptsd"
SIZES = pytest.mark.parametrize("size", [DESKTOP, MOBILE], ids=["desktop", "mobile"], indirect=True)


@pytest.fixture
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Width and height of the window."""
    found: tuple[int, int] = getattr(request, "param", DESKTOP)
    return found


@pytest.fixture
def page(browser: "Browser", explorer: Explorer, size: tuple[int, int]) -> "Iterator[Page]":
    with open_page(browser, size, base_url=explorer.base) as page:
        yield page


def screens(page: "Page", element: "Locator") -> float:
    """How far down the end of an element is, in heights of the window."""
    element.wait_for()
    assert page.viewport_size
    bottom: float = element.evaluate("(it) => it.getBoundingClientRect().bottom + scrollY")
    return bottom / page.viewport_size["height"]


def link_to(page: "Page", path: str) -> "Locator":
    """The first visible link of the main content to a page."""
    return page.locator(f"main a[href$='{path}']:visible").first


@SIZES
def test_1_whether_ketamine_is_approved_is_read_without_scrolling(page: "Page") -> None:
    page.goto("/")
    question = link_to(page, f"/claims/{FDA_CLAIM}")
    assert screens(page, question) <= 1
    text = question.inner_text()
    assert "approved for depression in the United States?" in text
    assert text.splitlines()[-1].startswith("No.")


@SIZES
def test_2_whether_over_half_are_helped_is_read_within_two_screens(page: "Page") -> None:
    page.goto("/")
    statement = link_to(page, f"/claims/{OVER_HALF}")
    assert screens(page, statement) <= 2
    statement.click()
    card = page.locator(".verdict-card")
    assert screens(page, card.get_by_role("heading")) <= 1
    assert len(card.inner_text()) > 100, "the verdict says why"


@SIZES
def test_3_the_targets_that_a_dose_reaches_are_on_the_home_page(page: "Page") -> None:
    page.goto("/")
    table = page.get_by_role("table").filter(has_text="NMDA receptor").first
    nmda = table.get_by_role("row").filter(has_text="NMDA receptor").first
    opioid = table.get_by_role("row").filter(has_text="opioid").first
    assert nmda.is_visible()
    assert opioid.is_visible()


@SIZES
def test_4_how_long_one_dose_lasts_is_on_the_home_page(page: "Page") -> None:
    page.goto("/")
    answer = page.locator("main a").filter(has_text="single dose").filter(has_text="worn off")
    assert screens(page, answer.first) <= 1.5
    assert "largest on the first day" in answer.first.inner_text()
    assert page.get_by_role("heading", name="for how long").is_visible()


@SIZES
def test_5_what_england_decided_on_esketamine_is_read_at_the_condition(page: "Page") -> None:
    page.goto("/")
    page.get_by_role("link", name="Conditions").click()
    page.locator("main").get_by_role("link", name="treatment-resistant depression").first.click()
    standing = page.locator("#standing")
    assert screens(page, standing.get_by_role("heading").first) <= 1.2
    england = standing.get_by_role("listitem").filter(has_text="England").first
    assert "not recommended" in england.inner_text()
    assert "NICE" in england.inner_text()
    drug = england.locator("xpath=preceding::h3[1]")
    assert drug.inner_text() == "esketamine"
    assert screens(page, england) <= 2


@SIZES
def test_6_what_would_change_a_verdict_is_one_click_away(page: "Page") -> None:
    page.goto(PTSD)
    summary = page.locator("main summary").filter(has_text="change")
    assert screens(page, summary.first) <= 2
    summary.first.click()
    assert page.locator("main details[open]").first.inner_text().count("\n") > 1


def test_7_a_what_if_is_answered_in_place_and_its_address_can_be_shared(page: "Page") -> None:
    page.goto(PTSD)
    form = page.locator("form[data-outcome]")
    outcome = page.locator(f"#{form.get_attribute('data-outcome')}")
    before = outcome.inner_text()
    form.get_by_role("spinbutton").first.fill("2015")
    page.wait_for_url("**2015**")
    assert outcome.inner_text() != before
    answered = outcome.inner_text()
    page.goto(page.url)
    assert page.locator(f"#{form.get_attribute('data-outcome')}").inner_text() == answered


def test_8_contested_claims_are_two_clicks_from_a_csv(page: "Page", explorer: Explorer) -> None:
    page.goto("/claims")
    page.get_by_role("navigation", name="Filters").get_by_role("link", name="Contested").click()
    address = page.locator("main").get_by_role("link", name="CSV").first.get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(explorer.client.get(str(address)).text)))
    total = explorer.client.get("/v1/claims?verdict=contested&limit=1").json()["page"]["total"]
    assert len(rows) == total > 10


@SIZES
def test_9_the_findings_against_a_claim_are_a_group_with_their_species(page: "Page") -> None:
    page.goto("/claims/mtorc1-needed-for-ketamine-effect")
    table = page.get_by_role("table").filter(has_text="Finding").first
    against = table.get_by_role("row").filter(has_text="against").first
    assert screens(page, against) <= 4
    findings = against.locator("xpath=../tr")
    assert findings.filter(has_text="mouse").first.is_visible()
    in_people = findings.filter(has_text="Randomised trial").first
    assert "20" in in_people.inner_text()


@SIZES
def test_10_the_address_and_the_bibtex_of_a_claim_are_at_hand(
    page: "Page", explorer: Explorer
) -> None:
    page.goto(PTSD)
    json = page.locator("main").get_by_role("link", name="JSON", exact=True).first
    bibtex = page.locator("main").get_by_role("link", name="BibTeX", exact=True).first
    assert screens(page, bibtex) <= 1.2
    assert json.get_attribute("href") == f"/v1{PTSD}"
    assert "@" in explorer.client.get(str(bibtex.get_attribute("href"))).text
