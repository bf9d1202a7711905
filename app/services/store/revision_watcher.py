"""Revision watcher: a thread that polls the dataset revision to invalidate the cache.

It has a connection of its own: a busy pool must not make the memory blind. SQLite tells for next
to nothing whether any other connection has written (`PRAGMA data_version`).
"""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from app.kit.database import open_engine
from app.kit.sessions import Store
from app.services.store.revision import DatasetRevision, current_revision

PERIOD_SECONDS = 0.025
See = Callable[[DatasetRevision | None], None]
log = logging.getLogger("kkb")


class RevisionWatcher:
    """Tells `on_revision` where the store stands, forty times a second, and at once when asked."""

    def __init__(self, store: Store, on_revision: See) -> None:
        url = store.engine.url.render_as_string(hide_password=False)
        self.store, self.on_revision = Store(open_engine(url, pool_size=1)), on_revision
        self._stop = threading.Event()
        self._looking = threading.Lock()
        self._version: int | None = None
        self._standing: DatasetRevision | None = None
        self._thread = threading.Thread(target=self._run, name="kkb-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(5)
        self.store.engine.dispose()

    def poll(self) -> None:
        """Look now: who has just written calls this, and sees its own write."""
        with self._looking:
            version = self._data_version()
            if version is None or version != self._version:
                with self.store.read() as session:
                    self._standing = current_revision(session)
                self._version = version
            self.on_revision(self._standing)

    def _data_version(self) -> int | None:
        """SQLite's count of what other connections wrote; None where there is no such thing."""
        if self.store.engine.dialect.name != "sqlite":
            return None
        connection = self.store.engine.raw_connection()
        try:
            cursor = connection.cursor()
            return int(cursor.execute("PRAGMA data_version").fetchone()[0])
        finally:
            connection.close()

    def _run(self) -> None:
        away = False
        while not self._stop.wait(PERIOD_SECONDS):
            try:
                self.poll()
                away = False
            except SQLAlchemyError as error:
                if not away:
                    log.warning("cannot see where the store stands: %s", error)
                away = True
