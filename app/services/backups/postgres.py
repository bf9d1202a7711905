"""PostgreSQL: pg_dump, pg_restore and psql."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from app.kit.database import WRITER_LOCK_ID
from app.kit.sessions import Store
from app.services.backups.manifest import BackupContents, BackupError
from app.services.backups.own_schema import OwnSchema, postgres_schema

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


#: An entry of `pg_restore --list`: numbers, kind, schema, name, owner.
ENTRY = re.compile(
    r"\d+; \d+ \d+ (?P<kind>[A-Z]+(?: [A-Z]+)*) (?P<schema>[^A-Z ]\S*) (?P<name>.+) \S+"
)
#: Kinds of entries whose name begins with that of their table.
OF_A_TABLE = frozenset({"TABLE DATA", "DEFAULT"})
#: Kinds that are named like another.
NAMED_AS = {
    "SEQUENCE SET": "SEQUENCE",
    "SEQUENCE OWNED BY": "SEQUENCE",
    "FK CONSTRAINT": "CONSTRAINT",
    "CHECK CONSTRAINT": "CONSTRAINT",
}
#: Entries that go with a table: not listed on their own when it is left out.
PARTS = frozenset({*OF_A_TABLE, *NAMED_AS, "SEQUENCE", "CONSTRAINT"})


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


def restore(store: Store, file: Path, revision: int, version: str) -> list[str]:
    """Replace the whole database in one transaction, at a revision of at least `revision`.

    pg_restore writes the SQL and psql runs it, because the schema is emptied and the revision set
    in the same transaction.

    Args:
        version: The schema version of the backup.

    Returns:
        What of the backup was left out.
    """
    schema_objects = postgres_schema(store, version)
    entries = _run("pg_restore", "--list", str(file), failure=f"{file} is damaged").splitlines()
    with store.engine.connect() as connection:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    entries_of_schema, left_out = _own_entries(entries, schema_objects, str(schema), file)
    with tempfile.TemporaryDirectory(prefix="kkb-restore-") as scratch:
        before, tables, after, contents = (
            Path(scratch) / name for name in ("0.sql", "1.sql", "2.sql", "contents")
        )
        before.write_text(EMPTY_SCHEMA, "utf-8")
        contents.write_text("\n".join(entries_of_schema), "utf-8")
        options = ["--no-owner", "--no-privileges", f"--use-list={contents}", f"--file={tables}"]
        _run("pg_restore", *options, str(file), failure=f"{file} is damaged")
        code = "\n".join(schema_objects.code)
        after.write_text(f"{SET_REVISION.format(revision=revision)}{code}\n", "utf-8")
        options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        options += [f"--file={path}" for path in (before, tables, after)]
        _run(
            "psql",
            *options,
            connect_to=store.engine.url,
            failure=f"the database could not be restored from {file}",
        )
    return left_out


def _own_entries(
    entries: Sequence[str], schema_objects: OwnSchema, schema: str, file: Path
) -> tuple[list[str], list[str]]:
    """Return the entries of a dump that hold our tables, and what else it holds.

    Functions and triggers are left out: the restore creates those of our schema.

    Raises:
        BackupError: One of our tables is missing.
    """
    lines, left_out, tables = [], [], set()
    for entry in filter(None, map(ENTRY.fullmatch, entries)):
        kind, name = entry["kind"], entry["name"]
        table = name.split(" ")[0]
        if kind in OF_A_TABLE:
            is_own = table in schema_objects.names["TABLE"]
        else:
            is_own = name in schema_objects.names.get(NAMED_AS.get(kind, kind), ())
        is_own = is_own and entry["schema"] == schema
        if kind == "TABLE" and is_own:
            tables.add(name)
        if is_own and kind not in {"FUNCTION", "TRIGGER"}:
            lines.append(entry[0])
        elif not is_own and kind not in PARTS:
            left_out.append(f"{kind.lower()} {name}")
    if missing := schema_objects.names["TABLE"] - tables:
        raise BackupError(f"{file} is damaged: it lacks the table {min(missing)}")
    return lines, sorted(left_out)


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
