"""Slow responses are made again after a write, if clients ask for them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.cache import middleware
from app.api.cache.middleware import ResponseCacheMiddleware
from app.api.cache.refresh import MAX_RESPONSES, CacheRefresher
from app.api.cache.response_cache import CACHE_SCOPE_KEY, REFRESH_KEY, ResponseCache
from app.api.proxy_headers import TrustedProxies
from app.api.rate_limit import RateLimiter, RateLimitMiddleware
from app.kit.sessions import Store
from app.services.store.revision import DatasetRevision
from tests import factories
from tests.helpers import fill_store, metric_value, rewrite_record, serving

PATH, OTHER = "/v1/compounds/compound-1?fields=name", "/v1/compounds/compound-2?fields=name"
REFRESHES, HITS = "kkb_response_cache_refreshes_total", "kkb_response_cache_hits_total"


def wait_until(is_reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def served(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Store, httpx.Client]]:
    """A store with a server, for which every response is slow."""
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 0.0)
    store = fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(3)))
    with serving(store) as url, httpx.Client(base_url=url) as client:
        yield store, client


def test_a_slow_response_is_in_the_cache_again_after_a_write(
    served: tuple[Store, httpx.Client],
) -> None:
    store, client = served
    client.get(PATH)
    for number in range(2):
        rewrite_record(store, "compound", "compound-1", name=f"N{number}")
        wait_until(lambda: metric_value(client, REFRESHES) == number + 1)  # noqa: B023
        hits = metric_value(client, HITS)
        assert client.get(PATH).json()["data"]["name"] == f"N{number}"
        assert metric_value(client, HITS) == hits + 1


def test_a_response_that_nobody_received_since_its_refresh_is_not_made_again(
    served: tuple[Store, httpx.Client],
) -> None:
    store, client = served
    client.get(PATH)
    for number in range(3):
        client.get(OTHER)
        rewrite_record(store, "compound", "compound-1", name=f"N{number}")
        # Both after the first write, and then the other one alone.
        wait_until(lambda: metric_value(client, REFRESHES) >= number + 2)  # noqa: B023
        time.sleep(0.3)
        assert metric_value(client, REFRESHES) == number + 2


def http_request(path: str, **more: object) -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"accept", b"text/html"), (b"user-agent", b"a browser")],
        "client": ("203.0.113.1", 1),
        **more,
    }


FIRST_REVISION = DatasetRevision(1, "d", "r")


async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
    """A response of the first revision, whatever the request is."""
    scope[CACHE_SCOPE_KEY]["revision"] = FIRST_REVISION
    headers = [(b"etag", b'"1"'), (b"cache-control", b"public")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"one"})


async def client(_message: Message | None = None) -> Message:
    """Receive and send of a client that goes on waiting."""
    return {"type": "http.request"}


@asynccontextmanager
async def refreshing(
    application: ASGIApp, seconds: float, *paths: str
) -> AsyncIterator[ResponseCache]:
    """A cache with slow responses, which are refreshed after so many seconds without a write."""
    cache = ResponseCache(100_000)
    cache.set_revision(FIRST_REVISION)
    refresher = CacheRefresher(cache, quiet_seconds=seconds)
    cached = ResponseCacheMiddleware(application, refresher, TrustedProxies(""))
    async with refresher.running():
        await asyncio.sleep(0)
        for path in paths:
            await cached(http_request(path), client, client)  # type: ignore[arg-type]
        yield cache


def test_a_series_of_writes_costs_one_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 0.0)
    paths: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        paths.append(scope["path"])
        await answer(scope, receive, send)

    async def write_and_wait() -> None:
        async with refreshing(application, 0.1, "/slow") as cache:
            for number in range(2, 52):
                cache.set_revision(DatasetRevision(number, "d", "r"))
                await asyncio.sleep(0.01)
            assert paths == ["/slow"]
            await asyncio.sleep(0.5)

    asyncio.run(write_and_wait())
    assert paths == ["/slow", "/slow"]


def test_a_quick_refresh_that_nobody_received_is_not_repeated() -> None:
    refreshes = 0

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal refreshes
        if REFRESH_KEY in scope:
            refreshes += 1
        else:
            await asyncio.sleep(middleware.SLOW_SECONDS)
        await answer(scope, receive, send)

    async def write_twice() -> None:
        async with refreshing(application, 0.05, "/slow") as cache:
            for number in (2, 3):
                cache.set_revision(DatasetRevision(number, "d", "r"))
                await asyncio.sleep(0.3)

    asyncio.run(write_twice())
    assert refreshes == 1


def test_the_latest_slow_responses_are_refreshed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 0.0)
    refreshed: list[str] = []
    paths = [f"/{number}" for number in range(MAX_RESPONSES + 1)]

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if REFRESH_KEY in scope:
            refreshed.append(scope["path"])
        await answer(scope, receive, send)

    async def write_and_wait() -> None:
        async with refreshing(application, 0.01, "/2", *paths) as cache:
            cache.set_revision(DatasetRevision(2, "e", "r"))
            await asyncio.sleep(0.3)

    asyncio.run(write_and_wait())
    # The second request of "/2" was a cache hit, so that it was made longest ago.
    assert refreshed == [path for path in reversed(paths) if path != "/2"]


def test_a_refresh_ends_when_the_server_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 0.0)
    received: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if REFRESH_KEY in scope:
            assert scope["headers"] == [(b"accept", b"text/html")], "no more than it depends on"
            received.append(await receive())
        else:
            await answer(scope, receive, send)

    async def stop_during_refresh() -> None:
        async with refreshing(application, 0.01, "/slow") as cache:
            cache.set_revision(DatasetRevision(2, "e", "r"))
            await asyncio.sleep(0.2)
            assert received == []

    asyncio.run(asyncio.wait_for(stop_during_refresh(), 10))
    assert received == [{"type": "http.disconnect"}]


def test_a_refresh_does_not_count_for_the_rate_limit_of_a_client() -> None:
    statuses: list[int] = []

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def receive() -> Message:
        return {"type": "http.request"}

    limited = RateLimitMiddleware(application, RateLimiter(1, 60))
    for scope in (
        http_request("/slow", **{REFRESH_KEY: True}),
        http_request("/slow"),
        http_request("/slow", **{REFRESH_KEY: True}),
        http_request("/slow"),
    ):
        asyncio.run(limited(scope, receive, send))
    assert statuses == [200, 200, 200, 429]
