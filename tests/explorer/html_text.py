"""Parts of an HTML page as text, for tests of what it shows."""

from xml.etree.ElementTree import Element

import html5lib
import httpx

HTML = {"Accept": "text/html"}


def get(client: httpx.Client, path: str, status: int = 200) -> "Html":
    """Return a page as a browser gets it."""
    response = client.get(path, headers=HTML)
    assert response.status_code == status, (path, response.status_code, response.text[:300])
    assert response.headers["content-type"].startswith("text/html")
    return Html(response.content)


class Html:
    """A page, parsed strictly."""

    def __init__(self, content: bytes) -> None:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True)
        self.root = parser.parse(content, transport_encoding="utf-8")

    def all(self, path: str) -> list[Element]:
        """Elements that match a path of ElementTree."""
        found: list[Element] = self.root.findall(f".//{path}")
        return found

    def texts(self, path: str) -> list[str]:
        """Texts of the elements that match."""
        return [text(element) for element in self.all(path)]

    def links(self, path: str = "") -> dict[str, str]:
        """Text → address of the links below the elements that match."""
        return {text(a): a.attrib["href"] for a in self.all(f"{path}//a" if path else "a")}

    @property
    def main(self) -> str:
        """Text of the main content."""
        return self.texts("main")[0]


def text(element: Element) -> str:
    """Text of an element with single spaces."""
    return " ".join("".join(element.itertext()).split())
