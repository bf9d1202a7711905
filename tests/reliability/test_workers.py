"""`kkb serve --workers`: several processes are one node."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from app.kit.sessions import Store
from app.services.releases.archive import Archive
from app.services.releases.publish import publish
from tests import factories
from tests.helpers import fill_store
from tests.reliability.crash_write import Writer, check_store, create_writer
from tests.reliability.server_process import ServerProcess, running_server
from tests.reliability.worker_processes import (
    client_of,
    metric,
    wait_for_workers,
    wait_until_ended,
)

WORKERS = 2
OPTIONS = ["--workers", str(WORKERS)]
#: Seconds within which other workers serve a write, and within which at least one of `MAX_WRITES`
#: writes is served; the revision watcher polls 40 times a second, and tests share the processor.
MAX_DELAY, SHORTEST_DELAY, MAX_WRITES = 10.0, 0.5, 20


@pytest.fixture(scope="module")
def worker_store(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Store:
    folder = tmp_path_factory.mktemp("workers")
    content = factories.dataset(WORKERS)
    for study in content["studies"]:
        study["n_randomised"] = 1
    url = make_empty_store(database, folder)
    return fill_store(url, factories.write_folder(folder / "data", content))


@pytest.fixture(scope="module")
def node(worker_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    url = worker_store.engine.url.render_as_string(hide_password=False)
    with running_server(url, tmp_path_factory.mktemp("node"), options=OPTIONS) as server:
        wait_for_workers(server, WORKERS)
        yield server


@pytest.fixture
def clients(node: ServerProcess) -> Iterator[list[httpx.Client]]:
    """A client of each worker."""
    with ExitStack() as stack:
        pids = wait_for_workers(node, WORKERS)
        yield [stack.enter_context(client_of(node, pid)) for pid in pids]


def test_each_worker_has_a_cache_and_the_metrics_are_sums(
    node: ServerProcess, clients: list[httpx.Client]
) -> None:
    path = "/v1/claims?fields=slug"
    names = ("kkb_response_cache_hits_total", "kkb_response_cache_misses_total")
    before = [metric(node.base, name) for name in names]
    responses = [client.get(path) for client in clients for _ in range(3)]
    assert len({response.headers["etag"] for response in responses}) == 1
    deadline = time.monotonic() + 20  # a worker shares its figures once a second
    while metric(node.base, names[0]) < before[0] + 2 * WORKERS:
        assert time.monotonic() < deadline, "the hits of a worker are missing"
        time.sleep(0.1)
    after = [metric(node.base, name) for name in names]
    assert after[0] == before[0] + 2 * WORKERS
    assert after[1] >= before[1] + WORKERS
    request_counts = [
        line
        for client in clients
        for line in client.get("/metrics").text.splitlines()
        if line.startswith('kkb_requests_total{method="GET",route="/v1/claims",status="200"}')
    ]
    assert [float(line.split()[-1]) for line in request_counts] == [WORKERS] * WORKERS
    assert metric(node.base, "kkb_dataset_revision") == 1
    assert metric(node.base, "kkb_response_cache_limit_bytes") == WORKERS * 32_000_000


def test_each_worker_limits_its_connections(
    node: ServerProcess, clients: list[httpx.Client]
) -> None:
    for client in clients:
        assert client.get("/v1", headers={"X": "x" * 70_000}).status_code == 431
    with socket.create_connection(("127.0.0.1", node.port)) as wire:
        wire.sendall(b"GET /v1 HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * 300 + b"\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 431 ")


def test_no_update_is_lost_when_two_workers_are_written_to_concurrently(
    worker_store: Store, node: ServerProcess, clients: list[httpx.Client]
) -> None:
    """Writes are serialised, and each worker serves the writes of the other immediately."""
    writers = [create_writer(worker_store, node.base, f"study-{n}") for n in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        pairs = zip(writers, clients, strict=True)
        runs = [pool.submit(write, *pair, times=5) for pair in pairs]
        for future in runs:
            future.result()
    assert [writer.accepted for writer in writers] == [5] * WORKERS
    assert {status for writer in writers for status in writer.statuses} <= {"200", "202"}
    check_store(worker_store, writers, unanswered=0)


def write(writer: Writer, client: httpx.Client, times: int) -> None:
    """Write through one worker."""
    writer.client = client
    writer.is_server_up.set()
    for _ in range(times):
        writer.write_once()


def test_a_write_through_one_worker_is_served_by_the_others_immediately(
    worker_store: Store, node: ServerProcess, clients: list[httpx.Client]
) -> None:
    writer = create_writer(worker_store, node.base, "study-1")
    path = "/v1/studies/study-1"
    delays: list[float] = []
    while min(delays, default=MAX_DELAY) >= SHORTEST_DELAY:
        assert len(delays) < MAX_WRITES, delays
        values = [client.get(path).json()["data"]["n_randomised"] for client in clients]
        assert len(set(values)) == 1
        write(writer, clients[0], times=1)
        written = time.monotonic()
        assert clients[0].get(path).json()["data"]["n_randomised"] == values[0] + 1
        for client in clients[1:]:
            while client.get(path).json()["data"]["n_randomised"] == values[0]:
                assert time.monotonic() < written + MAX_DELAY, "the worker answers from its cache"
        delays.append(time.monotonic() - written)


def test_a_killed_worker_is_replaced(node: ServerProcess) -> None:
    before = wait_for_workers(node, WORKERS)
    misses = metric(node.base, "kkb_response_cache_misses_total")
    os.kill(before[0], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while before[0] in (after := wait_for_workers(node, WORKERS)):
        assert time.monotonic() < deadline
    (replacement,) = set(after) - set(before)
    with client_of(node, replacement) as client:
        assert client.get("/readyz").status_code == 200
    assert metric(node.base, "kkb_workers") == WORKERS, "the killed one does not count"
    assert metric(node.base, "kkb_response_cache_misses_total") >= misses, "counters stay"
    assert metric(node.base, "kkb_dataset_revision") >= 1


def assert_no_worker_outlives_its_parent(node: ServerProcess, stop: signal.Signals) -> None:
    """Stop the parent; a node takes seconds to start, so that each test stops its own."""
    pids = wait_for_workers(node, WORKERS)
    node.process.send_signal(stop)
    assert node.process.wait(20) == (-signal.SIGKILL if stop == signal.SIGKILL else 0)
    wait_until_ended(pids)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{node.base}/healthz")


def test_a_new_store_is_migrated_and_loaded_once_and_its_workers_end_with_their_parent(
    make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path
) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(2))
    url = make_empty_store(database, tmp_path)
    with running_server(url, tmp_path, options=OPTIONS, dataset=str(folder)) as node:
        wait_for_workers(node, WORKERS)
        assert httpx.get(f"{node.base}/v1").json()["meta"]["revision"] == 1
        assert node.log.read_text("utf-8").count("records loaded") == 1
        stop = signal.SIGKILL if database == "sqlite" else signal.SIGINT
        assert_no_worker_outlives_its_parent(node, stop)


def test_a_release_is_served_by_several_workers_that_end_with_their_parent(tmp_path: Path) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(2))
    store = fill_store(f"sqlite:///{tmp_path}/kkb.db", folder)
    manifest = publish(store, Archive(tmp_path / "releases"), "1")
    store.engine.dispose()
    options = ["--release", str(tmp_path / "releases" / "1" / manifest.database), *OPTIONS]
    with running_server("sqlite:///nowhere/kkb.db", tmp_path, options=options) as node:
        for pid in wait_for_workers(node, WORKERS):
            with client_of(node, pid) as client:
                assert client.get("/v1/claims").json()["page"]["total"] == 2
        assert_no_worker_outlives_its_parent(node, signal.SIGTERM)
