"""Text of records and of requests is inert on every page, whatever characters it has."""

import re
from urllib.parse import quote
from xml.etree.ElementTree import Element

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.explorer.rendering import environment
from app.kit.sessions import Store
from app.resources import RESOURCES
from tests import factories
from tests.explorer.conftest import Explorer
from tests.explorer.hostile_records import MARKUP
from tests.explorer.html_page import HtmlPage, text
from tests.helpers import rewrite_record

ACTIVE = {"script", "style", "iframe", "object", "embed", "base", "meta", "math", "template"}


def check_inert(response: httpx.Response) -> HtmlPage:
    """Check that a page has no element and no attribute that came out of a text."""
    page = HtmlPage(response)
    assert page.response.status_code == 200, page.response.text[:300]
    assert page.problems() == []
    active = [
        element for element in page.elements if element.tag in ACTIVE and _is_foreign(element)
    ]
    assert active == []
    assert [element for element in page.all("img") if element.attrib["src"] == "x"] == []
    assert page.loads_from_elsewhere() == []
    return page


def _is_foreign(element: Element) -> bool:
    """Whether an active element is none of those that our own template has."""
    own_script = "/assets/" in element.attrib.get("src", "") or "json" in element.attrib.get(
        "type", ""
    )
    own_meta = bool({"charset", "name", "property"} & set(element.attrib))
    return not (own_script if element.tag == "script" else own_meta and element.tag == "meta")


@pytest.mark.parametrize("name", list(RESOURCES))
def test_markup_in_every_text_of_a_record_is_text(hostile_client: httpx.Client, name: str) -> None:
    resource = RESOURCES[name]
    for number in (0, 1):
        slug = factories.slug(resource, number)
        page = check_inert(hostile_client.get(f"/{name}/{slug}"))
        if resource.rows is None and not resource.derived:
            assert MARKUP in page.title


@pytest.mark.parametrize("name", list(RESOURCES))
def test_markup_in_every_text_of_a_list_is_text(hostile_client: httpx.Client, name: str) -> None:
    page = check_inert(hostile_client.get(f"/{name}"))
    assert "<script>alert(1)</script>" in text(page.main)


def test_a_text_of_a_megabyte_is_shown_or_cut_but_not_an_error(
    hostile_store: Store, hostile_client: httpx.Client
) -> None:
    """Writes refuse it; a store of another origin may have it."""
    huge = "x<y&" * 250_000
    rewrite_record(hostile_store, "region", "region-1", name="Huge", summary=huge)
    for path in ("/regions/region-1", "/regions"):
        response = hostile_client.get(path)
        assert response.status_code == 200
        assert "x&lt;y&amp;" in response.text
        assert "<y" not in response.text


@pytest.mark.parametrize("path", ["/search?q={}", "/claims?q={}", "/claims?kind={}", "/claims/{}"])
def test_markup_in_a_request_is_text(explorer: Explorer, path: str) -> None:
    page = explorer.get(path.format(quote(MARKUP, safe="")), {"X-Request-Id": "x"})
    assert page.response.status_code in (200, 404, 422)
    assert page.problems() == []
    assert [
        element for element in page.elements if element.tag == "svg" and "onload" in element.attrib
    ] == []


@settings(max_examples=30, deadline=None)
@given(value=st.text(max_size=40) | st.text(alphabet="<>&\"'`=/! -\\", max_size=20))
def test_no_text_changes_the_markup_of_a_problem_page(explorer: Explorer, value: str) -> None:
    """The page of a search that finds nothing shows the text in the body and in an attribute."""
    query = quote(value.encode("utf-8", "surrogatepass"), safe="")
    page = explorer.get(f"/search?q={query}", {"Accept-Encoding": "identity"})
    if page.response.is_redirect:  # a text without words leads to the page without it
        return
    assert page.response.status_code in (200, 422)
    assert page.problems() == []


def test_every_template_escapes() -> None:
    """Autoescape is on for each of them; what is marked as safe is made by our own drawings."""
    templates = environment()
    assert templates.autoescape is True
    for name in templates.list_templates():
        source, _, _ = templates.loader.get_source(templates, name)  # type: ignore[union-attr]
        marked = re.findall(r"\|\s*safe\b|autoescape false|Markup\(", source)
        assert marked == [], name
