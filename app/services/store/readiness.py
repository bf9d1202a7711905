"""Readiness: whether the database answers reads, on a connection of its own."""

import math
import time

from anyio import CapacityLimiter, move_on_after
from anyio.to_thread import run_sync

from app.domain.errors import UnavailableError
from app.kit.database import open_engine
from app.kit.sessions import ReadOnlyStore, Store
from app.services.store.revision import DatasetRevision, current_revision
from app.services.store.store_file import StoreFile

#: Seconds that a check waits for the database.
MAX_WAIT_SECONDS = 0.08
#: Seconds for which a database that has answered counts as available: a busy node is no broken one.
MAX_SILENCE_SECONDS = 2.0


class ReadinessProbe:
    """Looks whether the store can be read, outside of the pool and of the worker threads.

    Neither slow queries nor a full pool delay it, and a database that hangs does not hang it.
    """

    def __init__(self, store: Store, store_file: StoreFile) -> None:
        self.store, self.store_file = store, store_file
        if not isinstance(store, ReadOnlyStore):
            url = store.read_engine.url.render_as_string(hide_password=False)
            self.store = Store(open_engine(url, pool_size=1))
        self._one_at_a_time = CapacityLimiter(1)
        self._answered_at = -math.inf

    def note_revision(self, revision: DatasetRevision | None) -> None:
        """Note that the database has answered, with None if it is empty."""
        if revision is not None:
            self._answered_at = time.monotonic()

    async def check(self) -> None:
        """Look at the files of the store, and read the revision.

        Raises:
            UnavailableError: A file was removed or replaced, or the database does not answer in
                time, or it holds no dataset.
            DBAPIError: The database cannot be read.
        """
        self.store_file.check()
        revision = None
        with move_on_after(MAX_WAIT_SECONDS) as scope:
            revision = await run_sync(
                self._revision, limiter=self._one_at_a_time, abandon_on_cancel=True
            )
        if scope.cancelled_caught:
            if time.monotonic() - self._answered_at < MAX_SILENCE_SECONDS:
                return
            raise UnavailableError(
                f"The database has not answered within {MAX_WAIT_SECONDS * 1000:g} ms, nor anybody"
                f" else for {MAX_SILENCE_SECONDS:g} s."
            )
        if revision is None:
            raise UnavailableError("The database is empty: run `kkb load`.")

    def close(self) -> None:
        """Close the connection."""
        if not isinstance(self.store, ReadOnlyStore):
            self.store.engine.dispose()

    def _revision(self) -> DatasetRevision | None:
        with self.store.read() as session:
            revision = current_revision(session)
        self.note_revision(revision)  # also where the check no longer waits for it
        return revision
