"""Who names HTML gets pages; all others get what they got before there were pages."""

import httpx
import pytest

from tests.explorer.conftest import BROWSER_ACCEPT, Explorer

CLAIM = "ketamine-relieves-ptsd"
PAPER = "pubmed:16894061"
JSON, CURL = "application/json", "*/*"


def location(response: httpx.Response) -> tuple[int, str | None]:
    return response.status_code, response.headers.get("location")


@pytest.mark.parametrize(
    ("path", "accept", "status", "target"),
    [
        ("/", CURL, 307, "/v1"),
        ("/", JSON, 307, "/v1"),
        ("/", "text/*", 307, "/v1"),
        ("/", "text/html", 200, None),
        ("/", "text/html;q=0, */*", 307, "/v1"),
        ("/", "TEXT/HTML; level=1; q=0.5", 200, None),
        ("/", BROWSER_ACCEPT, 200, None),
        ("/v1", CURL, 200, None),
        ("/v1", BROWSER_ACCEPT, 200, None),
        ("/v1", "text/html", 303, "/api"),
        ("/v1", "image/png", 406, None),
        ("/v1", "text/html;q=0.0, image/png", 406, None),
        (f"/v1/claims/{CLAIM}", BROWSER_ACCEPT, 200, None),
        (f"/v1/claims/{CLAIM}", "text/html", 303, f"/claims/{CLAIM}"),
        (f"/v1/claims/{CLAIM}", "text/plain", 406, None),
        ("/v1/claims?verdict=contested", "text/html", 303, "/claims?verdict=contested"),
        ("/v1/claims?release=1", "text/html", 303, "/claims?release=1"),
        (f"/claims/{CLAIM}", CURL, 200, None),
        (f"/claims/{CLAIM}", "text/html;q=0.1, application/json", 200, None),
        (f"/claims/{CLAIM}", JSON, 406, None),
        (f"/{PAPER}", CURL, 307, "/v1/references/zarate-2006-trd"),
        (f"/{PAPER}", JSON, 307, "/v1/references/zarate-2006-trd"),
        (f"/{PAPER}", BROWSER_ACCEPT, 307, "/references/zarate-2006-trd"),
        (f"/{PAPER}", "text/html", 307, "/references/zarate-2006-trd"),
    ],
)
def test_the_accept_header_chooses(
    explorer: Explorer, path: str, accept: str, status: int, target: str | None
) -> None:
    response = explorer.client.get(path, headers={"Accept": accept})
    assert location(response) == (status, target)
    if status < 400:
        assert "Accept" in response.headers["vary"]
    if status == 200:
        is_page = not path.startswith("/v1")
        expected = "text/html; charset=utf-8" if is_page else JSON
        assert response.headers["content-type"] == expected


def test_a_page_that_is_asked_for_json_names_the_address_of_the_data(explorer: Explorer) -> None:
    problem = explorer.client.get(f"/claims/{CLAIM}", headers={"Accept": JSON})
    assert problem.headers["content-type"] == "application/problem+json"
    assert f"/v1/claims/{CLAIM}" in problem.json()["detail"]


def test_a_client_without_accept_header_is_redirected_to_the_data(explorer: Explorer) -> None:
    request = explorer.client.build_request("GET", "/")
    del request.headers["accept"]
    assert location(explorer.client.send(request)) == (307, "/v1")


@pytest.mark.parametrize("order", [(CURL, BROWSER_ACCEPT), (BROWSER_ACCEPT, CURL)])
def test_the_response_cache_separates_both_answers(
    explorer: Explorer, order: tuple[str, str]
) -> None:
    for _ in range(2):
        for accept in order:
            response = explorer.client.get("/", headers={"Accept": accept})
            assert response.status_code == (200 if accept == BROWSER_ACCEPT else 307)
