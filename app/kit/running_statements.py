"""Statements that run, so that a process which ends can interrupt them."""

import sqlite3
from threading import Thread
from typing import Any

import sqlalchemy as sa

CANCEL_SECONDS = 1.0
_in_use: set[Any] = set()


def track_statements(engine: sa.Engine) -> None:
    """Let `interrupt_statements` reach the connections of an engine."""
    sa.event.listen(engine, "checkout", lambda _driver, record, _proxy: _in_use.add(record))
    sa.event.listen(engine, "checkin", lambda _driver, record: _in_use.discard(record))


def interrupt_statements() -> int:
    """Interrupt what the connections of this process run; return how many are in use.

    A statement that is interrupted fails as one that took too long. May be called from any thread.
    """
    connections = [record.driver_connection for record in tuple(_in_use)]
    for connection in connections:
        Thread(target=_interrupt, args=(connection,), daemon=True).start()
    return len(connections)


def _interrupt(connection: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.interrupt()
    elif connection is not None:
        connection.cancel_safe(timeout=CANCEL_SECONDS)
