"""Revision watcher: a thread that polls the dataset revision to invalidate the cache.

It uses its own connection, so that an exhausted pool cannot block cache invalidation. On SQLite,
`PRAGMA data_version` tells cheaply whether another connection has written.
"""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from app.kit.database import open_engine
from app.kit.sessions import Store
from app.services.store.revision import DatasetRevision, current_revision

PERIOD_SECONDS = 0.025
OnRevision = Callable[[DatasetRevision | None], None]
log = logging.getLogger("kkb")


class RevisionWatcher:
    """Calls back with the revision of the store, 40 times a second and on each `poll`."""

    def __init__(self, store: Store, *callbacks: OnRevision) -> None:
        url = store.engine.url.render_as_string(hide_password=False)
        self.store, self.callbacks = Store(open_engine(url, pool_size=1)), callbacks
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._version: int | None = None
        self._revision: DatasetRevision | None = None
        self._thread = threading.Thread(target=self._run, name="kkb-watch", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread within five seconds, and close the connection."""
        self._stop.set()
        self._thread.join(5)
        self.store.engine.dispose()

    def poll(self) -> None:
        """Read the revision now; called after a write, so that it takes effect at once."""
        with self._lock:
            version = self._data_version()
            if version is None or version != self._version:
                with self.store.read() as session:
                    self._revision = current_revision(session)
                self._version = version
            for callback in self.callbacks:
                callback(self._revision)

    def _data_version(self) -> int | None:
        """Return SQLite's counter of writes by other connections; None on PostgreSQL."""
        if self.store.engine.dialect.name != "sqlite":
            return None
        connection = self.store.engine.raw_connection()
        try:
            cursor = connection.cursor()
            return int(cursor.execute("PRAGMA data_version").fetchone()[0])
        finally:
            connection.close()

    def _run(self) -> None:
        has_failed = False
        while not self._stop.wait(PERIOD_SECONDS):
            try:
                self.poll()
                has_failed = False
            except SQLAlchemyError as error:
                if not has_failed:
                    log.warning("cannot read the revision of the store: %s", error)
                has_failed = True
