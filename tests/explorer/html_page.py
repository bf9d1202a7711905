"""An HTML page, parsed strictly: its links, and what is wrong with its markup."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import httpx

#: Attributes that hold one address.
_ADDRESSES = {"a": "href", "link": "href", "form": "action", "script": "src", "img": "src"}
#: Attributes that name other elements of the page, separated by spaces.
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers", "list")
_LANDMARKS = {"nav": "navigation", "aside": "complementary", "main": "main", "search": "search"}
_LANDMARK_ROLES = {*_LANDMARKS.values(), "region", "form", "banner", "contentinfo"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CURL = re.compile(r"curl (?:-\S+ )*'([^']+)'")


@dataclass(frozen=True)
class HtmlPage:
    """A page as it was sent."""

    response: httpx.Response

    @cached_property
    def _parsed(self) -> tuple[Element, list[str]]:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        document = parser.parse(self.response.content, transport_encoding="utf-8")
        return document, [f"{code} at {at}: {data}" for at, code, data in parser.errors]

    @cached_property
    def _tags(self) -> "list[tuple[str, dict[str, str | None]]]":
        """Start tags, without the strict parser: it takes fifty times as long."""
        return StartTags(self.response.text).found

    @property
    def document(self) -> Element:
        """The root element."""
        return self._parsed[0]

    @property
    def url(self) -> str:
        """The address that was requested."""
        return str(self.response.url)

    @cached_property
    def elements(self) -> list[Element]:
        """All elements in the order of the document, without comments."""
        return [element for element in self.document.iter() if isinstance(element.tag, str)]

    def all(self, *tags: str) -> Iterator[Element]:
        """All elements with one of these tags."""
        return (element for element in self.elements if element.tag in tags)

    @property
    def main(self) -> Element:
        """The main content."""
        return next(self.all("main"))

    @property
    def title(self) -> str:
        """Text of the only h1."""
        return text(next(self.all("h1")))

    @cached_property
    def hrefs(self) -> list[str]:
        """Addresses of all links, forms, styles, scripts and images as they are written."""
        found = {attributes.get(_ADDRESSES.get(tag, "")) for tag, attributes in self._tags}
        return sorted(filter(None, found))

    @cached_property
    def links(self) -> list[str]:
        """The same as absolute addresses without fragment."""
        return sorted({urldefrag(urljoin(self.url, href)).url for href in self.hrefs})

    @cached_property
    def fragments(self) -> list[str]:
        """Absolute addresses of the links to a part of a page."""
        return [urljoin(self.url, href) for href in self.hrefs if "#" in href]

    def loads_from_elsewhere(self) -> list[str]:
        """Addresses of other hosts that a browser would load with the page."""
        loaded = [
            element.attrib[attribute]
            for element in self.all("script", "img", "link", "iframe", "source", "use", "image")
            for attribute in ("src", "href", "srcset")
            if attribute in element.attrib
            and element.attrib.get("rel") not in ("canonical", "license", "author")
        ]
        return [at for at in loaded if own_path(urljoin(self.url, at), self.url) is None]

    @cached_property
    def commands(self) -> list[str]:
        """Addresses of the curl commands that the page shows."""
        return _CURL.findall(unescape(self.response.text))

    def alternates(self) -> dict[str, str]:
        """Addresses of the same content in other media types, by type."""
        return {
            str(link["type"]): urljoin(self.url, link["href"])
            for tag, link in self._tags
            if tag == "link" and "alternate" in (link["rel"] or "") and "type" in link
        }

    @property
    def canonical(self) -> str:
        """The canonical address."""
        (found,) = (
            link["href"] for tag, link in self._tags if tag == "link" and link["rel"] == "canonical"
        )
        return str(found)

    @property
    def ids(self) -> set[str | None]:
        """The ids of its elements."""
        return {attributes.get("id") for _, attributes in self._tags}

    def problems(self) -> list[str]:
        """What is wrong with the markup."""
        return [
            *self._parsed[1],
            *self._heading_problems(),
            *self._id_problems(),
            *self._landmark_problems(),
            *self._policy_problems(),
        ]

    def _heading_problems(self) -> Iterator[str]:
        levels = [int(element.tag[1]) for element in self.all(*_HEADINGS)]
        if levels.count(1) != 1:
            yield f"{levels.count(1)} h1 elements"
        for before, after in zip([0, *levels], levels, strict=False):
            if after > before + 1:
                yield f"h{after} follows h{before}"
        yield from (f"empty {element.tag}" for element in self.all(*_HEADINGS) if not text(element))

    def _id_problems(self) -> Iterator[str]:
        ids = Counter(element.attrib["id"] for element in self.elements if "id" in element.attrib)
        yield from (f"id {name!r} occurs {n} times" for name, n in ids.items() if n > 1)
        for element in self.elements:
            named = [word for name in _REFERENCES for word in element.attrib.get(name, "").split()]
            href = element.attrib.get("href", "") if element.tag == "a" else ""
            if href.startswith("#"):
                named.append(href[1:])
            yield from (f"no element has the id {name!r}" for name in named if name not in ids)

    def _landmark_problems(self) -> Iterator[str]:
        names = Counter(self.landmarks())
        yield from (
            f"{number} landmarks {role} named {name!r}"
            for (role, name), number in names.items()
            if number > 1
        )
        if [role for role, _ in names].count("main") != 1:
            yield "no main landmark"

    def landmarks(self) -> Iterator[tuple[str, str]]:
        """Role and name of each landmark."""
        for element in self.elements:
            name = self.accessible_name(element)
            role = element.attrib.get("role") or _LANDMARKS.get(element.tag, "")
            if element.tag in ("section", "form") and name and not role:
                role = "region" if element.tag == "section" else "form"
            if role in _LANDMARK_ROLES:
                yield role, name

    def accessible_name(self, element: Element) -> str:
        """Name by aria-label or aria-labelledby."""
        ids = element.attrib.get("aria-labelledby", "").split()
        named = [text(other) for other in self.elements if other.attrib.get("id") in ids]
        return element.attrib.get("aria-label") or " ".join(named)

    def _policy_problems(self) -> Iterator[str]:
        """What a strict Content-Security-Policy blocks."""
        for element in self.elements:
            inline = [n for n in element.attrib if n == "style" or n.startswith("on")]
            yield from (f"attribute {name} of {element.tag}" for name in inline)
            if element.tag == "style":
                yield "inline style element"
            data = element.attrib.get("type", "") == "application/ld+json"
            if element.tag == "script" and "src" not in element.attrib and not data:
                yield "inline script"
            if element.attrib.get("href", "").lower().startswith(("javascript:", "data:")):
                yield f"address {element.attrib['href'][:40]}"


class StartTags(HTMLParser):
    """The start tags of a page with their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def text(element: Element) -> str:
    """The text of an element and all inside it, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def own_path(address: str, base: str) -> str | None:
    """Path and query of an address of this host; None for one of another host."""
    parts, own = urlsplit(address), urlsplit(base)
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def rows(element: Element) -> list[list[str]]:
    """Texts of the cells of the rows in an element."""
    return [[text(cell) for cell in row if cell.tag in ("td", "th")] for row in element.iter("tr")]
