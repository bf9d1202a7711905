"""Replicas: reads go to streaming standbys of a PostgreSQL primary, writes to the primary.

A standby replays the primary's log some time later. A writer is handed a token, the log's position
(LSN) after the write; who shows it is answered by a standby that has replayed that far, or by the
primary. A standby that is away is left alone for a while, and the primary answers.
"""

import logging
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from random import sample
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from app.kit.sessions import ReadSession, Snapshot, Store, read_only
from app.kit.tables import open_engine

TOKEN = re.compile(r"[0-9A-F]{1,8}/[0-9A-F]{1,8}")
FIRST_REST, LONGEST_REST = 0.5, 30.0  # seconds without a try, doubled from failure to failure
HERE = (
    "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
    " ELSE pg_current_wal_insert_lsn() END"
)
T = TypeVar("T")
log = logging.getLogger("kkb")


def replicated(store: Store, urls: Sequence[str], **pool: Any) -> Store:
    """The store with its reads on the standbys at some addresses; itself where there are none."""
    if urls and store.engine.dialect.name != "postgresql":
        raise ValueError("replicas are of a PostgreSQL primary: see KKB_DATABASE_URL")
    replicas = [Replica(open_engine(url, **pool)) for url in urls]
    return Replicated(store.engine, replicas) if urls else store


class Replica:
    """One standby, and whether it is worth a try."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rest = 0.0
        self.resting_until = 0.0

    def is_due(self) -> bool:
        """Whether to try it now; one reader alone finds out whether it is back."""
        now = time.monotonic()
        if now < self.resting_until:
            return False
        self.resting_until = now + self.rest
        return True

    def is_away(self, error: Exception) -> None:
        if not self.rest:
            log.warning("replica %s is away: %s", self.engine.url.host, error)
        self.rest = min(self.rest * 2 or FIRST_REST, LONGEST_REST)
        self.resting_until = time.monotonic() + self.rest

    def is_back(self) -> None:
        if self.rest:
            log.warning("replica %s is back", self.engine.url.host)
        self.rest = self.resting_until = 0.0


class Replicated(Store):
    """A store whose reads go to its replicas where they can."""

    def __init__(
        self, engine: Engine, replicas: Sequence[Replica], token: str | None = None
    ) -> None:
        super().__init__(engine)
        self.replicas, self.shown = replicas, token

    def token(self) -> str | None:
        with self.engine.connect() as connection:
            return str(connection.exec_driver_sql(f"SELECT {HERE}").scalar_one())

    def seen_by(self, token: str) -> Store:
        return Replicated(self.engine, self.replicas, token)

    def read(self) -> Snapshot:
        return Snapshot(lambda: self._replica() or self.engine.connect())

    def reading(self, work: Callable[[ReadSession], T]) -> T:
        """Once more on the primary where a standby breaks off: killed, or at odds with its log."""
        try:
            return super().reading(work)
        except OperationalError:
            return Store(self.engine).reading(work)

    def streaming(self, work: Callable[[ReadSession], Iterator[T]]) -> Generator[T]:
        """The same, as long as nothing was given yet."""
        given = False
        try:
            for part in super().streaming(work):
                given = True
                yield part
        except OperationalError:
            if given:
                raise
            yield from Store(self.engine).streaming(work)

    def _replica(self) -> Connection | None:
        """A connection to a standby that has seen what this reader has seen."""
        for replica in sample(self.replicas, len(self.replicas)):
            if not replica.is_due():
                continue
            try:
                connection = replica.engine.connect()
                if self._is_fresh(connection):
                    replica.is_back()
                    return connection
                connection.close()
            except OperationalError as error:
                replica.is_away(error)
        return None

    def _is_fresh(self, connection: Connection) -> bool:
        if self.shown is None:
            return True
        # In a transaction before the reader's own, whose snapshot then has all that this one saw.
        with read_only(connection).begin():
            sql = f"SELECT {HERE} >= CAST(%s AS pg_lsn)"
            return bool(connection.exec_driver_sql(sql, (self.shown,)).scalar_one())
