"""How far the database for reads is behind the primary."""

import math
import time
from collections import deque

from sqlalchemy.exc import SQLAlchemyError

from app.kit.database import open_engine
from app.kit.sessions import Store
from app.services.store.revision import DatasetRevision, current_revision

MAX_REVISIONS = 1000


class ReplicaLag:
    """Compares the revision of the read replica with the recent ones of the primary.

    It reads on a connection of its own, so that a full pool does not delay it.
    """

    def __init__(self, store: Store) -> None:
        #: When the primary moved on to each of its latest revisions.
        self._moves: deque[tuple[float, int]] = deque(maxlen=MAX_REVISIONS)
        self._replica = None
        if store.read_engine is not store.engine:
            url = store.read_engine.url.render_as_string(hide_password=False)
            self._replica = Store(open_engine(url, pool_size=1))

    def set_revision(self, revision: DatasetRevision | None) -> None:
        """Note the revision of the primary; may be called from any thread."""
        number = revision.revision if revision else 0
        if not self._moves or self._moves[-1][1] != number:
            self._moves.append((time.monotonic(), number))

    def seconds(self) -> float:
        """Return since when the primary has a revision that the replica lacks.

        0 without a replica, infinity if it does not answer.
        """
        if self._replica is None:
            return 0.0
        try:
            with self._replica.read() as session:
                revision = current_revision(session)
        except SQLAlchemyError:
            return math.inf
        number = revision.revision if revision else 0
        missed = (moment for moment, moved_to in tuple(self._moves) if moved_to > number)
        since = next(missed, None)
        return 0.0 if since is None else time.monotonic() - since

    def close(self) -> None:
        """Close the connection."""
        if self._replica is not None:
            self._replica.engine.dispose()
