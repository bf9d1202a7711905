"""Overload: slow queries use all connections of the pool; further requests get a 503 soon.

    python -m tests.reliability.overload --requests 30 --url postgresql

The queries are slow because another session locks the table that they read, until all further
requests have had their response. On PostgreSQL only: a read of SQLite never waits for a lock.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlalchemy.engine import make_url

from tests import factories
from tests.helpers import fill_store
from tests.reliability import empty_store
from tests.reliability.server_process import running_server

CONNECTIONS = 10
#: Connections that lists may use at a time.
LIST_CONNECTIONS = CONNECTIONS // 2
TimedResponse = tuple[httpx.Response, float]


@contextmanager
def table_lock(url: str, table: str) -> Iterator[psycopg.Connection]:
    """Lock a table against reads of other sessions, until this session rolls back."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as session:
        session.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield session


def wait_for_blocked_statements(session: psycopg.Connection, number: int) -> None:
    """Wait until `number` statements of the same database wait for a lock."""
    sql = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 30
    while session.execute(sql).fetchone() != (number,):
        assert time.monotonic() < deadline, f"no {number} statements wait"
        time.sleep(0.02)
        session.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the first one


def run(url: str, folder: Path, requests: int, **settings: str) -> dict[str, Any]:
    """Fill an empty store, overload a node on it, and return statuses and times of responses."""
    fill_store(url, factories.write_folder(folder / "data", factories.dataset(3))).engine.dispose()
    with (
        running_server(url, folder, pool_size=str(CONNECTIONS), **settings) as node,
        table_lock(url, "claim") as session,
    ):
        responses, alive = asyncio.run(send_requests(node.base, requests, session))
    refused = [
        (response, seconds) for response, seconds in responses if response.status_code == 503
    ]
    return {
        "statuses": sorted(response.status_code for response, _ in responses),
        "retry_after": {response.headers.get("retry-after") for response, _ in refused},
        "last_refusal": max(seconds for _, seconds in refused),
        "first_answer": min(
            seconds for response, seconds in responses if response.status_code == 200
        ),
        "alive": alive,
    }


async def send_requests(
    base: str, size: int, session: psycopg.Connection
) -> tuple[list[TimedResponse], list[float]]:
    """Send all requests at once; return their responses, and the seconds of each health check."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:

        async def timed_get(path: str) -> TimedResponse:
            began = time.monotonic()
            response = await client.get(path)
            return response, time.monotonic() - began

        tasks = [asyncio.create_task(timed_get(f"/v1/claims?limit={n + 1}")) for n in range(size)]
        health_seconds: list[float] = []
        while sum(task.done() for task in tasks) < size - LIST_CONNECTIONS:
            response, seconds = await timed_get("/healthz")
            assert response.status_code == 200
            health_seconds.append(seconds)
            await asyncio.sleep(0.05)
        session.rollback()
        return list(await asyncio.gather(*tasks)), health_seconds


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--requests", type=int, default=30)
    options = parser.parse_args()
    with empty_store.empty_store(options.url or "postgresql") as (url, folder):
        result = run(url, folder, options.requests)
    refused = result["statuses"].count(503)
    print(f"{options.requests} slow lists on {LIST_CONNECTIONS} connections: {refused} were a 503")
    print(f"the last of them after {result['last_refusal']:.2f} s")
    slowest = max(result["alive"])
    print(f"/healthz answered {len(result['alive'])} times meanwhile, within {slowest:.3f} s")


if __name__ == "__main__":
    main()
