"""Every page is valid HTML with one outline, runs nothing inline, and is small."""

import re

from tests.explorer.html_page import HtmlPage
from tests.explorer.page_sample import LARGEST_CLAIM

#: Bytes as sent to a browser, compressed with brotli.
MAX_BYTES, MAX_BYTES_OF_LARGE_PAGES = 15_000, 25_000
LARGE_PAGES = re.compile(rf"/[a-z-]+(\?.*)?|{re.escape(LARGEST_CLAIM)}")
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


def test_a_page_is_valid_html_with_one_outline(page: HtmlPage) -> None:
    assert page.response.status_code == 200, page.response.text[:500]
    assert page.response.headers["content-type"] == "text/html; charset=utf-8"
    assert page.document.attrib["lang"] == "en"
    assert page.problems() == []


def test_a_page_may_load_its_own_files_alone(page: HtmlPage) -> None:
    directives = page.response.headers["content-security-policy"].split("; ")
    assert {name: sources for name, *sources in map(str.split, directives)} == POLICY
    assert page.response.headers["referrer-policy"] == "same-origin"
    assert page.loads_from_elsewhere() == []


def test_a_page_is_small(address: str, page: HtmlPage) -> None:
    assert page.response.headers["content-encoding"] == "br"
    most = MAX_BYTES_OF_LARGE_PAGES if LARGE_PAGES.fullmatch(address) else MAX_BYTES
    assert page.response.num_bytes_downloaded <= most


def test_a_page_can_be_shared(page: HtmlPage) -> None:
    """Title, description and canonical address, for search engines and link previews."""
    title = next(page.all("title"))
    assert title.text
    assert title.text.endswith("ketamine-kb")
    properties = {
        meta.attrib.get("property") or meta.attrib.get("name"): meta.attrib.get("content")
        for meta in page.all("meta")
    }
    assert properties["og:title"]
    assert properties["description"] == properties["og:description"]
    assert 20 <= len(properties["description"] or "") <= 320
    assert properties["og:url"] == page.canonical
    assert page.url.startswith(page.canonical.partition("?")[0])
