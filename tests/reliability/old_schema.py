"""A store of an older schema version, with the rows of another store."""

from itertools import product

from alembic import command
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select

from app.kit.database import reset_sequence
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services.store import migrations

UNBOUND = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET LOCAL session_replication_role = replica",
}


#: Tables of older versions, and where their rows are now.
RENAMED = {"regulation": "regulatory_act"}
#: Columns of older versions, and where their values are now.
RENAMED_COLUMNS = {("arm", "name"): "title"}

#: From this version on, verdicts have their current values, and points are optional.
VERDICTS_FROM_ESTIMATES = "0021"
#: Verdicts of older versions; any other verdict becomes `weak`.
OLD_VERDICTS = ("established", "supported", "contested", "weak", "refuted", "untested")
VERDICT_COLUMNS = ("verdict", "in_people", "in_animals", "rule_verdict")
#: Columns that are required by older versions, and null in current verdicts.
POINTS = {
    "verdict": ("share_for", "points_for", "points_against"),
    "ledger_line": ("starts_at", "points", "study_points"),
}


def build_old_store(head: Store, store: Store, version: str) -> None:
    """Bring an empty store to a version, and copy the rows of another that the version can hold.

    Args:
        head: A store at head, or at the version itself.
    """
    with store.write() as session:
        command.upgrade(migrations.alembic_config(session.connection), version)
    with head.read() as source, store.write() as target:
        target.connection.exec_driver_sql(UNBOUND[store.engine.dialect.name])
        names = inspect(target.connection).get_table_names()
        stored = inspect(source.connection).get_table_names()
        for name in names:
            if name.startswith("search_"):  # rebuilt with the documents
                continue
            target_table = _table(target.connection, name)
            source_table = _table(source.connection, name if name in stored else RENAMED[name])
            columns = [
                source_table.columns[current_name].label(column.name)
                for column in target_table.columns
                for current_name in (column.name, RENAMED_COLUMNS.get((name, column.name), ""))
                if current_name in source_table.columns
            ]
            rows = [dict(row._mapping) for row in source.execute(select(*columns))]
            if name == "record":  # only the record types of that version
                excluded = set() if "estimate" in names else {"arm"}
                types = {row["type"] for row in rows} - excluded
                types = {kind for kind in types if table_name(kind) in names}
                rows = [row for row in rows if row["type"] in types]
            if name == "verdict" and version < VERDICTS_FROM_ESTIMATES:
                for row, column in product(rows, VERDICT_COLUMNS):
                    if row.get(column) not in (None, *OLD_VERDICTS):
                        row[column] = "weak"
            if (
                name in POINTS and version < VERDICTS_FROM_ESTIMATES
            ):  # optional columns of the current schema
                for row, column in product(rows, POINTS[name]):
                    is_without_share = column == "share_for" and row["verdict"] == "untested"
                    if row[column] is None and not is_without_share:
                        row[column] = 0.0
            if rows and name != "alembic_version":
                target.execute(insert(target_table), rows)
                if "id" in target_table.columns:
                    reset_sequence(target.connection, name)


def table_name(record_type: str) -> str:
    """Return the name that the table of a record type has today."""
    name: str = RESOURCES.by_record_type[record_type].key.class_.__tablename__
    return name


def _table(connection: Connection, name: str) -> Table:
    columns = (
        Column(column["name"], column["type"]) for column in inspect(connection).get_columns(name)
    )
    return Table(name, MetaData(), *columns)
