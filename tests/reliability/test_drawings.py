"""Drawings: Graphviz runs in a separate process, once per graph, without a database connection."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from app.kit.sessions import Store
from app.services.graph import layout
from app.services.store.opening import open_store
from app.settings import Settings
from tests import helpers
from tests.params import ONE_STORE

pytestmark = ONE_STORE
DRAWING = "/v1/graph.svg"
#: Health checks have to be answered within so many seconds.
MAX_SECONDS = 0.1
MAX_DRAWINGS = 3


def test_reads_are_not_delayed_while_graphviz_runs(shipped_store: Store) -> None:
    # A machine may pause during one drawing; a drawing that held up the event loop would each time.
    slowest: list[float] = []
    while min(slowest, default=MAX_SECONDS) >= MAX_SECONDS:
        assert len(slowest) < MAX_DRAWINGS, slowest
        waits = health_checks_during_a_drawing(shipped_store)
        slowest.append(sorted(waits)[len(waits) * 95 // 100])


def health_checks_during_a_drawing(shipped_store: Store) -> list[float]:
    """Return the seconds of each health check, beside uncached lists on the only connection."""
    settings = Settings(cache_bytes=0)
    waits: list[float] = []
    store = open_store(
        shipped_store.engine.url.render_as_string(hide_password=False),
        pool_size=1,
        pool_timeout=0.2,
    )
    with (
        helpers.serving(store, settings=settings) as url,
        httpx.Client(base_url=url, timeout=60) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        client.get("/v1/graph", params={"limit": 1})  # the graph is loaded
        client.get("/v1/claims")
        drawing = pool.submit(client.get, DRAWING)
        statuses: list[int] = []
        while not drawing.done():
            statuses.append(client.get(f"/v1/claims?limit={len(statuses) % 400 + 1}").status_code)
            start = time.monotonic()
            assert client.get("/healthz").status_code == 200
            waits.append(time.monotonic() - start)
        response = drawing.result()
    assert response.status_code == 200
    assert response.elapsed.total_seconds() > 0.1, "too quick to see whether others wait"
    assert set(statuses) == {200}, "the only connection was held while Graphviz ran"
    return waits


def test_requests_for_one_drawing_run_graphviz_once(shipped_store: Store) -> None:
    started: list[str] = []
    script = Path(layout.__file__).with_name("graphviz_process.py")

    def record_process(event: str, args: tuple[object, ...]) -> None:
        if event == "subprocess.Popen" and str(script) in str(args[1]):
            started.append(event)

    sys.addaudithook(record_process)
    with (
        helpers.serving(shipped_store, settings=Settings(cache_bytes=0)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
        ThreadPoolExecutor(4) as pool,
    ):
        # Addresses of one drawing: neither the response cache nor an ETag makes them the same.
        hosts = [{"Host": f"kb{number}.test"} for number in range(4)]
        responses = list(pool.map(lambda host: client.get(DRAWING, headers=host), hosts))
        last_response = client.get(DRAWING)
    assert [response.status_code for response in responses] == [200] * 4
    assert last_response.status_code == 200
    assert "http://kb3.test/v1/claims/" in responses[3].text
    assert len(started) == 1, "this graph has more boxes than are laid out in both directions"
