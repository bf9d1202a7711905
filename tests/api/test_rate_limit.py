"""Limits per client: of requests that the cache does not answer, and of connections."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import count
from urllib.parse import urlsplit

import httpx
import pytest

from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services.curation import api_keys
from app.settings import Settings
from tests import helpers
from tests.params import ONE_STORE

pytestmark = ONE_STORE
LIMIT = 3
CLIENT = {"X-Forwarded-For": "203.0.113.9"}


@pytest.fixture
def limited(store: Store) -> Iterator[httpx.Client]:
    """A server that allows three uncached requests a minute."""
    settings = Settings(rate_limit_requests=LIMIT, rate_limit_seconds=60)
    with helpers.serving(store, settings=settings) as url, httpx.Client(base_url=url) as client:
        yield client


def test_a_client_beyond_its_limit_gets_a_429_that_says_when_to_retry(
    limited: httpx.Client,
) -> None:
    answers = [limited.get(f"/v1/claims?limit={n}", headers=CLIENT) for n in range(1, LIMIT + 2)]
    assert [answer.status_code for answer in answers] == [200] * LIMIT + [429]
    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"uncached";q=3;w=60'] * 4
    left = [answer.headers["ratelimit"].split(";")[1] for answer in answers]
    assert left == ["r=2", "r=1", "r=0", "r=0"]
    refused = answers[-1]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"].endswith("/rate-limited")
    assert "/batch" in refused.json()["detail"]
    assert "x-request-id" in refused.headers


def test_cache_hits_neither_count_nor_carry_the_limit(store: Store) -> None:
    """More requests than the limit: the cache does not answer while its revision is unverified."""
    settings = Settings(rate_limit_requests=20, rate_limit_seconds=60)
    with helpers.serving(store, settings=settings) as url, httpx.Client(base_url=url) as client:
        answers = [client.get("/v1/claims", headers=CLIENT) for _ in range(60)]
    assert [answer.status_code for answer in answers] == [200] * 60
    counted = ["ratelimit" in answer.headers for answer in answers]
    assert counted[0]
    assert counted.count(True) <= 20


def test_clients_are_told_apart_and_this_machine_is_not_limited(limited: httpx.Client) -> None:
    numbers = count(1)

    def statuses(sent: dict[str, str]) -> set[int]:
        paths = [f"/v1/studies?limit={next(numbers)}" for _ in range(LIMIT + 2)]
        return {limited.get(path, headers=sent).status_code for path in paths}

    assert statuses(CLIENT) == {200, 429}
    assert statuses({}) == {200}
    assert limited.get(
        "/v1/studies?limit=98", headers={"X-Forwarded-For": "203.0.113.8"}
    ).is_success
    assert statuses({"X-Forwarded-For": "2001:db8::1"}) == {200, 429}
    same_network = {"X-Forwarded-For": "2001:db8::2:1"}
    assert limited.get("/v1/studies?limit=99", headers=same_network).status_code == 429
    assert limited.get("/readyz", headers=CLIENT).status_code == 200


def test_a_valid_key_has_a_limit_of_its_own_and_an_invented_one_has_not(
    limited: httpx.Client, store: Store
) -> None:
    with store.write() as session:
        _, token = api_keys.create_key(session, "reader", {Scope.PROPOSE}, days=1)
    for n in range(1, LIMIT + 1):
        limited.get(f"/v1/regions?limit={n}", headers=CLIENT)
    invented = CLIENT | {"Authorization": "Bearer kkb_invented"}
    assert limited.get("/v1/proposals", headers=invented).status_code == 429
    valid = {"X-Forwarded-For": "203.0.113.7", "Authorization": f"Bearer {token}"}
    assert limited.get("/v1/proposals", headers=valid).status_code == 200
    assert limited.get("/v1/proposals", headers=valid | CLIENT).status_code == 200


def test_one_address_may_not_take_all_connections(store: Store) -> None:
    settings = Settings(connections_per_client=LIMIT, trusted_proxies="192.0.2.1")
    with helpers.serving(store, settings=settings) as url, ExitStack() as stack:
        port = urlsplit(url).port
        assert port is not None
        for _ in range(LIMIT):
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
        refused = httpx.get(f"{url}/v1/claims")
        assert refused.status_code == 429
        assert "3 connections from one address" in refused.json()["detail"]


def test_a_trusted_proxy_has_as_many_connections_as_it_likes(store: Store) -> None:
    with (
        helpers.serving(store, settings=Settings(connections_per_client=1)) as url,
        closing(socket.create_connection(("127.0.0.1", urlsplit(url).port or 0))),
    ):
        assert httpx.get(f"{url}/v1/claims").status_code == 200


def test_by_default_a_client_has_twenty_uncached_requests_a_second_in_bursts_of_200(
    store: Store,
) -> None:
    with helpers.serving(store, settings=Settings(cache_bytes=0)) as url:
        answer = httpx.get(f"{url}/v1/claims", headers=CLIENT)
    assert answer.headers["ratelimit-policy"] == '"uncached";q=200;w=10'
    assert answer.headers["ratelimit"].startswith('"uncached";r=199;t=')
