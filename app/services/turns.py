"""Turns: how exports, which take long, and pages, which shall not, share one process."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


class Turns:
    """Exports beside pages, which are read at the same time and go first.

    While an export runs, threads take turns every half a millisecond, not every five: whoever asks
    for a page waits for the export at each hop between threads. At all other times turns so short
    would only cost: a fifth of a page. Between its own turns an export waits for pages, a little.
    """

    SHORT, LONGEST_WAIT = 0.0005, 0.008

    def __init__(self) -> None:
        self._lock, self._running, self._usual = Lock(), 0, 0.0
        self._pages = 0

    @contextmanager
    def short(self) -> Iterator[None]:
        with self._lock:
            if not self._running:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(self.SHORT)
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                if not self._running:
                    sys.setswitchinterval(self._usual)

    @contextmanager
    def page(self) -> Iterator[None]:
        """A page is being read."""
        with self._lock:
            self._pages += 1
        try:
            yield
        finally:
            with self._lock:
                self._pages -= 1

    def taken(self, chunks: Iterator[T]) -> Iterator[T]:
        """The same chunks; between two of them pages go first, for some milliseconds at most."""
        for chunk in chunks:
            yield chunk
            until = time.monotonic() + self.LONGEST_WAIT
            while self._pages and time.monotonic() < until:
                time.sleep(self.SHORT / 2)


TURNS = Turns()
