"""One Chromium for the browser tests of a worker, and its pages."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium")


# Not for the session: Playwright's event loop runs in the main thread until it stops, and tests
# that run one of their own would fail.
@pytest.fixture(scope="package")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, headless."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: install Debian's package `chromium`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
