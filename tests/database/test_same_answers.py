"""SQLite and PostgreSQL answer alike: status, headers, bytes and order, whatever is asked.

What is asked comes from the document that the application serves, so a new route is covered.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from app.api.openapi import DOCUMENT_FILE
from app.resources import RESOURCES
from tests import factories
from tests.helpers import SHIPPED, fill_store, serving
from tests.params import DATABASES, SIZE, sample

OF_THE_PROCESS = {"/metrics"}
# The body itself is compared; `last-modified` is when the file of an export was made.
OWN = {"date", "x-request-id", "content-length", "last-modified"}
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")  # the ledger's: when each store was filled
WORDS = ["ketamine", "Café", "mTOR", "µ", "ﬁ", "İ", "ß", "100%", "a_b", "\\", "'", "e\u0301"]
HOSTILE = ["", "\x00", "%", ",", "NaN", "1e999", "-1", "9" * 30, str(2**63), "\u202e", "x" * 300]
#: Compression knows no store, and takes most of the time.
SENT = {"Host": "kb.test", "Accept-Encoding": "identity"}
#: Sampled values of a parameter, per address; of the shipped dataset, sampled parameters too.
MOST, FEW = 1, 2
ROOMS = [*RESOURCES, "other"]


class Pair:
    """Both stores with the same dataset, each behind its own server."""

    def __init__(self, name: str, clients: list[httpx.Client]) -> None:
        self.name, self.clients = name, clients
        self.slugs = {
            name: [row["slug"] for row in self.get(f"/v1/{name}?limit=3").json()["data"]]
            for name in RESOURCES
        }

    def get(self, address: str, **headers: str) -> httpx.Response:
        return self.ask("GET", address, headers=headers)

    def ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        one, other = (client.request(method, address, **more) for client in self.clients)
        assert told(one) == told(other), address
        assert one.status_code < 500, address
        return one


def told(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = sorted(pair for pair in answer.headers.items() if pair[0] not in OWN)
    return answer.status_code, headers, MOMENT.sub(b"then", answer.content)


@pytest.fixture(scope="module", params=["made", "shipped"])
def pair(
    request: pytest.FixtureRequest,
    make_empty_store: Callable[[str, Path], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    root = tmp_path_factory.mktemp("pair")
    made = request.param == "made"
    folder = factories.write_folder(root / "data", factories.dataset(SIZE)) if made else SHIPPED
    with ExitStack() as stack:
        clients = []
        for database in DATABASES:
            store = fill_store(make_empty_store(database, root), folder)
            stack.callback(store.engine.dispose)
            url = stack.enter_context(serving(store))
            client = httpx.Client(base_url=url, headers=SENT, timeout=30)
            clients.append(stack.enter_context(client))
        yield Pair(request.param, clients)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The committed one, which is the one that is served: tests/api/test_openapi.py."""
    return dict(json.loads(DOCUMENT_FILE.read_text("utf-8")))


