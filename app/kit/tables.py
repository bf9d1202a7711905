"""Table building: the declarative base, portable column types, engines."""

import sqlite3
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Enum, MetaData, String, Text, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Byte order on both stores, so that a page on PostgreSQL ends where it ends on SQLite.
Words = Text().with_variant(Text(collation="C"), "postgresql")
Key = String(200).with_variant(String(200, collation="C"), "postgresql")


class Base(DeclarativeBase):
    """The project's tables; constraints are named so that a migration can find them."""

    metadata = MetaData(naming_convention=NAMING)


def vocabulary(values: type[StrEnum]) -> Enum:
    """A column type for a closed vocabulary: stored by value, wide enough for values to come."""

    def stored() -> Enum:
        return Enum(
            values,
            native_enum=False,
            create_constraint=False,
            length=60,
            values_callable=lambda kind: [member.value for member in kind],
        )

    in_byte_order = stored()
    in_byte_order.collation = "C"
    return stored().with_variant(in_byte_order, "postgresql")


def restart_keys(connection: Connection, table: str) -> None:
    """Let new keys follow those that were written by hand, as they do by themselves on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )


def open_engine(url: str, *, pool_size: int = 10, pool_timeout: float = 2.0) -> Engine:
    """An engine with this project's rules: foreign keys on, WAL, explicit transactions.

    SQLite's driver would begin transactions by itself, and late; here every transaction starts
    with BEGIN, and one that means to write starts with BEGIN IMMEDIATE, so that two writers
    queue instead of losing an update.
    """
    location = make_url(url)
    if location.get_backend_name() != "sqlite":
        return create_engine(
            location, pool_size=pool_size, pool_timeout=pool_timeout, pool_pre_ping=True
        )
    memory = location.database in (None, "", ":memory:")
    options: dict[str, Any] = {} if memory else {"pool_size": pool_size}
    engine = create_engine(location, connect_args={"timeout": 10.0}, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


WRITERS = 7_207_112  # any number: the one lock that all writers of this project take


def take_turn(connection: Connection) -> None:
    """One writer at a time on PostgreSQL too, as BEGIN IMMEDIATE has it on SQLite.

    Curators write seldom; in return, nothing that a write has read can move before it commits.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


def trouble(error: DBAPIError) -> str:
    """Why the store did not do it: full, read-only, or busy (which is away, too)."""
    if isinstance(error.orig, sqlite3.Error):
        name = getattr(error.orig, "sqlite_errorname", "")
        return "full" if name == "SQLITE_FULL" else "read-only" if "READONLY" in name else "busy"
    return {"53100": "full", "25006": "read-only"}.get(getattr(error.orig, "sqlstate", ""), "busy")


def broken_rule(error: DBAPIError) -> tuple[str, str | None]:
    """Which rule of the database was broken: unique, check or other, and its name if it has one."""
    if isinstance(error.orig, sqlite3.Error):
        words, _, name = str(error.orig).partition(" constraint failed")
        kind = {"UNIQUE": "unique", "CHECK": "check"}.get(words, "other")
        return kind, name.removeprefix(": ") or None
    kind = {"23505": "unique", "23514": "check"}.get(getattr(error.orig, "sqlstate", ""), "other")
    return kind, getattr(getattr(error.orig, "diag", None), "constraint_name", None)
