"""What Chromium sees of a page: requests, messages, layout and accessibility, from one load."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.explorer.browser import axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

DESKTOP, MOBILE = (1280, 800), (360, 740)
#: Layout shifts are reported to observers only.
OBSERVE_SHIFTS = """
globalThis.layoutShift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) globalThis.layoutShift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
#: WCAG 1.4.12, as a constructed style sheet, which the policy of the page does not block.
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
#: What is wider than the window, and not inside of something that scrolls by itself.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement)
      if (getComputedStyle(at).overflowX !== "visible") return true;
    return false;
  };
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element))
    .slice(0, 5)
    .map((element) => `${element.tagName}.${element.getAttribute("class")}`)
    .concat(`${document.documentElement.scrollWidth} px`);
}"""


@dataclass
class PageLoad:
    """What one load of a page at one width showed."""

    url: str
    status: int = 0
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    layout_shift: float = 0.0
    elements: int = 0
    violations: list[str] = field(default_factory=list)
    violations_dark: list[str] = field(default_factory=list)
    overflow: list[str] = field(default_factory=list)
    overflow_spaced: list[str] = field(default_factory=list)
    lost_semantics: list[str] = field(default_factory=list)


@contextmanager
def open_page(
    browser: "Browser", size: tuple[int, int] = DESKTOP, **options: Any
) -> "Iterator[Page]":
    """Open a page in a context of its own, with nothing in its cache."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


#: Leaves of rows that are alike (list items, table rows, definitions) the first few: those with
#: the same element and class, or, if asked, with the same ones in all that they contain.
THIN = """([most, deeply]) => {
  const nameOf = (element) => `${element.tagName}.${element.getAttribute("class")}`;
  for (const parent of document.querySelectorAll("ul, ol, dl, tbody, main, section, div")) {
    const seen = {};
    for (const child of [...parent.children]) {
      const parts = deeply ? [child, ...child.querySelectorAll("*")] : [child];
      const kind = parts.map(nameOf).join(" ");
      seen[kind] = (seen[kind] ?? 0) + 1;
      if (seen[kind] > most && /^(LI|TR|DT|DD|DIV)$/.test(child.tagName)) child.remove();
    }
  }
}"""
ALIKE, ALIKE_DEEPLY = [3, False], [3, True]


class PageLoader:
    """Loads pages in two windows of one browser, one of each size, with nothing in their caches."""

    def __init__(self, browser: "Browser") -> None:
        self.browser = browser
        self.pages: dict[tuple[int, int], Page] = {}

    def close(self) -> None:
        """Close both windows."""
        for page in self.pages.values():
            page.context.close()

    def load(self, url: str, size: tuple[int, int]) -> PageLoad:
        """Load a page and look at it in every way that needs no second load.

        All rules of axe run in the wide window with light colours: those of colours, which take
        most of the time, on the first few of rows with the same elements and classes, and the
        others on the whole page. In the other three appearances, of rows that are alike the first
        few are looked at.
        """
        page = self._window(size)
        seen = PageLoad(url)
        listeners: dict[str, Callable[[Any], None]] = {
            "request": lambda request: seen.requests.append(request.url),
            "requestfailed": lambda request: seen.messages.append(_failure(request)),
            "console": lambda message: seen.messages.append(message.text),
            "pageerror": lambda error: seen.messages.append(str(error)),
        }
        for event, listener in listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]
        response = page.goto(url, wait_until="load")
        assert response is not None
        seen.status = response.status
        page.evaluate("() => new Promise(requestAnimationFrame)")
        seen.elements = page.evaluate("document.querySelectorAll('*').length")
        seen.layout_shift = page.evaluate("layoutShift")
        if size == MOBILE:
            seen.lost_semantics = lost_table_semantics(page)
            page.set_viewport_size({"width": 320, "height": MOBILE[1]})
            seen.overflow = page.evaluate(OVERFLOW)
            page.evaluate(SPACING)
            seen.overflow_spaced = page.evaluate(OVERFLOW)
            page.evaluate("document.adoptedStyleSheets = []")
            page.set_viewport_size({"width": MOBILE[0], "height": MOBILE[1]})
            page.evaluate(THIN, ALIKE)
            seen.violations = axe.violations(page, axe.ALL)
        else:
            seen.violations = axe.violations(page, axe.OTHERS)
            page.evaluate(THIN, ALIKE_DEEPLY)
            seen.violations += axe.violations(page, axe.COLOURS)
        page.evaluate(THIN, ALIKE)
        page.emulate_media(color_scheme="dark")
        seen.violations_dark = axe.violations(page, axe.COLOURS)
        page.emulate_media(color_scheme="light")
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        return seen

    def _window(self, size: tuple[int, int]) -> "Page":
        if size not in self.pages:
            width, height = size
            context = self.browser.new_context(viewport={"width": width, "height": height})
            page = self.pages[size] = context.new_page()
            page.add_init_script(OBSERVE_SHIFTS)
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        return self.pages[size]


def _failure(request: "Request") -> str:
    return f"{request.url}: {request.failure}"


def lost_table_semantics(page: "Page") -> list[str]:
    """Tables whose rows, headers or cells are missing in Chromium's accessibility tree."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    found = _tables(nodes)
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("table, [role=table]")]
        .filter((table) => table.checkVisibility())
        .map((table) => [
            table.getAttribute("aria-label") ?? table.caption?.textContent ?? "",
            table.querySelectorAll("tr, [role=row]").length,
            table.querySelectorAll("th, [role=columnheader], [role=rowheader]").length,
            [...table.querySelectorAll("td, [role=cell]")].filter(
              (cell) => cell.checkVisibility()).length])"""
    )
    pairs = zip(wanted, found, strict=False)
    lost = [
        f"table {name!r}: {counts} rows, headers and cells, {seen} in the accessibility tree"
        for (name, *counts), seen in pairs
        if counts != seen
    ]
    missing = len(wanted) - len(found)
    return lost + ([f"{missing} tables are missing in the accessibility tree"] if missing else [])


def _tables(nodes: list[dict[str, Any]]) -> list[list[int]]:
    """Numbers of rows, headers and cells of each table, in the order of the document."""
    by_id = {node["nodeId"]: node for node in nodes}
    tables: list[list[int]] = []

    def visit(node: dict[str, Any], counts: list[int] | None) -> None:
        role = "" if node.get("ignored") else node.get("role", {}).get("value", "")
        if role == "table":
            counts = [0, 0, 0]
            tables.append(counts)
        if counts is not None:
            counts[0] += role == "row"
            counts[1] += role in ("columnheader", "rowheader")
            counts[2] += role in ("cell", "gridcell")
        for child in node.get("childIds", ()):
            if child in by_id:
                visit(by_id[child], counts)

    visit(nodes[0], None)
    return tables
