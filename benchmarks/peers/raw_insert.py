"""The limit of a load: SQLite alone, given the very rows that ours ended with, ready in memory.

Nothing is read, checked, derived, put into words or weighed: rows, then indexes, then full text.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

PRAGMAS = ("journal_mode = DELETE", "cache_size = -200000", "threads = 2")


def refill(store: Path, into: Path) -> float:
    """Write what a filled store holds into a new file; gives the seconds that SQLite took."""
    with closing(sqlite3.connect(store)) as source:
        made = source.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        schema = list(made)
        virtual = [name for _, name, sql in schema if sql.startswith("CREATE VIRTUAL")]
        tables = {name: sql for kind, name, sql in schema if kind == "table"}
        plain = [name for name in tables if not name.startswith((*virtual, "sqlite_"))]
        rows = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in plain}
    indexes = [sql for kind, _, sql in schema if kind == "index"]
    begun = time.perf_counter()
    with closing(sqlite3.connect(into, isolation_level=None)) as target:
        for pragma in PRAGMAS:
            target.execute(f"PRAGMA {pragma}")
        target.execute("BEGIN")
        for name in [*plain, *virtual]:
            target.execute(tables[name])
        for name, rows_of_table in rows.items():
            if not rows_of_table:
                continue
            marks = ", ".join("?" * len(rows_of_table[0]))
            target.executemany(f"INSERT INTO {name} VALUES ({marks})", rows_of_table)
        for sql in indexes:
            target.execute(sql)
        for name in virtual:
            target.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")
        target.execute("COMMIT")
    return time.perf_counter() - begun
