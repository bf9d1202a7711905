"""Requests of every address with varied parameters, from the API document; a seed repeats them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from app.resources import RESOURCES

DOCUMENT = Path(__file__).parents[1] / "app" / "api" / "openapi.json"
#: Pages besides those of collections and records.
PAGES = (
    "/",
    "/search",
    "/matrix",
    "/timeline",
    "/gaps",
    "/graph",
    "/changes",
    "/calibration",
    "/glossary",
    "/methods",
    "/releases",
    "/cite",
    "/api",
    "/sitemap.xml",
)
HTML = "text/html"
ENCODINGS = ("identity", "gzip", "br", "zstd")
MAX_PARAMETERS = 4
MISSPELT = 0.2  # share of words and slugs
Headers = dict[str, str]


class VariedRequests:
    """Paths with queries and headers: all GET addresses of the API document, and the pages.

    Args:
        store: A SQLite file, whose records are requested.
        seed: Of the random choices.
    """

    def __init__(self, store: Path, seed: int = 1) -> None:
        self._random = Random(seed)
        self._document = json.loads(DOCUMENT.read_text("utf-8"))
        self._slugs = _slugs(store)
        self._words = sorted(
            {w for slugs in self._slugs.values() for s in slugs for w in s.split("-")}
        )
        operations = {path: item.get("get") for path, item in self._document["paths"].items()}
        self.addresses: dict[str, Sequence[Mapping[str, Any]]] = {
            path: [self._resolved(parameter) for parameter in get.get("parameters", ())]
            for path, get in operations.items()
            if get
        }
        self.pages = [*PAGES, *(f"/{name}" for name in RESOURCES)]
        self.pages += [f"/{name}/{{slug}}" for name in RESOURCES]

    def one_of_each(self) -> Iterator[tuple[str, Headers]]:
        """Iterate over one request of each address and page, without optional parameters."""
        for path, parameters in self.addresses.items():
            yield self._request(path, [p for p in parameters if p.get("required")])
        for page in self.pages:
            yield self._path(page, ()), self._headers(HTML)

    def varied(self, number: int) -> Iterator[tuple[str, Headers]]:
        """Iterate over a number of requests with random addresses, parameters and encodings."""
        addresses = list(self.addresses)
        for _ in range(number):
            if self._random.random() < 0.2:
                yield self._path(self._random.choice(self.pages), ()), self._headers(HTML)
            else:
                path = self._random.choice(addresses)
                yield self._request(path, self._some(self.addresses[path]))

    def _resolved(self, parameter: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in parameter:
            node: Any = self._document
            for key in parameter["$ref"].removeprefix("#/").split("/"):
                node = node[key]
            parameter = node
        return parameter

    def _some(self, parameters: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        required = [p for p in parameters if p.get("required")]
        optional = [p for p in parameters if not p.get("required") and p["name"] != "cursor"]
        number = min(self._random.randint(0, MAX_PARAMETERS), len(optional))
        return required + self._random.sample(optional, number)

    def _request(self, path: str, parameters: Sequence[Mapping[str, Any]]) -> tuple[str, Headers]:
        query = [
            (p["name"], self._value(p["name"], self._resolved(p.get("schema", {}))))
            for p in parameters
            if p["in"] == "query"
        ]
        address = self._path(path, parameters)
        return f"{address}?{urlencode(query)}" if query else address, self._headers("*/*")

    def _headers(self, accept: str) -> Headers:
        return {"Accept": accept, "Accept-Encoding": self._random.choice(ENCODINGS)}

    def _path(self, path: str, parameters: Sequence[Mapping[str, Any]]) -> str:
        """Return a path with values for what it has in braces."""
        collection = path.removeprefix("/v1").strip("/").partition("/")[0]
        schemas = {p["name"]: self._resolved(p.get("schema", {})) for p in parameters}
        while "{" in path:
            before, _, rest = path.partition("{")
            name, _, after = rest.partition("}")
            if name == "slug" and collection in self._slugs:
                value = self._spelt(self._random.choice(self._slugs[collection]))
            else:
                value = self._value(name, schemas.get(name, {}))
            path = f"{before}{quote(value, safe='')}{after}"
        return path

    def _value(self, name: str, schema: Mapping[str, Any]) -> str:
        for choice in schema.get("anyOf", ()):
            if choice.get("type") != "null":
                schema = self._resolved(choice)
                break
        if "$ref" in schema:
            schema = self._resolved(schema)
        if "enum" in schema:
            return str(self._random.choice(schema["enum"]))
        match schema.get("type"):
            case "array":
                items = self._resolved(schema.get("items", {}))
                return ",".join(self._value(name, items) for _ in range(self._random.randint(1, 2)))
            case "boolean":
                return self._random.choice(("true", "false"))
            case "integer" | "number":
                low, high = schema.get("minimum", 0), schema.get("maximum", 100)
                return str(self._random.randint(int(low), max(int(low), min(int(high), 1000))))
        if name == "q":
            return " ".join(self._spelt(self._random.choice(self._words)) for _ in range(2))
        known = [n for n, r in RESOURCES.items() if name in (n, r.record_type)]
        slugs = self._slugs[known[0]] if known else self._slugs["compounds"]
        return self._spelt(self._random.choice(slugs))

    def _spelt(self, text: str) -> str:
        """Return a text, now and then with two of its characters swapped."""
        if len(text) < 4 or self._random.random() > MISSPELT:
            return text
        at = self._random.randrange(len(text) - 1)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _slugs(store: Path) -> dict[str, list[str]]:
    """Return the slugs of each collection that has records."""
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute("SELECT type, slug FROM record ORDER BY type, slug").fetchall()
    slugs = {name: [s for t, s in rows if t == r.record_type] for name, r in RESOURCES.items()}
    return {name: present for name, present in slugs.items() if present}
