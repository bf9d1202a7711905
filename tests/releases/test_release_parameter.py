"""Every read can be asked of a release: the same filters and formats, and it never moves."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.resources import RESOURCES
from tests.releases.conftest import PATHS, Published, comparable_body

IMMUTABLE = "public, max-age=31536000, immutable"


def at(path: str, said: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{said}"


@pytest.mark.parametrize("path", PATHS)
def test_a_release_answers_as_the_store_did(published: Published, path: str) -> None:
    for said in ("release=1", "as_of=2026-03-01"):
        answer = published.client.get(at(path, said))
        assert comparable_body(answer) == published.before[path]
        assert answer.headers["cache-control"] == IMMUTABLE
        if answer.headers["content-type"] == "application/json":
            assert answer.json()["meta"]["release"] == "1"
            assert answer.json()["meta"]["revision"] == 1
            assert "release 1, revision 1" in answer.json()["meta"]["cite"]


def test_the_record_is_another_in_each_release_and_now(published: Published) -> None:
    names = {
        said: published.client.get(at("/v1/claims/claim-1", said)).json()["data"]["name"]
        for said in ("release=1", "release=2026.7", "as_of=2026-07-30", "as_of=2026-07-31")
    }
    assert list(names.values()) == ["Claim-1", "Renamed", "Claim-1", "Renamed"]
    gone = published.client.get("/v1/compounds/compound-5?release=2026.7")
    assert gone.status_code == 410
    assert "withdrawn in revision 2" in gone.json()["detail"]
    assert published.client.get("/v1/compounds/compound-5?release=1").status_code == 200
    assert published.client.get("/v1/regions/region-99?release=1").status_code == 404


def test_the_pages_of_a_release_stay_in_it(published: Published) -> None:
    client = published.client
    for said in ("release=1", "as_of=2026-03-01"):
        seen: list[str] = []
        url: str | None = at("/v1/claims?limit=2&sort=-slug", said)
        while url:
            answer = client.get(url)
            seen += [row["name"] for row in answer.json()["data"]]
            assert answer.json()["meta"]["release"] == "1"
            url = answer.links.get("next", {}).get("url")
        assert seen == [f"Claim-{n}" for n in reversed(range(6))]


@pytest.mark.parametrize("said", ["release=1", "as_of=2026-03-01"])
def test_every_address_in_an_answer_of_a_release_leads_on_in_it(
    published: Published, said: str
) -> None:
    client = published.client
    paths = ("/v1/pages/compound/compound-0", "/v1/graph", "/v1/resolve/compound-5")
    found = {url for path in paths for url in urls(client.get(at(path, said)).json()["data"])}
    assert len(found) > 10
    for url in found:
        answer = client.get(url)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, IMMUTABLE), url
    drawn = client.get(at("/v1/graph.svg", said)).text
    links = re.findall(r'href="(http[^"]+)"', drawn)
    assert links
    assert all(said in link for link in links)


def urls(value: Any) -> Iterator[str]:
    """Every address of ours in a body."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from urls(inner)
    elif isinstance(value, str) and value.startswith("/v1/"):
        yield value


def test_a_cursor_of_a_release_serves_no_other(published: Published) -> None:
    client = published.client
    cursor = client.get("/v1/claims?limit=2&release=1").json()["page"]["next"]
    for other in ("", "&release=2026.7"):
        answer = client.get(f"/v1/claims?limit=2&cursor={cursor}{other}")
        assert answer.status_code == 422
        assert "another query" in answer.json()["detail"]
    assert client.get(f"/v1/claims?limit=2&cursor={cursor}&as_of=2026-03-01").status_code == 200


def test_a_release_s_tag_is_its_own(published: Published) -> None:
    client = published.client
    tags = set()
    for said in ("", "?release=1", "?release=2026.7"):
        answer = client.get(f"/v1/claims/claim-3{said}")
        tags.add(answer.headers["etag"])
        sent = {"If-None-Match": answer.headers["etag"]}
        again = client.get(f"/v1/claims/claim-3{said}", headers=sent)
        assert (again.status_code, again.headers["etag"]) == (304, answer.headers["etag"])
        assert again.headers["cache-control"] == answer.headers["cache-control"]
    assert len(tags) == 3


def test_what_is_newest_today_is_not_promised_for_ever(published: Published) -> None:
    answer = published.client.get("/v1/claims?as_of=9999-12-31")
    assert answer.json()["meta"]["release"] == "2026.7"
    assert "immutable" not in answer.headers["cache-control"]
    # Nor what is newest as of a day gone by: the next dataset may bear a date before today's.
    answer = published.client.get("/v1/claims?as_of=2026-07-31")
    assert answer.json()["meta"]["release"] == "2026.7"
    assert "immutable" not in answer.headers["cache-control"]


