"""Bodies of writes: CORS for browsers, and no body causes a server error."""

import json

import httpx
import pytest

from tests.curation.conftest import Curator, accepted_revision, current_revision

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_preflight_request_for_a_write_is_allowed(own_client: httpx.Client, method: str) -> None:
    sent = ["authorization", "content-type", "if-match", "idempotency-key"]
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ", ".join(sent),
    }
    answer = own_client.options("/v1/claims/claim-1", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert set(sent) <= {name.strip() for name in allowed.split(",")}


def test_a_refused_write_has_cors_headers(own_client: httpx.Client) -> None:
    answer = own_client.post("/v1/claims", json={}, headers={"Origin": "https://example.org"})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = answer.headers["access-control-expose-headers"].lower()
    assert {"etag", "location", "www-authenticate"} <= {n.strip() for n in exposed.split(",")}


HOSTILE = [
    b"",
    b"null",
    b"[]",
    b"[[]]",
    b'"claim"',
    b"17",
    b"{",
    b"{}garbage",
    b'{"slug": "x", "slug": "y"}',
    b'{"name": NaN}',
    b'{"n": 1e999}',
    b'{"year": ' + b"9" * 5000 + b"}",
    b'{"name": "\\ud800"}',
    b'{"name": "\\u0000"}',
    b'{"name": "\xff\xfe"}',
    b'{"name": {"$gt": ""}}',
    b'{"__class__": "x", "": 1}',
    b"[" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b'{"synonyms": [' + b'"a",' * 20_000 + b'"a"]}',
    b"\xef\xbb\xbf{}",
    b"\x00" * 100,
    json.dumps({"name": "x" * 500_000}).encode(),
    json.dumps({"name": "x" * 9_000_000}).encode(),
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:24]))
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/references?why=x"),
        ("PATCH", "/v1/claims/claim-1?why=x"),
        ("POST", "/v1/proposals/1/comment"),
    ],
)
def test_every_invalid_body_is_a_client_error(
    own_client: httpx.Client, anna: Curator, method: str, path: str, body: bytes
) -> None:
    before = current_revision(own_client)
    answer = anna.request(method, path, content=body, headers={**JSON, "If-Match": "*"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert current_revision(own_client) == before


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "a", ""])
def test_a_body_of_another_media_type_is_a_415(anna: Curator, media: str) -> None:
    headers = {"Content-Type": media}
    answer = anna.request("POST", "/v1/references?why=x", content=b"{}", headers=headers)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


#: Random, so that nothing is compressed: of four bytes, and one that folds into eighteen.
LONG = "".join(chr(0x10000 + (n * 7919) % 0x8000) for n in range(300))
FOLDS = "\ufdfa" * 300


def test_texts_of_the_maximum_length_are_accepted_and_found(
    own_client: httpx.Client, anna: Curator, ben: Curator
) -> None:
    new = {"description": LONG * 33, "synonyms": [LONG, FOLDS, "plain"], "name": FOLDS}
    accepted_revision(ben, anna.change("regions/region-8", new))
    assert own_client.get("/v1/regions/region-8").json()["data"]["synonyms"] == new["synonyms"]
    assert own_client.get("/v1/search?q=plain").json()["data"][0]["slug"] == "region-8"
    longer = anna.change("regions/region-8", {"synonyms": [LONG + "x"]})
    assert longer.status_code == 422
    assert "300" in longer.json()["detail"]
