"""The OpenAPI document: in step with the code, fit for client generation, and true."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest

from app.api.openapi import DOCUMENT_FILE, document_bytes, dump_document
from app.cli import openapi as openapi_command
from app.cli import openapi_document
from app.resources import RESOURCES
from app.services.releases.archive import Archive
from tests.helpers import SHIPPED, fill_store
from tests.params import ONE_STORE


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(json.loads(DOCUMENT_FILE.read_text("utf-8")))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The component that a reference names, or the node itself."""
    if "$ref" not in node:
        return node
    _, kind, name = node["$ref"].removeprefix("#/").split("/")
    return dict(document["components"][kind][name])


def test_the_document_tells_of_the_routes_and_answers_as_they_are(
    document: dict[str, Any], tmp_path: Path
) -> None:
    store = fill_store(f"sqlite:///{tmp_path}/kkb.db", SHIPPED)
    built = json.loads(openapi_document.document_from_store(store, Archive(tmp_path / "releases")))
    store.engine.dispose()
    for path, methods in built["paths"].items():
        assert document["paths"].get(path) == methods, f"{path}: run `make openapi`"
    assert document == built, "run `make openapi`"


@ONE_STORE
def test_the_document_is_served_minified_with_validators(
    client: httpx.Client, base: str, document: dict[str, Any]
) -> None:
    response = client.get("/openapi.json")
    server = {"url": base, "description": "This server."}
    assert response.json() == {**document, "servers": [server]}
    minified = json.dumps(response.json(), ensure_ascii=False, separators=(",", ":"))
    assert response.content == minified.encode("utf-8")
    assert response.headers["Cache-Control"].startswith("public")
    repeated = client.get("/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert (repeated.status_code, repeated.content) == (304, b"")


def test_the_document_is_small() -> None:
    """Client generators and documentation pages read all of it."""
    assert len(document_bytes()) <= 1_000_000


def test_titles_are_left_to_the_names_of_the_schemas(document: dict[str, Any]) -> None:
    """openapi-python-client drops schemas that share a title, such as `Data`."""
    schemas = list(document["components"]["schemas"].values())
    for schema in schemas:
        assert not isinstance(schema.get("title"), str)
        schemas += schema.get("properties", {}).values()


def test_tags_are_declared_and_described(document: dict[str, Any]) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert used == described


def test_a_change_that_needs_if_match_requires_it(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        parameters = [resolved(document, node) for node in operation.get("parameters", [])]
        required = {node["name"] for node in parameters if node.get("required")}
        assert ("If-Match" in required) == ("428" in operation["responses"]), name


def test_records_state_all_their_fields_and_requests_refuse_others(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    for resource in RESOURCES.values():
        record = schemas[resource.record.__name__]
        assert set(record["required"]) == set(record["properties"]), resource.name
        assert record.get("additionalProperties") is not False, resource.name
        if not resource.derived:
            draft = schemas[f"{resource.record.__name__}Input"]
            assert draft["additionalProperties"] is False, resource.name


def test_a_list_documents_json_alone(document: dict[str, Any]) -> None:
    """Other media types under 200 break clients of orval and openapi-fetch."""
    for name in RESOURCES:
        operation = document["paths"][f"/v1/{name}"]["get"]
        assert list(operation["responses"]["200"]["content"]) == ["application/json"], name
        assert "`Accept`" in operation["description"], name


@ONE_STORE
def test_documented_headers_are_sent(client: httpx.Client, document: dict[str, Any]) -> None:
    page = client.get("/v1/claims", params={"limit": 1})
    addresses = {
        "/v1/claims": page,
        "/v1/claims/{slug}": client.get(f"/v1/claims/{page.json()['data'][0]['slug']}"),
        "/v1/claims.{format}": client.get("/v1/claims.csv"),
        "/v1/graph": client.get("/v1/graph"),
        "/v1/changes": client.get("/v1/changes", params={"limit": 1}),
        "/": client.get("/"),
    }
    for path, response in addresses.items():
        responses = document["paths"][path]["get"]["responses"]
        documented = resolved(document, responses[str(response.status_code)])
        assert documented["headers"], path
        for name in documented["headers"]:
            assert name in response.headers, (path, name)
    problems = {
        "UnauthorizedProblem": client.get("/v1/keys"),
        "NotFoundProblem": client.get("/v1/claims/none"),
    }
    for component, response in problems.items():
        for name in document["components"]["responses"][component]["headers"]:
            assert name in response.headers, (component, name)
    refused = client.put("/v1/claims")
    assert {"Allow", "X-Request-ID"} <= set(
        document["components"]["responses"]["Problem"]["headers"]
    )
    assert refused.headers["Allow"]


def test_what_several_operations_have_is_a_component(document: dict[str, Any]) -> None:
    """Document size: what each collection adds to it."""
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            assert "$ref" in response or status < "400", (name, status)
    inline = [
        json.dumps(parameter, sort_keys=True)
        for _, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if "$ref" not in parameter
    ]
    assert len(inline) == len(set(inline))


def test_names_of_components_stay_apart_with_a_suffix(document: dict[str, Any]) -> None:
    """Orval writes them into one folder: `ConflictResponse`, of a response called `Conflict`."""
    components = document["components"]
    suffixes = {"responses": "Response", "parameters": "Parameter", "requestBodies": "Body"}
    names = [
        f"{name}{suffixes.get(kind, '')}".replace("_", "").lower()
        for kind in ("schemas", *suffixes)
        for name in components.get(kind, {})
    ]
    assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)


def test_the_file_has_a_line_per_path_and_per_schema(document: dict[str, Any]) -> None:
    text = DOCUMENT_FILE.read_text("utf-8")
    assert text == dump_document(document), "run `make openapi`"
    lines = text.split("\n")
    entries = [*document["paths"], *(n for kind in document["components"].values() for n in kind)]
    for name in entries:
        assert any(line.startswith(f'"{name}":{{"') for line in lines), name
    assert len(entries) < len(lines) < len(entries) + 30


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
        plural = name.replace("-", "_")
        wanted = {
            f"list_{plural}",
            f"get_{resource.record_type}",
            f"batch_get_{plural}",
            f"export_{plural}",
        }
        assert wanted <= set(ids)


def test_schema_names_hold_no_module_path(document: dict[str, Any]) -> None:
    names = document["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z]+", name)] == []


def test_every_operation_and_parameter_is_described(document: dict[str, Any]) -> None:
    bare = []
    for name, operation in operations(document):
        parameters = [resolved(document, node) for node in operation.get("parameters", [])]
        described = {
            f"{name} summary": operation.get("summary"),
            f"{name} description": operation.get("description"),
            **{
                f"{name} {parameter['name']}": parameter.get("description")
                for parameter in parameters
            },
            **{
                f"{name} {status}": resolved(document, response)["description"]
                for status, response in operation["responses"].items()
            },
        }
        bare += [what for what, description in described.items() if not description]
    assert bare == []


def test_every_field_of_every_schema_is_described(document: dict[str, Any]) -> None:
    """By itself or by the schema that it refers to; those of a patch, in the whole record."""
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        if not name.endswith("Patch")
        for field, node in schema.get("properties", {}).items()
        if not (node.get("description") or resolved(document, node).get("description"))
    ]
    assert bare == []


