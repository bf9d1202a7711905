"""Database basics: declarative base, portable column types, engines, error classification."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from app.kit.pool import MeasuredPool
from app.kit.running_statements import track_statements

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Byte order on both stores, so that a page on PostgreSQL ends where it ends on SQLite.
ByteOrderText = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Name = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
ByteOrderSlug = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")


class Base(DeclarativeBase):
    """Declarative base of all tables; its naming convention lets migrations address constraints."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)


# libpq, seconds and milliseconds: an unreachable server is an error within two seconds (on Linux).
FAIL_FAST_OPTIONS = {"connect_timeout": 2, "tcp_user_timeout": 2000}
#: Compiled statements that an engine holds, each of about 50 kB (docs/decisions/0025); it drops the
#: oldest when there are half as many more. SQLAlchemy's default is 500.
COMPILED_STATEMENTS = 100
#: kB of pages of a SQLite file that a connection holds, SQLite's default: with less, reads that
#: sort would need temporary files. Loads and upgrades change most pages (docs/decisions/0025).
PAGE_CACHE_KB, BULK_PAGE_CACHE_KB = 2_000, 256_000
WRITER_LOCK_ID = 0x6B6B62  # the advisory lock of this project's writers: "kkb"


@cache
def enum_column(values: type[StrEnum]) -> sa.Enum:
    """Return a column type for a closed vocabulary: VARCHAR(60) that holds the value of a member.

    There is no CHECK on the values: a new member needs no migration.
    """

    def column_type() -> sa.Enum:
        return sa.Enum(
            values,
            native_enum=False,
            create_constraint=False,
            length=60,
            values_callable=lambda enum: [member.value for member in enum],
        )

    in_byte_order = column_type()
    in_byte_order.collation = "C"
    return column_type().with_variant(in_byte_order, "postgresql")


def partial_index(
    name: str | None,
    *columns: Any,
    where: sa.ColumnElement[bool] | sa.TextClause,
    unique: bool = False,
) -> sa.Index:
    """Declare an index of the rows that meet a condition.

    The migration creates it with the same condition on both databases. Here, `postgresql_where`
    would import PostgreSQL's dialect in each process (docs/decisions/0025).
    """
    return sa.Index(name, *columns, unique=unique, sqlite_where=where)


def as_bytes(connection: Connection, text: Any) -> Any:
    """Return a text column as UTF-8 bytes, which saves decoding and encoding it on the way out."""
    postgresql = connection.dialect.name == "postgresql"
    return sa.func.convert_to(text, "UTF8") if postgresql else text.cast(sa.LargeBinary)


def list_parameter(dialect: str, name: str, item_type: type) -> Any:
    """Return a SELECT of the members of a list that is one bind parameter, for `in_`.

    Args:
        dialect: `sqlite` or `postgresql`.
        name: Name of the parameter.
        item_type: Type of the members: int, or str.
    """
    array = f"unnest(CAST(:{name} AS {'bigint' if item_type is int else 'text'}[]))"
    members = array if dialect == "postgresql" else f"value FROM json_each(:{name})"
    return sa.text(f"SELECT {members}").bindparams(**{name: None})


def bind_list(dialect: str, values: list[Any]) -> Any:
    """Return the value of such a parameter as the driver takes it: a list, or JSON for SQLite."""
    return values if dialect == "postgresql" else to_json(values).decode()


@contextmanager
def bulk_page_cache(connection: Connection) -> Iterator[None]:
    """Let a connection hold more pages of a SQLite file while it changes most of them.

    After an error the connection keeps them: it may be of no more use.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{BULK_PAGE_CACHE_KB}")
    yield
    if is_sqlite:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{PAGE_CACHE_KB}")


def reset_sequence(connection: Connection, table: str) -> None:
    """Let the next id of a table follow the largest one, after rows were written with their ids.

    SQLite does so by itself.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )


