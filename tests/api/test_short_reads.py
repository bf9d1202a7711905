"""Short reads: in the event loop, or again in a thread."""

import asyncio
from threading import current_thread

from fastapi.responses import PlainTextResponse, Response
from sqlalchemy import text

from app.api.short_reads import run_short_read
from app.kit.sessions import Store


def test_a_long_read_begins_again_in_a_thread(store: Store, database: str) -> None:
    called_in = []

    def read(of: Store) -> Response:
        called_in.append(current_thread().name)
        with of.read() as session:
            numbers = "SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500000"
            count = session.execute(
                text(f"WITH RECURSIVE numbers(n) AS ({numbers}) SELECT count(*) FROM numbers")
            )
            return PlainTextResponse(str(count.scalar_one()))

    response = asyncio.run(run_short_read(Store(store.engine), read))
    assert response.body == b"500000"
    in_loop = ["MainThread"] if database == "sqlite" else []
    assert called_in[:-1] == in_loop
    assert called_in[-1] != "MainThread"


def test_a_short_read_stays_in_the_event_loop_on_sqlite(store: Store, database: str) -> None:
    called_in = []

    def read(of: Store) -> Response:
        called_in.append(current_thread().name)
        with of.read() as session:
            return PlainTextResponse(str(session.execute(text("SELECT 1")).scalar_one()))

    asyncio.run(run_short_read(Store(store.engine), read))
    assert (called_in == ["MainThread"]) == (database == "sqlite")
