"""Kept answers: the same bytes as ever, never old, never another variant's, bounded."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.cache.response_cache import (
    IMMUTABLE,
    CachedResponse,
    ResponseCache,
    cache_key,
    to_cached_response,
)
from app.api.http_protocol import CachingHttpProtocol
from app.kit.sessions import Store
from app.main import create_app
from app.services.store.revision import DatasetRevision
from app.settings import Settings
from tests import factories
from tests.helpers import fill_store, metric_value, rewrite_record, serving

PATH = "/v1/compounds/compound-1?fields=name"


@pytest.fixture
def own(tmp_path: Path, address: str) -> Iterator[tuple[Store, httpx.Client]]:
    """A store that this test may write to, served."""
    folder = factories.write_folder(tmp_path / "data", factories.dataset(3))
    store = fill_store(address, folder)
    with serving(store) as url, httpx.Client(base_url=url) as client:
        wait_until_watched(client)
        yield store, client


def wait_until_watched(client: httpx.Client) -> None:
    deadline = time.monotonic() + 10
    while "kkb_dataset_revision" not in client.get("/metrics").text:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def hits(client: httpx.Client) -> float:
    return metric_value(client, "kkb_response_cache_hits_total")


def ask_twice(client: httpx.Client, path: str, **headers: str) -> tuple[bool, httpx.Response]:
    """Whether the second of two equal requests came from memory, and its answer.

    Some tries: a busy machine may leave the revision unwatched for 100 ms, and then none does.
    """
    for _ in range(5):
        first, before = client.get(path, headers=headers), hits(client)
        second = client.get(path, headers=headers)
        assert second.content == first.content
        if from_memory := hits(client) == before + 1:
            break
    return from_memory, second


def test_an_answer_is_made_once_and_says_the_same_each_time(
    own: tuple[Store, httpx.Client],
) -> None:
    _, client = own
    first = client.get(PATH)
    from_memory, second = ask_twice(client, PATH)
    assert from_memory
    volatile = {"date", "x-request-id"}
    shown = [{k: v for k, v in a.headers.items() if k not in volatile} for a in (first, second)]
    assert shown[0] == shown[1]
    assert len({first.headers["x-request-id"], second.headers["x-request-id"]}) == 2
    named = client.get(PATH, headers={"X-Request-ID": "mine"})
    assert named.headers["x-request-id"] == "mine"


def test_a_kept_answer_is_not_sent_again_to_who_has_it(own: tuple[Store, httpx.Client]) -> None:
    _, client = own
    from_memory, answer = ask_twice(client, PATH)
    assert from_memory
    for sent in (answer.headers["etag"], f'W/{answer.headers["etag"]}, "other"'):
        again = client.get(PATH, headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]
        assert "content-length" not in again.headers
    assert client.get(PATH, headers={"If-None-Match": '"other"'}).status_code == 200


def test_any_copy_is_fresh_from_memory_too(own: tuple[Store, httpx.Client]) -> None:
    _, client = own
    for path in (PATH, "/v1/compounds?limit=2"):
        assert client.get(path, headers={"If-None-Match": "*"}).status_code == 304
        assert ask_twice(client, path)[0]
        assert client.get(path, headers={"If-None-Match": "*"}).status_code == 304


@pytest.mark.parametrize(
    ("twice", "asked"),
    [
        ([("Host", "evil.example"), ("Host", "kb.example")], {}),
        ([("Accept", "text/csv"), ("Accept", "*/*")], {"Accept": "text/csv,*/*"}),
        ([("Accept-Encoding", "br"), ("Accept-Encoding", "zstd")], {"Accept-Encoding": "br,zstd"}),
    ],
)
def test_a_header_sent_twice_leaves_nothing_to_the_next(
    own: tuple[Store, httpx.Client], twice: list[tuple[str, str]], asked: dict[str, str]
) -> None:
    """Who reads the first and who reads the last would take it for two different requests."""
    _, client = own
    path, asked = "/v1/compounds?limit=2" if not asked else "/v1/compounds", dict(asked)
    asked["Host"] = "kb.example"
    sent = twice if twice[0][0] == "Host" else [("Host", "kb.example"), *twice]
    head = "".join(f"{name}: {value}\r\n" for name, value in sent)
    for _ in range(3):
        with socket.create_connection((client.base_url.host, client.base_url.port)) as wire:
            wire.sendall(f"GET {path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
            told = b"HTTP/1.1 400 Ba" if twice[0][0] == "Host" else b"HTTP/1.1 200 OK"
            assert wire.recv(15) == told
    answer = client.get(path, headers=asked)
    untouched = client.get(path, headers={**asked, "Cookie": "a=b"})
    for one in (answer, untouched):
        del one.headers["date"], one.headers["x-request-id"]
    assert sorted(answer.headers.items()) == sorted(untouched.headers.items())
    assert answer.content == untouched.content


def test_a_304_says_the_same_from_memory(own: tuple[Store, httpx.Client]) -> None:
    _, client = own
    from_memory, answer = ask_twice(client, "/v1/compounds?limit=1")
    assert from_memory
    assert "link" in answer.headers
    known = {"If-None-Match": answer.headers["etag"]}
    before = hits(client)
    kept = client.get("/v1/compounds?limit=1", headers=known)
    made = client.get("/v1/compounds?limit=1", headers={**known, "Cookie": "a=b"})
    assert hits(client) == before + 1, "one of them is made"
    assert (kept.status_code, made.status_code) == (304, 304)
    for answer in (kept, made):
        del answer.headers["date"], answer.headers["x-request-id"]
    assert sorted(kept.headers.items()) == sorted(made.headers.items())


def test_a_write_is_seen_within_a_tenth_of_a_second(own: tuple[Store, httpx.Client]) -> None:
    store, client = own
    for number in range(5):
        assert ask_twice(client, PATH)[0]
        rewrite_record(store, "compound", "compound-1", name=f"N{number}")
        time.sleep(0.1)
        assert client.get(PATH).json()["data"]["name"] == f"N{number}"


def test_no_variant_answers_for_another(own: tuple[Store, httpx.Client]) -> None:
    _, client = own
    path = "/v1/compounds"
    seen = set()
    for headers in (
        {"Accept-Encoding": "identity"},
        {"Accept-Encoding": "gzip"},
        {"Accept-Encoding": "br"},
        {"Accept-Encoding": "zstd;q=0, br;q=0, gzip"},
        {"Accept": "text/csv"},
        {"Accept": "application/x-ndjson"},
        {"Origin": "https://example.org"},
        {"Host": "kb.example.org"},
    ):
        from_memory, answer = ask_twice(client, path, **headers)
        assert from_memory, headers
        usual = "zstd"  # of what the client itself accepts
        assert answer.headers.get("content-encoding") == {
            "identity": None,
            "gzip": "gzip",
            "br": "br",
            "zstd;q=0, br;q=0, gzip": "gzip",
        }.get(headers.get("Accept-Encoding", ""), usual)
        crossed = answer.headers.get("access-control-allow-origin")
        assert (crossed == "*") == ("Origin" in headers)
        seen.add((answer.headers["etag"], crossed, answer.headers["content-type"]))
    assert len(seen) == 7  # the two requests that get gzip share one answer


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer x"}, {"Cookie": "a=b"}])
def test_what_is_asked_in_person_is_never_kept(
    own: tuple[Store, httpx.Client], headers: dict[str, str]
) -> None:
    _, client = own
    assert not ask_twice(client, PATH, **headers)[0]


@pytest.mark.parametrize("path", ["/v1/compounds/nobody", "/readyz", "/metrics", "/v1/nowhere"])
def test_errors_and_health_are_never_kept(own: tuple[Store, httpx.Client], path: str) -> None:
    _, client = own
    before = hits(client)
    for _ in range(3):
        client.get(path)
    assert hits(client) == before


def test_a_head_and_a_post_go_past_the_memory(own: tuple[Store, httpx.Client]) -> None:
    _, client = own
    assert ask_twice(client, PATH)[0]
    before = hits(client)
    head = client.head(PATH)
    assert (head.status_code, head.content) == (200, b"")
    assert client.post("/v1/compounds/batch", json={"ids": ["compound-1"]}).status_code == 200
    assert hits(client) == before


def test_requests_in_one_breath_are_answered_in_their_order(
    own: tuple[Store, httpx.Client],
) -> None:
    _, client = own
    client.get(PATH)
    host, port = client.base_url.host, client.base_url.port
    paths = [PATH, "/v1/receptors/receptor-1?fields=name", PATH, "/v1/compounds/nobody"]
    wanted = b"".join(f"GET {p} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode() for p in paths)
    with socket.create_connection((host, port), timeout=10) as wire:
        wire.sendall(wanted)
        got = b""
        while b"nobody" not in got:
            got += wire.recv(65536)
    places = [got.find(w) for w in (b"Compound-1", b"Receptor-1", b"no record")]
    assert places == sorted(places)
    assert -1 not in places
    assert got.count(b"HTTP/1.1 200 OK") == 3


def test_many_who_ask_at_once_make_one_answer(own: tuple[Store, httpx.Client]) -> None:
    _, client = own
    path = "/v1/evidence?include=study,reference"
    before = metric_value(client, "kkb_response_cache_misses_total")

    async def ask() -> list[int]:
        async with httpx.AsyncClient(base_url=client.base_url) as many:
            answers = await asyncio.gather(*(many.get(path) for _ in range(20)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(ask()) == [200] * 20
    made = metric_value(client, "kkb_response_cache_misses_total") - before
    assert made <= 3  # the answer, and the two looks at the figures


def answer(number: int, size: int = 1000) -> CachedResponse:
    key = cache_key(b"/%d" % number, [], trusted_peer=False)
    assert key is not None
    return to_cached_response(key, [(b"etag", b'"%d"' % number)], b"x" * size)


def test_the_memory_is_bounded_and_lets_go_of_what_was_not_asked_longest() -> None:
    memory, now = ResponseCache(7000), DatasetRevision(1, "d", "r")
    memory.set_revision(now)
    keys = [cache_key(b"/%d" % n, [], trusted_peer=False) for n in range(4)]
    for number, key in enumerate(keys):
        assert key is not None
        memory.put(key, answer(number), now)
        memory.get(keys[0])  # type: ignore[arg-type]
    assert memory.bytes <= 7000
    there = [key in memory.current for key in keys]
    assert there == [True, False, True, True]
    memory.put((b"/big", b"", b"", "", False, None), answer(9, 6000), now)
    assert len(memory.current) == 3


def test_the_size_of_an_entry_counts_its_address() -> None:
    sizes = []
    for url in (b"/v1/claims?fields=name", b"/v1/claims?fields=" + b"name," * 1000 + b"name"):
        key = cache_key(url, [], trusted_peer=False)
        assert key is not None
        sizes.append(to_cached_response(key, [(b"etag", b'"1"')], b"body").size - len(url))
    assert sizes[0] == sizes[1]


def test_responses_of_releases_and_of_the_revision_share_one_limit() -> None:
    memory, now = ResponseCache(7000), DatasetRevision(1, "d", "r")
    memory.set_revision(now)
    for number in range(4):
        for path, standing in ((b"/live/%d", now), (b"/release/%d", IMMUTABLE)):
            key = cache_key(path % number, [], trusted_peer=False)
            assert key is not None
            memory.put(key, answer(number), standing)
            assert memory.bytes <= 7000
    assert (len(memory.current), len(memory.immutable)) == (1, 2)
    memory.set_revision(DatasetRevision(2, "e", "r"))
    assert (len(memory.current), len(memory.immutable)) == (0, 2)


def test_an_answer_of_another_revision_is_neither_kept_nor_given() -> None:
    memory, one, two = (
        ResponseCache(7000),
        DatasetRevision(1, "d", "r"),
        DatasetRevision(2, "e", "r"),
    )
    key = cache_key(b"/", [], trusted_peer=False)
    assert key is not None
    memory.set_revision(one)
    memory.put(key, answer(1), two)
    assert memory.get(key) is None
    memory.put(key, answer(1), one)
    assert memory.get(key) is not None
    memory.set_revision(two)
    assert memory.get(key) is None


def test_a_memory_that_nobody_looks_after_is_not_trusted() -> None:
    memory, now = ResponseCache(7000), DatasetRevision(1, "d", "r")
    key = cache_key(b"/", [], trusted_peer=False)
    assert key is not None
    memory.set_revision(now)
    memory.put(key, answer(1), now)
    assert memory.get(key) is not None
    time.sleep(0.15)
    assert memory.get(key) is None
    memory.set_revision(now)
    assert memory.get(key) is not None


class Impatient(CachingHttpProtocol):
    head_seconds = body_seconds = read_seconds = 0.3


@contextmanager
def patience_of(app: ASGIApp, protocol: type[CachingHttpProtocol] = Impatient) -> Iterator[int]:
    """The port of a server that waits 0.3 s for a head and bears two connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = uvicorn.Config(
        app, port=port, log_level="error", http=protocol, limit_concurrency=2, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def impatient(own: tuple[Store, httpx.Client]) -> Iterator[int]:
    with patience_of(create_app(Settings(database_url="sqlite://"), own[0])) as port:
        yield port


def test_a_head_that_does_not_come_is_a_408(impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=10) as wire:
        wire.sendall(b"GET /v1 HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        got = b""
        while chunk := wire.recv(65536):
            got += chunk
    assert got.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in got
    assert b"within 0.3 seconds" in got


def test_a_body_that_does_not_come_is_a_408(impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=10) as wire:
        wire.sendall(b"POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
        got = b""
        with suppress(OSError):
            for _ in range(100):
                wire.sendall(b" ")
                time.sleep(0.05)
        while chunk := wire.recv(65536):
            got += chunk
    assert got.startswith(b"HTTP/1.1 408 ")
    assert b"The body must come within 0.3 seconds" in got
    assert got.count(b"HTTP/1.1") == 1


async def flood(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Send 100 MB, as fast as the client reads."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(100):
        await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("reads", [True, False])
def test_a_response_that_nobody_reads_is_ended(
    reads: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        patience_of(flood) as port,
        socket.create_connection(("127.0.0.1", port), timeout=10) as wire,
    ):
        wire.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        if not reads:
            deadline = time.monotonic() + 20
            while "the client has not read a response for 0.3 s" not in caplog.text:
                assert time.monotonic() < deadline, "the server does not end it"
                time.sleep(0.02)
        got = 0
        with suppress(ConnectionResetError):
            while chunk := wire.recv(1_000_000):
                got += len(chunk)
    assert (got > 100_000_000) == reads


async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
    """An answer of a second, in five parts."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(5):
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        (b"GET /v1 HTTP/1.1\r\nHo", b"HTTP/1.1 408 "),  # never finished
        (b"no request at all\r\n\r\n", b""),
    ],
)
def test_nothing_is_written_into_an_answer_under_way(behind: bytes, told: bytes) -> None:
    with (
        patience_of(slow) as port,
        socket.create_connection(("127.0.0.1", port), timeout=10) as wire,
    ):
        wire.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        wire.sendall(behind)
        got = b""
        while chunk := wire.recv(65536):
            got += chunk
    first, _, after = got.partition(b"0\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 200 ")
    assert first.count(b"HTTP/1.1 ") == 1
    assert after.startswith(told)
    assert first.count(b"part") == (5 if told else first.count(b"part"))


async def unfinished(scope: Scope, receive: Receive, send: Send) -> None:
    """Begin an answer; the one of `/` ends when the client closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"part", "more_body": True})
    while scope["path"] == "/" and (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.body", "body": b""})


def test_requests_beyond_the_limit_are_refused_with_a_503() -> None:
    with patience_of(unfinished) as port, ExitStack() as stack:
        wires = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(2)
        ]
        for wire in wires:
            wire.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert wire.recv(100).startswith(b"HTTP/1.1 200 ")
        refused = httpx.get(f"http://127.0.0.1:{port}/v1/cite")
        health = httpx.get(f"http://127.0.0.1:{port}/healthz")
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "1"
    assert "overloaded" in refused.json()["detail"]
    assert health.status_code == 200


def test_connections_and_bodies_that_wait_take_no_place(impatient: int) -> None:
    with ExitStack() as stack:
        for sent in (
            b"",
            b"GET /v1 HT",
            b"POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
        ):
            for _ in range(3):
                wire = stack.enter_context(socket.create_connection(("127.0.0.1", impatient)))
                wire.sendall(sent)
        assert httpx.get(f"http://127.0.0.1:{impatient}/v1/cite").status_code == 200


class Small(CachingHttpProtocol):
    max_connections = 3


def test_beyond_the_limit_the_connection_that_waited_longest_is_closed() -> None:
    with patience_of(slow, Small) as port, ExitStack() as stack:
        wires = []
        for _ in range(5):
            wires.append(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
            time.sleep(0.05)
        for number, wire in enumerate(wires):
            wire.settimeout(20 if number < 2 else 0.2)
        open_wires = [wire for wire in wires if not _is_closed(wire)]
    assert open_wires == wires[2:]


def _is_closed(wire: socket.socket) -> bool:
    try:
        return wire.recv(1) == b""
    except TimeoutError:
        return False
