"""The checks of the pages find what they are for: each faulty page has one fault."""

import httpx
import pytest

from tests.explorer.html_page import HtmlPage

SOUND = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title></head><body>'
    '<nav aria-label="Main"><a href="#main">Skip</a></nav><main id="main"><h1>T</h1><h2>A</h2>'
    '<section aria-labelledby="b"><h3 id="b">B</h3></section></main></body></html>'
)


def page(markup: str) -> HtmlPage:
    request = httpx.Request("GET", "http://kb.test/claims/x")
    return HtmlPage(httpx.Response(200, content=markup, request=request))


def test_a_sound_page_has_no_problems() -> None:
    assert page(SOUND).problems() == []


@pytest.mark.parametrize(
    ("part", "fault", "problem"),
    [
        ("<h2>A</h2>", "<h2>A</h3>", "end-tag-too-early"),
        ("<h2>A</h2>", "<p><div>A</div></p>", "unexpected-end-tag"),
        ("<h2>A</h2>", "<h2>A & B &notaword; </h2>", "named-entity"),
        ("<h2>A</h2>", "<h1>A</h1>", "2 h1 elements"),
        ("<h2>A</h2>", "", "h3 follows h1"),
        ("<h2>A</h2>", "<h2> </h2>", "empty h2"),
        ("<h2>A</h2>", '<h2 id="b">A</h2>', "id 'b' occurs 2 times"),
        ('href="#main"', 'href="#content"', "no element has the id 'content'"),
        ('aria-labelledby="b"', 'aria-labelledby="c"', "no element has the id 'c'"),
        ("<h2>A</h2>", '<h2>A</h2><nav aria-label="Main"></nav>', "2 landmarks navigation"),
        ("<main", "<div", "no main landmark"),
        ("<h2>A</h2>", '<h2 style="color: red">A</h2>', "attribute style of h2"),
        ("<h2>A</h2>", '<h2 onclick="f()">A</h2>', "attribute onclick of h2"),
        ("<h2>A</h2>", "<h2>A</h2><script>f()</script>", "inline script"),
        ("<title>", "<style>a {}</style><title>", "inline style element"),
        ('href="#main"', 'href="javascript:f()"', "address javascript:f()"),
    ],
)
def test_a_fault_is_found(part: str, fault: str, problem: str) -> None:
    assert part in SOUND
    found = page(SOUND.replace(part, fault, 1)).problems()
    assert any(problem in each for each in found), found


def test_links_are_absolute_and_without_fragment() -> None:
    links = '<a href="/v1/x#a">a</a><a href="?b=1&amp;c=2">b</a><form action="/search"></form>'
    assert page(SOUND.replace("<h2>A</h2>", links)).links == [
        "http://kb.test/claims/x",
        "http://kb.test/claims/x?b=1&c=2",
        "http://kb.test/search",
        "http://kb.test/v1/x",
    ]
