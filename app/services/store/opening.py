"""Opening a store by its database URL."""

from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from app.kit.database import open_engine
from app.kit.sessions import Store
from app.services.store.compatibility import LiveStore

READ_RECYCLE_SECONDS = 60


def open_store(
    url: str, read_url: str | None = None, *, pool_size: int = 10, pool_timeout: float = 2.0
) -> Store:
    """Open the database at `url`, with reads on `read_url` where there is one.

    A read URL may name several hosts. Its connections are replaced once a minute, so that reads
    move back to a standby that was away.

    Args:
        pool_size: Connections that the pool keeps, for each of the two URLs.
        pool_timeout: Seconds to wait for a free connection.
    """
    pool: dict[str, Any] = {"pool_size": pool_size, "pool_timeout": pool_timeout}
    engine = open_engine(url, **pool)
    if read_url is None:
        return LiveStore(engine)
    return LiveStore(engine, open_engine(read_url, **pool, pool_recycle=READ_RECYCLE_SECONDS))


def store_exists(url: str) -> bool:
    """Return whether a SQLite file exists at `url`; true for every other database.

    Opening a missing SQLite file would create an empty one.
    """
    parsed = make_url(url)
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    return file in (None, "", ":memory:") or Path(str(file)).exists()
