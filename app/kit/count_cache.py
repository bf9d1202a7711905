"""Cache of totals and facet counts."""

from collections.abc import Callable, Hashable
from threading import Lock
from time import perf_counter
from typing import Any, TypeVar

from cachetools import LRUCache, cachedmethod

from app.kit.sessions import ReadSession

T = TypeVar("T")
#: Rows that were read in less time are read again; with the shipped dataset, all are.
SLOW_SECONDS = 0.02
#: A key, with the filters that it names, takes the memory of so many counts.
KEY_SIZE = 10


class CountCache:
    """LRU cache of totals and facet counts, by the state of the store that they were counted in.

    A session without a state is not cached. `max_values` bounds the number of counts held;
    a key counts as ten.
    """

    def __init__(self, max_values: int = 100_000) -> None:
        self._counts: LRUCache[Hashable, Any] = LRUCache(max_values, getsizeof=_size)
        self._lock = Lock()

    def get_or_compute(self, session: ReadSession, key: Hashable, count: Callable[[], T]) -> T:
        """Return the cached counts of a key in the session's state; else those of `count()`."""
        return count() if session.state is None else self._cached(session.state, key, count)

    def get_or_compute_rows(
        self, session: ReadSession, key: Hashable, compute: Callable[[], list[T]]
    ) -> list[T]:
        """Return the cached rows of a key in the session's state; else those of `compute()`.

        Only rows that took `SLOW_SECONDS` are cached: quick ones are not worth their memory.
        """
        if session.state is None:
            return compute()
        with self._lock:
            cached: list[T] | None = self._counts.get((session.state, key))
        if cached is not None:
            return cached
        begun = perf_counter()
        rows = compute()
        if perf_counter() - begun >= SLOW_SECONDS and _size(rows) <= self._counts.maxsize:
            with self._lock:
                self._counts[session.state, key] = rows
        return rows

    @cachedmethod(
        lambda self: self._counts,
        key=lambda _self, state, key, _count: (state, key),
        lock=lambda self: self._lock,
    )
    def _cached(self, _state: Hashable, _key: Hashable, count: Callable[[], T]) -> T:
        return count()


def _size(counts: Any) -> int:
    return KEY_SIZE + (len(counts) if isinstance(counts, list) else 1)
