"""Outages of PostgreSQL: a slow one or one that restarts costs 503s, never a 500, and passes."""

import asyncio
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
    with serving(store) as url:
        answers, alive = asyncio.run(crowd(url, 120))
    assert sorted(status for status, _ in answers) == [200] * 10 + [503] * 110
    refused = max(seconds for status, seconds in answers if status == 503)
    assert refused < min(seconds for status, seconds in answers if status == 200)
    assert alive > 3, "somebody asked how the process was, and was told"
    print(f"the last of 110 refusals came after {refused:.2f} s")


async def crowd(url: str, size: int) -> tuple[list[tuple[int, float]], int]:
    """Status and seconds of requests that all come at once; how often `/healthz` was 200."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:

        async def ask(number: int) -> tuple[int, float]:
            began = time.monotonic()
            answer = await client.get(f"/v1/claims?limit={number}")
            return answer.status_code, time.monotonic() - began

        asked = [asyncio.create_task(ask(number)) for number in range(1, size + 1)]
        alive = 0
        while not all(task.done() for task in asked):
            alive += (await client.get("/healthz")).status_code == 200
            await asyncio.sleep(0.1)
        return [task.result() for task in asked], alive


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
