"""Odd requests to every route: each answer is below 500, and each refusal a problem document."""

import http.client
import random
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from app.api.query_parameters import query_models
from app.api.route_groups import flattened
from app.domain.curation import Scope
from app.kit.sessions import Store
from app.main import routers
from app.services.curation import api_keys
from app.settings import Settings
from tests import factories
from tests.helpers import fill_store, serving
from tests.params import WHOLE

REQUESTS = 5000 if WHOLE else 500
ROUTES = [
    (
        method,
        route.path,
        [i.alias or n for q in query_models(route) for n, i in q.model_fields.items()],
    )
    for router in routers()
    for route in flattened(router.routes)
    for method in sorted(route.methods - {"HEAD"})
]
PARAMETERS = sorted(
    {name for _, _, names in ROUTES for name in names} | {"release", "as_of", "x", ""}
)
#: Answers that no route of ours gives: the pages of the documentation, and their files.
PAGES = ["/docs", "/redoc", "/openapi.json", "/static-offline-docs/x", "/nope", "/v1/", "/"]
SLUGS = ["claim-1", "compound-1", "evidence-1", "study-1", "1", "2", "csv", "svg", "parquet", "ris"]
VALUES = [
    *(
        "",
        "\x00",
        "a\x00b",
        "\ufffd",
        "\u202e",
        "\ufeff",
        "\x85",
        "\r\n",
        "ℵ𝔘𐍈🧠",
        "ﷺ" * 50,
        "İ",
        "٣",
        "Ⅷ",
    ),
    *("NaN", "1e999", "-0", "1.5", "9" * 400, "9223372036854775808", "2147483648", "0x10", "１２"),
    *(
        "x" * 8192,
        "a" * 251,
        ",".join(["a"] * 600),
        ",,,,",
        "[[",
        "((((",
        "null",
        "{}",
        "..",
        "%2e",
    ),
    *("'; DROP TABLE x;--", '"a', "a*", "NEAR(a b)", "a OR", "^a", "a:b", "compound:", "::", "--"),
    *(
        "2024-13-01",
        "0000-00-00",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "-year,year",
        "claim-1",
    ),
    *(
        "doi:10.1/x",
        "http://[",
        "InChI=1S/",
        "PMID:1",
        "../../etc/passwd",
        "&",
        "=",
        "#",
        "?",
        "\\",
    ),
]
RAW = ["%ED%A0%80", "%00", "%ff%fe", "%", "%zz", "+", "%F4%90%80%80", "%c0%af", "%2F", "%u0041"]
BODIES = [
    *(b"", b"null", b"[]", b"{}", b'"x"', b"{", b"[" * 100_000, b'{"a":' * 500 + b"1" + b"}" * 500),
    *(b'{"ids":[1,null,{}]}', b'{"ids":["\\u0000","\\ud800"]}', b'{"queries":["\\ud800",""]}'),
    *(
        b'{"text":"\\ud800"}',
        b'{"name":1e999}',
        b'{"name":NaN}',
        b"\xff\xfe{\x00}\x00",
        b'{"slug":{}}',
    ),
    *(b'{"ids":[' + b'"a",' * 3000 + b'"a"]}', b'{"year":1e2,"synonyms":{"a":[[]]},"xrefs":[1]}'),
]
HEADERS = [
    *(
        ("Accept", v)
        for v in ("", "a/b", "x" * 500, "*/*;q=0", ";;;", "application/json;q=abc", "\xe9")
    ),
    *(("Accept-Encoding", v) for v in ("identity;q=0, *;q=0", "x" * 300, "gzip;q=abc")),
    *(("If-None-Match", v) for v in ("*", '"', "x" * 1000, ",,,")),
    *(("If-Match", v) for v in ("*", '"x"', "", '"999999999-' + "a" * 24 + '"', '"proposal-1-1"')),
    *(("Range", v) for v in ("bytes=-1", "bytes=9-1", "bytes=0-" + "9" * 50, "bytes=0-1,2-3", "x")),
    *(("Idempotency-Key", v) for v in ("k" * 201, "\xe9", "a b", "")),
    *(("Content-Type", v) for v in ("application/json; charset=utf-16", "text/plain", "a", "")),
    *(
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Host", "a b"),
        ("Host", "\xff"),
        ("Host", ""),
    ),
    *(("Authorization", "Bearer \xff"), ("Content-Encoding", "gzip"), ("Origin", "null")),
]
METHODS = ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "get"]


