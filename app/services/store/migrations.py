"""Schema migrations: current version, head, upgrade.

A migration file begins with its version, so that a start without migrations imports no Alembic.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, inspect, text

from app.kit.sessions import ReadSession, WriteSession

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[3] / "migrations"


def alembic_config(connection: Connection) -> "Config":
    """Return the configuration of Alembic for a connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def is_declared_table(name: str | None, kind: str, _parents: object) -> bool:
    """Return whether Alembic compares a table: the full-text index is not declared by a model."""
    return kind != "table" or not str(name).startswith("search_index")


def head_version() -> str:
    """Return the newest schema version that this software knows."""
    return max(known_versions())


def known_versions() -> set[str]:
    """Return all schema versions that this software can migrate to head."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("0*_*.py")}


def current_version(session: ReadSession) -> str | None:
    """Return the schema version of the store; None for an empty database."""
    if not inspect(session.connection).has_table("alembic_version"):
        return None
    version = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def migrate(session: WriteSession) -> None:
    """Migrate the store to head, in the transaction of the session.

    An empty SQLite database is created by the statements that the migrations lead to.
    """
    connection = session.connection
    if connection.dialect.name == "sqlite" and not inspect(connection).get_table_names():
        for statement in sqlite_statements():
            connection.exec_driver_sql(statement)
    else:
        _upgrade(connection)


@cache
def sqlite_statements() -> list[str]:
    """Return the statements that create an empty SQLite store at head.

    A process that creates a store, and the file of a release after it, runs the migrations once
    (docs/decisions/0025). FTS5 creates the tables behind an index itself.
    """
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        _upgrade(connection)
        statements = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT IN"
            " (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid"
        )
        created = [str(sql) for sql in statements.scalars()]
    engine.dispose()
    return [*created, f"INSERT INTO alembic_version VALUES ('{head_version()}')"]


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")
