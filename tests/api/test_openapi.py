"""The OpenAPI document: in step with the code, fit for client generation, and true."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.api.openapi import DOCUMENT_FILE, dump_document
from app.cli import openapi as openapi_command
from app.cli import openapi_document
from app.resources import RESOURCES
from tests.params import ONE_STORE


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(json.loads(DOCUMENT_FILE.read_text("utf-8")))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_the_document_tells_of_the_routes_and_answers_as_they_are(
    document: dict[str, Any],
) -> None:
    built = json.loads(openapi_document.build_document())
    for path, methods in built["paths"].items():
        assert document["paths"].get(path) == methods, f"{path}: run `make openapi`"
    assert document == built, "run `make openapi`"


@ONE_STORE
def test_the_document_is_served_minified(client: httpx.Client, document: dict[str, Any]) -> None:
    served = client.get("/openapi.json").content
    assert served == json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode("utf-8")


def test_the_file_has_a_line_per_path_and_per_schema(document: dict[str, Any]) -> None:
    text = DOCUMENT_FILE.read_text("utf-8")
    assert text == dump_document(document), "run `make openapi`"
    lines = text.split("\n")
    for name in (*document["paths"], *document["components"]["schemas"]):
        assert sum(line.startswith(f'"{name}":{{"') for line in lines) == 1, name


def test_what_is_printed_is_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    openapi_command.openapi(write=None)
    assert capsys.readouterr().out == DOCUMENT_FILE.read_text("utf-8")


#: What an operation id begins with: generated clients make function names of it.
VERBS = {"get", "list", "batch", "export", "find", "search", "suggest", "resolve", "redirect"}
VERBS |= {"compute", "propose", "submit", "accept", "reject", "return", "comment", "publish"}
VERBS |= {"revoke"}


def test_operation_ids_are_unique_snake_case_verbs(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in ids), ids
    assert {name.partition("_")[0] for name in ids} <= VERBS
    for name, resource in RESOURCES.items():
        wanted = {
            f"list_{name}",
            f"get_{resource.record_type}",
            f"batch_get_{name}",
            f"export_{name}",
        }
        assert wanted <= set(ids)


def test_schema_names_hold_no_module_path(document: dict[str, Any]) -> None:
    names = document["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z]+", name)] == []


def test_every_operation_and_parameter_is_described(document: dict[str, Any]) -> None:
    bare = []
    for name, operation in operations(document):
        parameters = operation.get("parameters", [])
        described = {
            name: operation.get("summary"),
            **{
                f"{name} {parameter['name']}": parameter.get("description")
                or parameter["schema"].get("description")
                for parameter in parameters
            },
            **{
                f"{name} {status}": response["description"]
                for status, response in operation["responses"].items()
            },
        }
        bare += [what for what, description in described.items() if not description]
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
    examples = {
        operation["operationId"]: content["application/json"]["example"]
        for _, operation in operations(document)
        if (content := operation["responses"].get("200", {}).get("content"))
        and "example" in content.get("application/json", {})
    }
    # Of a collection that the shipped dataset does not hold, no record can be shown.
    absent = {
        f"get_{r.record_type}" for n, r in RESOURCES.items() if not examples[f"list_{n}"]["data"]
    }
    for name, operation in operations(document):
        # Proposals and histories tell of moments, which differ each time.
        moments = {"curation", "history"} & set(operation["tags"]) or name.endswith("/history")
        catalogue = operation["operationId"] == "get_metadata"
        if not moments and not catalogue and not name.endswith((".{format}", "/{file}")):
            content = operation["responses"].get("200", {}).get("content", {})
            if "application/json" in content and operation["operationId"] not in absent:
                assert operation["operationId"] in examples, name


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
