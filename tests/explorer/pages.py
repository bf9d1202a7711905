"""Helpers of tests that read the pages as a browser does."""

from collections.abc import Iterator
from typing import Any

import html5lib
import httpx

#: What a browser accepts.
HTML = {"Accept": "text/html"}


def read_page(client: httpx.Client, path: str) -> Any:
    """The parsed page at an address."""
    response = client.get(path, headers=HTML)
    assert response.status_code == 200, response.text[:300]
    return html5lib.parse(response.text, namespaceHTMLElements=False)


def text_of(element: Any) -> str:
    """The text of an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def by_class(page: Any, name: str) -> Iterator[Any]:
    """The elements with a class."""
    return (found for found in page.iter() if name in (found.get("class") or "").split())


def section(page: Any, name: str) -> Any:
    """The section with an id."""
    found = page.find(f".//section[@id='{name}']")
    assert found is not None, f"no section {name}"
    return found


def links(element: Any) -> dict[str, str]:
    """Address → text of the links in an element."""
    return {link.get("href"): text_of(link) for link in element.iter("a")}


def data(client: httpx.Client, path: str) -> Any:
    """The data of the JSON at an address."""
    return client.get(path).raise_for_status().json()["data"]


def total(client: httpx.Client, path: str) -> int:
    """The number of records of a list."""
    number: int = client.get(path).raise_for_status().json()["page"]["total"]
    return number