def text(draw: random.Random) -> str:
    return draw.choice(RAW) if draw.random() < 0.15 else quote(draw.choice(VALUES), safe="")


def odd_request(draw: random.Random, token: str) -> tuple[str, str, dict[str, str], bytes | None]:
    """Method, target, headers and body."""
    method, path, names = draw.choice(ROUTES)
    if draw.random() < 0.05:
        method, path, names = "GET", draw.choice(PAGES), []

    def part(_: object) -> str:
        return draw.choice(SLUGS) if draw.random() < 0.6 else text(draw)

    target = re.sub(r"\{[^}]*\}", part, path)
    likely = names * 9 or PARAMETERS
    query = [
        f"{quote(draw.choice([*likely, draw.choice(PARAMETERS)]))}={text(draw)}"
        for _ in range(draw.choice([0, 0, 1, 1, 2, 3]))
    ]
    if method != "GET" and draw.random() < 0.6:
        query.append("why=x")
    headers = dict(draw.sample(HEADERS, draw.choice([0, 0, 1, 2])))
    if draw.random() < 0.6:
        headers.setdefault("Authorization", f"Bearer {token}")
    body = None
    if method in {"POST", "PATCH"}:
        headers.setdefault("Content-Type", "application/json")
        body = draw.choice(BODIES)
    if draw.random() < 0.1:
        method = draw.choice(METHODS)
    return method, "?".join([target, "&".join(query)] if query else [target]), headers, body


def send(base: str, request: tuple[str, str, dict[str, str], bytes | None]) -> httpx.Response:
    """Send a request as it is: httpx would quote the address and refuse the headers."""
    method, target, headers, body = request
    url = httpx.URL(base)
    connection = http.client.HTTPConnection(url.host, url.port, timeout=60)
    connection.putrequest(method, target, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value.encode("latin-1"))
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return httpx.Response(response.status, headers=response.getheaders(), content=content)


@pytest.fixture
def odd_store(make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path) -> Store:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(10))
    return fill_store(make_empty_store(database, tmp_path), folder)


def test_every_answer_is_below_500_and_every_refusal_a_problem(
    odd_store: Store, database: str
) -> None:
    draw = random.Random(f"odd requests {database}")
    with odd_store.write() as session:
        _, token = api_keys.create_key(session, "anna", [Scope.PROPOSE, Scope.REVIEW], 1)
    settings = Settings(database_url="sqlite://", rate_limit_requests=0)
    statuses = set()
    with serving(odd_store, settings=settings) as base:
        for _ in range(REQUESTS):
            request = odd_request(draw, token)
            answer = send(base, request)
            shown = (*request[:3], (request[3] or b"")[:60], answer.text[:300])
            assert answer.status_code < 500, shown
            assert answer.headers["x-content-type-options"] == "nosniff", shown
            if answer.status_code >= 400 and request[0] != "HEAD":
                if answer.headers["content-type"].startswith("text/html"):
                    assert not request[1].startswith("/v1/"), shown
                    assert f"Status {answer.status_code}" in answer.text, shown
                    statuses.add(answer.status_code)
                    continue
                assert answer.headers["content-type"] == "application/problem+json", shown
                problem = answer.json()
                assert problem["status"] == answer.status_code, shown
                assert problem["detail"], shown
            if answer.headers.get("content-type", "").startswith(("text/html", "image/svg")):
                assert "frame-ancestors" in answer.headers["content-security-policy"], shown
                assert answer.headers["referrer-policy"] == "same-origin", shown
            statuses.add(answer.status_code)
    odd_store.engine.dispose()
    assert {200, 401, 404, 405, 415, 422} <= statuses


def test_a_file_of_the_documentation_takes_no_release(client: httpx.Client) -> None:
    answer = client.get("/static-offline-docs/x?release=1")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
