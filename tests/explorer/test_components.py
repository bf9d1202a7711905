"""The parts of pages: valid, without inline style or script, and inert whatever a record says."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import html5lib
import pytest
from jinja2 import UndefinedError

from app.domain.vocabulary import VerdictKind
from tests.explorer.gallery import EXPLORER, context, environment, render

#: Closes any attribute and element, and hides or reorders text.
HOSTILE = "\"'><svg onload=alert(1)><script>alert(1)</script>{{ 7 * 7 }}&amp;\u202e\u2066\u200b"


class Elements(HTMLParser):
    """Names and attributes of the elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page() -> str:
    return render()


@pytest.fixture(scope="module")
def hostile_page() -> str:
    return render(HOSTILE)


def test_the_gallery_renders_every_macro() -> None:
    components = (EXPLORER / "templates" / "_components.html.j2").read_text()
    gallery = (EXPLORER.parents[1] / "tests" / "explorer" / "gallery.html.j2").read_text()
    base = (EXPLORER / "templates" / "base.html.j2").read_text()
    defined = set(re.findall(r"{% macro (\w+)\(", components))
    by_name = re.findall(r"\bui\.(\w+)\(", gallery + base)
    by_macros = re.findall(r"(?:{{ |call |if caller )(\w+)\(", components)
    assert defined - set(by_name) - set(by_macros) == set()


@pytest.mark.parametrize("text", ["", HOSTILE])
def test_pages_are_valid_html(text: str) -> None:
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(render(text))


@pytest.mark.parametrize("name", ["page", "hostile_page"])
def test_pages_have_no_inline_style_or_script(request: pytest.FixtureRequest, name: str) -> None:
    elements = Elements(request.getfixturevalue(name)).found
    attributes = {attribute for _, attrs in elements for attribute in attrs}
    assert not {a for a in attributes if a == "style" or a.startswith("on")}
    assert [attrs for tag, attrs in elements if tag == "script"] == [
        {"src": "explorer.js", "defer": None},
        {"type": "application/ld+json"},  # data, which browsers do not execute
    ]
    assert not [tag for tag, _ in elements if tag == "style"]


def test_ids_are_unique_and_every_reference_to_one_leads_somewhere(page: str) -> None:
    elements = Elements(page).found
    ids = [attrs["id"] for _, attrs in elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    names = ("for", "aria-labelledby", "aria-controls", "data-copy", "data-outcome", "data-try")
    named = {attrs[name] for _, attrs in elements for name in names if attrs.get(name)}
    anchors = {
        href[1:] for _, attrs in elements if (href := attrs.get("href") or "").startswith("#")
    }
    assert named | anchors <= set(ids)


def test_landmarks_and_regions_have_names_of_their_own(page: str) -> None:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for path in (".//nav", ".//*[@role='region']", ".//form[@role='search']"):
        names = [element.get("aria-label") for element in tree.findall(path)]
        assert all(names), path
        assert len(names) == len(set(names)), path
    assert all(element.get("tabindex") == "0" for element in tree.findall(".//*[@role='region']"))


def test_headings_begin_with_one_h1_and_skip_no_level(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Elements(page).found if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels


def test_text_of_a_record_is_shown_as_text(page: str, hostile_page: str) -> None:
    def tags(text: str) -> list[str]:
        return [tag for tag, _ in Elements(text).found]

    assert tags(hostile_page) == tags(page)
    body = html5lib.parse(hostile_page, namespaceHTMLElements=False).find("body")
    assert body is not None
    shown = "".join(body.itertext())
    assert "<script>alert(1)</script>{{ 7 * 7 }}&amp;" in shown


def test_invisible_characters_are_replaced(hostile_page: str) -> None:
    assert not {"\u202e", "\u2066", "\u200b"} & set(hostile_page)
    assert "\N{REPLACEMENT CHARACTER}" in hostile_page


def test_each_verdict_has_a_shape_of_its_own() -> None:
    source = '{% import "_components.html.j2" as ui with context %}{{ ui.icon(verdict) }}'
    template = environment().from_string(source)
    shapes: dict[str, list[VerdictKind]] = {}
    for verdict in VerdictKind:
        drawn = template.render(context() | {"verdict": verdict})
        shape = re.sub(r"^.*?>", "", drawn, count=1, flags=re.DOTALL).removesuffix("</svg>")
        shapes.setdefault(shape.strip(), []).append(verdict)
    assert "" not in shapes
    assert [verdicts for verdicts in shapes.values() if len(verdicts) > 1] == []


def test_tables_have_their_roles_whatever_the_style_sheet_makes_of_them(page: str) -> None:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    tables = [t for t in tree.iter("table") if t.get("class")]
    assert len(tables) == 1
    roles = {"tr": "row", "td": "cell", "thead": "rowgroup", "tbody": "rowgroup"}
    for table in tables:
        assert table.get("role") == "table"
        assert table.get("aria-label")
        for element in table.iter():
            if element.tag in roles:
                assert element.get("role") == roles[element.tag]
            if element.tag == "th":
                scope = element.get("scope")
                assert element.get("role") == ("columnheader" if scope == "col" else "rowheader")


def test_a_variable_that_a_page_does_not_set_is_an_error() -> None:
    template = environment().from_string('{% extends "base.html.j2" %}')
    values = context()
    del values["canonical"]
    with pytest.raises(UndefinedError, match="canonical"):
        template.render(values)


def test_a_page_without_data_release_date_and_contact_leaves_them_out() -> None:
    template = environment().from_string('{% extends "base.html.j2" %}')
    values = context() | dict.fromkeys(
        ("api", "csv", "bibtex", "searched_to", "report_url", "urgent_notice")
    )
    page = template.render(values)
    html5lib.HTMLParser(strict=True).parse(page)
    for absent in ("None", "Use this page", "Report a mistake", 'class="urgent"', "with-aside"):
        assert absent not in page
    assert "The date of the evidence search is not on record." in page


def test_a_page_without_a_revision_names_no_release() -> None:
    template = environment().from_string('{% extends "base.html.j2" %}')
    page = template.render(context() | {"revision": 0, "release": "unreleased"})
    assert "nreleased" not in page
    assert "ketamine-kb, release" not in page


def test_forms_keep_the_release_of_a_pinned_page(page: str) -> None:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for form in tree.findall(".//form[@role='search']") + tree.findall(".//form[@data-outcome]"):
        field = form.find(".//input[@name='release']")
        assert field is not None
        assert field.get("value") == "1"