def test_every_record_and_every_read_has_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    # Of a collection that the shipped dataset does not hold, no record can be shown.
    records = [resource.record.__name__ for resource in RESOURCES.values()]
    assert sum("examples" in schemas[name] for name in records) >= len(records) - 1
    for name, operation in operations(document):
        # Proposals and histories tell of moments, which differ each time.
        moments = {"curation", "history"} & set(operation["tags"]) or name.endswith("/history")
        if moments or operation["operationId"] == "get_metadata" or name.endswith("/{file}"):
            continue
        response = resolved(document, operation["responses"].get("200", {}))
        content = response.get("content", {}).get("application/json")
        if content and operation["tags"][0] not in RESOURCES:
            assert "example" in content, name


def test_every_example_is_valid_against_its_schema(document: dict[str, Any]) -> None:
    registry = jsonschema_rs.Registry([("urn:api", document)])
    examples = list(examples_with_schema(document))
    assert len(examples) > len(RESOURCES)
    for pointer, example in examples:
        schema = {"$ref": f"urn:api{pointer}"}
        validator = jsonschema_rs.Draft202012Validator(
            schema, registry=registry, validate_formats=True
        )
        errors = [error.message for error in validator.iter_errors(example)]
        assert errors == [], pointer


def examples_with_schema(
    node: Any, pointer: str = "#", names_fields: bool = False
) -> Iterator[tuple[str, Any]]:
    """Every example, after the JSON pointer to its schema; names of fields are no keywords."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from examples_with_schema(item, f"{pointer}/{number}")
    elif isinstance(node, dict):
        if "schema" in node and not names_fields:
            named = [example["value"] for example in node.get("examples", {}).values()]
            for example in [*named, *([node["example"]] if "example" in node else [])]:
                yield f"{pointer}/schema", example
        elif not names_fields:
            for example in node.get("examples", []):
                yield pointer, example
        for name, value in node.items():
            if names_fields or name not in ("example", "examples"):
                step = quote(name.replace("~", "~0").replace("/", "~1"))
                yield from examples_with_schema(value, f"{pointer}/{step}", name == "properties")


def test_errors_are_problems_in_the_document_as_on_the_wire(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response) == ["$ref"], (name, status)
                content = resolved(document, response)["content"]
                schema = {"$ref": "#/components/schemas/Problem"}
                assert content == {"application/problem+json": {"schema": schema}}, (name, status)


def test_the_documentation_needs_no_network(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r"(?:src|href)=[\"']([^\"']+)", page.text)
    assert addresses
    for address in addresses:
        assert not re.match(r"(https?:)?//", address), address
        assert client.get(address).status_code == 200, address
