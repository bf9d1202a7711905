"""Copies of a store, and the schema of a store as SQL."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from sqlalchemy.engine import make_url

from app.kit.sessions import Store
from app.services.store.opening import open_store
from tests import postgres


class StoreCopies:
    """Make copies of a SQLite file, or of a PostgreSQL database on the same server."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_file = self.url.get_backend_name() == "sqlite"

    def of(self, store: Store) -> Store:
        store.engine.dispose()
        source, name = str(store.engine.url.database), f"kkb_{uuid4().hex}"
        if self.is_file:
            place = Path(source).with_name(f"{name}.db")
            if Path(source).exists():
                shutil.copyfile(source, place)
            return open_store(f"sqlite:///{place}")
        postgres.execute(
            self.url.set(database="postgres"), f'CREATE DATABASE {name} TEMPLATE "{source}"'
        )
        return open_store(self.url.set(database=name).render_as_string(False))

    def drop(self, store: Store) -> None:
        store.engine.dispose()
        name = str(store.engine.url.database)
        if self.is_file:
            for file in Path(name).parent.glob(f"{Path(name).name}*"):
                file.unlink()
        else:
            postgres.execute(self.url, f"DROP DATABASE {name} WITH (FORCE)")


def schema_of(store: Store) -> str:
    """Return the schema as stored by SQLite, or as dumped by pg_dump."""
    url = store.engine.url
    if url.get_backend_name() == "sqlite":
        store.engine.dispose()
        with closing(sqlite3.connect(str(url.database))) as connection:
            rows = connection.execute("SELECT sql FROM sqlite_master ORDER BY type, name, sql")
            return "\n".join(_with_sorted_constraints(str(row[0])) for row in rows)
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = [postgres.program("pg_dump"), "--schema-only", "--no-owner", address]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    store.engine.dispose()
    return "\n".join(
        line for line in dump.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))
    )


def _with_sorted_constraints(statement: str) -> str:
    """Sort the constraints of a CREATE statement: Alembic copies tables with them in any order."""
    lines = [line.strip().removesuffix(",") for line in statement.splitlines()]
    constraints = sorted(line for line in lines if line.startswith("CONSTRAINT"))
    return "\n".join([line for line in lines if not line.startswith("CONSTRAINT")] + constraints)
