"""What a route declares: its query and body models, and the dependencies that it resolves.

The one file that uses what Starlette and FastAPI do not document: `starlette._utils.get_route_path`
and `APIRoute.dependant`. tests/api/test_route_info.py names both.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette._utils import get_route_path
from starlette.types import Scope


def path_of(scope: Scope) -> str:
    """The path below what a proxy or a mount takes off (`root_path`)."""
    return get_route_path(scope)


def routes_at(app: FastAPI, path: str) -> Iterator[Any]:
    """The routes whose template matches a path, in the order in which they are tried."""
    for route in app.routes:
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(path):
            yield route


def query_models(route: Any) -> list[type[BaseModel]]:
    """The pydantic models of the route's query parameters."""
    dependant = getattr(route, "dependant", None)
    annotations = [f.field_info.annotation for f in getattr(dependant, "query_params", ())]
    return [a for a in annotations if isinstance(a, type) and issubclass(a, BaseModel)]


def body_annotations(route: Any) -> list[Any]:
    """The annotations of the route's body parameters, such as `Draft` or `Draft | None`."""
    dependant = getattr(route, "dependant", None)
    return [f.field_info.annotation for f in getattr(dependant, "body_params", ())]


def depends_on(route: Any, dependency: Callable[..., Any]) -> bool:
    """Whether a route resolves a dependency, itself or through another dependency."""
    dependant = getattr(route, "dependant", None)
    return dependant is not None and dependency in _callables(dependant)


def _callables(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _callables(inner)
