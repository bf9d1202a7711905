"""Authorisation comes first: writes are a 401 or 403 before anything is validated."""

from typing import Any

import httpx
import pytest

from app.api.auth import writes_with_key
from app.api.route_groups import flattened
from app.domain.curation import Scope
from app.main import routers
from tests.curation.conftest import Create, Curator, proposal_number
from tests.params import SOME_STORE

JSON = {"Content-Type": "application/json"}
WRITES = sorted(
    (method, route.path)
    for router in routers()
    for route in flattened(router.routes)
    if writes_with_key(route)
    for method in route.methods
)
#: What each would otherwise be a 422, 428, 404, 412 or 415 of.
WRONG: dict[str, dict[str, Any]] = {
    "nothing": {},
    "body is not JSON": {"content": b"{", "headers": JSON},
    "body repeats a field": {"content": b'{"slug": 1, "slug": 2}', "headers": JSON},
    "body is nested deeply": {"content": b"[" * 100_000, "headers": JSON},
    "body is not UTF-8": {"content": b'{"a": "\xff"}', "headers": JSON},
    "body has an unknown field": {"content": b'{"colour": 1}', "headers": JSON},
    "body is text": {"content": b"x", "headers": {"Content-Type": "text/plain"}},
    "unknown parameter": {"params": {"colour": "red"}},
    "repeated parameter": {"params": [("why", "a"), ("why", "b")]},
    "release": {"params": {"release": "1"}},
    "proposal is no number": {"params": {"proposal": "x"}},
    "bad If-Match": {"headers": {"If-Match": "x" * 2000}},
    "bad Idempotency-Key": {"headers": {"Idempotency-Key": "\u00e9".encode()}},
}


@pytest.fixture
def keys(curator: Create) -> dict[Scope, Curator]:
    """A key of each scope alone; new for each test, because each has a rate limit of its own."""
    return {scope: curator(f"only {scope.value}", scope.value) for scope in Scope}


def test_the_openapi_document_has_writes_of_every_kind() -> None:
    assert len(WRITES) > 30
    assert {method for method, _ in WRITES} == {"POST", "PATCH", "DELETE"}


@SOME_STORE
@pytest.mark.parametrize("wrong", WRONG)
def test_a_write_without_an_api_key_is_a_401_whatever_else_is_invalid(
    own_client: httpx.Client, wrong: str
) -> None:
    answers = set()
    for method, template in WRITES:
        for part in ("1", "x", "a" * 500, "%00"):
            path = template.replace("{number}", part).replace("{slug}", part)
            answer = own_client.request(method, path, **WRONG[wrong])
            assert answer.status_code == 401, (method, path, answer.text)
            answers.add(answer.json()["detail"])
    assert len(answers) == 1


@SOME_STORE
@pytest.mark.parametrize("wrong", WRONG)
def test_a_write_without_the_scope_is_a_403_whatever_else_is_invalid(
    keys: dict[Scope, Curator], anna: Curator, wrong: str
) -> None:
    made = proposal_number(anna.change("claims/claim-2", {"summary": "Z."}, draft=True))
    for method, template in WRITES:
        path = template.replace("{number}", str(made)).replace("{slug}", "claim-1")
        key = keys[Scope.PUBLISH if template != "/v1/releases" else Scope.PROPOSE]
        answer = key.request(method, path, **WRONG[wrong])
        assert answer.status_code == 403, (method, path, answer.text)
        assert answer.json()["scope"]


@SOME_STORE
@pytest.mark.parametrize("wrong", WRONG)
def test_a_forbidden_action_on_a_proposal_is_a_403_whatever_else_is_invalid(
    anna: Curator, curator: Create, wrong: str
) -> None:
    made = proposal_number(anna.change("claims/claim-2", {"summary": "Z."}, draft=True))
    all_scopes = curator("anna", "propose", "review")
    other = curator("eve", "propose")
    response = all_scopes.request("POST", f"/v1/proposals/{made}/accept", **WRONG[wrong])
    assert response.status_code == 403, response.text
    assert "own author" in response.json()["detail"]
    submitted = other.request("POST", f"/v1/proposals/{made}/submit", **WRONG[wrong])
    assert submitted.status_code == 403, submitted.text
    if "params" not in WRONG[wrong]:
        draft = {**WRONG[wrong], "params": {"proposal": made}}
        added = other.request("PATCH", "/v1/claims/claim-3", **draft)
        assert added.status_code == 403, added.text
        assert "Only its author, anna" in added.json()["detail"]


def test_an_authorised_invalid_write_gets_the_error_of_the_request(anna: Curator) -> None:
    expected = {
        "body is not JSON": "not valid JSON at character 1",
        "body repeats a field": "names 'slug' twice",
        "body is nested deeply": "nested too deeply",
        "body is not UTF-8": "not UTF-8: byte 0xff at position 7",
        "body is text": "must be JSON",
        "unknown parameter": "colour",
        "release": "release",
    }
    made = proposal_number(anna.change("claims/claim-2", {"summary": "Z."}, draft=True))
    for method, path in [
        ("POST", "/v1/claims"),
        ("PATCH", "/v1/claims/claim-1"),
        ("POST", f"/v1/proposals/{made}/comment"),
    ]:
        for wrong, words in expected.items():
            answer = anna.request(method, path, **WRONG[wrong])
            assert answer.status_code in {415, 422, 428}, (method, path, wrong, answer.text)
            if wrong != "unknown parameter" or "proposals" not in path:
                assert words in answer.text, (method, path, wrong, answer.text)
    constant = {"content": b'{"name": NaN}', "headers": JSON}
    assert "NaN, which is not JSON" in anna.request("POST", "/v1/claims", **constant).text
    digits = {"content": b'{"name": ' + b"9" * 5000 + b"}", "headers": JSON}
    assert "too many digits" in anna.request("POST", "/v1/claims", **digits).text
