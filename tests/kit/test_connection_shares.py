"""Shares of the connection pool: slow reads leave connections for reads of one record."""

from contextlib import ExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.kit.connection_shares import ReadKind
from app.kit.sessions import Store
from app.services.store.opening import open_store

SHARES = {"sqlite": {ReadKind.USUAL: 3, ReadKind.EXPORT: 1}}
SHARES["postgresql"] = {ReadKind.USUAL: 5, ReadKind.EXPORT: 2}


@pytest.mark.parametrize("kind", [ReadKind.USUAL, ReadKind.EXPORT])
def test_reads_of_one_kind_leave_connections_for_others(
    store: Store, database: str, kind: ReadKind
) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    shared = open_store(url, pool_size=10, pool_timeout=0.05)
    other = ReadKind.EXPORT if kind is ReadKind.USUAL else ReadKind.USUAL
    with ExitStack() as reads:
        for _ in range(SHARES[database][kind]):
            reads.enter_context(shared.read(kind))
        with pytest.raises(PoolTimeoutError, match=r"within 0\.05 s"):
            shared.read(kind).__enter__()
        with pytest.raises(PoolTimeoutError):  # the limits of a copy are the same
            shared.with_time_limit(1).read(kind).__enter__()
        with shared.read(other) as session, shared.read(ReadKind.SHORT) as short:
            assert session.execute(text("SELECT 1")).scalar_one() == 1
            assert short.execute(text("SELECT 1")).scalar_one() == 1
    with shared.read(kind) as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    shared.engine.dispose()
