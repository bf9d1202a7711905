"""The undocumented names of FastAPI and Starlette that `app.api.route_info` relies on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette._utils import get_route_path

from app.api.route_info import body_fields, dependencies, query_annotations


class Filters(BaseModel):
    names: list[str] = []


class Body(BaseModel):
    name: str


def inner() -> None:
    """A dependency of a dependency."""


def outer(_: Annotated[None, Depends(inner)]) -> None:
    """A dependency."""


def test_a_route_says_what_it_declares() -> None:
    router = APIRouter(dependencies=[Depends(outer)])

    @router.post("/things/{slug}")
    def create(slug: str, query: Annotated[Filters, Query()], body: Body | None = None) -> None: ...

    (route,) = router.routes
    assert query_annotations(route) == [Filters]
    assert [field.annotation for field in body_fields(route)] == [Body | None]
    assert list(dependencies(route)) == [create, outer, inner]


def test_what_is_no_route_declares_nothing() -> None:
    assert query_annotations(None) == body_fields(None) == list(dependencies(None)) == []


def test_starlette_takes_the_root_path_off() -> None:
    assert get_route_path({"path": "/proxy/v1/claims", "root_path": "/proxy"}) == "/v1/claims"
