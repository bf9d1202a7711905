"""The ledger is append-only in the database itself, whoever is at it, on either store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kit.sessions import Store
from tests import factories
from tests.database.test_schema import curated
from tests.helpers import fill_store


@pytest.fixture(scope="module")
def told(
    make_empty_store: Callable[[str, Path], str],
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    root = tmp_path_factory.mktemp("told")
    store = fill_store(
        make_empty_store(database, root),
        factories.write_folder(root / "data", factories.dataset(3)),
    )
    curated(store)
    yield store
    store.engine.dispose()


@pytest.mark.parametrize("table", ["change", "proposal_event"])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {} SET who = 'nobody'",
        "UPDATE {} SET who = 'nobody' WHERE id = 1",
        "DELETE FROM {}",
        "DELETE FROM {} WHERE id = (SELECT max(id) FROM {})",
    ],
)
def test_what_was_said_is_neither_changed_nor_removed(told: Store, table: str, sql: str) -> None:
    everything = text(f"SELECT * FROM {table} ORDER BY id")
    with told.read() as session:
        before = session.execute(everything).all()
    assert before
    with pytest.raises(DBAPIError, match="append-only"), told.write() as session:
        session.execute(text(sql.format(table, table)))
    with told.read() as session:
        assert session.execute(everything).all() == before


@pytest.mark.parametrize("table", ["change", "proposal_event"])
def test_a_row_is_not_replaced(told: Store, database: str, table: str) -> None:
    """SQLite's INSERT OR REPLACE deletes without a word to a delete trigger."""
    ways = {
        "sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1",
        "postgresql": f"TRUNCATE {table} CASCADE",
    }
    with pytest.raises(DBAPIError, match="append-only"), told.write() as session:
        session.execute(text(ways[database]))
