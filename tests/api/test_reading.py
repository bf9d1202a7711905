"""The short way from a request to a read answers as FastAPI's own way does, right and wrong."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, request_response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.reading import Once, Reading
from app.api.routing import Served
from app.kit.sessions import Store
from app.main import create_app, routers
from app.settings import Settings

NAMES = ["q", "limit", "cursor", "sort", "facets", "include", "fields", "claim", "direction"]
NAMES += ["class", "class_", "year_from", "min_p_affinity", "randomised", "format", "nonsense"]
VALUES = ["1", "0", "-1", "", "true", "slug", "-slug", "study", "supports", "supports,disputes"]
VALUES += ["study,,claims", "2001", "1e3", "nan", "ketamine", "\x00", "é", "a b", "%"]
PATHS = ["/v1/evidence", "/v1/receptors", "/v1/affinities", "/v1/studies/none", "/v1/claims.csv"]
PATHS += ["/v1/evidence/" + "x" * 500, "/v1/search", "/v1/paths", "/v1/graph", "/v1/meta"]
PATHS += ["/v1/claims/claim-1/verdict", "/v1/claims/claim-1/ladder", "/v1/gaps", "/v1/cite"]
QUERIES = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=4)


def clients(store: Store) -> Iterator[httpx.AsyncClient]:
    """The application as it is, and with every route the way that FastAPI made it."""
    for usual in (False, True):
        routers.cache_clear()  # applications share their routes; those of this one are changed
        app: FastAPI = create_app(Settings(database_url="sqlite://", cache_bytes=0), store)
        routes = [route.route for route in app.router.routes if isinstance(route, Served)]
        assert any(is_short(route) for route in routes)
        for route in routes if usual else ():
            route.app = Once(route.dependant, request_response(route.get_route_handler()))
        yield httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://kb")
    routers.cache_clear()


@pytest.fixture(scope="module")
def both(store: Store) -> list[httpx.AsyncClient]:
    return list(clients(store))


def is_short(route: APIRoute) -> bool:
    return isinstance(route.app, Reading)


def told(answer: httpx.Response) -> tuple[int, Any, bytes]:
    return answer.status_code, answer.headers.get("etag"), answer.content


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(path=st.sampled_from(PATHS), query=QUERIES)
def test_both_ways_give_the_same_answer(
    both: list[httpx.AsyncClient], path: str, query: list[tuple[str, str]]
) -> None:
    async def ask() -> list[httpx.Response]:
        return [await client.get(path, params=query) for client in both]

    short, usual = asyncio.run(ask())
    assert told(short) == told(usual)


def test_every_get_that_declares_no_more_takes_the_short_way() -> None:
    app = create_app(Settings(database_url="sqlite://"))
    routes = [route.route for route in app.router.routes if isinstance(route, Served)]
    short = {route.path for route in routes if is_short(route)}
    assert {"/v1/claims", "/v1/claims/{slug}", "/v1/search", "/v1/graph", "/v1/gaps"} <= short
    assert not any(is_short(r) and r.methods != {"GET"} for r in routes)
