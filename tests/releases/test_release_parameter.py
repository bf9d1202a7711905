"""Every read accepts `release` and `as_of`: with the same filters and formats, cached for ever."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.resources import RESOURCES
from tests.releases.conftest import PATHS, Published, comparable_body

IMMUTABLE = "public, max-age=31536000, immutable"


def with_parameter(path: str, parameter: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{parameter}"


@pytest.mark.parametrize("path", PATHS)
def test_the_response_of_a_release_equals_that_of_the_store_at_its_publication(
    published: Published, path: str
) -> None:
    for parameter in ("release=1", "as_of=2026-03-01"):
        response = published.client.get(with_parameter(path, parameter))
        assert comparable_body(response) == published.before[path]
        assert response.headers["cache-control"] == IMMUTABLE
        if response.headers["content-type"] == "application/json":
            assert response.json()["meta"]["release"] == "1"
            assert response.json()["meta"]["revision"] == 1
            assert "release 1, revision 1" in response.json()["meta"]["cite"]


def test_a_record_is_read_as_of_each_release(published: Published) -> None:
    names = {
        parameter: published.client.get(with_parameter("/v1/claims/claim-1", parameter)).json()[
            "data"
        ]["name"]
        for parameter in ("release=1", "release=2026.7", "as_of=2026-07-30", "as_of=2026-07-31")
    }
    assert list(names.values()) == ["Claim-1", "Renamed", "Claim-1", "Renamed"]
    withdrawn = published.client.get("/v1/compounds/compound-5?release=2026.7")
    assert withdrawn.status_code == 410
    assert "withdrawn in revision 2" in withdrawn.json()["detail"]
    assert published.client.get("/v1/compounds/compound-5?release=1").status_code == 200
    assert published.client.get("/v1/regions/region-99?release=1").status_code == 404


def test_links_to_the_next_page_refer_to_the_same_release(published: Published) -> None:
    client = published.client
    for parameter in ("release=1", "as_of=2026-03-01"):
        names: list[str] = []
        url: str | None = with_parameter("/v1/claims?limit=2&sort=-slug", parameter)
        while url:
            response = client.get(url)
            names += [row["name"] for row in response.json()["data"]]
            assert response.json()["meta"]["release"] == "1"
            url = response.links.get("next", {}).get("url")
        assert names == [f"Claim-{n}" for n in reversed(range(6))]


@pytest.mark.parametrize("parameter", ["release=1", "as_of=2026-03-01"])
def test_every_address_in_a_response_of_a_release_refers_to_the_same_release(
    published: Published, parameter: str
) -> None:
    client = published.client
    paths = ("/v1/pages/compound/compound-0", "/v1/graph", "/v1/resolve/compound-5")
    addresses = {
        url
        for path in paths
        for url in urls(client.get(with_parameter(path, parameter)).json()["data"])
    }
    assert len(addresses) > 10
    for url in addresses:
        response = client.get(url)
        assert (response.status_code, response.headers["cache-control"]) == (200, IMMUTABLE), url
    drawn = client.get(with_parameter("/v1/graph.svg", parameter)).text
    links = re.findall(r'href="(http[^"]+)"', drawn)
    assert links
    assert all(parameter in link for link in links)


def urls(value: Any) -> Iterator[str]:
    """Yield every address of the API in a response body."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from urls(item)
    elif isinstance(value, str) and value.startswith("/v1/"):
        yield value


def test_a_cursor_of_a_release_is_refused_for_other_releases(published: Published) -> None:
    client = published.client
    cursor = client.get("/v1/claims?limit=2&release=1").json()["page"]["next"]
    for other in ("", "&release=2026.7"):
        response = client.get(f"/v1/claims?limit=2&cursor={cursor}{other}")
        assert response.status_code == 422
        assert "another query" in response.json()["detail"]
    assert client.get(f"/v1/claims?limit=2&cursor={cursor}&as_of=2026-03-01").status_code == 200


def test_each_release_has_a_different_etag_that_revalidates(published: Published) -> None:
    client = published.client
    etags = set()
    for parameter in ("", "?release=1", "?release=2026.7"):
        response = client.get(f"/v1/claims/claim-3{parameter}")
        etags.add(response.headers["etag"])
        headers = {"If-None-Match": response.headers["etag"]}
        revalidated = client.get(f"/v1/claims/claim-3{parameter}", headers=headers)
        assert (revalidated.status_code, revalidated.headers["etag"]) == (
            304,
            response.headers["etag"],
        )
        assert revalidated.headers["cache-control"] == response.headers["cache-control"]
    assert len(etags) == 3


def test_a_date_of_the_newest_release_is_not_cached_as_immutable(published: Published) -> None:
    response = published.client.get("/v1/claims?as_of=9999-12-31")
    assert response.json()["meta"]["release"] == "2026.7"
    assert "immutable" not in response.headers["cache-control"]
    # Nor is a past date after the newest release: the next one may have a date before today.
    response = published.client.get("/v1/claims?as_of=2026-07-31")
    assert response.json()["meta"]["release"] == "2026.7"
    assert "immutable" not in response.headers["cache-control"]


def test_the_citation_of_a_release_links_to_the_release(published: Published) -> None:
    url = published.client.get("/v1/cite?release=1").json()["data"]["csl"]["URL"]
    assert url.endswith("/v1/releases/1")


def test_a_batch_is_read_from_a_release(published: Published) -> None:
    body = {"ids": ["claim-1", "claim-0"]}
    response = published.client.post("/v1/claims/batch?release=1", json=body)
    assert [found["record"]["name"] for found in response.json()["data"]] == ["Claim-1", "Claim-0"]
    assert response.json()["meta"]["release"] == "1"


