"""`If-Match` and `Idempotency-Key`: nothing is overwritten unseen, nothing is done twice."""

from typing import Any

import httpx
import pytest

from tests.curation.conftest import Create, Curator, accepted_revision, proposal_number


def patch(curator: Curator, name: str, **more: Any) -> httpx.Response:
    query = {"why": "Better.", **more.pop("query", {})}
    body = {"summary": "Y.", **more.pop("body", {})}
    return curator.request("PATCH", f"/v1/{name}", params=query, json=body, **more)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_without_the_state_it_saw_is_428(anna: Curator, method: str) -> None:
    body = {"json": {"summary": "Y."}} if method == "PATCH" else {}
    answer = anna.request(method, "/v1/claims/claim-1", params={"why": "x"}, **body)
    assert answer.status_code == 428
    assert "If-Match" in answer.json()["detail"]


def test_a_tag_of_an_older_state_is_412(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    old = own_client.get("/v1/claims/claim-1").headers["etag"]
    accepted_revision(ben, anna.change("claims/claim-1", {"summary": "Newer."}))
    answer = patch(anna, "claims/claim-1", headers={"If-Match": old})
    assert answer.status_code == 412
    assert answer.json()["type"] == "/v1/problems/precondition-failed"


def test_a_record_is_not_stale_because_another_one_changed(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    seen = own_client.get("/v1/studies/study-2").headers["etag"]
    accepted_revision(ben, anna.change("regions/region-2", {"summary": "Newer."}))
    assert own_client.get("/v1/studies/study-2").headers["etag"] != seen, (
        "the public copy is renewed"
    )
    assert patch(anna, "studies/study-2", headers={"If-Match": seen}).status_code == 202


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
def test_only_a_strong_tag_of_what_stands_will_do(
    own_client: httpx.Client, anna: Curator, tag: str, status: int
) -> None:
    real = own_client.get("/v1/compounds/compound-3").headers["etag"]
    sent = tag.replace("{}", real)
    answer = patch(anna, "compounds/compound-3", headers={"If-Match": sent})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", "identity"])
def test_the_tag_of_a_compressed_answer_will_do(
    own_client: httpx.Client, anna: Curator, encoding: str
) -> None:
    path = "/v1/claims/claim-3?include=evidence"
    seen = own_client.get(path, headers={"Accept-Encoding": encoding}).headers["etag"]
    assert patch(anna, "claims/claim-3", headers={"If-Match": seen}).status_code == 202


def test_a_proposal_that_moved_is_not_accepted_unseen(anna: Curator, ben: Curator) -> None:
    made = proposal_number(anna.change("claims/claim-4", {"summary": "First."}))
    seen = ben.request("GET", f"/v1/proposals/{made}").headers["etag"]
    anna.perform(made, "return", "Wait.")
    anna.change("claims/claim-4", {"summary": "Something else."}, proposal=made)
    anna.perform(made, "submit")
    path = f"/v1/proposals/{made}/accept"
    assert ben.request("POST", path, headers={"If-Match": seen}).status_code == 412
    assert ben.request("POST", path).status_code == 428
    assert ben.request("POST", path, headers={"If-Match": '"proposal-1-1"'}).status_code == 412
    assert ben.perform(made, "accept").status_code == 200


def test_a_retry_is_answered_again_and_nothing_is_done_twice(
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


def test_a_name_is_for_one_request_of_one_key(
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


def test_a_refused_request_is_tried_again(own_client: httpx.Client, anna: Curator) -> None:
    tag = own_client.get("/v1/claims/claim-8").headers["etag"]
    headers = {"Idempotency-Key": "four", "If-Match": tag}
    assert patch(anna, "claims/claim-8", headers=headers, body={"kind": "x"}).status_code == 422
    assert patch(anna, "claims/claim-8", headers=headers).status_code == 202


@pytest.mark.parametrize("name", ["", "a b", "é", "x" * 201])
def test_a_name_that_cannot_be_kept_is_refused(anna: Curator, name: str) -> None:
    headers = {"Idempotency-Key": name.encode(), "If-Match": "*"}
    answer = patch(anna, "claims/claim-1", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "Idempotency-Key"
