"""What lies at the edges of an answer: the odd request that is right, and the one that is not."""

import asyncio
import base64
import hashlib
import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from app.kit.cursor import decode, encode
from app.kit.sessions import Store
from app.main import create_app
from app.settings import Settings
from tests import factories
from tests.helpers import fill_store, serving
from tests.params import ONE_STORE


@ONE_STORE
@pytest.mark.parametrize("query", ["design=cohort&randomised=true", "design=rct&randomised=false"])
def test_choices_that_rule_each_other_out_leave_no_note(
    shipped_client: httpx.Client, query: str
) -> None:
    data = shipped_client.get(f"/v1/claims/ketamine-relieves-ptsd/verdict?{query}").json()["data"]
    assert data["chosen"]["verdict"] == "not_assessed"
    notes = shipped_client.get("/v1/evidence?claim=ketamine-relieves-ptsd").json()["page"]["total"]
    assert len(data["excluded"]) == notes > 0
    assert data["moved"]


@ONE_STORE
def test_what_is_left_out_by_name_is_known(shipped_client: httpx.Client) -> None:
    verdict = "/v1/claims/ketamine-relieves-ptsd/verdict"
    for name in ("feder-2014", "study:feder-2014"):
        left = shipped_client.get(verdict, params={"exclude": name}).json()["data"]["excluded"]
        assert {one["study"] for one in left} == {"feder-2014"}
    answer = shipped_client.get(verdict, params={"exclude": "feder-2041"})
    assert answer.status_code == 422
    assert "study:feder-2014" in answer.json()["errors"][0]["did_you_mean"]


@ONE_STORE
@pytest.mark.parametrize(
    ("path", "plain", "typed"),
    [
        ("/v1/timeline", {"compound": "esketamine"}, {"compound": "compound:esketamine"}),
        ("/v1/matrix", {"rows": "ketamine"}, {"rows": "compound:ketamine"}),
        ("/v1/matrix", {"column": "drd2"}, {"column": "receptor:drd2,drd2"}),
        (
            "/v1/matrix",
            {"rows": "ketamine", "columns": "outcome"},
            {"rows": "compound:ketamine,ketamine", "columns": "outcome"},
        ),
    ],
)
def test_a_slug_may_have_its_kind_before_it(
    shipped_client: httpx.Client, path: str, plain: dict[str, str], typed: dict[str, str]
) -> None:
    wanted = shipped_client.get(path, params=plain).json()["data"]
    assert wanted
    assert shipped_client.get(path, params=typed).json()["data"] == wanted


def served(tmp_path: Path, address: str, content: dict[str, list[dict[str, Any]]]) -> Store:
    return fill_store(address, factories.write_folder(tmp_path / "data", content))


def test_what_was_not_tested_is_no_measurement(tmp_path: Path, address: str) -> None:
    """Alone in its cell, and beside a measurement."""
    content = factories.dataset(3)
    first, *others = content["affinities"]
    for one in others:
        figures = dict.fromkeys(("published_value", "published_unit", "published_upper_value"))
        one.update(figures, state="not_tested", relation="=")
    others[0].update(compound=first["compound"], receptor=first["receptor"])
    others[1].update(compound="compound-2", receptor="receptor-2")
    store = served(tmp_path, address, content)
    with serving(store) as url, httpx.Client(base_url=url) as client:
        answer = client.get("/v1/matrix?rows=compound-0,compound-2")
        cells = {(c["compound"], c["receptor"]): c for c in answer.json()["data"]["cells"]}
        assert cells["compound-2", "receptor-2"]["state"] == "not_tested"
        assert cells[first["compound"], first["receptor"]]["count"] == 2
        assert client.get("/v1/gaps").status_code == 200
    store.engine.dispose()


def test_a_slug_of_any_length_has_a_page(tmp_path: Path, address: str) -> None:
    content = factories.dataset(3)
    long = "x" * 200
    content["compounds"].append(factories.record_input("compounds", 9, slug=long))
    store = served(tmp_path, address, content)
    with serving(store) as url, httpx.Client(base_url=url) as client:
        for path in (f"/v1/compounds/{long}", f"/v1/pages/compound/{long}"):
            assert client.get(path).status_code == 200, path
        assert client.get(f"/v1/claims?entity=compound:{long}").status_code == 200
    store.engine.dispose()


