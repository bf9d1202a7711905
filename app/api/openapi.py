"""The OpenAPI document: what FastAPI derives, with examples taken from real answers."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Route

from app.api.problems import MEDIA_TYPE
from app.api.releasing import PARAMETERS, takes_release
from app.api.routing import described
from app.kit.resource import Catalogue

EXAMPLES = Path(__file__).with_name("examples.json")


@cache
def examples() -> dict[str, Any]:
    """operation id → an answer that the service gave; written by `kkb openapi --write`."""
    return dict(json.loads(EXAMPLES.read_text("utf-8"))) if EXAMPLES.exists() else {}


def install(app: FastAPI, catalogue: Catalogue) -> None:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            routes = described(app.routes)
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                license_info=app.license_info,
                routes=routes,
            )
            released = _released(routes)
            for path in schema["paths"].values():
                for operation in path.values():
                    _add_example(operation)
                    if operation["operationId"] in released:
                        operation.setdefault("parameters", []).extend(PARAMETERS)
                    _name_problems(operation)
            for resource in catalogue.values():
                # `fields` may leave out any part of a record but its slug.
                schema["components"]["schemas"][resource.record.__name__]["required"] = ["slug"]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
    _make_aside(app)


def _make_aside(app: FastAPI) -> None:
    """Let the document be made in a thread: it takes a second, for which nobody else shall wait."""
    routes = app.router.routes
    at, route = next(
        (at, route)
        for at, route in enumerate(routes)
        if isinstance(route, Route) and route.path == app.openapi_url
    )

    async def read_document(request: Request) -> Response:
        await run_in_threadpool(app.openapi)
        answer: Response = await route.endpoint(request)
        return answer

    routes[at] = Route(route.path, read_document, include_in_schema=False)


def _released(routes: list[BaseRoute]) -> set[str]:
    """The operations that may be asked of a release."""
    contexts = iter_route_contexts(routes)
    return {route.operation_id for route in contexts if takes_release(route)}


def _add_example(operation: dict[str, Any]) -> None:
    answer = examples().get(operation.get("operationId", ""))
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    if answer is not None and "application/json" in content:
        content["application/json"]["example"] = answer


def _name_problems(operation: dict[str, Any]) -> None:
    """Errors are problem+json, whatever the framework writes for a model."""
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if status >= "400" and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
