"""Requests at the limits: long queries, deep bodies, forged cursors, slow readers of exports."""

import base64
import hashlib
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.api.problems import MAX_ERRORS
from app.kit.sessions import Store
from app.settings import Settings
from tests import helpers
from tests.params import ONE_STORE

pytestmark = ONE_STORE
#: Bytes of a query or header below the limit of a head.
NEAR_LIMIT = 60_000


@pytest.fixture(scope="module")
def node(shipped_store: Store) -> Iterator[str]:
    with helpers.serving(shipped_store, settings=Settings(cache_bytes=0)) as url:
        yield url


@pytest.mark.parametrize(
    "query",
    [
        "slug=" + "a," * (NEAR_LIMIT // 2),
        "slug=" + "(" * NEAR_LIMIT,
        "include=" + "evidence.reference," * (NEAR_LIMIT // 19),
        "x=1&" * (NEAR_LIMIT // 4),
        "q=" + "%CE%B2" * (NEAR_LIMIT // 6),
        "facets=" + "kind," * (NEAR_LIMIT // 5),
    ],
    ids=["slugs", "brackets", "includes", "parameters", "words", "facets"],
)
def test_a_long_query_is_refused_with_a_response_below_100_kb(node: str, query: str) -> None:
    response = httpx.get(f"{node}/v1/claims?{query}", timeout=20)
    assert response.status_code == 422
    assert len(response.content) < 100_000


@pytest.mark.parametrize(
    "body",
    [
        "[" * 400_000 + "]" * 400_000,
        '{"ids":' + '[{"a":' * 100_000,
        '{"ids":[' + "1" * 900_000 + "]}",
        '{"ids":["' + "\\ud800" * 100_000 + '"]}',
    ],
    ids=["deep lists", "deep objects", "long number", "surrogates"],
)
def test_a_hostile_body_is_refused(node: str, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = httpx.post(f"{node}/v1/resolve", content=body, headers=headers, timeout=20)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_a_response_lists_the_first_errors_and_counts_the_others(node: str) -> None:
    unknown = {f"key{number}": number for number in range(20_000)}
    start = time.monotonic()
    response = httpx.post(f"{node}/v1/resolve", json={"ids": ["ketamine"], **unknown}, timeout=30)
    assert response.status_code == 422
    errors = response.json()["errors"]
    assert len(errors) == MAX_ERRORS + 1
    assert errors[-1]["message"].startswith(f"There are {20_000 - MAX_ERRORS} more errors")
    assert time.monotonic() - start < 5
    assert len(response.content) < 100_000


def forged_cursor(values: list[Any], query: str) -> str:
    body = json.dumps([query, *values]).encode()
    checksum = hashlib.sha256(body).digest()[:6]
    return base64.urlsafe_b64encode(checksum + body).decode().rstrip("=")


@pytest.mark.parametrize(
    "values",
    [
        [float("inf"), 0, "a", 0],
        [float("nan"), 0, "a", 0],
        [1.0, 2**40, "a", 0],
        [1.0, 0, "\0", 0],
        [1.0, 0, "\ud800", 0],
        [1.0, 0, "a"],
        [None, None, None, None],
        [[1.0], 0, "a", 0],
    ],
    ids=repr,
)
def test_a_forged_cursor_of_the_timeline_is_refused(node: str, values: list[Any]) -> None:
    token = httpx.get(f"{node}/v1/timeline?limit=2").json()["page"]["next"]
    query = json.loads(base64.urlsafe_b64decode(token + "==")[6:])[0]
    valid = {"cursor": forged_cursor([1.0, 0, "a", 0], query)}
    assert httpx.get(f"{node}/v1/timeline", params=valid).status_code == 200
    forgery = {"cursor": forged_cursor(values, query)}
    assert httpx.get(f"{node}/v1/timeline", params=forgery).status_code == 422


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("If-None-Match", ",".join(['"a"'] * (NEAR_LIMIT // 4))),
        ("Cookie", "a=b;" * (NEAR_LIMIT // 4)),
        ("X-Forwarded-For", ",".join(["127.0.0.1"] * (NEAR_LIMIT // 10))),
        ("Range", "bytes=" + ",".join(["0-"] * (NEAR_LIMIT // 3))),
    ],
)
def test_a_long_header_does_not_change_the_response(node: str, name: str, value: str) -> None:
    address = f"{node}/v1/evidence.parquet" if name == "Range" else f"{node}/v1/claims"
    whole = httpx.get(address)
    start = time.monotonic()
    response = httpx.get(address, headers={name: value}, timeout=20)
    assert response.status_code == 200, "many ranges are the whole file, never a multipart of them"
    assert len(response.content) == len(whole.content)
    assert time.monotonic() - start < 5


def test_reads_succeed_while_clients_do_not_read_their_exports(node: str) -> None:
    with ExitStack() as stack:
        for number in range(20):
            address = ("127.0.0.1", urlsplit(node).port or 0)
            wire = stack.enter_context(socket.create_connection(address))
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            wire.sendall(b"GET /v1/evidence.ndjson HTTP/1.1\r\nHost: h%d\r\n\r\n" % number)
        time.sleep(1)
        reads = [httpx.get(f"{node}/v1/claims?limit={n}").status_code for n in range(1, 6)]
        record = httpx.get(f"{node}/v1/claims/ketamine-relieves-ptsd")
    assert reads == [200] * 5
    assert record.status_code == 200
