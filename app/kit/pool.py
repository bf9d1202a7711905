"""A connection pool that measures waits."""

import time
from threading import Lock
from typing import Any

from sqlalchemy.pool import PoolProxiedConnection, QueuePool


class MeasuredPool(QueuePool):
    """Queue pool that counts the requests for a connection that found none free.

    `wait_seconds` is what those waited, in vain or not.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.waits, self.wait_seconds = 0, 0.0
        self._statistics_lock = Lock()

    def recreate(self) -> "MeasuredPool":
        """Return an empty pool in place of this one, as `Engine.dispose` does."""
        pool: Any = super().recreate()
        pool.waits, pool.wait_seconds = self.waits, self.wait_seconds
        return pool  # type: ignore[no-any-return]

    def connect(self) -> PoolProxiedConnection:
        """Return a connection, and measure how long it took if none was free."""
        if self.checkedout() < self.size():
            return super().connect()
        begun = time.perf_counter()
        try:
            return super().connect()
        finally:
            with self._statistics_lock:
                self.waits += 1
                self.wait_seconds += time.perf_counter() - begun
