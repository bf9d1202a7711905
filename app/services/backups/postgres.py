"""PostgreSQL: pg_dump, pg_restore and psql."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from app.kit.database import WRITER_LOCK_ID
from app.kit.sessions import Store
from app.services.backups.manifest import BackupContents, BackupError

DEBIAN = Path("/usr/lib/postgresql")
#: Waits for the writer that is at work, then drops what the schema holds: tables (of a newer schema
#: version, too, which `pg_restore --clean` would leave), and functions that triggers call; not what
#: extensions own.
EMPTY_SCHEMA = f"""
SET lock_timeout = '30s';
SELECT pg_advisory_xact_lock({WRITER_LOCK_ID});
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
#: The script of pg_restore clears the search path.
SET_REVISION = """
RESET search_path;
UPDATE dataset SET revision = greatest(revision + 1, {revision});
"""
#: The rows of a table in a dump: its name, its columns, and a line per row.
COPY = re.compile(r"^COPY \S+\.(\S+) \((.*)\) FROM stdin;\n((?:.*\n)*?)\\\.$", re.MULTILINE)


def dump(store: Store, file: Path) -> None:
    """Dump the database as of one moment, in the custom format of pg_dump."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={file}"]
    _run("pg_dump", *options, connect_to=store.engine.url, failure="the dump failed")


def inspect_backup(file: Path) -> BackupContents:
    """Read a dump from end to end, and return what it holds.

    Raises:
        BackupError: The file is damaged, or a dump of another application's database.
    """
    damaged = f"{file} is damaged"
    _run("pg_restore", f"--file={os.devnull}", str(file), failure=damaged)
    options = ["--data-only", "--table=alembic_version", "--table=dataset", "--file=-"]
    script = _run("pg_restore", *options, str(file), failure=damaged)
    rows: dict[str, dict[str, str]] = {}
    for table, columns, lines in COPY.findall(script):
        for line in lines.splitlines():
            rows[table] = dict(zip(columns.split(", "), line.split("\t"), strict=False))
    try:
        return BackupContents(
            schema_version=rows["alembic_version"]["version_num"],
            revision=int(rows["dataset"]["revision"]),
        )
    except (KeyError, ValueError) as error:
        raise BackupError(
            f"{file} is not a backup: it is another application's database"
        ) from error


def restore(store: Store, file: Path, revision: int) -> None:
    """Replace the whole database in one transaction, at a revision of at least `revision`.

    pg_restore writes the SQL and psql runs it, because the schema is emptied and the revision set
    in the same transaction.
    """
    with tempfile.TemporaryDirectory(prefix="kkb-restore-") as scratch:
        before, tables, after = (Path(scratch) / f"{name}.sql" for name in ("0", "1", "2"))
        before.write_text(EMPTY_SCHEMA, "utf-8")
        options = ["--no-owner", "--no-privileges", f"--file={tables}"]
        _run("pg_restore", *options, str(file), failure=f"{file} is damaged")
        after.write_text(SET_REVISION.format(revision=revision), "utf-8")
        options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        options += [f"--file={path}" for path in (before, tables, after)]
        _run(
            "psql",
            *options,
            connect_to=store.engine.url,
            failure=f"the database could not be restored from {file}",
        )


def _run(name: str, *arguments: str, failure: str, connect_to: URL | None = None) -> str:
    """Run a client program and return what it prints.

    Raises:
        BackupError: It is not installed, or it failed; then the message is `failure` and what the
            program printed, on one line.
    """
    with ExitStack() as stack:
        command = [_program(name), *arguments]
        if connect_to is not None:
            command.append(f"--dbname={stack.enter_context(_conninfo(connect_to))}")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line] or [f"{name} failed"]
        raise BackupError(f"{failure}: {'; '.join(lines)}")
    return done.stdout


@contextmanager
def _conninfo(url: URL) -> Iterator[str]:
    """Give a connection string for libpq, with the password in a file: `ps` shows command lines."""
    parts = ("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    without_password = URL.create(*parts)
    if url.password is None:
        yield without_password.render_as_string()
        return
    with tempfile.NamedTemporaryFile("w", prefix="kkb-pass-", encoding="utf-8") as file:
        escaped = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        yield without_password.update_query_dict({"passfile": file.name}).render_as_string()


def _program(name: str) -> str:
    """Return the newest version that Debian has, which it keeps off PATH; else the one on PATH."""
    versions = DEBIAN.glob(f"*/bin/{name}")
    newest = max(versions, key=lambda path: float(path.parts[4]), default=None)
    path = str(newest) if newest else shutil.which(name)
    if path is None:
        raise BackupError(f"{name} is not installed: it comes with PostgreSQL's client package")
    return path
