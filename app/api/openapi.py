"""The OpenAPI document: derived from the routes, with examples from real responses.

Deriving it takes five seconds of CPU time and 100 MB. `kkb openapi --write` does it once and writes
a file, which is what the service reads; a test compares the file with the application.
"""

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode
from pydantic_core import from_json
from starlette.routing import BaseRoute, Route

from app.api.cache.etags import CACHE_CONTROL, if_none_match_hits, if_none_match_is_any
from app.api.cache.response_cache import CACHE_SCOPE_KEY, IMMUTABLE
from app.api.deps import base_url, supports_release
from app.api.documented_responses import (
    HEADERS,
    NOT_FOUND,
    NOT_MODIFIED,
    documented_headers,
    response_components,
)
from app.api.openapi_components import (
    describe_patches_once,
    open_responses,
    operations,
    remove_titles,
    remove_unused,
    share_parameters,
    share_responses,
    shorten_nullable,
    simplify_parameter,
)
from app.api.problems import REF_TEMPLATE, Problem
from app.api.query_parameters import QueryParameters, own_query_parameters
from app.api.release_parameter import PARAMETERS
from app.api.request_body import RequestBody, own_request_bodies
from app.api.route_groups import flattened
from app.kit.registry import ResourceRegistry

DOCUMENT_FILE = Path(__file__).with_name("openapi.json")
#: The objects of the document that have a line per key; the maps in `components` have one, too.
EXPANDED = {(), ("paths",), ("components",)}
#: Operation id → a response of the service.
Examples = Mapping[str, Any]
REDIRECTS_AND_CREATIONS = {"201", "202", "307"}
#: The tags that are not collections, in the order of the documentation.
TAGS = {
    "search": "Search over all records, suggestions, and resolution of names and identifiers.",
    "pages": "Everything that the page of one record shows, in one response.",
    "graph": "The mechanism as a graph: subgraphs, paths, explanations, drawings.",
    "overviews": "Views over many records: matrix, timeline, gaps.",
    "synthesis": "Meta-analyses of estimates that you send.",
    "history": "Changes of records: who changed what, when and why.",
    "releases": "Versions of the dataset that never change, and their files.",
    "curation": "Proposals, their review and API keys; needs an API key.",
    "about": "The service itself: root, vocabularies, citation, problem types, health, metrics.",
}


def dump_document(document: dict[str, Any]) -> str:
    """Write one line per path, schema and other component, with sorted keys: diffs stay readable.

    Without its line breaks the text is minified JSON; a string in JSON holds none.
    """
    return _dump(document, ()) + "\n"


def _dump(value: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(value, dict) or not (keys in EXPANDED or keys[:-1] == ("components",)):
        return _dump_minified(value)
    lines = (f"{json.dumps(key)}:{_dump(value[key], (*keys, key))}" for key in sorted(value))
    return "{\n" + ",\n".join(lines) + "\n}"


def _dump_minified(value: Any) -> str:
    return json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":"))


def _sorted(value: Any) -> Any:
    """Sort keys. Of media types, texts come first: openapi-python-client reads the first it knows.

    Of an export, it would take CSL-JSON for the type of all formats, and parse CSV as JSON.
    """
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (not key.startswith("text/"), key))
        return {key: _sorted(value[key]) for key in keys}
    return value


@cache
def document_bytes() -> bytes:
    """Return the document minified, see `dump_document`."""
    return DOCUMENT_FILE.read_bytes().replace(b"\n", b"")


@lru_cache(maxsize=8)
def served_document(base: str) -> tuple[bytes, str]:
    """Return the document with the base URL as its server, and its ETag."""
    document = {**from_json(document_bytes()), "servers": _servers(base)}
    content = _dump_minified(document).encode()
    return content, f'"{hashlib.sha256(content).hexdigest()[:24]}"'


def install(app: FastAPI) -> None:
    """Serve the document from its file."""
    app.openapi = lambda: dict(from_json(document_bytes()))  # type: ignore[method-assign]
    routes = app.router.routes
    at = next(
        at
        for at, route in enumerate(routes)
        if isinstance(route, Route) and route.path == app.openapi_url
    )
    routes[at] = Route(str(app.openapi_url), _read_document, include_in_schema=False)


async def _read_document(request: Request) -> Response:
    content, tag = served_document(base_url(request))
    validators = {"ETag": tag, "Cache-Control": CACHE_CONTROL}
    if if_none_match_hits(request, tag) or if_none_match_is_any(request):
        return Response(status_code=304, headers=validators)
    # The document changes only with the software, and the response cache ends with the process.
    request.scope.get(CACHE_SCOPE_KEY, {})["revision"] = IMMUTABLE
    return Response(content, media_type="application/json", headers=validators)


def _servers(url: str) -> list[dict[str, str]]:
    return [{"url": url, "description": "This server."}]