def addresses(document: dict[str, Any], room: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The paths of a room that can be read, with their operations."""
    for path, operations in document["paths"].items():
        parts = path.removeprefix("/v1/").replace(".", "/").split("/")
        own = parts[0] if parts[0] in RESOURCES else "other"
        if "get" in operations and own == room and path not in OF_THE_PROCESS:
            yield path, operations["get"]


def filled(path: str, pair: Pair) -> list[str]:
    """A path with its `{…}` filled in: by records that are there, and by what is not."""
    names = re.findall(r"{(\w+)}", path)
    if not names:
        return [path]
    own = [r for r in RESOURCES.values() if path.startswith(f"/v1/{r.name}/")]
    if "format" in names:
        given = known_as(own[0].record_type, pair.slugs[own[0].name][0]) if own else {}
        formats = ("csv", "tsv", "ndjson", "parquet", "bib", "x")
        return [path.format(**{**given, "format": name}) for name in formats]
    is_made = pair.name == "made"
    known = [
        known_as(resource.record_type, slug)
        for resource in own or RESOURCES.values()
        for slug in pair.slugs[resource.name][: 3 if own and is_made else 1]
    ]
    hostile = ["none", *(sample(HOSTILE[1:], 3, path) if is_made else ())]
    wrong = [dict.fromkeys(names, quote(value, safe="")) for value in hostile]
    return [path.format(**given) for given in known + wrong]


def known_as(kind: str, slug: str) -> dict[str, str]:
    """A record under every name that a path may call it by."""
    entity = f"{kind}:{slug}"
    return {"slug": slug, "type": kind, "entity": entity, "anything": slug, "name": "not-found"} | {
        "prefix": "doi",
        "identifier": "10.1000/x1",
        "number": "1",
        "file": "manifest.json",
        "key": "counts",
    }


def needed(parameters: list[dict[str, Any]], pair: Pair) -> dict[str, str]:
    """The parameters that an address asks for, with something that is there."""
    compound, indication = pair.slugs["compounds"][0], pair.slugs["indications"][0]
    found = {"compound": compound, "indication": indication, "q": "ketamine"}
    found |= {"from": f"compound:{compound}", "to": f"indication:{indication}"}
    return {p["name"]: found[p["name"]] for p in parameters if p.get("required")}


def asked_for(document: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The query parameters of an operation, those that many share included."""
    shared = document["components"]["parameters"]
    every = [
        shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p
        for p in operation.get("parameters", [])
    ]
    return [p for p in every if p["in"] == "query"]


def values(document: dict[str, Any], parameter: dict[str, Any], pair: Pair) -> list[str]:
    """What to send in a parameter: its words, or a choice by type."""
    schema = resolved(document, parameter["schema"])
    if "enum" in schema:
        return [str(value) for value in schema["enum"]]
    if schema.get("type") == "boolean":
        return ["true", "false", "x"]
    if schema.get("type") in {"number", "integer"}:
        return ["0", "1", "7.5", "30", "2013", "1e999", str(2**63)]
    target = RESOURCES.by_record_type.get(parameter["name"])
    typed = [
        f"{r.record_type}:{slug}" for name, r in RESOURCES.items() for slug in pair.slugs[name][:1]
    ]
    return [*(pair.slugs[target.name] if target else typed[:4]), *WORDS, *HOSTILE]


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of one value: without `$ref`, null and list."""
    if "$ref" in schema:
        return resolved(document, document["components"]["schemas"][schema["$ref"].split("/")[-1]])
    if "anyOf" in schema:
        return resolved(document, next(s for s in schema["anyOf"] if s.get("type") != "null"))
    return resolved(document, schema["items"]) if schema.get("type") == "array" else schema


@pytest.mark.parametrize("room", ROOMS)
def test_every_address_and_parameter_is_answered_alike(
    pair: Pair, document: dict[str, Any], room: str
) -> None:
    asked = 0
    for path, operation in addresses(document, room):
        parameters = asked_for(document, operation)
        given = needed(parameters, pair)
        for number, address in enumerate(filled(path, pair)):
            first = pair.get(f"{address}?{urlencode(given)}" if given else address)
            asked += 1
            if first.status_code != 200 or number:
                continue
            pair.get(address, **{"If-None-Match": first.headers.get("etag", "none")})
            pair.ask("HEAD", address)
            if any(p["name"] == "limit" for p in parameters):
                given["limit"] = "5"
            for parameter in parameters if pair.name == "made" else sample(parameters, FEW, path):
                name = f"{pair.name} {path} {parameter['name']}"
                for value in sample(values(document, parameter, pair), MOST, name):
                    pair.get(f"{address}?{urlencode(given | {parameter['name']: value})}")
                    asked += 1
    assert asked > 10


@pytest.mark.parametrize("room", RESOURCES)
def test_every_sort_pages_alike(pair: Pair, room: str) -> None:
    for name in RESOURCES[room].sort:
        every = (name, f"-{name}", f"{name},-slug")
        for sort in every if pair.name == "made" else sample(every, 1, f"{room} {name}"):
            page = pair.get(f"/v1/{room}?limit=50&sort={sort}")
            while "next" in page.links:
                page = pair.get(str(httpx.URL(page.links["next"]["url"]).raw_path, "ascii"))
            assert page.status_code == 200


@pytest.mark.parametrize("room", RESOURCES)
def test_a_batch_is_answered_alike(pair: Pair, room: str) -> None:
    for ids in ([*pair.slugs[room], "none", "doi:10.1/x", *WORDS], ["a\x00"], ["x" * 300], []):
        pair.ask("POST", f"/v1/{room}/batch", json={"ids": ids})
