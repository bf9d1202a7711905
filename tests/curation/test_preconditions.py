"""`If-Match` and `Idempotency-Key`: no lost update, and no repeated write."""

from typing import Any

import httpx
import pytest

from tests.curation.conftest import Create, Curator, accepted_revision, proposal_number


def patch(curator: Curator, name: str, **more: Any) -> httpx.Response:
    query = {"why": "Better.", **more.pop("query", {})}
    body = {"summary": "Y.", **more.pop("body", {})}
    return curator.request("PATCH", f"/v1/{name}", params=query, json=body, **more)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_without_if_match_is_a_428(anna: Curator, method: str) -> None:
    body = {"json": {"summary": "Y."}} if method == "PATCH" else {}
    answer = anna.request(method, "/v1/claims/claim-1", params={"why": "x"}, **body)
    assert answer.status_code == 428
    assert "If-Match" in answer.json()["detail"]


def test_an_etag_of_an_older_revision_is_a_412(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    old = own_client.get("/v1/claims/claim-1").headers["etag"]
    accepted_revision(ben, anna.change("claims/claim-1", {"summary": "Newer."}))
    answer = patch(anna, "claims/claim-1", headers={"If-Match": old})
    assert answer.status_code == 412
    assert answer.json()["type"] == "/v1/problems/precondition-failed"


def test_an_etag_stays_valid_for_writes_when_another_record_changes(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    etag = own_client.get("/v1/studies/study-2").headers["etag"]
    accepted_revision(ben, anna.change("regions/region-2", {"summary": "Newer."}))
    assert own_client.get("/v1/studies/study-2").headers["etag"] != etag, (
        "the public copy is renewed"
    )
    assert patch(anna, "studies/study-2", headers={"If-Match": etag}).status_code == 202


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("*", 202),
        ('"1-{}", {}', 202),
        ("{}", 202),
        ("W/{}", 412),
        ('"99999-000000000000000000000000"', 412),
        ('"1"', 412),
        ("1", 412),
        ('"proposal-1-1"', 412),
        ('"9999999999-000000000000000000000000"', 412),
        ("", 412),
    ],
)
def test_only_a_strong_etag_of_the_current_record_is_accepted(
    own_client: httpx.Client, anna: Curator, tag: str, status: int
) -> None:
    real = own_client.get("/v1/compounds/compound-3").headers["etag"]
    sent = tag.replace("{}", real)
    answer = patch(anna, "compounds/compound-3", headers={"If-Match": sent})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", "identity"])
def test_the_etag_of_a_compressed_response_is_accepted(
    own_client: httpx.Client, anna: Curator, encoding: str
) -> None:
    path = "/v1/claims/claim-3?include=evidence"
    etag = own_client.get(path, headers={"Accept-Encoding": encoding}).headers["etag"]
    assert patch(anna, "claims/claim-3", headers={"If-Match": etag}).status_code == 202


def test_a_proposal_that_was_changed_meanwhile_is_not_accepted(anna: Curator, ben: Curator) -> None:
    made = proposal_number(anna.change("claims/claim-4", {"summary": "First."}))
    etag = ben.request("GET", f"/v1/proposals/{made}").headers["etag"]
    anna.perform(made, "return", "Wait.")
    anna.change("claims/claim-4", {"summary": "Something else."}, proposal=made)
    anna.perform(made, "submit")
    path = f"/v1/proposals/{made}/accept"
    assert ben.request("POST", path, headers={"If-Match": etag}).status_code == 412
    assert ben.request("POST", path).status_code == 428
    assert ben.request("POST", path, headers={"If-Match": '"proposal-1-1"'}).status_code == 412
    assert ben.perform(made, "accept").status_code == 200


def test_a_repeated_idempotency_key_replays_the_response_and_writes_once(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    headers = {
        "Idempotency-Key": "one",
        "If-Match": own_client.get("/v1/claims/claim-5").headers["etag"],
    }
    first = patch(anna, "claims/claim-5", headers=headers)
    again = patch(anna, "claims/claim-5", headers=headers)
    assert again.status_code == first.status_code == 202
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    elsewhere = {"X-Forwarded-Host": "kb.example.org", "X-Forwarded-Prefix": "/ketamine"}
    moved = patch(anna, "claims/claim-5", headers=headers | elsewhere).headers["location"]
    number = proposal_number(first)
    assert moved == f"http://kb.example.org/ketamine/v1/proposals/{number}", "not of the first host"
    accept = {"Idempotency-Key": "two"}
    done = ben.perform(proposal_number(first), "accept", headers=accept)
    twice = ben.perform(proposal_number(first), "accept", headers=accept)
    assert (done.status_code, twice.status_code) == (200, 200)
    assert twice.json()["data"]["revision"] == done.json()["data"]["revision"]
    assert patch(anna, "claims/claim-5", headers=headers).content == first.content, "stale by now"


def test_an_idempotency_key_belongs_to_one_request_of_one_api_key(
    own_client: httpx.Client, anna: Curator, curator: Create
) -> None:
    tag = own_client.get("/v1/claims/claim-6").headers["etag"]
    headers = {"Idempotency-Key": "three", "If-Match": tag}
    assert patch(anna, "claims/claim-6", headers=headers).status_code == 202
    for other in ({"body": {"summary": "Z."}}, {"query": {"why": "Other."}}):
        answer = patch(anna, "claims/claim-6", headers=headers, **other)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["name"] == "Idempotency-Key"
    assert patch(anna, "claims/claim-7", headers=headers).status_code == 422
    dora = curator("dora", "propose")
    answer = patch(dora, "claims/claim-6", headers=headers)
    assert answer.status_code == 202
    assert "idempotency-replayed" not in answer.headers


def test_a_refused_request_can_be_repeated_with_the_same_idempotency_key(
    own_client: httpx.Client, anna: Curator
) -> None:
    tag = own_client.get("/v1/claims/claim-8").headers["etag"]
    headers = {"Idempotency-Key": "four", "If-Match": tag}
    assert patch(anna, "claims/claim-8", headers=headers, body={"kind": "x"}).status_code == 422
    assert patch(anna, "claims/claim-8", headers=headers).status_code == 202


@pytest.mark.parametrize("name", ["", "a b", "é", "x" * 201])
def test_an_invalid_idempotency_key_is_refused(anna: Curator, name: str) -> None:
    headers = {"Idempotency-Key": name.encode(), "If-Match": "*"}
    answer = patch(anna, "claims/claim-1", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "Idempotency-Key"