def build_document(app: FastAPI, catalogue: ResourceRegistry, examples: Examples) -> dict[str, Any]:
    """Build the document from the declared routes."""
    routes = list(flattened(app.routes))
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        contact={"name": "Maintainers of ketamine-kb"},
        license_info=app.license_info,
        servers=_servers("/"),
        tags=_tags(catalogue),
        routes=routes,
    )
    document["security"] = []
    components = document["components"]
    components["schemas"] |= _problem_schemas()
    components["responses"] = response_components()
    components["headers"] = copy.deepcopy(HEADERS)
    released = _operations_with_release(routes)
    queries = _models_by_operation(routes, own_query_parameters)
    bodies = _models_by_operation(routes, own_request_bodies)
    for _, method, operation in operations(document):
        if (model := bodies.get(operation["operationId"])) is not None:
            _add_request_body(operation, model, components["schemas"])
        if (model := queries.get(operation["operationId"])) is not None:
            _add_query_parameters(operation, model, components["schemas"])
        if operation["operationId"] in released:
            operation.setdefault("parameters", []).extend(copy.deepcopy(PARAMETERS))
            if method == "get":
                operation["responses"] |= {str(k): v for k, v in NOT_MODIFIED.items()}
        _document_responses(operation)
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "If-Match" and "428" in operation["responses"]:
                parameter["required"] = True
    remove_titles(document["paths"])
    remove_titles(components)
    shorten_nullable(document["paths"])
    shorten_nullable(components)
    examples = _move_record_examples(components["schemas"], catalogue, examples)
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            simplify_parameter(parameter)
        _add_example(operation, examples)
    share_parameters(document)
    share_responses(document)
    describe_patches_once(document)
    open_responses(document)
    for kind in ("responses", "headers"):
        remove_unused(document, kind)
    return document


def _tags(catalogue: ResourceRegistry) -> list[dict[str, str]]:
    described = TAGS | {resource.name: resource.description for resource in catalogue.values()}
    return [{"name": name, "description": text} for name, text in described.items()]


def _document_responses(operation: dict[str, Any]) -> None:
    """Reduce references to responses to what they are, and document the headers of the others."""
    responses: dict[str, Any] = operation["responses"]
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", [])):
        responses |= {str(status): response for status, response in NOT_FOUND.items()}
    parameters = {parameter["name"] for parameter in operation.get("parameters", [])}
    for status, response in responses.items():
        if "$ref" in response:
            responses[status] = {"$ref": response["$ref"]}
            continue
        names: list[str] = []
        if "304" in responses and status not in REDIRECTS_AND_CREATIONS:
            names.append("ETag")
        if "cursor" in parameters and status == "200":
            names.append("Link")
        if status in REDIRECTS_AND_CREATIONS:
            names.append("Location")
        if "Idempotency-Key" in parameters:
            names.append("Idempotency-Replayed")
        declared = response.get("headers", {})
        if names or declared:
            response["headers"] = documented_headers(*names) | declared


def _problem_schemas() -> dict[str, Any]:
    """Return the schemas that every error response refers to."""
    return _schemas_of(Problem, "serialization")


def _schemas_of(model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
    """Return the schemas of a model and of those in it, by their names."""
    schema = model.model_json_schema(mode=mode, ref_template=REF_TEMPLATE)
    schemas = {**schema.pop("$defs", {}), model.__name__: schema}
    return dict(jsonable_encoder(schemas, exclude_none=True))  # without `default: null`, as FastAPI


def _models_by_operation(
    routes: list[BaseRoute], declared: Callable[[Any], Iterable[QueryParameters | RequestBody]]
) -> dict[str, type[BaseModel]]:
    """Return the models that a route declares in a way of ours, which FastAPI does not know."""
    return {
        route.operation_id: declaration.model
        for route in iter_route_contexts(routes)
        for declaration in declared(route)
    }


def _add_query_parameters(
    operation: dict[str, Any], model: type[BaseModel], schemas: dict[str, Any]
) -> None:
    """Document a query model as FastAPI documents one that is declared by `Query()`."""
    schema = model.model_json_schema(ref_template=REF_TEMPLATE)
    schemas |= schema.pop("$defs", {})
    required = schema.get("required", [])
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": field["description"],
            "schema": field,
        }
        for name, field in schema["properties"].items()
    ]
    operation["parameters"] = operation.get("parameters", []) + jsonable_encoder(
        parameters, exclude_none=True
    )


def _add_request_body(
    operation: dict[str, Any], model: type[BaseModel], schemas: dict[str, Any]
) -> None:
    """Document a model as FastAPI documents one that is declared by `Body()`."""
    schemas |= _schemas_of(model, "validation")
    reference = {"$ref": REF_TEMPLATE.format(model=model.__name__)}
    operation["requestBody"]["content"]["application/json"]["schema"] = reference


def _operations_with_release(routes: list[BaseRoute]) -> set[str]:
    """Return the ids of the operations that can read from a release."""
    contexts = iter_route_contexts(routes)
    return {route.operation_id for route in contexts if supports_release(route)}


def _move_record_examples(
    schemas: dict[str, Any], catalogue: ResourceRegistry, examples: Examples
) -> Examples:
    """Give each record an example in its schema; return the examples of the other operations.

    Documentation tools make the examples of lists, records and batches of it.
    """
    others = dict(examples)
    for resource in catalogue.values():
        response = others.pop(f"get_{resource.record_type}", None)
        if response is not None:
            schemas[resource.record.__name__]["examples"] = [response["data"]]
    return others


def _add_example(operation: dict[str, Any], examples: Examples) -> None:
    response = examples.get(operation["operationId"])
    content = operation["responses"].get("200", {}).get("content", {})
    if response is not None and "application/json" in content:
        content["application/json"]["example"] = response
