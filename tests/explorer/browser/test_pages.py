"""Every template in Chromium: accessible, quiet, still, and no wider than a telephone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.explorer.browser.page_load import DESKTOP, MOBILE, PageLoad, PageLoader
from tests.explorer.conftest import Explorer
from tests.explorer.page_sample import addresses_by_template

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROBLEMS = {
    "/claims/ketamine-relieves-ptds": 404,
    "/nothing": 404,
    "/claims/ketamine-relieves-ptsd?verdct=contested": 422,
}
MAX_REQUESTS, MAX_LAYOUT_SHIFT, MAX_ELEMENTS = 6, 0.01, 3000
#: Chromium reports the status of a problem page as a message.
STATUS_MESSAGE = "Failed to load resource: the server responded with a status of"


# Of the module: pytest then runs all tests of one page before it loads the next.
@pytest.fixture(scope="module", params=[*addresses_by_template(), *PROBLEMS])
def address(request: pytest.FixtureRequest) -> str:
    """Each template in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def loader(browser: "Browser") -> Iterator[PageLoader]:
    loader = PageLoader(browser)
    yield loader
    loader.close()


@pytest.fixture(scope="module", params=[DESKTOP, MOBILE], ids=["desktop", "mobile"])
def loaded(
    request: pytest.FixtureRequest, loader: PageLoader, explorer: Explorer, address: str
) -> PageLoad:
    """Each template, loaded in a wide and in a narrow window."""
    path = explorer.resolve(address)
    seen = loader.load(explorer.base + path, request.param)
    assert seen.status == PROBLEMS.get(address, 200)
    return seen


def test_axe_finds_no_violation(loaded: PageLoad) -> None:
    assert loaded.violations == []


def test_colours_have_contrast_in_the_dark(loaded: PageLoad) -> None:
    assert loaded.violations_dark == []


def test_few_requests_go_to_the_same_host_alone(explorer: Explorer, loaded: PageLoad) -> None:
    assert [url for url in loaded.requests if not url.startswith(f"{explorer.base}/")] == []
    assert len(loaded.requests) <= MAX_REQUESTS


def test_nothing_is_blocked_and_no_error_is_reported(loaded: PageLoad) -> None:
    assert [text for text in loaded.messages if not text.startswith(STATUS_MESSAGE)] == []


def test_the_layout_does_not_shift(loaded: PageLoad) -> None:
    assert loaded.layout_shift < MAX_LAYOUT_SHIFT


def test_the_document_is_small(loaded: PageLoad) -> None:
    assert loaded.elements <= MAX_ELEMENTS


def test_a_narrow_window_needs_no_sideways_scroll(loaded: PageLoad) -> None:
    """At 320 pixels, and with the text spacing of WCAG 1.4.12."""
    assert loaded.overflow == []
    assert loaded.overflow_spaced == []


def test_tables_stay_tables_in_a_narrow_window(loaded: PageLoad) -> None:
    assert loaded.lost_semantics == []
