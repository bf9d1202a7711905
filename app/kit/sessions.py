"""Read and write transactions, as two types: a read route that writes does not type-check."""

import time
from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Result

#: Instructions of SQLite's virtual machine between two looks at the clock: about a millisecond.
SQLITE_STEPS_PER_CHECK = 20_000
MAX_SECONDS_PER_CHECK = 0.1


class ReadSession:
    """One read transaction: every statement in it sees the same state of the database.

    `state` identifies that state, as a key for values that are computed once per state. It is
    None until it was read from the database, and in every write transaction.
    """

    state: Hashable = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: Executable, parameters: Any = None) -> Result[*tuple[Any, ...]]:
        """Execute a statement of SQLAlchemy."""
        return self._connection.execute(statement, parameters)

    @property
    def connection(self) -> Connection:
        """The connection, for what is not a statement: schema versions, savepoints, the dialect."""
        return self._connection


class WriteSession(ReadSession):
    """One write transaction, committed when its block ends without an error."""


class Store:
    """The database: one engine for writes, and one for reads that may be a little behind.

    `primary` is the same database with all reads on the write engine, for reads that must see
    every committed write. Without a read engine the two are one. `app.api.deps` chooses between
    them for each request.

    Args:
        engine: For writes, and for reads without a read engine.
        read_engine: For reads.
        read_seconds: Seconds that the statements of a read may take; None for no limit.
    """

    primary: "Store"

    def __init__(
        self,
        engine: Engine,
        read_engine: Engine | None = None,
        read_seconds: float | None = None,
    ) -> None:
        self.engine = engine
        self.read_engine = read_engine or engine
        self.read_seconds = read_seconds
        self.primary = Store(engine, read_seconds=read_seconds) if read_engine else self
        self._writing = engine.execution_options(writing=True)

    def with_time_limit(self, read_seconds: float | None) -> "Store":
        """Return the same store with another time limit of reads, in seconds."""
        read_engine = self.read_engine if self.read_engine is not self.engine else None
        return type(self)(self.engine, read_engine, read_seconds)

    def read(self, *, unlimited: bool = False) -> "ReadTransaction":
        """Return a context manager that begins a read transaction and gives its session.

        A statement beyond the time limit fails with an OperationalError. A read of everything,
        such as an export, is `unlimited`.
        """
        return ReadTransaction(self.read_engine, None if unlimited else self.read_seconds)

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """Begin a write transaction, which waits for the one before it to end."""
        with self._writing.begin() as connection:
            yield WriteSession(connection)


class ReadOnlyStore(Store):
    """A store that is never written to, such as a release."""

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """Refuse every write: the API answers 405 before it comes to this.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a release is read-only")
        yield


class ReadTransaction:
    """Context manager of a read transaction on a pooled connection.

    The time limit is for all statements of the transaction together on SQLite, and for each one on
    PostgreSQL. Time between statements does not count.
    """

    def __init__(self, engine: Engine, seconds: float | None = None) -> None:
        self.engine, self.seconds = engine, seconds

    def __enter__(self) -> ReadSession:
        with ExitStack() as stack:
            connection = stack.enter_context(self.engine.connect())
            if connection.dialect.name == "postgresql":
                # One snapshot for all statements, in a mode that a hot standby accepts.
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            stack.enter_context(connection.begin())
            if self.seconds is not None:
                stack.enter_context(_time_limit(connection, self.seconds))
            self._stack = stack.pop_all()
        return ReadSession(connection)

    def __exit__(self, *exc_info: Any) -> None:
        self._stack.__exit__(*exc_info)


@contextmanager
def _time_limit(connection: Connection, seconds: float) -> Iterator[None]:
    """Stop the statements of a transaction that take longer."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield
        return
    driver_connection: Any = connection.connection.driver_connection
    spent, checked = 0.0, time.monotonic()

    def is_over() -> bool:
        nonlocal spent, checked
        now = time.monotonic()
        # A longer pause is time between two statements.
        spent += min(now - checked, MAX_SECONDS_PER_CHECK)
        checked = now
        return spent > seconds

    driver_connection.set_progress_handler(is_over, SQLITE_STEPS_PER_CHECK)
    try:
        yield
    finally:
        driver_connection.set_progress_handler(None, 0)