@pytest.mark.parametrize(
    ("parameter", "status", "words"),
    [
        ("release=9", 422, "Releases: 2026.7 (2026-07-31), 1 (2026-01-31)."),
        ("release=latest", 422, "Releases: 2026.7"),
        ("release=", 422, "Releases: 2026.7"),
        ("release", 422, "Releases: 2026.7"),
        ("release=%ff%00", 422, "Releases: 2026.7"),
        ("release=../1", 422, "Releases: 2026.7"),
        ("as_of=2025-12-31", 422, "on or before 2025-12-31"),
        ("as_of=yesterday", 422, "such as 2026-12-01"),
        ("as_of=2026-02-30", 422, "such as 2026-12-01"),
        ("as_of=20260201", 422, "such as 2026-12-01"),
        ("as_of=", 422, "such as 2026-12-01"),
        ("release=1&as_of=2026-03-01", 422, "and only once"),
        ("release=1&release=2026.7", 422, "and only once"),
        ("relaese=1", 422, "Unknown parameter"),
    ],
)
def test_an_unknown_release_or_date_is_refused_with_the_valid_values(
    published: Published, parameter: str, status: int, words: str
) -> None:
    for path in ("/v1/claims", "/v1/claims/claim-1", "/v1/claims.csv", "/v1/gaps"):
        response = published.client.get(f"{path}?{parameter}")
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert words in response.json()["detail"]
        assert response.headers["cache-control"] == "no-store"


def test_the_redirect_to_the_api_keeps_the_release(published: Published) -> None:
    response = published.client.get("/?release=1")
    assert (response.status_code, response.headers["location"]) == (307, "/v1?release=1")


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/v1/releases", "/v1/diff"],
)
def test_addresses_without_records_refuse_release_and_as_of(
    published: Published, path: str
) -> None:
    for name in ("release", "as_of"):
        response = published.client.get(f"{path}?{name}=1")
        assert response.status_code == 422, response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["errors"][0]["name"] == name
        assert f"{name} is not supported here" in response.json()["detail"]


def test_unknown_addresses_and_methods_are_404_and_405_with_a_release(published: Published) -> None:
    assert published.client.get("/v1/nowhere?release=1").status_code == 404
    assert published.client.delete("/v1/claims?release=1").status_code == 405


def test_other_parameters_are_unchanged_by_the_release_parameter(published: Published) -> None:
    client = published.client
    for query in (
        "q=%C3%A9",
        "q=caf%C3%A9+1",
        "q=a%26release%3D2",
        "compound=compound-0,compound-1",
    ):
        responses = [client.get(f"/v1/claims?{query}{suffix}") for suffix in ("", "&release=1")]
        filters = [response.json()["meta"]["filters"] for response in responses]
        assert filters[0] == filters[1]
    for encoded in ("%ED%A0%80", "%zz", "%00"):
        responses = [client.get(f"/v1/claims?q={encoded}{suffix}") for suffix in ("", "&release=1")]
        assert responses[0].status_code == responses[1].status_code < 500
    assert client.get("/v1/claims?release=1&relase=2").json()["errors"][0]["name"] == "relase"


def test_openapi_declares_the_release_parameters_exactly_where_they_are_accepted(
    published: Published,
) -> None:
    client = published.client
    document: dict[str, Any] = client.get("/openapi.json").json()
    shared = document["components"]["parameters"]
    offering: list[str] = []
    not_offering: list[str] = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names = [
                parameter.get("name") or shared[parameter["$ref"].rpartition("/")[2]]["name"]
                for parameter in operation.get("parameters", [])
            ]
            assert names.count("release") == names.count("as_of") <= 1
            (offering if "release" in names else not_offering).append(f"{method} {path}")
    for name in RESOURCES:
        for path in (f"get /v1/{name}", f"get /v1/{name}/{{slug}}", f"post /v1/{name}/batch"):
            assert path in offering
    assert "get /v1/meta" in offering
    assert "get /healthz" in not_offering
    for path in not_offering:
        method, _, address = path.partition(" ")
        filled = address.replace("{name}", "1").replace("{file}", "manifest.json")
        response = client.request(method, f"{filled}?release=1")
        operation = document["paths"][address][method]
        expected = 401 if method != "get" and "security" in operation else 422
        assert response.status_code == expected, path


def test_responses_of_a_named_release_are_cached_and_those_of_a_future_date_are_not(
    published: Published,
) -> None:
    def hits() -> float:
        lines = published.client.get("/metrics").text.splitlines()
        line = next(x for x in lines if x.startswith("kkb_response_cache_hits_total "))
        return float(line.split()[-1])

    def is_cached(path: str) -> bool:
        first, before = published.client.get(path), hits()
        second = published.client.get(path)
        assert second.content == first.content
        assert second.headers["etag"] == first.headers["etag"]
        return hits() == before + 1

    assert is_cached("/v1/claims?limit=3&release=1")
    assert is_cached("/v1/claims?limit=3&as_of=2026-03-01")
    assert is_cached("/v1/releases/1")
    assert not is_cached("/v1/claims?limit=3&as_of=9999-01-01"), "a new release would be missed"
    assert not is_cached("/v1/releases"), "a new release would be missed"


def test_a_head_request_has_the_etag_of_a_get_and_no_body(published: Published) -> None:
    head: httpx.Response = published.client.head("/v1/claims.csv?release=1")
    get = published.client.get("/v1/claims.csv?release=1")
    assert head.headers["etag"] == get.headers["etag"]
    assert head.content == b""
