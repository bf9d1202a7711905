"""Backups of PostgreSQL: by pg_dump and pg_restore, of the very snapshot that is digested."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import URL

from app.kit.sessions import Store
from app.services.backups.record import BackupError, Content, look
from app.services.store import open_store

DEBIAN = Path("/usr/lib/postgresql")
#: Empties the schema: its tables, and the functions that triggers call; not what extensions own.
EMPTY = """
SET lock_timeout = '30s';
DO $$
DECLARE it record;
BEGIN
  FOR it IN SELECT oid::regclass AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
  LOOP EXECUTE 'DROP TABLE IF EXISTS ' || it.name || ' CASCADE'; END LOOP;
  FOR it IN SELECT oid::regprocedure AS name FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
  LOOP EXECUTE 'DROP ROUTINE IF EXISTS ' || it.name || ' CASCADE'; END LOOP;
END $$;
"""


def dump(store: Store, file: Path) -> Content:
    """Dump the store to a file in pg_dump's custom format; what it held."""
    with store.read() as session:
        snapshot = session.connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        content = look(session)
        with _reachable(store.engine.url) as address:
            options = ["--format=custom", "--no-owner", "--no-privileges"]
            _run("pg_dump", *options, f"--snapshot={snapshot}", f"--file={file}", address)
    return content


def contents(file: Path, store: Store, scratch: str | None) -> Content:
    """What a backup holds: it is restored into a scratch database of the store's server."""
    with _scratch(store.engine.url, scratch) as found:
        put_back(file, found)
        with found.read() as session:
            return look(session)


def put_back(file: Path, store: Store) -> None:
    """Replace all that the store holds, in one transaction: all of it, or nothing."""
    with tempfile.TemporaryDirectory(prefix="kkb-restore-") as folder:
        empty, script = Path(folder) / "empty.sql", Path(folder) / "restore.sql"
        empty.write_text(EMPTY, "utf-8")
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file))
        with _reachable(store.engine.url) as address:
            options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
            _run("psql", *options, f"--file={empty}", f"--file={script}", address)


@contextmanager
def _scratch(url: URL, given: str | None) -> Iterator[Store]:
    """An empty database, dropped at the end; one that was given is emptied again."""
    if given is not None:
        store = open_store(given)
        with store.read() as session:
            if look(session).tables:
                raise BackupError("the scratch database is not empty")
        try:
            yield store
        finally:
            with store.write() as writing:
                writing.connection.exec_driver_sql(EMPTY)
            store.engine.dispose()
        return
    name = f"kkb_scratch_{uuid4().hex[:12]}"
    try:
        _command(url, f"CREATE DATABASE {name} TEMPLATE template0")
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError(
            "the role may not create a scratch database to restore the backup into: grant it"
            " CREATEDB, or name an empty database with --scratch"
        ) from error
    store = open_store(url.set(database=name).render_as_string(hide_password=False))
    try:
        yield store
    finally:
        store.engine.dispose()
        _command(url, f"DROP DATABASE {name} WITH (FORCE)")


def _command(url: URL, sql: str) -> None:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.encode())


@contextmanager
def _reachable(url: URL) -> Iterator[str]:
    """The address as libpq takes it; the password is in a file, where `ps` does not show it."""
    plain = url.set(drivername="postgresql")
    if url.password is None:
        yield plain.render_as_string()
        return
    with tempfile.NamedTemporaryFile("w", prefix="kkb-pass-", encoding="utf-8") as file:
        secret = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
        file.write(f"*:*:*:*:{secret}\n")
        file.flush()
        bare = URL.create(
            "postgresql", url.username, None, url.host, url.port, url.database, url.query
        )
        yield bare.update_query_dict({"passfile": file.name}).render_as_string()


def _run(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [program(name), *arguments], capture_output=True, text=True, check=False, timeout=None
    )
    if done.returncode:
        raise BackupError(f"{name}: {done.stderr.strip() or done.returncode}")


def program(name: str) -> str:
    """The newest one that Debian has, which it keeps off the path; else the one on the path."""
    found = max(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]), default=None)
    path = str(found) if found else shutil.which(name)
    if path is None:
        raise BackupError(f"{name} is not installed: it comes with PostgreSQL's client package")
    return path
