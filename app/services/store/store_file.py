"""The files of a SQLite store: whether they are still those that the server has open.

A process that has a file open goes on reading and writing it after somebody has removed or replaced
it. What it writes then is lost when it ends.
"""

import logging
import sqlite3
from pathlib import Path

from sqlalchemy.engine import URL

from app.domain.errors import UnavailableError

log = logging.getLogger("kkb")


class StoreFile:
    """Identity of the SQLite file and of its write-ahead log (WAL).

    From `open` to `close` it holds a connection of its own, as SQLite removes the WAL when the last
    one is closed.
    """

    def __init__(self, url: URL) -> None:
        """Take the URL of a store; one that is no SQLite file is never at fault."""
        is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
        self.file = Path(str(url.database)).absolute() if is_file else None
        self._opened: dict[Path, tuple[int, int]] = {}
        self._connection: sqlite3.Connection | None = None
        self._has_logged = False

    def open(self) -> None:
        """Begin to observe the files."""
        if self.file is None or not self.file.exists():
            return
        self._connection = sqlite3.connect(self.file, timeout=1, check_same_thread=False)
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        wal = self.file.with_name(f"{self.file.name}-wal")
        for path in (self.file, wal):
            if (identity := _identity(path)) is not None:
                self._opened[path] = identity

    def fault(self) -> str | None:
        """Return what happened to a file; None if both are those that were opened.

        The log says so once, at level error.
        """
        for path, opened in self._opened.items():
            identity = _identity(path)
            if identity == opened:
                continue
            what = "removed" if identity is None else "replaced by another file"
            fault = (
                f"{path.name} was {what} while the server was running. Nothing is written until it"
                " is restarted."
            )
            if not self._has_logged:
                self._has_logged = True
                log.error("store file: %s", fault)
            return fault
        return None

    def check(self) -> None:
        """Refuse to go on with files that are not those that were opened.

        Raises:
            UnavailableError: One was removed or replaced.
        """
        if fault := self.fault():
            raise UnavailableError(fault)

    def sizes(self) -> dict[str, int]:
        """Return the bytes of the file and of the WAL, as `store` and `wal`."""
        if self.file is None:
            return {}
        paths = {"store": self.file, "wal": self.file.with_name(f"{self.file.name}-wal")}
        return {name: path.stat().st_size for name, path in paths.items() if path.exists()}

    def close(self) -> None:
        """Write the WAL into the SQLite file, so that a copy of this one file is whole.

        Call it after the connections of the process were closed. The log says so if another process
        keeps the WAL in use.
        """
        if self._connection is None:
            return
        try:
            if self.fault() is None:
                row = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if row[0]:
                    log.warning(
                        "the WAL of %s is in use by another process: copy both files, or use"
                        " `kkb backup`",
                        self.file,
                    )
                else:
                    log.info("WAL written into %s", self.file)
        except sqlite3.Error as error:
            log.warning("the WAL of %s was not written into it: %s", self.file, error)
        finally:
            self._connection.close()
            self._connection = None
            self._opened.clear()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
