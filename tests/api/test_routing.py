"""Routing by the first two words of an address finds what a look at every route would find."""

import re

import httpx
import pytest
from fastapi.routing import APIRoute

from app.api.routing import ByBegin, Served, _begin, described
from app.main import create_app
from app.settings import Settings


def test_the_few_that_are_looked_at_hold_every_route_of_their_words() -> None:
    router = create_app(Settings(database_url="sqlite://")).router
    by_begin = router.middleware_stack
    assert isinstance(by_begin, ByBegin)
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    for (first, second, length), few in by_begin.few.items():
        start = f"/{first}/{second}" if second else f"/{first}"
        below = (f"{start}/", f"{start}.") if second else (f"{start}.",)
        begun = [r for r in routes if r.path == start or r.path.startswith(below)]
        meant = [r for r in begun if r.path.count("/") == length or ":path}" in r.path]
        assert [r for r in few.routes if r in meant] == meant, start
        assert len(few.routes) < len(router.routes) / 2


def test_the_models_of_answers_are_there_for_the_document_alone() -> None:
    app = create_app(Settings(database_url="sqlite://"))
    served = next(r for r in app.routes if isinstance(r, Served) and r.path == "/v1/claims")
    (told,) = described([served])
    assert isinstance(told, APIRoute)
    assert not served.response_fields
    assert {200, 404} <= told.response_fields.keys()


def test_an_address_is_answered_by_the_first_route_that_matches_it() -> None:
    router = create_app(Settings(database_url="sqlite://")).router
    by_begin = router.middleware_stack
    assert isinstance(by_begin, ByBegin)
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    for route in routes:
        address = re.sub(r"{[^}]*}", "doi:10.1-x", route.path)
        few = by_begin.few.get(_begin(address), router).routes
        first = [r for r in routes if r.path_regex.match(address)]
        assert [r for r in few if r in first] == first, address


@pytest.mark.parametrize("path", ["*", "", "/", "//", "/v1/", "/v1//", "v1/claims"])
def test_no_address_is_too_odd_to_be_looked_up(path: str) -> None:
    assert len(_begin(path)) == 3


def test_an_address_of_no_route_is_told_what_is_near(client: httpx.Client) -> None:
    for path in ("/v1/claim", "/v1/claims/a/b/c/d", "/v2/claims", "/v1"):
        answer = client.get(path)
        assert answer.status_code in (200, 404), path
        if answer.status_code == 404:
            assert answer.headers["content-type"] == "application/problem+json"