def test_every_address_works_below_a_root_path() -> None:
    app = create_app(Settings(database_url="sqlite://"))

    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, root_path="/kb")
        async with httpx.AsyncClient(transport=transport, base_url="http://kb") as client:
            return await client.get(path)

    assert asyncio.run(ask("/kb/healthz")).status_code == 200
    assert asyncio.run(ask("/kb/openapi.json")).status_code == 200
    wrong = asyncio.run(ask("/kb/healthy"))
    assert (wrong.status_code, wrong.json()["did_you_mean"][0]) == (404, "/healthz")


@ONE_STORE
@pytest.mark.parametrize(
    "query",
    ["limit=1&limit=2", "q=a&q=b", "year_from=2001&year_from=2002", "randomised=true&randomised=0"],
)
def test_what_takes_one_value_is_not_sent_two(client: httpx.Client, query: str) -> None:
    answer = client.get(f"/v1/studies?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == query.partition("=")[0]
    assert "takes one value" in answer.json()["detail"]
    assert client.get("/v1/studies?species=human&species=rat").status_code == 200


@ONE_STORE
@pytest.mark.parametrize("path", ["/v1/claims", "/v1/search?q=a", "/v1/changes", "/v1/diff?from=1"])
def test_an_empty_cursor_is_not_the_first_page(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}cursor=")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "cursor"


def forged(values: list[Any] | bytes, query: str = "") -> str:
    body = values if isinstance(values, bytes) else json.dumps([query, *values]).encode()
    mark = hashlib.sha256(body).digest()[:6]
    return base64.urlsafe_b64encode(mark + body).decode().rstrip("=")


@pytest.mark.parametrize("values", [["\ud800", "a"], ["\x00", "a"], ["a", "\x00"], [2**40, "a"]])
def test_a_cursor_made_up_of_what_no_store_takes_is_refused(
    client: httpx.Client, values: list[Any]
) -> None:
    cursor = client.get("/v1/studies?limit=5&sort=name").json()["page"]["next"]
    query = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[6:])[0]
    answer = client.get(f"/v1/studies?sort=name&cursor={forged(values, query)}")
    assert answer.status_code == 422, answer.text


def test_a_figure_of_any_size_leads_on() -> None:
    """The bound is of integers: a concentration in nM may be far beyond it."""
    kinds: list[TypeAdapter[Any]] = [TypeAdapter(float), TypeAdapter(str)]
    assert decode(encode([5e12, "a"], "q"), "q", kinds) == [5e12, "a"]


def test_a_cursor_of_other_lists_made_up_is_refused_too(client: httpx.Client) -> None:
    page = client.get("/v1/changes?limit=1").json()["page"]["next"]
    query = json.loads(base64.urlsafe_b64decode(page + "=" * (-len(page) % 4))[6:])[0]
    for cursor in (forged([2**40], query), forged(b"[" * 1400), forged(b"[" * 100)):
        assert client.get(f"/v1/changes?cursor={cursor}").status_code == 422
        assert client.get(f"/v1/studies?cursor={cursor}").status_code == 422


@ONE_STORE
def test_an_unknown_parameter_is_told_of_the_release_too(shipped_client: httpx.Client) -> None:
    (error,) = shipped_client.get("/v1/claims?relase=1").json()["errors"]
    assert error["did_you_mean"][0] == "release"
    assert {"release", "as_of"} <= set(error["allowed"])
    refused = shipped_client.get("/v1/calibration?limit=1")
    assert "accepts only release or as_of" in refused.json()["detail"]
    assert "accepts none." in shipped_client.get("/healthz?limit=1").json()["detail"]


@ONE_STORE
def test_a_slash_too_many_is_told_by_the_address_without_it(shipped_client: httpx.Client) -> None:
    path = "/v1/claims/ketamine-relieves-ptsd"
    assert shipped_client.get(f"{path}/").json()["did_you_mean"] == [path]
    for near in shipped_client.get(f"{path}/evidence").json()["did_you_mean"]:
        assert "{" not in near


@ONE_STORE
def test_a_body_that_is_no_json_is_told_so(shipped_client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    answer = shipped_client.post("/v1/claims/batch", content=b'{"ids": ["a",]}', headers=headers)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["name"]) == (422, "body")
    assert "not valid JSON at character 13" in error["message"]
    (error,) = shipped_client.post("/v1/claims/batch", json=["a"]).json()["errors"]
    assert error["message"] == "body: must be a JSON object."
    body = {"ids": ["a"] * 501, "fields": ["name"]}
    long, misplaced = shipped_client.post("/v1/claims/batch", json=body).json()["errors"]
    assert long["message"] == "ids: must have 500 or fewer items, not 501."
    assert misplaced["message"] == "Unknown field fields. Send it as a query parameter."


