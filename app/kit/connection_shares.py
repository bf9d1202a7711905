"""Shares of a connection pool: reads of one kind leave connections for those of another."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from threading import BoundedSemaphore

from sqlalchemy import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool


class ReadKind(Enum):
    """How long a read may hold its connection."""

    #: Of one record, for some milliseconds. It may take any connection.
    SHORT = "short"
    #: Of a list, a page, a search, and all others, up to the time limit.
    USUAL = "usual"
    #: Of everything, for as long as the client reads.
    EXPORT = "export"


class ConnectionShares:
    """How many connections of an engine's pool reads of each kind may hold at once.

    On PostgreSQL half of them serve usual reads, and on SQLite a third: it works in this process,
    where more reads at once are not faster, and delay the short ones. Exports have a fifth, and on
    SQLite a tenth. A pool of fewer than five is not divided.
    """

    def __init__(self, engine: Engine) -> None:
        """Divide the pool of an engine."""
        self._free: dict[ReadKind, BoundedSemaphore] = {}
        self._seconds, self._engine = 0.0, engine
        #: Until when no read is nonblocking, as one of them took long; by `time.monotonic`.
        self.nonblocking_paused_until = 0.0
        pool = engine.pool
        if isinstance(pool, QueuePool) and pool.size() >= 5:
            usual, exports = (3, 10) if engine.dialect.name == "sqlite" else (2, 5)
            self._seconds = pool.timeout()
            self._free = {
                ReadKind.USUAL: BoundedSemaphore(pool.size() // usual),
                ReadKind.EXPORT: BoundedSemaphore(max(1, pool.size() // exports)),
            }

    @contextmanager
    def hold(self, kind: ReadKind, *, wait: bool = True) -> Iterator[None]:
        """Hold a connection of the share of a kind, as soon as one is free.

        Raises:
            sqlalchemy.exc.TimeoutError: None is, within the timeout of the pool; without `wait`,
                none is free now, neither of the share nor of the pool.
        """
        seconds = self._seconds if wait else 0.0
        pool = self._engine.pool
        if not wait and isinstance(pool, QueuePool) and pool.checkedout() >= pool.size():
            raise PoolTimeoutError("no connection is free")
        free = self._free.get(kind)
        if free is None:
            yield
            return
        if not free.acquire(timeout=seconds):
            raise PoolTimeoutError(
                f"no connection for reads of the kind {kind.value} within {seconds:g} s"
            )
        try:
            yield
        finally:
            free.release()
