"""Copy the public tables into the SQLite file of a release, and verify it.

The same rows give the same bytes from either database, given the same version of SQLite.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from app.kit.batching import batched
from app.kit.database import open_immutable
from app.kit.sessions import ReadOnlyStore, ReadSession, Store
from app.services.records import read_models
from app.services.releases.public_tables import DATASET, public_tables
from app.services.store import checksums, migrations
from app.services.store.checksums import TableChecksum, TableSummary
from app.services.store.opening import open_store

#: SQLite's application_id of release files: "kkbr".
APPLICATION = 0x6B6B6272
BATCH = 2000
Digests = dict[str, TableSummary]


class CorruptFileError(Exception):
    """A written file failed its check."""


def copy_tables(session: ReadSession, work: Path, name: str) -> tuple[Store, Digests]:
    """Copy the public tables to a new SQLite store; return it with the digests of the rows read.

    Args:
        session: Session that reads the store.
        work: File of the new store.
        name: Name of the release, stored in the row about the dataset.
    """
    store = open_store(f"sqlite:///{work}")
    digests: Digests = {}
    with store.write() as target:
        migrations.migrate(target)
        for table in public_tables():
            checksum = TableChecksum()
            for rows in batched(checksums.rows_by_key(session, table), BATCH):
                records = [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
                if table is DATASET:
                    records = [
                        {**value, "release": name, "released_revision": value["revision"]}
                        for value in records
                    ]
                else:
                    for row in rows:
                        checksum.add(row)
                target.execute(insert(table), records)
            if table is not DATASET:
                digests[table.name] = checksum.digest
        read_models.rebuild(target)
    return store, digests


def write_release_file(work: Path, file: Path, manifest_text: str) -> None:
    """Write the store at `work` to a single file, with application id and embedded manifest."""
    with closing(sqlite3.connect(work, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("CREATE TABLE release (manifest TEXT NOT NULL)")
        connection.execute("INSERT INTO release VALUES (?)", (manifest_text,))
        connection.execute("VACUUM INTO ?", (str(file),))


def check_release_file(file: Path, expected: Digests) -> None:
    """Check the integrity, schema version and digests of a release file.

    Raises:
        CorruptFileError: The file differs from what was read.
    """
    store = ReadOnlyStore(open_immutable(file, pool_size=1))
    with store.read() as session:
        errors = [row[0] for row in _fetch(session, "PRAGMA integrity_check") if row[0] != "ok"]
        errors += [
            f"dangling row in {row[0]}" for row in _fetch(session, "PRAGMA foreign_key_check")
        ]
        if migrations.current_version(session) != migrations.head_version():
            errors.append("its schema version is wrong")
        for table in public_tables():
            if (
                table is not DATASET
                and checksums.table_digest(session, table) != expected[table.name]
            ):
                errors.append(f"the rows of {table.name} differ from those that were read")
    store.engine.dispose()
    if errors:
        raise CorruptFileError(f"{file.name} is corrupt: {'; '.join(errors[:5])}")


def _fetch(session: ReadSession, statement: str) -> Sequence[Any]:
    return session.connection.exec_driver_sql(statement).all()
