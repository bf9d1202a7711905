"""Copy the public tables into the SQLite file of a release, and verify it.

The same rows give the same bytes, whichever store they come from, as long as SQLite is the same.
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

#: SQLite's mark of whose file it is: "kkbr".
APPLICATION = 0x6B6B6272
BATCH = 2000
Digests = dict[str, TableSummary]


class CorruptFileError(Exception):
    """The file is not what it should be."""


def copy_tables(session: ReadSession, work: Path, name: str) -> tuple[Store, Digests]:
    """The public tables in a new store at `work`, with the digests of what was read."""
    store = open_store(f"sqlite:///{work}")
    digests: Digests = {}
    with store.write() as writing:
        migrations.migrate(writing)
        for table in public_tables():
            tally = TableChecksum()
            for rows in batched(checksums.rows_by_key(session, table), BATCH):
                values = [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
                if table is DATASET:
                    values = [{**value, "release": name} for value in values]
                else:
                    for row in rows:
                        tally.add(row)
                writing.execute(insert(table), values)
            if table is not DATASET:
                digests[table.name] = tally.digest
        read_models.rebuild(writing)
    return store, digests


def write_release_file(work: Path, file: Path, manifest_text: str) -> None:
    """The store at `work` as one file, marked as a release, with what it says of itself."""
    with closing(sqlite3.connect(work, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("CREATE TABLE release (manifest TEXT NOT NULL)")
        connection.execute("INSERT INTO release VALUES (?)", (manifest_text,))
        connection.execute("VACUUM INTO ?", (str(file),))


def check_release_file(file: Path, expected: Digests) -> None:
    """Raises CorruptFileError unless the file is whole and holds just what was read."""
    store = ReadOnlyStore(open_immutable(file, pool_size=1))
    with store.read() as session:
        faults = [row[0] for row in _ask(session, "PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"dangling row in {row[0]}" for row in _ask(session, "PRAGMA foreign_key_check")]
        if migrations.current_version(session) != migrations.head_version():
            faults.append("its tables are of another version")
        for table in public_tables():
            if (
                table is not DATASET
                and checksums.table_digest(session, table) != expected[table.name]
            ):
                faults.append(f"{table.name} does not hold what was read")
    store.engine.dispose()
    if faults:
        raise CorruptFileError(f"{file.name} is not sound: {'; '.join(faults[:5])}")


def _ask(session: ReadSession, statement: str) -> Sequence[Any]:
    return session.connection.exec_driver_sql(statement).all()
