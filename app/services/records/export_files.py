"""Finished export files, whose length is known and of which parts can be requested."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from cachetools import LRUCache


class ExportFileTooLargeError(Exception):
    """The file would have more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the file has more than {limit} bytes")


class ExportFile:
    """A finished file in the system's temporary folder, deleted with the last reference to it.

    `records` is the number of records in it.
    """

    def __init__(self, records: int) -> None:
        self.records = records
        self._file = tempfile.NamedTemporaryFile(prefix="kkb-export-")  # noqa: SIM115
        self.path, self.size = Path(self._file.name), 0

    def write(self, chunk: bytes) -> None:
        """Append bytes."""
        self.size += self._file.write(chunk)

    def finish(self) -> None:
        """Make everything written visible to readers of the path."""
        self._file.flush()


class ExportFileCache:
    """The files of recent exports, by their ETag: the ranges of one file are read from one file.

    Args:
        limit: Maximum size of a file, and of all files together, in bytes. A file that is being
            sent or written is stored besides.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        #: Held while a file is written: one at a time, so that their disk space is bounded.
        self.writing = Lock()
        self._files: LRUCache[str, ExportFile] = LRUCache(limit, getsizeof=lambda file: file.size)
        self._lock = Lock()

    def get(self, etag: str) -> ExportFile | None:
        """Return the file of an ETag, if there is one."""
        with self._lock:
            return self._files.get(etag)

    def add(self, etag: str, chunks: Iterable[bytes], records: int) -> ExportFile:
        """Write a file of some records and keep it.

        Raises:
            ExportFileTooLargeError: It has more than `limit` bytes.
            OSError: The temporary folder is full, or cannot be written.
        """
        file = ExportFile(records)
        for chunk in chunks:
            if file.size + len(chunk) > self.limit:
                raise ExportFileTooLargeError(self.limit)
            file.write(chunk)
        file.finish()
        with self._lock:
            self._files[etag] = file
        return file
