"""Routing by the first two words of an address finds what a look at every route would find."""

import asyncio
import re

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from app.api.routing import ByBegin, Served, _begin, described
from app.main import create_app, routers
from app.settings import Settings


def test_the_few_that_are_looked_at_hold_every_route_of_their_words() -> None:
    router = create_app(Settings(database_url="sqlite://")).router
    by_begin = router.middleware_stack
    assert isinstance(by_begin, ByBegin)
    routes = [route for route in router.routes if isinstance(route, Served)]
    assert len(by_begin.plain) > 20
    for first, second, length in by_begin.plain:
        few = by_begin.meant((first, second, length))
        start = f"/{first}/{second}" if second else f"/{first}"
        below = (f"{start}/", f"{start}.") if second else (f"{start}.",)
        begun = [r for r in routes if r.path == start or r.path.startswith(below)]
        meant = [r.route for r in begun if r.path.count("/") == length or ":path}" in r.path]
        assert [r for r in few.routes if r in meant] == meant, start
        assert len(few.routes) < len(router.routes) / 2


def test_the_models_of_answers_are_there_for_the_document_alone() -> None:
    app = create_app(Settings(database_url="sqlite://"))
    served = next(r for r in app.routes if isinstance(r, Served) and r.path == "/v1/claims")
    (told,) = described([served])
    assert isinstance(told, APIRoute)
    assert not served.route.response_fields
    assert {200, 404} <= told.response_fields.keys()


def test_an_address_is_answered_by_the_first_route_that_matches_it() -> None:
    router = create_app(Settings(database_url="sqlite://")).router
    by_begin = router.middleware_stack
    assert isinstance(by_begin, ByBegin)
    routes = [route for route in router.routes if isinstance(route, Served)]
    assert len(routes) > 100
    for route in routes:
        address = re.sub(r"{[^}]*}", "doi:10.1-x", route.path)
        begin = _begin(address)
        few = (by_begin.meant(begin) if begin in by_begin.plain else router).routes
        first = [r for r in routes if r.path_regex.match(address)]
        assert [r for r in few if r in first or r in made(first)] in (first, made(first)), address


def made(served: list[Served]) -> list[BaseRoute]:
    return [route.route for route in served]


def test_a_route_is_made_when_it_is_first_asked() -> None:
    routers.cache_clear()  # applications share their routes
    app = create_app(Settings(database_url="sqlite://"))
    assert asyncio.run(asked(app, "/v1/no/such/address")).status_code == 404
    served = [route for route in app.routes if isinstance(route, Served)]
    assert not any("route" in vars(route) for route in served)
    assert asyncio.run(asked(app, "/healthz")).status_code == 200
    asked_for = {route.path for route in served if "route" in vars(route)}
    assert asked_for == {"/healthz", "/{prefix}:{identifier:path}"}


async def asked(app: FastAPI, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kb") as client:
        return await client.get(path)


@pytest.mark.parametrize("path", ["*", "", "/", "//", "/v1/", "/v1//", "v1/claims"])
def test_no_address_is_too_odd_to_be_looked_up(path: str) -> None:
    assert len(_begin(path)) == 3


def test_an_address_of_no_route_is_told_what_is_near(client: httpx.Client) -> None:
    for path in ("/v1/claim", "/v1/claims/a/b/c/d", "/v2/claims", "/v1"):
        answer = client.get(path)
        assert answer.status_code in (200, 404), path
        if answer.status_code == 404:
            assert answer.headers["content-type"] == "application/problem+json"
            near = answer.json()["did_you_mean"]
            assert len(near) == len(set(near)), near
