"""Read transactions: their time limit."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.kit.connection_shares import ReadKind
from app.kit.database import failure_reason
from app.kit.sessions import Store

#: Takes minutes, on either database.
ENDLESS = text(
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
    " WHERE n < 1000000000) SELECT count(*) FROM numbers"
)


def test_a_statement_beyond_the_time_limit_is_stopped(store: Store) -> None:
    limited = store.with_time_limit(0.2)
    began = time.monotonic()
    with pytest.raises(OperationalError) as stopped, limited.read() as session:
        session.execute(ENDLESS)
    assert 0.1 < time.monotonic() - began < 3
    assert failure_reason(stopped.value) == "slow"
    with limited.read() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_the_time_limit_ends_with_its_transaction(store: Store) -> None:
    with store.with_time_limit(0.1).read():
        pass
    some_time = text(str(ENDLESS).replace("1000000000", "1000000"))
    with store.read() as session:
        session.execute(some_time)
    with store.with_time_limit(0.001).read(ReadKind.EXPORT) as session:
        assert session.execute(some_time).scalar_one() == 1_000_000


def test_time_between_statements_does_not_count(store: Store) -> None:
    some_time = text(str(ENDLESS).replace("1000000000", "10000"))
    with store.with_time_limit(0.5).read() as session:
        session.execute(some_time)
        time.sleep(0.6)
        assert session.execute(some_time).scalar_one() == 10_000


def test_the_time_limit_is_lifted_for_a_block_and_then_holds_again(store: Store) -> None:
    some_time = text(str(ENDLESS).replace("1000000000", "1000000"))
    with store.with_time_limit(0.05).read() as session:
        with session.without_time_limit():
            assert session.execute(some_time).scalar_one() == 1_000_000
        with pytest.raises(OperationalError):
            session.execute(ENDLESS)
