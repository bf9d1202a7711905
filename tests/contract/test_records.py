"""Every record: its shape, its includes, its errors, its batch."""

import httpx
import pytest

from app.kit.resource import Resource
from app.resources import RESOURCES
from tests import factories
from tests.params import SIZE

EACH = pytest.mark.parametrize("resource", RESOURCES.values(), ids=list(RESOURCES))
INCLUDES = [(r, name) for r in RESOURCES.values() for name in RESOURCES.include_names(r)]


@EACH
def test_a_record_is_what_its_model_says(client: httpx.Client, resource: Resource) -> None:
    rows = client.get(f"/v1/{resource.name}?limit=500").json()["data"]
    assert len(rows) == SIZE
    for row in rows:
        assert list(row) == list(resource.mapping.by_name)
        resource.record.model_validate(row)
        one = client.get(f"/v1/{resource.name}/{row['slug']}").json()["data"]
        assert one == row


@pytest.mark.parametrize(("resource", "name"), INCLUDES, ids=[f"{r.name} {n}" for r, n in INCLUDES])
def test_an_include_adds_whole_records_once(
    client: httpx.Client, resource: Resource, name: str
) -> None:
    answer = client.get(f"/v1/{resource.name}", params={"include": name, "limit": 10})
    assert answer.status_code == 200, answer.text
    head, _, tail = name.partition(".")
    include = resource.includes[head]
    targets = set(include.targets)
    if tail:
        inner = [RESOURCES[t].includes[tail] for t in targets if tail in RESOURCES[t].includes]
        targets |= {t for i in inner for t in i.targets}
    included = answer.json()["included"]
    assert set(included) == targets
    for collection, records in included.items():
        for slug, record in records.items():
            assert record["slug"] == slug
            RESOURCES[collection].record.model_validate(record)


def test_a_page_of_a_receptor_takes_one_request(client: httpx.Client) -> None:
    path = "/v1/receptors/receptor-1?include=affinities.reference,claims.evidence"
    included = client.get(path).json()["included"]
    assert set(included) == {"affinities", "references", "claims", "evidence"}
    assert {a["receptor"]["slug"] for a in included["affinities"].values()} == {"receptor-1"}
    cited = {a["reference"]["slug"] for a in included["affinities"].values()}
    assert cited == set(included["references"])


@EACH
def test_a_missing_record_says_what_is_near(client: httpx.Client, resource: Resource) -> None:
    answer = client.get(f"/v1/{resource.name}/{factories.slug(resource)}x")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert f"/v1/{resource.name}/{factories.slug(resource)}" in problem["did_you_mean"]
    assert client.get(problem["type"]).json()["status"] == 404


@EACH
def test_a_batch_answers_each_id_in_its_place(client: httpx.Client, resource: Resource) -> None:
    ids = [
        factories.slug(resource, 2),
        "no-such",
        factories.slug(resource),
        factories.slug(resource, 2),
    ]
    answer = client.post(f"/v1/{resource.name}/batch", json={"ids": ids})
    assert answer.status_code == 200, answer.text
    results = answer.json()["data"]
    assert [r["id"] for r in results] == ids
    assert [r["found"] for r in results] == [True, False, True, True]
    assert results[0]["record"]["slug"] == ids[0]
    assert results[1]["record"] is None
    assert results[1]["message"]


def test_a_batch_takes_curies(client: httpx.Client) -> None:
    body = {"ids": ["chembl.compound:CHEMBL1003", "compound-4", "chembl.compound:CHEMBL9"]}
    results = client.post("/v1/compounds/batch", json=body).json()["data"]
    assert [r["record"] and r["record"]["slug"] for r in results] == [
        "compound-3",
        "compound-4",
        None,
    ]
    assert [r["matched"] for r in results] == ["curie", "slug", None]
    body = {"ids": ["doi:10.1000/x3", "pubmed:1004", "pmc:PMC1005"]}
    results = client.post("/v1/references/batch?fields=name", json=body).json()["data"]
    assert [r["record"]["slug"] for r in results] == ["reference-3", "reference-4", "reference-5"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": []},
        {"ids": ["a"] * 501},
        {"ids": ["a\x00b"]},
        {"ids": [1]},
        {"ids": ["a"], "also": 1},
        {"ids": ["x" * 8192]},
        [],
        "ids",
    ],
)
def test_a_batch_refuses_what_it_does_not_know(client: httpx.Client, body: object) -> None:
    answer = client.post("/v1/claims/batch", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_a_body_with_a_lone_surrogate_or_no_json_is_refused(client: httpx.Client) -> None:
    for content in (b'{"ids": ["\\ud800"]}', b"{", b"\xff\xfe", b"NaN"):
        answer = client.post(
            "/v1/claims/batch", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, content
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_beyond_the_limit_is_refused(client: httpx.Client) -> None:
    announced = client.post("/v1/claims/batch", content=b" " * 1_100_000)
    assert announced.status_code == 413

    def unannounced() -> object:
        for _ in range(12):
            yield b" " * 100_000

    streamed = client.post("/v1/claims/batch", content=unannounced())  # type: ignore[arg-type]
    assert streamed.status_code == 413
    assert streamed.json()["status"] == 413
