"""Read-only store, for releases."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.kit.sessions import Store, WriteSession


class ReadOnlyStore(Store):
    """Read as any other; a write is a fault of ours."""

    @contextmanager
    def write(self) -> Iterator[WriteSession]:
        raise TypeError("a release is not written to")
        yield
