"""The store's life: open it, bring it to head, fill it where it is empty, say where it stands."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from app import models as m
from app.kit.prepared import Prepared
from app.kit.sessions import ReadSession, Store
from app.kit.tables import open_engine
from app.resources import RESOURCES
from app.services import following, loading, schema
from app.services.bulk import filling
from app.services.edits import Progress
from app.services.filling import Source

_STANDING = Prepared(lambda: select(m.Dataset.revision, m.Dataset.digest, m.Dataset.release))


@dataclass(frozen=True)
class Standing:
    """What the store holds: every ETag and every citation hangs on it."""

    revision: int
    digest: str
    release: str


def open_store(url: str, *, pool_size: int = 10, pool_timeout: float = 2.0) -> Store:
    return Store(open_engine(url, pool_size=pool_size, pool_timeout=pool_timeout))


def is_there(url: str) -> bool:
    """Whether there is a store to open: a SQLite file that is not there would be made, empty."""
    where = make_url(url)
    file = where.database if where.get_backend_name() == "sqlite" else None
    return file in (None, "", ":memory:") or Path(str(file)).exists()


def bring_to_head(store: Store) -> None:
    """Migrate where the schema is behind, and write what follows from the tables where it is not.

    A store at head is not written to.
    """
    with store.read() as session:
        if schema.version(session) == schema.head() and is_ready(session):
            return
    with store.write() as session:
        schema.migrate(session)
        if not is_ready(session):
            following.rebuild(session)


def is_ready(session: ReadSession) -> bool:
    """Whether documents and search are those that this version would write."""
    return loading.loaded_digest(session) is None or following.is_current(session)


def is_empty(store: Store) -> bool:
    with store.read() as session:
        return loading.loaded_digest(session) is None


def load(
    store: Store, source: Source, progress: Progress | None = None, *, replace: bool = False
) -> bool:
    """Bring the store to what a source holds; an empty one the quick way."""
    opened = filling(store) if is_empty(store) else store.write()
    with opened as session:
        return loading.load(session, source, progress, replace=replace)


def standing(session: ReadSession) -> Standing | None:
    """One cheap statement; None where nothing was loaded yet."""
    rows = _STANDING.rows(session)
    return Standing(*rows[0]) if rows else None


def counts(session: ReadSession) -> dict[str, int]:
    """Records per collection."""
    rows = session.execute(select(m.Record.type, func.count()).group_by(m.Record.type))
    found = {row[0]: row[1] for row in rows}
    return {name: found.get(r.kind, 0) for name, r in RESOURCES.items()}
