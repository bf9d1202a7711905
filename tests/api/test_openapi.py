"""The OpenAPI document: in step with the code, fit for client generation, and true."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import documenting
from app.api.openapi import EXAMPLES
from app.main import create_app
from app.resources import RESOURCES
from app.settings import Settings
from tests.conftest import ONE_STORE

COMMITTED = Path(__file__).parents[2] / "openapi.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(json.loads(COMMITTED.read_text("utf-8")))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


@ONE_STORE
def test_the_committed_document_is_the_one_the_application_serves(client: httpx.Client) -> None:
    committed = COMMITTED.read_text("utf-8")
    assert documenting.render(documenting.document()) == committed, "run `make openapi`"
    served = client.get("/openapi.json").json()
    assert documenting.render(served) == committed


def test_the_examples_are_answers_that_the_shipped_dataset_gives() -> None:
    kept = json.loads(EXAMPLES.read_text("utf-8"))
    given = asyncio.run(documenting.ask())
    assert list(given) == list(kept)
    for operation, answer in given.items():
        assert answer == kept[operation], f"{operation}: run `make openapi`"


def test_operation_ids_are_fit_for_client_generation(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in ids), ids
    for name, resource in RESOURCES.items():
        wanted = {f"list_{name}", f"read_{resource.kind}", f"batch_{name}", f"export_{name}"}
        assert wanted <= set(ids)


def test_every_operation_and_parameter_is_described(document: dict[str, Any]) -> None:
    bare = [name for name, operation in operations(document) if not operation.get("summary")]
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if not (parameter.get("description") or parameter["schema"].get("description")):
                bare.append(f"{name} {parameter['name']}")
        for status, response in operation["responses"].items():
            if not response["description"]:
                bare.append(f"{name} {status}")
    assert bare == []


def test_every_field_of_every_schema_is_described(document: dict[str, Any]) -> None:
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, found in schema.get("properties", {}).items()
        if not found.get("description")
    ]
    assert bare == []


def test_every_list_record_and_batch_has_an_example(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        # Proposals and histories tell of moments, which differ each time.
        moments = {"curation", "history"} & set(operation["tags"]) or name.endswith("/history")
        catalogue = operation["operationId"] == "read_catalogue"
        if not moments and not catalogue and not name.endswith((".{format}", "/{file}")):
            content = operation["responses"].get("200", {}).get("content", {})
            if "application/json" in content:
                assert "example" in content["application/json"], name


def test_errors_are_problems_in_the_document_as_on_the_wire(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (name, status)


def test_the_documentation_needs_no_network(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r"(?:src|href)=[\"']([^\"']+)", page.text)
    assert addresses
    for address in addresses:
        assert not re.match(r"(https?:)?//", address), address
        assert client.get(address).status_code == 200, address


def test_the_document_is_made_where_nobody_else_waits_for_it() -> None:
    app = create_app(Settings(database_url="sqlite://"))
    make, made_in = app.openapi, []

    def noted() -> dict[str, Any]:
        made_in.append(threading.get_ident())
        return make()

    app.openapi = noted  # type: ignore[method-assign]

    async def ask() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kb") as client:
            return len((await client.get("/openapi.json")).json()["paths"])

    assert asyncio.run(ask()) > 50
    assert made_in[0] != threading.get_ident()
