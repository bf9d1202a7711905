"""Pages without a script, by keyboard alone, in forced colours, on paper, and with hostile text."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image, ImageChops

from app.domain.vocabulary import VerdictKind
from app.kit.sessions import Store
from app.resources import RESOURCES
from tests import factories
from tests.explorer.browser import pdf
from tests.explorer.browser.page_load import MOBILE, open_page
from tests.explorer.conftest import Explorer
from tests.explorer.page_sample import LARGEST_CLAIM
from tests.helpers import rewrite_record

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Locator, Page

CLAIM = "/claims/ketamine-relieves-ptsd"
MAX_PAPER_PAGES = 6
#: Overrides of the direction of text, which an earlier version let records have.
BIDI = "\u202eevil\u2066 x"
#: What a user can reach with the Tab key.
FOCUSABLE = (
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'],"
    " [contenteditable]"
)
FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  element.dataset.reached = "";
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
  return {
    name: `${element.tagName} ${element.textContent.trim().slice(0, 30)}`,
    isVisible: (ring || style.boxShadow !== "none") && inside,
  };
}"""
NOT_REACHED = """(selector) => [...document.querySelectorAll(selector)]
  .filter((element) => element.checkVisibility({visibilityProperty: true}) && element.tabIndex >= 0
    && !element.disabled && !("reached" in element.dataset))
  .map((element) => element.outerHTML.slice(0, 80))"""

