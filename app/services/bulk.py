"""Bulk: how very many rows reach an empty store.

Rows go to the driver as tuples, in the order of their keys. Indexes that forbid nothing are left
for later, and so are foreign keys on SQLite, where each is then looked at once.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from pydantic_core import to_json
from sqlalchemy import JSON, Connection, Table
from sqlalchemy.exc import IntegrityError

from app.kit.sessions import Store, WriteSession

Cells = tuple[Any, ...]
#: SQLite's rollback journal holds nothing of pages that were not there before.
BEFORE = (
    "busy_timeout = 0",
    "foreign_keys = OFF",
    "journal_mode = DELETE",
    "cache_size = -200000",
    "threads = 2",
    "busy_timeout = 10000",
)
AFTER = ("journal_mode = WAL", "foreign_keys = ON", "cache_size = -2000", "threads = 0")


@contextmanager
def filling(store: Store) -> Iterator[WriteSession]:
    """One write transaction for a store that is empty; all of it, or nothing."""
    with store.engine.execution_options(writing=True).connect() as connection:
        _set(connection, BEFORE)
        try:
            with connection.begin():
                yield WriteSession(connection)
        finally:
            _set(connection, AFTER)


@contextmanager
def unindexed(session: WriteSession, tables: Iterable[Table]) -> Iterator[None]:
    """Tables without the indexes that forbid nothing, which are made at the end, of all rows."""
    connection = session.connection
    indexes = [index for table in tables for index in table.indexes if not index.unique]
    for index in indexes:
        index.drop(connection)
    yield
    if connection.dialect.name == "postgresql":  # it makes none before what was put off is done
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for index in indexes:
        index.create(connection)


def insert_rows(
    session: WriteSession, table: Table, columns: Sequence[str], rows: Sequence[Cells]
) -> None:
    """Rows of plain values: text, figures, None; lists and objects where a column holds JSON."""
    names, rows = ", ".join(columns), _written(table, columns, rows)
    connection = session.connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", [*rows])
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _written(table: Table, columns: Sequence[str], rows: Sequence[Cells]) -> Sequence[Cells]:
    json = {at for at, name in enumerate(columns) if isinstance(table.c[name].type, JSON)}
    if not json:
        return rows
    return [
        tuple([to_json(cell).decode() if at in json else cell for at, cell in enumerate(row)])
        for row in rows
    ]


def _set(connection: Connection, pragmas: Sequence[str]) -> None:
    """Settings that SQLite takes only outside of a transaction."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        for pragma in ("busy_timeout = 0", *pragmas, "busy_timeout = 10000"):
            with suppress(sqlite3.OperationalError):  # somebody else looks on: it goes without
                driver.execute(f"PRAGMA {pragma}")


def check_links(session: WriteSession) -> None:
    """Foreign keys, which were not looked at while rows came; PostgreSQL did it by itself."""
    if session.connection.dialect.name == "sqlite":
        broken = session.connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            table, key, parent, _ = broken
            problem = ValueError(f"{table} {key} names no {parent}")
            raise IntegrityError("PRAGMA foreign_key_check", None, problem)
