"""The access log: addresses, levels, refusals, and what must never be in it."""

import json
import logging
import secrets
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import httpx
import pytest

from app.api import access_log
from app.api.access_log import AccessLog, AnsweredRequest, ClientAddresses
from app.api.logs import ConsoleFormatter, JsonFormatter
from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.curation import api_keys
from tests.params import ONE_STORE


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What is logged at info and above while a test runs."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("kkb")
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    for name in ("kkb", "kkb.access"):
        logging.getLogger(name).disabled = False  # other libraries configure logging on import
    yield handler.stream
    logger.removeHandler(handler)
    logger.setLevel(before)


def entries(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def answered(**values: Any) -> AnsweredRequest:
    usual: dict[str, Any] = {
        "method": "GET",
        "route": "/v1/claims",
        "path": "/v1/claims",
        "status": 200,
        "seconds": 0.0123,
        "size": 10,
        "client": "192.0.2.17",
        "request_id": "a1",
    }
    return AnsweredRequest(**usual | values)


@pytest.mark.parametrize(
    ("host", "shortened"),
    [
        ("192.0.2.17", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:192.0.2.17", "192.0.2.0/24"),
        ("not an address", None),
        (None, None),
    ],
)
def test_addresses_are_whole_or_shortened_or_omitted(
    host: str | None, shortened: str | None
) -> None:
    assert AccessLog().address(host) == host
    assert AccessLog(addresses=ClientAddresses.SHORTENED).address(host) == shortened
    assert AccessLog(addresses=ClientAddresses.OMITTED).address(host) is None


def test_a_request_is_one_line_with_its_fields(lines: StringIO) -> None:
    AccessLog().request(answered(key_id=7))
    (entry,) = entries(lines)
    del entry["timestamp"]
    assert entry == {
        "level": "info",
        "logger": "kkb.access",
        "message": "request",
        "request_id": "a1",
        "method": "GET",
        "route": "/v1/claims",
        "path": "/v1/claims",
        "status": 200,
        "milliseconds": 12.3,
        "bytes": 10,
        "client": "192.0.2.17",
        "key_id": 7,
    }


def test_an_access_log_that_is_off_has_failures_alone(lines: StringIO) -> None:
    log = AccessLog(enabled=False)
    log.request(answered())
    log.request(answered(status=404))
    log.request(answered(status=503))
    log.request(answered(broken_off="the client closed the connection"))
    assert [(line["level"], line["status"], line["message"]) for line in entries(lines)] == [
        ("warning", 503, "request"),
        ("warning", 200, "response broken off: the client closed the connection"),
    ]


def test_requests_of_monitoring_are_logged_if_they_fail(lines: StringIO) -> None:
    for status in (200, 503):
        AccessLog().request(answered(route="/readyz", path="/readyz", status=status))
    assert [line["status"] for line in entries(lines)] == [503]


def test_refusals_beyond_the_limit_are_counted_in_the_next_line(
    lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    log = AccessLog()
    for _ in range(access_log.MAX_REFUSALS_PER_SECOND + 5):
        log.refusal("-", "", 431, "Headers too large", "192.0.2.17")
    now = 101.0
    log.refusal("-", "", 431, "Headers too large", "192.0.2.17")
    logged = entries(lines)
    assert len(logged) == access_log.MAX_REFUSALS_PER_SECOND + 1
    assert [line.get("not_logged_before") for line in logged[-2:]] == [None, 5]
    assert logged[0]["message"] == "refused by the protocol: Headers too large"


def test_keys_and_passwords_are_masked_in_every_format() -> None:
    token = f"kkb_{secrets.token_urlsafe(32)}"
    text = f"{token} at postgresql+psycopg://kkb:pass-word@db/kkb, https://example.org/a@b"
    try:
        raise ValueError(text)
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("kkb", logging.ERROR, "", 1, "failed: %s", (text,), info)
    for formatter in (JsonFormatter(), ConsoleFormatter()):
        line = formatter.format(record)
        assert token not in line
        assert "pass-word" not in line
        assert line.count("kkb_…") == line.count("postgresql+psycopg://kkb:***@db/kkb") == 2
        assert "https://example.org/a@b" in line


def test_a_line_of_the_console_stays_one_line() -> None:
    record = logging.LogRecord("kkb", logging.INFO, "", 1, "two\r\nlines", (), None)
    record.created = 1_790_000_000.5
    record.fields = {"path": "/a", "status": 200}
    assert ConsoleFormatter().format(record) == (
        "2026-09-21T14:13:20.500Z INFO     kkb two\\r\\nlines path=/a status=200"
    )


@ONE_STORE
def test_no_secret_of_a_request_is_logged(
    client: httpx.Client, store: Store, lines: StringIO
) -> None:
    with store.write() as session:
        key, token = api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/proposals", headers=headers).status_code == 200
    assert client.get(f"/v1/claims/{token}?api_key={token}").status_code in {404, 422}
    assert client.get("/v1/claims", params={"q": "secret-word"}).status_code == 200
    assert client.get("/v1/proposals", headers={"Authorization": "Bearer x"}).status_code == 401
    logged = entries(lines)
    assert token not in lines.getvalue()
    assert "secret-word" not in lines.getvalue()
    assert logged[0]["key_id"] == key["id"]
    assert "/v1/claims/kkb_…" in {line["path"] for line in logged if "path" in line}
    assert [line["message"] for line in logged].count("login failed: unknown API key") == 1


@ONE_STORE
def test_failed_logins_name_the_key_and_its_state(
    client: httpx.Client, store: Store, lines: StringIO
) -> None:
    with store.write() as session:
        key, token = api_keys.create_key(session, "anna", [Scope.PROPOSE], 1)
        api_keys.revoke_key(session, key["id"])
        old, expired = api_keys.create_key(session, "anna", [Scope.PROPOSE], -1)
    for sent in (token, expired):
        headers = {"Authorization": f"Bearer {sent}"}
        assert client.get("/v1/proposals", headers=headers).status_code == 401
    assert client.get("/v1/proposals").status_code == 401
    failed = [line for line in entries(lines) if line["message"].startswith("login failed")]
    assert [(line["message"], line.get("key_id")) for line in failed] == [
        ("login failed: revoked API key", key["id"]),
        ("login failed: expired API key", old["id"]),
        ("login failed: missing API key", None),
    ]
    assert all(line["request_id"] and line["client"] for line in failed)
