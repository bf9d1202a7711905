"""Hostile input: every parameter of every list answers 2xx or 4xx, as problem+json, never 500."""

import base64
import hashlib
import json
import socket
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.resources import RESOURCES
from tests.params import sample

VALUES = [
    "",
    "\x00",
    "a\x00b",
    "\ufffd",
    "'; DROP TABLE record; --",
    '"',
    "%",
    "%%%s",
    "\\",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 400,
    "x" * 8192,
    ",".join(["a"] * 600),
    ",,,,",
    "null",
    "true",
    "[]",
    "{}",
    "ℵ𝔘𐍈🧠",
    "../../etc/passwd",
    "${jndi:ldap://x}",
    "<script>",
    "0x10",
    "１２",
    "-0",
    "\u202e",
]
RAW = ["%ED%A0%80", "%00", "%ff%fe", "%", "%zz", "+", "%F4%90%80%80"]


def fine(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["detail"]


@pytest.mark.parametrize("name", list(RESOURCES))
def test_no_parameter_of_a_list_can_be_made_to_fail(
    client: httpx.Client, database: str, name: str
) -> None:
    resource = RESOURCES[name]
    model = RESOURCES.list_query(resource)
    for parameter in [i.alias or n for n, i in model.model_fields.items()]:
        for value in sample(VALUES, 6, f"{database} {name} {parameter}"):
            fine(client.get(f"/v1/{name}", params={parameter: value}))
        for raw in RAW:
            fine(client.get(f"/v1/{name}?{parameter}={raw}"))


@pytest.mark.parametrize("name", list(RESOURCES))
def test_no_slug_or_format_can_be_made_to_fail(
    client: httpx.Client, database: str, name: str
) -> None:
    for value in sample([*VALUES, "a" * 300], 16, f"{database} {name}"):
        fine(client.get(f"/v1/{name}/{quote(value, safe='')}"))
        fine(client.get(f"/v1/{name}.{quote(value, safe='')}"))
        fine(client.post(f"/v1/{name}/batch", json={"ids": [value]}))
    for raw in RAW:
        fine(client.get(f"/v1/{name}/{raw}"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "501"),
        ("limit", "9223372036854775808"),
        ("limit", "1.5"),
        ("min_p_affinity", "NaN"),
        ("min_p_affinity", "Infinity"),
        ("max_value_nm", "-1"),
        ("q", "a\x00b"),
        ("q", "x" * 8192),
        ("compound", "a\x00b"),
        ("compound", ",".join(["ketamine"] * 600)),
        ("sort", "slug; DROP TABLE record"),
        ("cursor", "x" * 8192),
    ],
)
def test_what_does_not_fit_is_refused_and_named(
    client: httpx.Client, name: str, value: str
) -> None:
    answer = client.get("/v1/affinities", params={name: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == name


def test_a_cursor_serves_its_own_query_alone(client: httpx.Client) -> None:
    cursor = client.get("/v1/studies?limit=5&sort=year").json()["page"]["next"]
    assert client.get(f"/v1/studies?limit=9&sort=year&cursor={cursor}").status_code == 200
    for other in ("sort=-year", "sort=year&species=human", "sort=year&q=x"):
        assert client.get(f"/v1/studies?{other}&cursor={cursor}").status_code == 422
    assert client.get(f"/v1/claims?cursor={cursor}").status_code == 422
    assert client.get("/v1/claims?cursor=AAAA").json()["errors"][0]["name"] == "cursor"
    for at in range(0, len(cursor), 3):
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        fine(client.get(f"/v1/studies?sort=year&cursor={changed}"))


def test_a_forged_cursor_is_refused_by_type(client: httpx.Client) -> None:
    """Somebody who reads the source can make a cursor that looks whole."""
    cursor = client.get("/v1/studies?limit=5&sort=year").json()["page"]["next"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[6:]
    query = json.loads(raw)[0]
    values: list[Any]
    for values in (["x", 1], [{}, []], [None, None], [1e400, "a"], [2**70, "a"], ["\x00", "\x00"]):
        body = json.dumps([query, *values]).encode()
        forged = base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:6] + body).decode()
        answer = client.get(f"/v1/studies?sort=year&cursor={forged.rstrip('=')}")
        assert answer.status_code == 422, values


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/claims.csv", "/v1/claims.ndjson"])
def test_nothing_fails_after_the_first_byte(client: httpx.Client, path: str) -> None:
    answer = client.get(path, params={"compound": "no-such-thing"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["fields", "include", "sort", "kind", "compound"])
def test_an_empty_value_is_not_ignored(client: httpx.Client, name: str) -> None:
    assert client.get(f"/v1/claims?{name}=").status_code in {404, 422}
    assert client.get(f"/v1/claims?{name}=,").status_code in {404, 422}


def test_a_request_that_cannot_be_read_is_a_problem_too(base: str) -> None:
    address = httpx.URL(base)
    with socket.create_connection((address.host, address.port or 80), timeout=10) as wire:
        wire.sendall(b"GET /v1/claims?q=\xff\x00 HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b"".join(iter(lambda: wire.recv(4096), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 400 " in head.splitlines()[0]
    assert b"application/problem+json" in head
    assert json.loads(body)["title"] == "Bad request"
