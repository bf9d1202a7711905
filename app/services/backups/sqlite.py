"""SQLite: the online backup API, and an integrity check of the file."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from app.kit.database import immutable_connection
from app.kit.sessions import Store
from app.services.backups.manifest import BackupContents, BackupError
from app.services.backups.own_schema import OwnSchema, sqlite_schema


def dump(store: Store, file: Path) -> None:
    """Copy the database as of one moment to a file, while others read and write."""
    with store.engine.connect() as connection, closing(sqlite3.connect(file)) as target:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # a single file: no -wal and -shm beside it


def inspect_backup(file: Path) -> BackupContents:
    """Check the integrity of a backup, and read what it holds.

    Raises:
        BackupError: The file is damaged, a release, or a database of another application.
    """
    try:
        with closing(immutable_connection(file)) as connection:
            problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
            if problems != ["ok"]:
                raise BackupError(f"{file} is damaged: {'; '.join(problems)}")
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {row[0] for row in names}
            if "release" in tables:
                raise BackupError(
                    f"{file} is a release, not a backup: it holds no keys, proposals or audit log;"
                    f" `kkb serve --release {file}` serves it"
                )
            if not {"alembic_version", "dataset"} <= tables:
                raise BackupError(f"{file} is not a backup: it is another application's database")
            (version,) = connection.execute(
                "SELECT max(version_num) FROM alembic_version"
            ).fetchone()
            (revision,) = connection.execute("SELECT max(revision) FROM dataset").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file} is damaged: {error}") from error
    if version is None or revision is None:
        raise BackupError(f"{file} holds no dataset")
    return BackupContents(schema_version=version, revision=revision)


def restore(store: Store, file: Path, revision: int, version: str) -> list[str]:
    """Replace the whole database in one transaction, at a revision of at least `revision`.

    The revision is set in a copy of the backup first: readers never see the tables of the backup
    under the revision that it was made at.

    Args:
        version: The schema version of the backup.

    Returns:
        What of the backup was left out.
    """
    folder = Path(str(store.engine.url.database)).absolute().parent
    with tempfile.TemporaryDirectory(prefix=".kkb-restore-", dir=folder) as scratch:
        copy = Path(scratch) / "copy.sqlite"
        shutil.copyfile(file, copy)
        with (
            closing(sqlite3.connect(copy, isolation_level=None)) as source,
            store.engine.connect() as connection,
        ):
            try:
                left_out = _remove_foreign_objects(source, sqlite_schema(version), file)
                source.execute("UPDATE dataset SET revision = max(revision + 1, ?)", (revision,))
            except sqlite3.Error as error:
                raise BackupError(f"{file} cannot be restored: {error}") from error
            target = connection.connection.driver_connection
            assert isinstance(target, sqlite3.Connection)
            try:
                source.backup(target)
            except sqlite3.Error as error:
                raise BackupError(f"{file} could not be written to the store: {error}") from error
    return left_out


def _remove_foreign_objects(
    source: sqlite3.Connection, schema_objects: OwnSchema, file: Path
) -> list[str]:
    """Drop what is not of our schema, and recreate our triggers; return what was dropped.

    Raises:
        BackupError: One of our tables is missing.
    """
    source.execute("PRAGMA trusted_schema = OFF")
    source.execute("PRAGMA foreign_keys = OFF")
    rows = source.execute("SELECT upper(type), name, sql FROM sqlite_master").fetchall()
    if missing := schema_objects.names["TABLE"] - {
        name for kind, name, _ in rows if kind == "TABLE"
    }:
        raise BackupError(f"{file} is damaged: it lacks the table {min(missing)}")
    left_out = [
        f"{kind.lower()} {name}"
        for kind, name, sql in rows
        if (name not in schema_objects.names[kind] and not _is_internal(kind, name))
        # A trigger that has the name of ours, and does something else.
        or (kind == "TRIGGER" and sql not in schema_objects.code)
    ]
    # Triggers first: none of the file runs.
    for kind in ("TRIGGER", "VIEW", "INDEX", "TABLE"):
        for kind_of_row, name, _ in rows:
            is_foreign = name not in schema_objects.names[kind] and not _is_internal(kind, name)
            if kind_of_row == kind and (is_foreign or kind == "TRIGGER"):
                quoted = name.replace('"', '""')
                source.execute(f'DROP {kind} IF EXISTS "{quoted}"')
    for statement in schema_objects.code:
        source.execute(statement)
    return sorted(left_out)


def _is_internal(kind: str, name: str) -> bool:
    """Return whether SQLite made a table or an index itself: of statistics, or of a constraint."""
    return kind in {"TABLE", "INDEX"} and name.startswith("sqlite_")
