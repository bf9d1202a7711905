"""The React example of clients/typescript: built, and shown in a browser."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.clients.environments import run_installer, unavailable
from tests.clients.typescript import copy_client

pytestmark = [pytest.mark.clients, pytest.mark.heavy]
SLUG = "esketamine-relieves-treatment-resistant-depression"


def test_the_example_shows_a_claim_and_its_forest_plot(prefixed_url: str, tmp_path: Path) -> None:
    chromium, npm = shutil.which("chromium"), shutil.which("npm")
    if chromium is None or npm is None:
        unavailable("it needs Chromium and npm")
    client = copy_client(tmp_path)
    commands = (["install", "--no-audit", "--no-fund"], ["run", "generate"], ["run", "build"])
    for arguments in commands:
        run_installer([npm, *arguments], client)
    for arguments in (commands[0], commands[2]):
        run_installer([npm, *arguments], client / "example")

    claim = httpx.get(f"{prefixed_url}/v1/claims/{SLUG}").json()["data"]
    synthesis = httpx.get(f"{prefixed_url}/v1/claims/{SLUG}/synthesis").json()["data"]
    with _files(client / "example" / "dist") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.goto(f"{url}/?service={prefixed_url}&claim={SLUG}")
        page.wait_for_selector("figure svg")
        card, plot = page.inner_text("article"), page.text_content("figure svg") or ""
        page.screenshot(path=tmp_path / "example.png", full_page=True)
        assert faults == []
        page.goto(f"{url}/?service={prefixed_url}&claim=unknown-claim")
        message = page.inner_text("article[role=alert]")
        browser.close()
    assert claim["statement"] in card
    assert f"{claim['studies_for']} studies, {claim['participants_for']} participants" in card
    assert all(unit["study"] in plot for unit in synthesis["units"])
    assert len(synthesis["units"]) >= 5
    assert "unknown-claim" in message


@contextmanager
def _files(folder: Path) -> Iterator[str]:
    """Serve the files of a folder."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
