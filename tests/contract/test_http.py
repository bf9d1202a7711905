"""What every answer keeps: caching, HEAD, CORS, compression, one shape of error."""

import time
from pathlib import Path

import httpx
import pytest

from app.kit.resource import Resource
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset.folder import read_folder
from tests import factories
from tests.helpers import fill_store, serving

EACH = pytest.mark.parametrize("resource", RESOURCES.values(), ids=list(RESOURCES))
PATHS = ["/v1", "/v1/meta", *(f"/v1/{n}{s}" for n in RESOURCES for s in ("", ".csv", ".ndjson"))]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_revalidates_and_heads(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == tag
    assert head.headers["content-type"] == first.headers["content-type"]


def test_a_304_costs_one_statement(client: httpx.Client, count_statements: object) -> None:
    count = count_statements
    tag = client.get("/v1/claims?include=evidence").headers["etag"]
    count()  # type: ignore[operator]
    # Whoever shows a cookie is never answered from memory, where it would cost none.
    headers = {"If-None-Match": tag, "Cookie": "nothing=from-memory"}
    assert client.get("/v1/claims?include=evidence", headers=headers).status_code == 304
    assert count() == 1  # type: ignore[operator]


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd"])
def test_each_encoding_has_a_tag_of_its_own(client: httpx.Client, encoding: str) -> None:
    plain = client.get("/v1/claims", headers={"Accept-Encoding": "identity"})
    packed = client.get("/v1/claims", headers={"Accept-Encoding": encoding})
    assert packed.headers["content-encoding"] == encoding
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.json() == plain.json()
    assert "Accept-Encoding" in packed.headers["vary"]
    headers = {"Accept-Encoding": encoding, "If-None-Match": packed.headers["etag"]}
    again = client.get("/v1/claims", headers=headers)
    assert again.status_code == 304
    assert again.headers["etag"] == packed.headers["etag"]


def test_a_write_moves_every_tag(tmp_path: Path, address: str) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(3))
    store = fill_store(address, folder)
    with serving(store) as url, httpx.Client(base_url=url) as client:
        before = client.get("/v1/claims/claim-1")
        assert before.json()["meta"]["revision"] == 1
        changed = factories.dataset(3)
        changed["claims"][1]["name"] = "Renamed"
        factories.write_folder(folder, changed)
        assert bootstrap.load(store, read_folder(folder))
        time.sleep(0.1)  # what is kept is at most this old
        headers = {"If-None-Match": before.headers["etag"]}
        after = client.get("/v1/claims/claim-1", headers=headers)
        assert after.status_code == 200
        assert after.json()["data"]["name"] == "Renamed"
        assert after.json()["meta"]["revision"] == 2


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/claims/none", "/v1/none", "/v1/claims?x=1"])
def test_any_origin_may_read_errors_too(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-request-id"]


def test_an_unforeseen_failure_is_a_problem_with_cors(tmp_path: Path, address: str) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(2))
    store = fill_store(address, folder)
    with serving(store) as url, httpx.Client(base_url=url) as client:
        with store.write() as session:
            session.connection.exec_driver_sql("DROP TABLE document")
        answer = client.get("/v1/claims", headers={"Origin": "https://example.org"})
        assert answer.status_code in (500, 503)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert client.get("/healthz").json() == {"status": "ok"}


@EACH
def test_an_unknown_parameter_is_refused_with_the_nearest(
    client: httpx.Client, resource: Resource
) -> None:
    for path in (f"/v1/{resource.name}", f"/v1/{resource.name}.csv"):
        answer = client.get(path, params={"srot": "name"})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        error = answer.json()["errors"][0]
        assert error["name"] == "srot"
        assert "sort" in error["did_you_mean"]
    answer = client.get(f"/v1/{resource.name}/{factories.slug(resource)}?fiels=name")
    assert answer.json()["errors"][0]["did_you_mean"][0] == "fields"


@pytest.mark.parametrize(
    ("query", "status", "near"),
    [
        ("include=evidense", 422, "evidence"),
        ("fields=statment", 422, "statement"),
        ("sort=nam", 422, "name"),
        ("kind=mechanisms", 422, "mechanism"),
        ("compound=compound-1x", 422, "compound-1"),
        ("subject=compound:compound-1x", 422, "compound:compound-1"),
    ],
)
def test_a_misspelling_is_answered_with_the_nearest(
    client: httpx.Client, query: str, status: int, near: str
) -> None:
    problem = client.get(f"/v1/claims?{query}").json()
    assert problem["status"] == status
    assert near in problem["errors"][0]["did_you_mean"]
    assert near in problem["detail"]


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/meta", "/healthz", "/readyz", "/v1/problems/not-found"]
)
def test_an_address_without_parameters_ignores_none(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200
    answer = client.get(f"{path}?colour=red")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "colour"


def test_unknown_addresses_and_methods_say_what_would_work(client: httpx.Client) -> None:
    answer = client.get("/v1/recepters")
    assert answer.status_code == 404
    assert "/v1/receptors" in answer.json()["did_you_mean"]
    answer = client.delete("/v1/receptors")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_catalogue_says_what_the_declarations_say(client: httpx.Client) -> None:
    catalogue = client.get("/v1/meta").json()
    assert [c["name"] for c in catalogue["collections"]] == list(RESOURCES)
    for found in catalogue["collections"]:
        resource = RESOURCES[found["name"]]
        assert [f["name"] for f in found["filters"]] == ["q", *(f.name for f in resource.filters)]
        assert all(f["description"] for f in found["filters"] + found["fields"])
        assert found["count"] == 45
        named = {f["name"]: f["vocabulary"] for f in found["fields"]}
        for name in resource.enum_fields:
            assert catalogue["vocabularies"][named[name]], (resource.name, name)
    certainty = catalogue["vocabularies"]["Certainty"]
    assert [value["value"] for value in certainty] == ["high", "moderate", "low", "very_low"]
    for name, values in catalogue["vocabularies"].items():
        assert len({value["label"] for value in values}) == len(values), name
        assert all(value["definition"].endswith(".") for value in values), name


def test_the_docs_need_no_network(client: httpx.Client) -> None:
    page = client.get("/docs").text
    assert "http://" not in page.replace("http://127.0.0.1", "")
    assert "https://" not in page
    for part in page.split('"'):
        if part.endswith((".js", ".css")):
            assert client.get(part).status_code == 200
