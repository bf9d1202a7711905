"""What observes a store while the application runs: revision, files, replica lag, readiness."""

from app.kit.sessions import ReadOnlyStore, Store
from app.services.store.readiness import ReadinessProbe
from app.services.store.replica_lag import ReplicaLag
from app.services.store.revision_watcher import OnRevision, RevisionWatcher
from app.services.store.store_file import StoreFile


class StoreObservers:
    """The observers of a store, each with a connection of its own.

    A release, which does not change, has no revision watcher.
    """

    def __init__(self, store: Store, on_revision: OnRevision) -> None:
        self.store, self.file = store, StoreFile(store.engine.url)
        self.replica_lag = ReplicaLag(store)
        self.readiness = ReadinessProbe(store, self.file)
        self.watcher: RevisionWatcher | None = None
        if not isinstance(store, ReadOnlyStore):
            self.watcher = RevisionWatcher(
                store, on_revision, self.replica_lag.set_revision, self.readiness.note_revision
            )

    def open(self) -> None:
        """Begin to observe."""
        self.file.open()
        if self.watcher:
            self.watcher.start()

    def poll(self) -> None:
        """Read the revision now."""
        if self.watcher:
            self.watcher.poll()

    def close(self) -> None:
        """Close all connections to the store, and write SQLite's WAL into its file."""
        if self.watcher:
            self.watcher.stop()
        self.readiness.close()
        self.replica_lag.close()
        for engine in {self.store.engine, self.store.read_engine}:
            engine.dispose()
        self.file.close()
