"""The header Forwarded (RFC 7239): its grammar, its precedence, and links by it."""

import httpx
import pytest

from app.api.forwarded_header import parse_forwarded
from app.kit.sessions import Store
from app.settings import Settings
from tests import helpers
from tests.params import ONE_STORE


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        ("for=192.0.2.60;proto=http;by=203.0.113.43",
         [{"for": "192.0.2.60", "proto": "http", "by": "203.0.113.43"}]),
        ('For="[2001:db8:cafe::17]:4711"', [{"for": "[2001:db8:cafe::17]:4711"}]),
        ("for=192.0.2.43, for=198.51.100.17", [{"for": "192.0.2.43"}, {"for": "198.51.100.17"}]),
        (r'for="a\"b, for=c";host=d', [{"for": 'a"b, for=c', "host": "d"}]),
        ('for=", for=192.0.2.1;host=a', [{"for": "192.0.2.1", "host": "a"}]),
        ("nonsense, for=192.0.2.1", [{"for": "192.0.2.1"}]),
        ("for=192.0.2.1;for=192.0.2.2", []),
        ("", []),
        (";", []),
    ],
)  # fmt: skip
def test_the_header_is_parsed_by_its_grammar(value: str, elements: list[dict[str, str]]) -> None:
    assert parse_forwarded([value]) == elements


def test_a_long_header_is_not_read_in_full() -> None:
    assert parse_forwarded(["," * 60_000 + '"']) == []
    assert len(parse_forwarded(["for=a," * 10_000 + "for=b"])) == 50


@ONE_STORE
def test_links_follow_the_header_of_a_trusted_proxy(shipped_store: Store) -> None:
    settings = Settings(database_url="sqlite://", trusted_proxies="192.0.2.0/24")
    with helpers.serving(shipped_store, settings=settings) as url:
        assert base(url, {"Forwarded": "host=evil.example;proto=https"}) == url
    with helpers.serving(shipped_store) as url:  # loopback is trusted
        cases = {
            "host=a.example;proto=https": "https://a.example",
            "host=evil.example, host=b.example": "http://b.example",
            'for=192.0.2.1;host="c.example:8443";proto=https': "https://c.example:8443",
            'host="a b/<script>";proto=javascript': url,
        }
        for value, expected in [*cases.items(), *cases.items()]:  # the second from the cache
            assert base(url, {"Forwarded": value}) == expected


@ONE_STORE
def test_x_forwarded_headers_take_precedence_also_in_the_cache(shipped_store: Store) -> None:
    forged = {"Forwarded": "host=evil.example"}
    with helpers.serving(shipped_store) as url:
        for _ in range(2):
            assert base(url, forged) == "http://evil.example"
            assert base(url, forged | {"X-Forwarded-For": "203.0.113.9"}) == url
            assert base(url, forged | {"X-Forwarded-Proto": "https"}).startswith("https://127")


@ONE_STORE
def test_the_client_of_the_header_is_limited(shipped_store: Store) -> None:
    settings = Settings(database_url="sqlite://", rate_limit_requests=2, cache_bytes=0)
    with helpers.serving(shipped_store, settings=settings) as url:
        for client, limited in {
            "198.51.100.7": True,
            '"[2001:db8::1]:4711"': True,
            "unknown": False,  # the peer counts, which is this machine
        }.items():
            headers = {"Forwarded": f"for=192.0.2.200, for={client}"}
            responses = [httpx.get(f"{url}/v1/cite", headers=headers) for _ in range(3)]
            assert (responses[-1].status_code == 429) is limited, client


def base(url: str, headers: dict[str, str]) -> str:
    response = httpx.get(f"{url}/v1/cite", headers=headers)
    return str(response.json()["data"]["csl"]["URL"]).removesuffix("/v1")
