"""What a route declares: its query and body parameters, and its dependencies.

The one file that uses what Starlette and FastAPI do not document: `starlette._utils.get_route_path`
and `APIRoute.dependant`. tests/api/test_route_info.py names both.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from pydantic.fields import FieldInfo
from starlette._utils import get_route_path
from starlette.routing import Route
from starlette.types import Scope

from app.api.route_groups import flattened


def path_of(scope: Scope) -> str:
    """Return the path below what a proxy or a mount takes off (`root_path`)."""
    return get_route_path(scope)


def routes_at(app: FastAPI, path: str) -> Iterator[Any]:
    """Iterate over the routes whose template matches a path, in the order they are tried.

    A mount, such as that of the files of /docs, has neither methods nor parameters.
    """
    for route in flattened(app.routes):
        if isinstance(route, Route) and route.path_regex.match(path):
            yield route


def query_annotations(route: Any) -> list[Any]:
    """Return the annotations of the route's query parameters."""
    dependant = getattr(route, "dependant", None)
    return [field.field_info.annotation for field in getattr(dependant, "query_params", ())]


def path_choices(route: Any, name: str) -> list[str]:
    """Return the values that a path parameter can have, as the API document lists them."""
    dependant = getattr(route, "dependant", None)
    for field in getattr(dependant, "path_params", ()):
        extra = field.field_info.json_schema_extra
        if field.alias == name and isinstance(extra, dict):
            return [str(value) for value in extra.get("enum", ())]
    return []


def body_fields(route: Any) -> list[FieldInfo]:
    """Return the declarations of the route's body parameters."""
    dependant = getattr(route, "dependant", None)
    return [field.field_info for field in getattr(dependant, "body_params", ())]


def dependencies(route: Any) -> Iterator[Any]:
    """Iterate over what the route depends on: its own function, and all its dependencies."""
    dependant = getattr(route, "dependant", None)
    if dependant is not None:
        yield from _calls(dependant)


def _calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)
