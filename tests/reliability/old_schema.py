"""A store of an older version of the tables, with the records of one at head."""

from alembic import command
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select

from app.kit.sessions import Store
from app.services.store import migrations

UNBOUND = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET LOCAL session_replication_role = replica",
}


def build_old_store(head: Store, store: Store, version: str) -> None:
    """Bring an empty store to a version, and copy into it what that version can hold."""
    with store.write() as session:
        command.upgrade(migrations.alembic_config(session.connection), version)
    with head.read() as source, store.write() as target:
        target.connection.exec_driver_sql(UNBOUND[store.engine.dialect.name])
        for name in inspect(target.connection).get_table_names():
            here, there = (_table(one.connection, name) for one in (target, source))
            columns = [column for column in there.columns if column.name in here.columns]
            rows = [dict(row._mapping) for row in source.execute(select(*columns))]
            if rows and name != "alembic_version":
                target.execute(insert(here), rows)


def _table(connection: Connection, name: str) -> Table:
    columns = (Column(one["name"], one["type"]) for one in inspect(connection).get_columns(name))
    return Table(name, MetaData(), *columns)
