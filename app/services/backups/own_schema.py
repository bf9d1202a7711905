"""The schema that the migrations create: what a restored backup may hold, and nothing else.

A backup is made of a whole database, in which others may have created tables, views and triggers.
A restore carries over the rows of our own tables; triggers and functions, which run with the rights
of the service, are those of the migrations and never those of the file.
"""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ProgrammingError

from app.kit.sessions import Store
from app.services.backups.manifest import BackupError
from app.services.store.migrations import alembic_config

#: What a schema version has in a schema of PostgreSQL, by the kinds that `pg_restore --list` shows.
_NAMES = {
    "TABLE": "SELECT relname FROM pg_class WHERE relnamespace = {schema} AND relkind IN ('r', 'p')",
    "SEQUENCE": "SELECT relname FROM pg_class WHERE relnamespace = {schema} AND relkind = 'S'",
    "INDEX": "SELECT relname FROM pg_class WHERE relnamespace = {schema} AND relkind = 'i'",
    "CONSTRAINT": "SELECT c.relname || ' ' || o.conname FROM pg_constraint o"
    " JOIN pg_class c ON c.oid = o.conrelid WHERE o.connamespace = {schema}",
    "TRIGGER": "SELECT c.relname || ' ' || t.tgname FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = {schema} AND NOT tgisinternal",
    "FUNCTION": "SELECT proname || '()' FROM pg_proc WHERE pronamespace = {schema}",
}
_FUNCTIONS = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = {schema} ORDER BY 1"
_TRIGGERS = (
    "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE c.relnamespace = {schema} AND NOT tgisinternal ORDER BY 1"
)


@dataclass(frozen=True)
class OwnSchema:
    """The objects of a schema version.

    Args:
        names: Names of each kind; of constraints and triggers with their table: `claim claim_pkey`.
        code: Statements that create the functions and triggers.
    """

    names: dict[str, frozenset[str]]
    code: list[str]


def sqlite_schema(version: str) -> OwnSchema:
    """Return the schema of a version on SQLite, by migrating an empty database in memory."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        _upgrade(connection, version)
        rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master").all()
    engine.dispose()
    kinds = {kind.upper() for kind, _, _ in rows} | {"VIEW"}
    names = {k: frozenset(name for kind, name, _ in rows if kind.upper() == k) for k in kinds}
    return OwnSchema(names, [sql for kind, _, sql in rows if kind == "trigger"])


def postgres_schema(store: Store, version: str) -> OwnSchema:
    """Return the schema of a version on PostgreSQL, by migrating a schema that nobody else sees.

    The transaction is rolled back, and locks nothing that others use.

    Raises:
        BackupError: The user of the database may not create a schema.
    """
    schema = f"kkb_schema_{uuid4().hex}"
    with store.engine.connect() as connection:
        try:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        except ProgrammingError as error:
            reason = str(error.orig).splitlines()[0]
            raise BackupError(
                f"a restore needs the right to create a schema: GRANT CREATE ON DATABASE ({reason})"
            ) from error
        connection.exec_driver_sql(f"SET LOCAL search_path = {schema}")
        _upgrade(connection, version)

        def read(query: str) -> list[str]:
            rows = connection.exec_driver_sql(query.format(schema=f"'{schema}'::regnamespace"))
            return [str(value) for value in rows.scalars()]

        names = {kind: frozenset(read(query)) for kind, query in _NAMES.items()}
        code = [
            f"{statement.replace(f'{schema}.', '')};"
            for statement in (*read(_FUNCTIONS), *read(_TRIGGERS))
        ]
        connection.rollback()
    return OwnSchema(names, code)


def _upgrade(connection: Connection, version: str) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), version)
