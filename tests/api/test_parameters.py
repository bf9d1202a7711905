"""Query parameters that are sent twice, are unknown, or do not fit."""

import httpx
import pytest
from fastapi.routing import APIRoute

from app.api.deps import takes_no_parameters
from app.api.query_parameters import (
    check_query_parameters,
    own_query_parameters,
)
from app.api.route_groups import flattened
from app.api.route_info import dependencies
from app.main import create_app
from app.settings import Settings


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/v1/claims", "limit=1&limit=2", "limit"),
        ("/v1/evidence", "year_from=2001&limit=1&year_from=2001", "year_from"),
        ("/v1/claims.csv", "q=a&q=b", "q"),
        ("/v1/search", "q=a&q=b", "q"),
        ("/v1/changes", "since=1&since=2", "since"),
        ("/v1/graph", "limit=1&limit=2", "limit"),
        ("/v1/claims", "nonsense=1&nonsense=2", "nonsense"),
    ],
)
def test_a_parameter_of_one_value_is_refused_twice(
    client: httpx.Client, path: str, query: str, name: str
) -> None:
    response = client.get(f"{path}?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert (error["in"], error["name"]) == ("query", name)
    assert "more than once" in error["message"]


def test_each_superfluous_value_is_an_error_of_its_own(client: httpx.Client) -> None:
    errors = client.get("/v1/claims?limit=1&limit=2&q=a&limit=3&q=b").json()["errors"]
    assert [(error["name"], error["value"]) for error in errors] == [
        ("limit", "2"),
        ("limit", "3"),
        ("q", "b"),
    ]


def test_a_list_may_be_repeated_or_written_with_commas(client: httpx.Client) -> None:
    repeated = client.get("/v1/claims?sort=slug&sort=-name&fields=name&fields=slug")
    assert repeated.status_code == 200
    with_commas = client.get("/v1/claims?sort=slug,-name&fields=name,slug")
    assert repeated.json()["data"] == with_commas.json()["data"]


def test_a_write_refuses_a_repeated_parameter_too(client: httpx.Client) -> None:
    response = client.post("/v1/claims/batch?nonsense=1&nonsense=2", json={"ids": ["x"]})
    assert response.status_code == 422
    assert "more than once" in response.json()["errors"][0]["message"]


def test_every_route_checks_its_query_parameters() -> None:
    app = create_app(Settings(database_url="sqlite://"))
    routes = [route for route in flattened(app.routes) if isinstance(route, APIRoute)]
    documented = [route for route in routes if route.include_in_schema]
    assert len(documented) > 100
    for route in documented:
        if not own_query_parameters(route):
            checks = {check_query_parameters, takes_no_parameters}
            assert checks & set(dependencies(route)), route.path


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/v1/references?pmid=abc", "is not a PubMed id"),
        ("/v1/references?pmcid=abc", "is not a PubMed Central id"),
        ("/v1/references?doi=foo", "is not a DOI"),
        ("/v1/compounds?inchikey=abc", "is not an InChIKey"),
        ("/v1/studies?registration=foo", "is not a trial registration"),
        ("/v1/studies?jurisdiction=USA", "is not a jurisdiction"),
        ("/v1/regulatory-acts?jurisdiction=USA", "is not a jurisdiction"),
    ],
)
def test_a_value_that_can_be_of_no_record_is_refused(
    shipped_client: httpx.Client, address: str, message: str
) -> None:
    response = shipped_client.get(address)
    assert response.status_code == 422
    assert message in response.json()["detail"]
