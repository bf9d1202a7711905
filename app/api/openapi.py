"""The OpenAPI document: derived from the routes, with examples from real responses.

Deriving it takes five seconds of CPU time and 100 MB. `kkb openapi --write` does it once and writes
a file, which is what the service reads; a test compares the file with the application.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from pydantic_core import from_json
from starlette.routing import BaseRoute, Route

from app.api.deps import supports_release
from app.api.problems import MEDIA_TYPE, REF_TEMPLATE, Problem
from app.api.query_parameters import own_query_parameters
from app.api.release_parameter import PARAMETERS
from app.api.route_groups import flattened
from app.kit.registry import ResourceRegistry

DOCUMENT_FILE = Path(__file__).with_name("openapi.json")
#: The objects of the document that have a line per key; the maps in `components` have one, too.
EXPANDED = {(), ("paths",), ("components",)}
#: Operation id → an answer that the service gave.
Examples = Mapping[str, Any]
UNCHANGED = {"description": "Not modified: the cached copy is current."}


def dump_document(document: dict[str, Any]) -> str:
    """Write one line per path, schema and other component, with sorted keys: diffs stay readable.

    Without its line breaks the text is minified JSON; a string in JSON holds none.
    """
    return _dump(document, ()) + "\n"


def _dump(value: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(value, dict) or not (keys in EXPANDED or keys[:-1] == ("components",)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lines = (f"{json.dumps(key)}:{_dump(value[key], (*keys, key))}" for key in sorted(value))
    return "{\n" + ",\n".join(lines) + "\n}"


@cache
def document_bytes() -> bytes:
    """Return the document as it is served: minified, see `dump_document`."""
    return DOCUMENT_FILE.read_bytes().replace(b"\n", b"")


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


async def _read_document(_: Request) -> Response:
    return Response(document_bytes(), media_type="application/json")


def build_document(app: FastAPI, catalogue: ResourceRegistry, examples: Examples) -> dict[str, Any]:
    """Build the document from the declared routes."""
    routes = list(flattened(app.routes))
    schema = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        license_info=app.license_info,
        routes=routes,
    )
    schemas = schema["components"]["schemas"]
    schemas |= _problem_schemas()
    released = _operations_with_release(routes)
    queries = _own_query_models(routes)
    for path in schema["paths"].values():
        for operation in path.values():
            _add_example(operation, examples)
            if (model := queries.get(operation["operationId"])) is not None:
                _add_query_parameters(operation, model, schemas)
            if operation["operationId"] in released:
                operation.setdefault("parameters", []).extend(PARAMETERS)
                if operation is path.get("get"):
                    operation["responses"].setdefault("304", UNCHANGED)
            _name_problems(operation)
    for resource in catalogue.values():
        # `fields` may leave out any part of a record but its slug.
        schemas[resource.record.__name__]["required"] = ["slug"]
    return schema


def _problem_schemas() -> dict[str, Any]:
    """Return the schemas that every error response refers to."""
    schema = Problem.model_json_schema(mode="serialization", ref_template=REF_TEMPLATE)
    schemas = {**schema.pop("$defs"), Problem.__name__: schema}
    return dict(jsonable_encoder(schemas, exclude_none=True))  # without `default: null`, as FastAPI


def _own_query_models(routes: list[BaseRoute]) -> dict[str, type[BaseModel]]:
    """Return the models of `QueryParameters` by operation id, as FastAPI does not know them."""
    return {
        route.operation_id: parameters.model
        for route in iter_route_contexts(routes)
        for parameters in own_query_parameters(route)
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


def _operations_with_release(routes: list[BaseRoute]) -> set[str]:
    """Return the ids of the operations that can read from a release."""
    contexts = iter_route_contexts(routes)
    return {route.operation_id for route in contexts if supports_release(route)}


def _add_example(operation: dict[str, Any], examples: Examples) -> None:
    answer = examples.get(operation.get("operationId", ""))
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    if answer is not None and "application/json" in content:
        content["application/json"]["example"] = answer


def _name_problems(operation: dict[str, Any]) -> None:
    """Declare error responses as problem+json in place of FastAPI's media type."""
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if status >= "400" and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
