"""Which route answers a path, and what an unknown path or method is told."""

import re
from collections.abc import Sequence

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from app.api.route_groups import RouteGroup, flattened
from app.main import create_app
from app.resources import RESOURCES
from app.settings import Settings


@pytest.mark.parametrize("root_path", ["", "/behind/a/proxy"])
def test_groups_change_no_match(root_path: str) -> None:
    grouped_routes = create_app(Settings(database_url="sqlite://")).routes
    routes = [route for route in flattened(grouped_routes) if isinstance(route, APIRoute)]
    assert len(routes) > 100
    for template in {route.path for route in routes}:
        path = root_path + re.sub(r"{[^}]*}", "doi:10.1-x", template)
        for method in ("GET", "POST", "PATCH", "PUT"):
            scope = {"type": "http", "method": method, "root_path": root_path, "path": path}
            assert first_match(grouped_routes, scope) == first_match(routes, scope)


def first_match(routes: Sequence[BaseRoute], scope: Scope) -> tuple[Match, BaseRoute]:
    """What a router does: the first full match, else the first partial one."""
    matches = [route.matches(scope) for route in routes]
    kinds = [match for match, _ in matches]
    match = Match.FULL if Match.FULL in kinds else Match.PARTIAL
    return match, matches[kinds.index(match)][1]["route"]


def test_a_request_is_compared_with_few_groups_and_routes() -> None:
    groups = [
        r
        for r in create_app(Settings(database_url="sqlite://")).routes
        if isinstance(r, RouteGroup)
    ]
    # Three of each collection: of the API, of its pages, and of `/pages/{type}`.
    assert len(groups) < 3 * len(RESOURCES) + 50
    tried = [group for group in groups if group.prefix in "/v1/claims/x"]
    assert {group.prefix for group in tried} == {"/v1/claims", "/claims", "/v1", "/"}
    assert sum(len(group.routes) for group in tried) <= 30


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


def test_a_405_names_the_address_below_that_allows_the_method(
    shipped_client: httpx.Client,
) -> None:
    problem = shipped_client.get("/v1/resolve?q=Spravato").json()
    assert problem["status"] == 405
    assert problem["detail"].endswith("Did you mean GET /v1/resolve/{anything}?")
    assert shipped_client.get("/v1/resolve/Spravato").status_code == 200
    assert "mean" not in shipped_client.put("/v1/claims/batch").json()["detail"]