HOSTILE = [
    (collection, factories.slug(RESOURCES[collection], 1))
    for collection in ("claims", "compounds", "evidence", "studies")
]
#: Elements whose text has an override that the text after them would follow.
LEAKING_TEXT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    if (!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(walker.currentNode.data)) continue;
    let at = walker.currentNode.parentElement;
    const isOpen = ({ display, unicodeBidi }) => display === "inline" && unicodeBidi === "normal";
    while (isOpen(getComputedStyle(at))) at = at.parentElement;
    if (at.textContent.trim() !== walker.currentNode.data.trim())
      found.push(at.outerHTML.slice(0, 200));
  }
  return found;
}"""


@pytest.fixture
def page(browser: "Browser", explorer: Explorer) -> "Iterator[Page]":
    with open_page(browser, base_url=explorer.base) as page:
        yield page


@pytest.fixture
def scriptless(browser: "Browser", explorer: Explorer) -> "Iterator[Page]":
    """A page of a browser that runs no script."""
    with open_page(browser, base_url=explorer.base, java_script_enabled=False) as page:
        yield page


# Without a script


def test_search_works_without_a_script(scriptless: "Page") -> None:
    scriptless.goto("/")
    scriptless.get_by_role("searchbox").first.fill("ptsd")
    scriptless.keyboard.press("Enter")
    scriptless.wait_for_url("**/search?q=ptsd")
    result = scriptless.locator("main").get_by_role("link", name="PTSD").first
    address = result.get_attribute("href")
    result.click()
    assert scriptless.url.endswith(str(address))
    assert scriptless.get_by_role("heading", level=1).count() == 1


def test_facets_and_pages_of_a_list_work_without_a_script(
    scriptless: "Page", explorer: Explorer
) -> None:
    scriptless.goto("/claims")
    first = scriptless.locator("main tbody tr").first.inner_text()
    scriptless.get_by_role("link", name="Next page").click()
    assert scriptless.locator("main tbody tr").first.inner_text() != first
    scriptless.goto("/claims")
    filters = scriptless.get_by_role("navigation", name="Filters")
    filters.get_by_role("link", name="Contested").click()
    assert scriptless.url.endswith("/claims?verdict=contested")
    total = explorer.client.get("/v1/claims?verdict=contested&limit=1").json()["page"]["total"]
    assert str(total) in scriptless.get_by_role("navigation", name="Pages").inner_text()
    scriptless.get_by_role("navigation", name="Filters").get_by_role(
        "link", name="Contested"
    ).click()
    assert scriptless.url.endswith("/claims")


def test_the_what_if_form_works_without_a_script(scriptless: "Page") -> None:
    scriptless.goto(CLAIM)
    form = scriptless.locator("form[data-outcome]")
    form.get_by_role("spinbutton").first.fill("2015")
    form.get_by_role("button").click()
    assert "2015" in scriptless.url
    outcome = scriptless.locator(f"#{form.get_attribute('data-outcome')}")
    assert outcome.inner_text().strip()


def test_details_open_and_nothing_waits_for_a_script(scriptless: "Page") -> None:
    scriptless.goto(CLAIM)
    details = scriptless.locator("main details:not([open])").first
    assert not details.locator(":scope > :not(summary)").first.is_visible()
    details.locator("summary").click()
    assert scriptless.locator("main details[open]").first.is_visible()
    copy = scriptless.get_by_role("button", name="Copy")
    assert [button for button in copy.all() if button.is_visible()] == []


# By keyboard


def test_the_first_stop_skips_to_the_content(page: "Page") -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text() == "Skip to content"
    assert link.bounding_box() is not None
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", ["/", CLAIM, "/claims"])
def test_every_control_is_reached_by_keyboard_with_a_visible_focus(page: "Page", path: str) -> None:
    page.emulate_media(reduced_motion="reduce")  # else the page still scrolls to the focus
    page.goto(path)
    stops = page.locator(FOCUSABLE).count()
    hidden = []
    for _ in range(stops + 1):
        page.keyboard.press("Tab")
        focus: dict[str, Any] | None = page.evaluate(FOCUS)
        if focus is None:
            break
        if not focus["isVisible"]:
            hidden.append(focus["name"])
    assert hidden == []
    assert page.evaluate(NOT_REACHED, FOCUSABLE) == []


def test_suggestions_are_chosen_by_keyboard(page: "Page") -> None:
    page.goto(CLAIM)
    page.keyboard.press("/")
    box = page.locator(":focus")
    assert box.get_attribute("role") == "combobox"
    assert box.get_attribute("aria-expanded") == "false"
    box.press_sequentially("esketamine", delay=5)
    options = page.get_by_role("option")
    options.first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert box.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    page.keyboard.press("ArrowDown")
    assert options.first.get_attribute("aria-selected") == "true"
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Escape")
    assert not page.get_by_role("listbox").is_visible()
    assert box.input_value() == "esketamine"
    box.press_sequentially(" ", delay=5)
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compounds/esketamine")


def test_a_suggestion_that_nothing_matches_leaves_the_form(page: "Page") -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("ketamine and nothing else zzz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")


# In forced colours


def test_verdicts_are_told_apart_in_forced_colours(page: "Page") -> None:
    page.emulate_media(forced_colors="active")
    drawn: dict[str, Image.Image] = {}
    for verdict in VerdictKind:
        page.goto(f"/claims?verdict={verdict}&limit=1")
        icon = page.locator(f"main svg.verdict-{verdict}").first
        if icon.count():
            drawn[verdict] = image(icon)
    assert len(drawn) >= 5
    shapes = list(drawn.values())
    for position, one in enumerate(shapes):
        assert one.convert("L").getextrema() != (255, 255)
        for other in shapes[position + 1 :]:
            assert ImageChops.difference(one, other.resize(one.size)).getbbox() is not None


def image(element: "Locator") -> Image.Image:
    return Image.open(io.BytesIO(element.screenshot())).convert("RGB")


# On paper


def test_closed_details_are_printed_and_the_largest_claim_fits(
    page: "Page", explorer: Explorer
) -> None:
    page.goto(explorer.resolve(LARGEST_CLAIM))
    closed = page.pdf(format="A4")
    assert page.locator("details:not([open])").count() > 0
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert pdf.glyph_count(closed) == pdf.glyph_count(page.pdf(format="A4")) > 1000
    assert pdf.page_count(closed) < MAX_PAPER_PAGES
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert not page.get_by_role("searchbox").first.is_visible()


# With hostile text


def test_text_of_a_record_runs_nothing_and_reorders_nothing_around_it(
    browser: "Browser", hostile_store: Store, hostile_client: httpx.Client
) -> None:
    rewrite_record(hostile_store, "region", "region-2", name=BIDI, summary=BIDI)
    paths = ["/regions/region-2", "/regions", *(f"/{name}/{slug}" for name, slug in HOSTILE)]
    ran: list[str] = []

    def close_and_note(dialog: "Dialog") -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    with open_page(browser, MOBILE, base_url=str(hostile_client.base_url)) as page:
        page.on("dialog", close_and_note)
        page.on("console", lambda message: ran.append(message.text))
        for path in paths:
            page.goto(path)
            assert page.evaluate(LEAKING_TEXT) == [], path
    assert ran == []
