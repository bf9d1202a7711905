"""A crowd: slow queries on all connections; who is beyond them is refused soon.

    python -m tests.reliability.overload --requests 30 --url postgresql

The queries are slow because another session holds a lock on the table that they read, until all of
the others were refused. PostgreSQL alone: on SQLite no read waits for anybody.
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
Answered = tuple[httpx.Response, float]


@contextmanager
def table_lock(url: str, table: str) -> Iterator[psycopg.Connection]:
    """Nobody else reads a table, until this session rolls back."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as session:
        session.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield session


def wait_for_blocked_statements(session: psycopg.Connection, number: int) -> None:
    """Wait until so many statements of the same database wait for a lock."""
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
    """Fill an empty store, crowd a node on it, and tell how the crowd was answered."""
    fill_store(url, factories.write_folder(folder / "data", factories.dataset(3))).engine.dispose()
    with (
        running_server(url, folder, pool_size=str(CONNECTIONS), **settings) as node,
        table_lock(url, "claim") as session,
    ):
        answers, alive = asyncio.run(send_requests(node.base, requests, session))
    refused = [(answer, seconds) for answer, seconds in answers if answer.status_code == 503]
    return {
        "statuses": sorted(answer.status_code for answer, _ in answers),
        "retry_after": {answer.headers.get("retry-after") for answer, _ in refused},
        "last_refusal": max(seconds for _, seconds in refused),
        "first_answer": min(seconds for answer, seconds in answers if answer.status_code == 200),
        "alive": alive,
    }


async def send_requests(
    base: str, size: int, session: psycopg.Connection
) -> tuple[list[Answered], list[float]]:
    """The answers to requests that all come at once; what each look at `/healthz` took."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:

        async def ask(address: str) -> Answered:
            began = time.monotonic()
            answer = await client.get(address)
            return answer, time.monotonic() - began

        asked = [asyncio.create_task(ask(f"/v1/claims?limit={n + 1}")) for n in range(size)]
        alive: list[float] = []
        while sum(task.done() for task in asked) < size - LIST_CONNECTIONS:
            answer, seconds = await ask("/healthz")
            assert answer.status_code == 200
            alive.append(seconds)
            await asyncio.sleep(0.05)
        session.rollback()
        return list(await asyncio.gather(*asked)), alive


def main() -> None:
    parser = empty_store.parser(__doc__)
    parser.add_argument("--requests", type=int, default=30)
    asked = parser.parse_args()
    with empty_store.empty_store(asked.url or "postgresql") as (url, folder):
        found = run(url, folder, asked.requests)
    refused = found["statuses"].count(503)
    print(f"{asked.requests} slow lists on {LIST_CONNECTIONS} connections: {refused} were a 503")
    print(f"the last of them after {found['last_refusal']:.2f} s")
    slowest = max(found["alive"])
    print(f"/healthz answered {len(found['alive'])} times meanwhile, within {slowest:.3f} s")


if __name__ == "__main__":
    main()
