"""Read and write transactions, as two types: a read route that writes does not type-check."""

import resource
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Result
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.kit.connection_shares import ConnectionShares, ReadKind
from app.kit.database import begin_read, failure_reason

#: Instructions of SQLite's virtual machine between two looks at the clock: about a millisecond.
SQLITE_STEPS_PER_CHECK = 20_000
MAX_SECONDS_PER_CHECK = 0.1
#: Seconds after which PostgreSQL ends a transaction that has no statement running; an export waits
#: for its client between two of them.
IDLE_SECONDS, EXPORT_IDLE_SECONDS = 30, 300
#: Seconds that the request to cancel a statement may take.
CANCEL_SECONDS = 2.0
#: Seconds that the statements of a read may hold up the event loop.
NONBLOCKING_SECONDS = 0.005
#: Seconds of such a read from which a disk that it read from is slow, which no limit of statements
#: stops; and for how long all reads go to threads then.
SLOW_SECONDS, PAUSE_SECONDS = 0.02, 1.0


class Cancellation:
    """Stops the statements of the reads that began in its context (`CANCELLATION`).

    `cancel` may be called from any thread. It stops the statements that run at that moment, and on
    SQLite all later ones.
    """

    def __init__(self) -> None:
        self.cancelled = False
        self._running: list[Callable[[], None]] = []
        self._lock = Lock()

    def cancel(self) -> None:
        """Stop the statements that run; each fails with an OperationalError."""
        self.cancelled = True
        with self._lock:  # a transaction that ends waits, so that no later one is hit
            for stop in self._running:
                stop()

    @contextmanager
    def stops(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop` when this is cancelled within the block."""
        with self._lock:
            self._running.append(stop)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(stop)


class WouldBlockError(Exception):
    """A read of `Store.nonblocking` found no free connection, or took too long: use a thread."""


CANCELLATION: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


@dataclass(frozen=True)
class ThreadUsage:
    """What this thread has used until some moment; outside Linux the disk reads of the process."""

    cpu_seconds: float
    disk_reads: int

    @classmethod
    def until_now(cls) -> "ThreadUsage":
        """Return what this thread has used by now."""
        usage = resource.getrusage(getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF))
        return cls(usage.ru_utime + usage.ru_stime, usage.ru_inblock)

    def has_read_disk_since(self) -> bool:
        """Return whether the thread has read from a disk since, and not only cached pages."""
        return ThreadUsage.until_now().disk_reads > self.disk_reads

    def has_computed_since(self, seconds: float) -> bool:
        """Return whether the thread has used more CPU time than this since."""
        return ThreadUsage.until_now().cpu_seconds - self.cpu_seconds > seconds


@dataclass
class TimeLimit:
    """Seconds that the statements of a transaction may take; None for no limit.

    With `usage_before`, the thread's usage before the transaction, time in which the thread neither
    computed nor read from a disk does not count: it only shared its core.
    """

    seconds: float | None = None
    usage_before: ThreadUsage | None = None

    def is_exceeded(self, spent: float) -> bool:
        """Return whether statements that have taken `spent` seconds have to stop."""
        if self.seconds is None or spent <= self.seconds:
            return False
        before = self.usage_before
        return (
            before is None
            or before.has_computed_since(self.seconds)
            or before.has_read_disk_since()
        )


class ReadSession:
    """One read transaction: every statement in it sees the same state of the database.

    `state` identifies that state, as a key for values that are computed once per state. It is
    None until it was read from the database, and in every write transaction.
    """

    state: Hashable = None

    def __init__(self, connection: Connection, limit: TimeLimit | None = None) -> None:
        self._connection, self._limit = connection, limit or TimeLimit()

    def execute(self, statement: Executable, parameters: Any = None) -> Result[*tuple[Any, ...]]:
        """Execute a statement of SQLAlchemy."""
        return self._connection.execute(statement, parameters)

    @property
    def connection(self) -> Connection:
        """The connection, for what is not a statement: schema versions, savepoints, the dialect."""
        return self._connection

    @contextmanager
    def without_time_limit(self) -> Iterator[None]:
        """Lift the time limit, for what many requests wait for and only one reads.

        An error in the block ends the transaction on PostgreSQL: the limit stays lifted then.
        """
        seconds, self._limit.seconds = self._limit.seconds, None
        if seconds is not None and self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql(_statement_timeout(0))
        yield
        if seconds is not None and self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql(_statement_timeout(seconds))
        self._limit.seconds = seconds


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
        shares: Shares of the connections for reads; by default those of the pool.
        blocking: Whether a read waits for a connection, and fails as one that took too long.
            Otherwise it raises `WouldBlockError` in both cases.
    """

    primary: "Store"

    def __init__(
        self,
        engine: Engine,
        read_engine: Engine | None = None,
        read_seconds: float | None = None,
        shares: ConnectionShares | None = None,
        *,
        blocking: bool = True,
    ) -> None:
        self.engine, self.blocking = engine, blocking
        self.read_engine = read_engine or engine
        self.read_seconds = read_seconds
        self.shares = shares or ConnectionShares(self.read_engine)
        self.primary = type(self)(engine, read_seconds=read_seconds) if read_engine else self
        self._writing = engine.execution_options(writing=True)

    def with_time_limit(self, read_seconds: float | None) -> "Store":
        """Return the same store with another time limit of reads, in seconds."""
        read_engine = self.read_engine if self.read_engine is not self.engine else None
        return type(self)(self.engine, read_engine, read_seconds, self.shares)

    @property
    def nonblocking(self) -> "Store | None":
        """The same store for reads in the event loop, which end soon or raise `WouldBlockError`.

        None on PostgreSQL, where each statement waits for another process, and for a second after a
        read that took too long.
        """
        is_paused = time.monotonic() < self.shares.nonblocking_paused_until
        return None if is_paused else self._nonblocking

    @cached_property
    def _nonblocking(self) -> "Store | None":
        if self.read_engine.dialect.name != "sqlite":
            return None
        read_engine = self.read_engine if self.read_engine is not self.engine else None
        return type(self)(
            self.engine, read_engine, NONBLOCKING_SECONDS, self.shares, blocking=False
        )

    @contextmanager
    def read(self, kind: ReadKind = ReadKind.USUAL) -> Iterator[ReadSession]:
        """Begin a read transaction on a pooled connection.

        The time limit is for all statements of the transaction together on SQLite, and for each one
        on PostgreSQL. Time between statements does not count. A statement beyond it fails with an
        OperationalError. Exports have no limit. `CANCELLATION` stops statements as well.
        """
        usage_before = None if self.blocking else ThreadUsage.until_now()
        limit = TimeLimit(None if kind is ReadKind.EXPORT else self.read_seconds, usage_before)
        begun = time.monotonic()
        try:
            with (
                self.shares.hold(kind, wait=self.blocking),
                self.read_engine.connect() as connection,
            ):
                if connection.dialect.name == "sqlite":
                    # The pool ends the transaction: it rolls back each connection that it gets.
                    begin_read(connection)
                    with _sqlite_limits(connection, limit, CANCELLATION.get()):
                        yield ReadSession(connection, limit)
                    return
                # One snapshot for all statements, in a mode that a hot standby accepts.
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
                with (
                    connection.begin(),
                    _postgresql_limits(connection, limit, CANCELLATION.get()),
                ):
                    yield ReadSession(connection, limit)
        except (DBAPIError, PoolTimeoutError) as error:
            if self.blocking or (isinstance(error, DBAPIError) and failure_reason(error) != "slow"):
                raise
            raise WouldBlockError from error
        finally:
            if (
                usage_before is not None
                and (now := time.monotonic()) - begun > SLOW_SECONDS
                # One that only shared its core would be no faster in a thread.
                and usage_before.has_read_disk_since()
            ):
                self.shares.nonblocking_paused_until = now + PAUSE_SECONDS

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        """Begin a write transaction, which waits for the one before it to end."""
        with self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(_idle_timeout(IDLE_SECONDS))
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


@contextmanager
def _postgresql_limits(
    connection: Connection, limit: TimeLimit, cancellation: Cancellation | None
) -> Iterator[None]:
    """Stop statements that take longer, or that nobody waits for."""
    settings = _idle_timeout(EXPORT_IDLE_SECONDS if limit.seconds is None else IDLE_SECONDS)
    if limit.seconds is not None:
        settings += f"; {_statement_timeout(limit.seconds)}"
    connection.exec_driver_sql(settings)
    if cancellation is None:
        yield
        return
    driver_connection: Any = connection.connection.driver_connection
    with cancellation.stops(lambda: driver_connection.cancel_safe(timeout=CANCEL_SECONDS)):
        yield


def _statement_timeout(seconds: float) -> str:
    return f"SET LOCAL statement_timeout = {int(seconds * 1000)}"


def _idle_timeout(seconds: int) -> str:
    return f"SET LOCAL idle_in_transaction_session_timeout = '{seconds}s'"


@contextmanager
def _sqlite_limits(
    connection: Connection, limit: TimeLimit, cancellation: Cancellation | None
) -> Iterator[None]:
    """Stop statements beyond the time limit, or that nobody waits for."""
    if limit.seconds is None and cancellation is None:
        yield
        return
    driver_connection: Any = connection.connection.driver_connection
    spent, checked = 0.0, time.monotonic()

    def is_over() -> bool:
        nonlocal spent, checked
        if cancellation is not None and cancellation.cancelled:
            return True
        now = time.monotonic()
        if limit.seconds is not None:
            # A longer pause is time between two statements.
            spent += min(now - checked, MAX_SECONDS_PER_CHECK)
        checked = now
        return limit.is_exceeded(spent)

    driver_connection.set_progress_handler(is_over, SQLITE_STEPS_PER_CHECK)
    try:
        yield
    finally:
        driver_connection.set_progress_handler(None, 0)
