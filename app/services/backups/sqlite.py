"""Backups of SQLite: by its own online backup, within the transaction that is digested."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from app.kit.sessions import Store
from app.kit.tables import frozen_connection, open_frozen
from app.services.backups.record import BackupError, Content, look
from app.services.frozen import Frozen


def dump(store: Store, file: Path) -> Content:
    """Copy the store to a file; what it held."""
    with store.read() as session:
        content = look(session)
        source = session.connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        with closing(sqlite3.connect(file)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    return content


def contents(file: Path) -> Content:
    """What a backup holds; raises BackupError where it is not whole."""
    store = Frozen(open_frozen(file, pool_size=1))
    try:
        with store.read() as session:
            said = session.connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            if said != ["ok"]:
                raise BackupError(f"{file} is damaged: {'; '.join(said[:3])}")
            return look(session)
    except DatabaseError as error:
        raise BackupError(f"{file} is damaged: {error.orig}") from error
    finally:
        store.engine.dispose()


def put_back(file: Path, store: Store) -> None:
    """Replace all that the store holds, in one transaction of its own: all of it, or nothing."""
    with store.engine.connect() as connection, closing(frozen_connection(file)) as source:
        target = connection.connection.driver_connection
        assert isinstance(target, sqlite3.Connection)
        try:
            source.backup(target)
        except sqlite3.Error as error:
            raise BackupError(f"the store did not take it: {error}") from error
