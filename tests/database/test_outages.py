"""Outages of PostgreSQL: a slow one or one that restarts costs 503s, never a 500, and passes."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import pytest

from app.services.store import open_store
from tests import factories, postgres
from tests.conftest import fill, serving


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_request_beyond_the_pool_is_refused_while_the_slow_ones_run(
    tmp_path: Path, address: str
) -> None:
    fill(address, factories.write(tmp_path / "data", factories.dataset(2))).engine.dispose()
    store = open_store(address, pool_size=10, pool_timeout=1.5)
    with store.write() as session:
        run = session.connection.exec_driver_sql
        run("ALTER TABLE dataset RENAME TO quick")
        run("CREATE VIEW dataset AS SELECT quick.* FROM quick, LATERAL pg_sleep(8)")
    with serving(store) as url, httpx.Client(base_url=url) as client:
        began = time.monotonic()

        def ask(number: int) -> tuple[int, float]:
            answer = httpx.get(f"{url}/v1/claims?limit={number}", timeout=60)
            return answer.status_code, time.monotonic() - began

        with ThreadPoolExecutor(120) as pool:
            asked = [pool.submit(ask, number) for number in range(1, 121)]
            while not all(future.done() for future in asked):
                assert client.get("/healthz").status_code == 200
                time.sleep(0.2)
        answers = [future.result() for future in asked]
    assert sorted(status for status, _ in answers) == [200] * 10 + [503] * 110
    slowest_refusal = max(at for status, at in answers if status == 503)
    assert slowest_refusal < min(at for status, at in answers if status == 200)
    print(f"the last of 110 refusals came after {slowest_refusal:.2f} s")


def test_a_restart_under_load_costs_no_500_and_is_over_at_once(tmp_path: Path) -> None:
    folder = factories.write(tmp_path / "data", factories.dataset(2))
    with postgres.cluster() as server:
        fill(server.address, folder).engine.dispose()
        with serving(open_store(server.address)) as url:
            numbers, stopped = count(1), []

            def ask() -> set[int]:
                seen = set()
                with httpx.Client(base_url=url, timeout=30) as client:
                    while not stopped:
                        seen.add(client.get(f"/v1/claims?q={next(numbers)}").status_code)
                return seen

            with ThreadPoolExecutor(8) as pool:
                asked = [pool.submit(ask) for _ in range(8)]
                time.sleep(0.5)
                server.stop()
                time.sleep(0.5)
                server.start()
                began = time.monotonic()
                while httpx.get(f"{url}/v1/claims?q=x{next(numbers)}").status_code != 200:
                    assert time.monotonic() < began + 2
                stopped.append(True)
                statuses = set().union(*(future.result() for future in asked))
            assert statuses == {200, 503}
