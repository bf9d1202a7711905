"""Open a store, migrate it, and load the dataset into an empty one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from app import models as m
from app.kit.database import open_engine
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession, Store
from app.resources import RESOURCES
from app.services.dataset import load as dataset_load
from app.services.dataset.load import Source
from app.services.records import read_models
from app.services.records.edits import Progress
from app.services.store import migrations

READ_RECYCLE_SECONDS = 60
_STANDING = PreparedStatement(
    lambda: select(
        m.Dataset.revision,
        m.Dataset.digest,
        m.Dataset.release,
        m.Dataset.document_version,
        m.Dataset.search_version,
    )
)


@dataclass(frozen=True)
class DatasetRevision:
    """What the database holds: every ETag, cached response and citation names it.

    The two versions are those of the read models. An upgrade rebuilds them without a new revision,
    and a standby may still have the old ones.
    """

    revision: int
    digest: str
    release: str
    document_version: str | None = None
    search_version: int | None = None


def open_store(
    url: str, read_url: str | None = None, *, pool_size: int = 10, pool_timeout: float = 2.0
) -> Store:
    """Open the database at `url`, with reads on `read_url` where there is one.

    A read address may name several hosts. Its connections are replaced once a minute, so that
    reads move back to a standby that was away.
    """
    pool: dict[str, Any] = {"pool_size": pool_size, "pool_timeout": pool_timeout}
    engine = open_engine(url, **pool)
    if read_url is None:
        return Store(engine)
    return Store(engine, open_engine(read_url, **pool, pool_recycle=READ_RECYCLE_SECONDS))


def exists(url: str) -> bool:
    """Whether there is a store to open: a SQLite file that is not there would be made, empty."""
    where = make_url(url)
    file = where.database if where.get_backend_name() == "sqlite" else None
    return file in (None, "", ":memory:") or Path(str(file)).exists()


def migrate_and_rebuild(store: Store) -> None:
    """Migrate where the schema is behind, and write what follows from the tables where it is not.

    A store at head is not written to.
    """
    with store.primary.read() as session:
        if migrations.current_version(
            session
        ) == migrations.head_version() and read_models_are_current(session):
            return
    with store.write() as session:
        migrations.migrate(session)
        if not read_models_are_current(session):
            read_models.rebuild(session)


def read_models_are_current(session: ReadSession) -> bool:
    """Whether documents and search are those that this version would write."""
    return dataset_load.loaded_digest(session) is None or read_models.is_current(session)


def is_empty(store: Store) -> bool:
    with store.primary.read() as session:
        return dataset_load.loaded_digest(session) is None


def load(
    store: Store, source: Source, progress: Progress | None = None, *, replace: bool = False
) -> bool:
    """Bring the store to what a source holds, in one transaction."""
    with store.write() as session:
        return dataset_load.load(session, source, progress, replace=replace)


def current_revision(session: ReadSession) -> DatasetRevision | None:
    """One cheap statement; None where nothing was loaded yet."""
    rows = _STANDING.rows(session)
    return DatasetRevision(*rows[0]) if rows else None


def records_per_collection(session: ReadSession) -> dict[str, int]:
    """Records per collection."""
    rows = session.execute(select(m.Record.type, func.count()).group_by(m.Record.type))
    counts_by_type = {row[0]: row[1] for row in rows}
    return {name: counts_by_type.get(r.kind, 0) for name, r in RESOURCES.items()}
