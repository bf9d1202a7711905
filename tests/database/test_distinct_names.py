"""The database holds that names are distinct where a collection declares it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from app import models as m
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset.folder import read_folder
from app.services.store import migrations
from app.services.store.opening import open_store
from tests import factories
from tests.helpers import migrated_store

DISTINCT = sorted(r.record_type for r in RESOURCES.values() if r.distinct_names)
ROW = {"name": "Zarate 2006", "folded": "zarate 2006", "summary": "Summary."}


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    store = open_store(address)
    yield store
    store.engine.dispose()


@pytest.fixture
def migrated(address: str) -> Iterator[Store]:
    store = migrated_store(address)
    yield store
    store.engine.dispose()


def test_each_declaration_has_its_index() -> None:
    table: Any = m.Record.__table__
    indexes = {index.name for index in table.indexes if index.unique}
    assert indexes == {f"uq_record_folded_{record_type}" for record_type in DISTINCT}


@pytest.mark.parametrize("record_type", DISTINCT)
def test_two_records_of_one_name_are_refused(migrated: Store, record_type: str) -> None:
    with migrated.write() as session:
        session.execute(insert(m.Record), [{"slug": "a", "type": record_type, **ROW}])
        session.execute(insert(m.Record), [{"slug": "b", "type": "compound", **ROW}])
        session.execute(insert(m.Record), [{"slug": "c", "type": "compound", **ROW}])
    with pytest.raises(IntegrityError, match="folded"), migrated.write() as session:
        session.execute(insert(m.Record), [{"slug": "b", "type": record_type, **ROW}])


def test_records_can_exchange_their_names(migrated: Store, tmp_path: Path) -> None:
    content = factories.dataset(3)
    bootstrap.load(migrated, read_folder(factories.write_folder(tmp_path / "a", content)))
    first, second, third = content["references"]
    names = first["name"], second["name"], third["name"]
    second["name"], third["name"], first["name"] = names
    bootstrap.load(migrated, read_folder(factories.write_folder(tmp_path / "b", content)))
    with migrated.read() as session:
        stmt = select(m.Record.slug, m.Record.name, m.Record.folded)
        rows = session.execute(stmt.where(m.Record.type == "reference")).all()
    assert {row.slug: row.name for row in rows} == {
        reference["slug"]: reference["name"] for reference in content["references"]
    }
    assert {row.folded for row in rows} == {name.lower() for name in names}


def test_a_store_with_equal_names_is_migrated(store: Store) -> None:
    names = [("a", "x"), ("b", "x"), ("c", "y"), ("d", "x")]
    sql = "INSERT INTO record (type, slug, name, folded, summary) VALUES ('study', :slug, :name, :name, 's')"  # noqa: E501
    with store.write() as session:
        config = migrations.alembic_config(session.connection)
        command.upgrade(config, _before("uq_record_folded_study"))
        for slug, name in names:
            session.execute(text(sql), {"slug": slug, "name": name})
    with store.write() as session:
        migrations.migrate(session)
    with store.read() as session:
        rows = session.execute(select(m.Record.slug, m.Record.folded).order_by(m.Record.slug))
        assert [tuple(row) for row in rows] == [("a", "x"), ("b", "~b"), ("c", "y"), ("d", "~d")]


def _before(index: str) -> str:
    """The version before the migration that creates an index."""
    form = index.rpartition("_")[0]
    paths = (migrations.MIGRATIONS / "versions").glob("0*.py")
    source = next(text for path in paths if form in (text := path.read_text("utf-8")))
    return source.partition('down_revision = "')[2].partition('"')[0]