def open_engine(
    url: str, *, pool_size: int = 10, pool_timeout: float = 2.0, pool_recycle: int = -1
) -> sa.Engine:
    """Create an engine with a bounded pool, and writers that queue.

    Two transactions that mean to write never run at once, on either store, so that no update is
    lost; a writer that waits longer than ten seconds fails. `pool_timeout` and `pool_recycle` are
    seconds; a connection to PostgreSQL is tested before each use and replaced if it is dead.
    """
    location = make_url(url)
    pool: dict[str, Any] = {
        "poolclass": MeasuredPool,
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": pool_timeout,
        "pool_recycle": pool_recycle,
    }
    if location.get_backend_name() == "sqlite":
        return _open_sqlite(location, pool)
    engine = sa.create_engine(
        location,
        pool_pre_ping=True,
        connect_args=FAIL_FAST_OPTIONS,
        query_cache_size=COMPILED_STATEMENTS,
        **pool,
    )
    track_statements(engine)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writing", False):
            # After a read transaction psycopg would send BEGIN READ WRITE, which a hot standby
            # refuses. None leaves it to the server.
            connection.connection.dbapi_connection.read_only = None  # type: ignore[union-attr]
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK_ID})")

    return engine


def _open_sqlite(location: URL, pool: dict[str, Any]) -> sa.Engine:
    """Create an engine on SQLite with foreign keys, WAL and explicit transactions.

    By default the driver begins a transaction at the first write, so that reads before it see other
    states. Here every transaction starts with BEGIN, a write transaction with BEGIN IMMEDIATE.
    """
    memory = location.database in (None, "", ":memory:")
    engine = sa.create_engine(
        location,
        connect_args={"timeout": 10.0},
        query_cache_size=COMPILED_STATEMENTS,
        **({} if memory else pool),
    )
    track_statements(engine)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # what is acknowledged outlives a power cut

    sa.event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        begin_read(connection)


def begin_read(connection: Connection) -> None:
    """Begin a read transaction on SQLite, unless one has begun.

    On the driver, without SQLAlchemy's transaction and events: BEGIN takes no lock and cannot fail.
    """
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        driver.execute("BEGIN")


def immutable_connection(file: Path) -> sqlite3.Connection:
    """Connect to a SQLite file that is never written to: without locks, -wal and -shm files."""
    address = f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)


def open_immutable(file: Path, *, pool_size: int = 10, pool_timeout: float = 2.0) -> sa.Engine:
    """Create an engine on a SQLite file that is never written to. `pool_timeout` is in seconds."""
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: immutable_connection(file),
        query_cache_size=COMPILED_STATEMENTS,
        poolclass=MeasuredPool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_timeout,
    )
    track_statements(engine)
    sa.event.listen(engine, "begin", _begin)
    return engine


def failure_reason(error: DBAPIError) -> str:
    """Return why a statement failed: `full`, `read-only`, `slow`, or `busy` (also unreachable).

    PostgreSQL: SQLSTATE 53100 is disk_full, 25006 is read_only_sql_transaction, 57014 is
    query_canceled.
    """
    if isinstance(error.orig, sqlite3.Error):
        name = getattr(error.orig, "sqlite_errorname", "")
        if "READONLY" in name:
            return "read-only"
        return {"SQLITE_FULL": "full", "SQLITE_INTERRUPT": "slow"}.get(name, "busy")
    reasons = {"53100": "full", "25006": "read-only", "57014": "slow"}
    return reasons.get(getattr(error.orig, "sqlstate", ""), "busy")


def violated_constraint(error: DBAPIError) -> tuple[str, str | None]:
    """Return the violated constraint: its kind (unique, check or other), and its name, if known.

    PostgreSQL: SQLSTATE 23505 is unique_violation, 23514 is check_violation.
    """
    if isinstance(error.orig, sqlite3.Error):
        kind_text, _, name = str(error.orig).partition(" constraint failed")
        kind = {"UNIQUE": "unique", "CHECK": "check"}.get(kind_text, "other")
        return kind, name.removeprefix(": ") or None
    kind = {"23505": "unique", "23514": "check"}.get(getattr(error.orig, "sqlstate", ""), "other")
    return kind, getattr(getattr(error.orig, "diag", None), "constraint_name", None)