def test_the_citation_of_a_release_leads_to_it(published: Published) -> None:
    url = published.client.get("/v1/cite?release=1").json()["data"]["csl"]["URL"]
    assert url.endswith("/v1/releases/1")


def test_a_batch_is_read_from_a_release_too(published: Published) -> None:
    asked = {"ids": ["claim-1", "claim-0"]}
    answer = published.client.post("/v1/claims/batch?release=1", json=asked)
    assert [found["record"]["name"] for found in answer.json()["data"]] == ["Claim-1", "Claim-0"]
    assert answer.json()["meta"]["release"] == "1"


@pytest.mark.parametrize(
    ("said", "status", "words"),
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
def test_what_names_no_release_is_refused_in_words(
    published: Published, said: str, status: int, words: str
) -> None:
    for path in ("/v1/claims", "/v1/claims/claim-1", "/v1/claims.csv", "/v1/gaps"):
        answer = published.client.get(f"{path}?{said}")
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert words in answer.json()["detail"]
        assert answer.headers["cache-control"] == "no-store"


def test_the_redirect_to_the_api_keeps_the_release(published: Published) -> None:
    answer = published.client.get("/?release=1")
    assert (answer.status_code, answer.headers["location"]) == (307, "/v1?release=1")


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/v1/releases", "/v1/diff"],
)
def test_where_a_release_has_no_meaning_it_is_refused(published: Published, path: str) -> None:
    for name in ("release", "as_of"):
        answer = published.client.get(f"{path}?{name}=1")
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["name"] == name
        assert f"{name} is not supported here" in answer.json()["detail"]


def test_an_address_that_is_none_stays_none(published: Published) -> None:
    assert published.client.get("/v1/nowhere?release=1").status_code == 404
    assert published.client.delete("/v1/claims?release=1").status_code == 405


def test_every_other_parameter_arrives_as_it_was_sent(published: Published) -> None:
    client = published.client
    for query in (
        "q=%C3%A9",
        "q=caf%C3%A9+1",
        "q=a%26release%3D2",
        "compound=compound-0,compound-1",
    ):
        answers = [client.get(f"/v1/claims?{query}{more}") for more in ("", "&release=1")]
        filters = [answer.json()["meta"]["filters"] for answer in answers]
        assert filters[0] == filters[1]
    for raw in ("%ED%A0%80", "%zz", "%00"):
        answers = [client.get(f"/v1/claims?q={raw}{more}") for more in ("", "&release=1")]
        assert answers[0].status_code == answers[1].status_code < 500
    assert client.get("/v1/claims?release=1&relase=2").json()["errors"][0]["name"] == "relase"


def test_the_document_offers_it_where_it_works_and_nowhere_else(published: Published) -> None:
    client = published.client
    document: dict[str, Any] = client.get("/openapi.json").json()
    shared = document["components"]["parameters"]
    offering: list[str] = []
    silent: list[str] = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names = [
                parameter.get("name") or shared[parameter["$ref"].rpartition("/")[2]]["name"]
                for parameter in operation.get("parameters", [])
            ]
            assert names.count("release") == names.count("as_of") <= 1
            (offering if "release" in names else silent).append(f"{method} {path}")
    for name in RESOURCES:
        for path in (f"get /v1/{name}", f"get /v1/{name}/{{slug}}", f"post /v1/{name}/batch"):
            assert path in offering
    assert "get /v1/meta" in offering
    assert "get /healthz" in silent
    for path in silent:
        method, _, address = path.partition(" ")
        filled = address.replace("{name}", "1").replace("{file}", "manifest.json")
        answer = client.request(method, f"{filled}?release=1")
        operation = document["paths"][address][method]
        refused = 401 if method != "get" and "security" in operation else 422
        assert answer.status_code == refused, path


def test_release_answers_are_kept_in_memory_and_live_ones_do_not_outlast_a_write(
    published: Published,
) -> None:
    def hits() -> float:
        lines = published.client.get("/metrics").text.splitlines()
        found = next(x for x in lines if x.startswith("kkb_response_cache_hits_total "))
        return float(found.split()[-1])

    def again(path: str) -> bool:
        first, before = published.client.get(path), hits()
        second = published.client.get(path)
        assert second.content == first.content
        assert second.headers["etag"] == first.headers["etag"]
        return hits() == before + 1

    assert again("/v1/claims?limit=3&release=1")
    assert again("/v1/claims?limit=3&as_of=2026-03-01")
    assert again("/v1/releases/1")
    assert not again("/v1/claims?limit=3&as_of=9999-01-01"), "a new release would be overlooked"
    assert not again("/v1/releases"), "a new release would be overlooked"


def test_a_head_is_answered_like_a_get(published: Published) -> None:
    head: httpx.Response = published.client.head("/v1/claims.csv?release=1")
    get = published.client.get("/v1/claims.csv?release=1")
    assert head.headers["etag"] == get.headers["etag"]
    assert head.content == b""
