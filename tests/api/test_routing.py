"""Which route answers a path, and what an unknown path or method is told."""

import re

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match

from app.api.route_classes import PrefixRoute
from app.main import create_app
from app.settings import Settings


@pytest.fixture(scope="module")
def routes() -> list[APIRoute]:
    app = create_app(Settings(database_url="sqlite://"))
    return [route for route in app.routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize("root_path", ["", "/behind/a/proxy"])
def test_the_prefix_check_changes_no_match(routes: list[APIRoute], root_path: str) -> None:
    prefixed = [route for route in routes if isinstance(route, PrefixRoute)]
    assert len(prefixed) > 100
    for template in {route.path for route in prefixed}:
        path = re.sub(r"{[^}]*}", "doi:10.1-x", template)
        scope = {"type": "http", "method": "GET", "root_path": root_path, "path": root_path + path}
        matching = [route for route in prefixed if route.matches(scope)[0] is not Match.NONE]
        assert matching == [route for route in prefixed if route.path_regex.match(path)], path
        assert template in {route.path for route in matching}


@pytest.mark.parametrize("path", ["/v1/claim", "/v1/claims/a/b/c/d", "/v2/claims", "/v1//"])
def test_an_unknown_path_is_a_404_that_names_similar_ones(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    similar = response.json()["did_you_mean"]
    assert similar
    assert len(similar) == len(set(similar))


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/claims", "GET, HEAD, POST"),
        ("PUT", "/v1/claims/ketamine", "DELETE, GET, HEAD, PATCH"),
        ("PUT", "/v1/claims/batch", "POST"),
        ("POST", "/v1/graph", "GET, HEAD"),
    ],
)
def test_a_405_lists_the_methods_of_the_path(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allowed
    assert response.headers["content-type"] == "application/problem+json"