@ONE_STORE
@pytest.mark.parametrize(
    ("name", "mark"),
    [("bib", "and others}"), ("ris", "AU  - et al."), ("csl.json", '{"literal": "others"}')],
)
def test_a_citation_says_that_it_does_not_name_all_authors(
    shipped_client: httpx.Client, name: str, mark: str
) -> None:
    assert mark in shipped_client.get(f"/v1/references/abbar-2022.{name}").text


@ONE_STORE
@pytest.mark.parametrize(
    "asked",
    [
        "10.1056/NEJMoa2302399",
        "doi:10.1056/nejmoa2302399",
        "https://doi.org/10.1056/NEJMoa2302399",
        "http://dx.doi.org/10.1056%2FNEJMOA2302399",
    ],
)
def test_a_doi_is_found_in_any_capitals_and_as_an_address(
    shipped_client: httpx.Client, asked: str
) -> None:
    kept = "10.1056/nejmoa2302399"
    answer = shipped_client.get("/v1/references", params={"doi": asked}).json()
    assert [(one["slug"], one["doi"]) for one in answer["data"]] == [("anand-2023", kept)]
    assert answer["meta"]["filters"] == {"doi": [kept]}
    ids = {"ids": [f"DOI:{kept.upper()}"]}
    (found,) = shipped_client.post("/v1/references/batch", json=ids).json()["data"]
    assert found["record"]["slug"] == "anand-2023"


@ONE_STORE
def test_a_type_that_is_not_served_is_told(shipped_client: httpx.Client) -> None:
    json, json_ld = "application/json", "application/ld+json"
    for path, offered in (
        ("/v1/claims/ketamine-relieves-ptsd", [json, json_ld]),
        ("/v1/graph", [json]),
        ("/v1/search?q=ketamine", [json]),
    ):
        answer = shipped_client.get(path, headers={"Accept": "image/png"})
        assert (answer.status_code, answer.json()["offered"]) == (406, offered)


@ONE_STORE
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff\xfe{", "UTF-8"),
        (b'{"ids": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"ids": ["x"], "ids": []}', "names 'ids' twice"),
        (b'{"ids": [], "a": {"b": 1, "b": 2}}', "names 'b' twice"),
    ],
)
def test_a_body_that_would_lose_something_is_told_why(
    shipped_client: httpx.Client, body: bytes, words: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = shipped_client.post("/v1/claims/batch", content=body, headers=headers)
    assert answer.status_code == 422
    assert words in answer.json()["errors"][0]["message"]


@ONE_STORE
def test_a_compressed_body_is_refused(shipped_client: httpx.Client) -> None:
    answer = shipped_client.post(
        "/v1/claims/batch", json={"ids": []}, headers={"Content-Encoding": "gzip"}
    )
    assert (answer.status_code, "Content-Encoding" in answer.json()["detail"]) == (415, True)


@ONE_STORE
def test_a_browser_learns_which_methods_an_address_takes(shipped_client: httpx.Client) -> None:
    asks = {"Origin": "https://x.org", "Access-Control-Request-Method": "PUT"}
    path = "/v1/claims/ketamine-relieves-ptsd"
    assert shipped_client.options(path, headers=asks).status_code == 200
    answer = shipped_client.put(path, headers={"Origin": "https://x.org"})
    assert answer.status_code == 405
    exposed = answer.headers["access-control-expose-headers"]
    assert {"Allow", "Content-Range"} <= set(exposed.split(", "))


@ONE_STORE
def test_what_is_not_ascii_in_an_address_is_told_how_to_be_written(
    shipped_client: httpx.Client,
) -> None:
    with socket.create_connection(
        (shipped_client.base_url.host, shipped_client.base_url.port)
    ) as wire:
        wire.sendall("GET /v1/search?q=β HTTP/1.1\r\nHost: kb.test\r\n\r\n".encode())
        told = wire.recv(10_000).decode()
    assert told.startswith("HTTP/1.1 400")
    assert "%CE%B2" in told
    assert "retry-after" not in told


@pytest.mark.parametrize("asked", ["https://doi.org/%00", "doi:https://doi.org/10.1/%00"])
def test_an_encoded_nul_reaches_no_store(shipped_client: httpx.Client, asked: str) -> None:
    assert shipped_client.get("/v1/references", params={"doi": asked}).status_code == 422
    (found,) = shipped_client.post("/v1/references/batch", json={"ids": [f"doi:{asked}"]}).json()[
        "data"
    ]
    assert not found["found"]
