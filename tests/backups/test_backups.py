"""Backup and restore on both databases: contents, revisions, and refused files."""

import json
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import and_, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import models as m
from app.domain.curation import Scope
from app.kit.sessions import Store
from app.services import bootstrap
from app.services.backups.backup import create_backup, restore_backup
from app.services.backups.manifest import BackupError, manifest_path
from app.services.curation import api_keys
from app.services.releases import publish
from app.services.releases.archive import Archive
from app.services.store.opening import open_store
from tests import factories, postgres
from tests.helpers import fill_store, rewrite_record, serving
from tests.params import ONE_STORE
from tests.reliability.crash import Child
from tests.run_cli import kkb
from tests.table_rows import TableRows, table_rows

CLAIM = and_(m.Record.slug == "claim-1", m.Record.type == "claim")


@pytest.fixture
def source(address: str, tmp_path: Path) -> Store:
    """A store with four records of every collection, which a test may write to."""
    return fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(4)))


@pytest.fixture
def empty_store(
    make_empty_store: Callable[[str, Path], str], database: str, tmp_path: Path
) -> Store:
    """A second, empty database of the same kind."""
    (tmp_path / "empty").mkdir()
    return open_store(make_empty_store(database, tmp_path / "empty"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kkb.backup"


def revision(store: Store) -> int:
    with store.read() as session:
        return int(session.execute(select(m.Dataset.revision)).scalar_one())


def claim_name(store: Store) -> str:
    with store.read() as session:
        return str(session.execute(select(m.Record.name).where(CLAIM)).scalar_one())


def records(store: Store) -> TableRows:
    """All tables but `dataset`: a restored store has a revision of its own."""
    rows = table_rows(store)
    rows.pop("dataset", None)
    return rows


def rename(store: Store, name: str) -> None:
    rewrite_record(store, "claim", "claim-1", name=name)


@contextmanager
def in_thread(function: Callable[[], None]) -> Iterator[None]:
    """Call a function repeatedly in a thread while the block runs."""
    done = threading.Event()

    def repeat_until_stopped() -> None:
        while not done.is_set():
            function()

    thread = threading.Thread(target=repeat_until_stopped)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


# --- Backing up


def test_a_backup_restores_every_row_of_every_table(
    source: Store, empty_store: Store, file: Path
) -> None:
    with source.write() as session:
        _, token = api_keys.create_key(session, "Curator", [Scope.REVIEW], 30)
    create_backup(source, file)
    restore_backup(empty_store, file)
    rows = records(empty_store)
    assert rows == records(source)
    assert len(rows["claim"]) == 4
    assert rows["change"], "the audit log comes along"
    with empty_store.write() as session:
        assert isinstance(api_keys.authenticate(session, token), api_keys.Curator)
    rename(empty_store, "Restored stores take writes")
    for forbidden in ("UPDATE change SET why = 'x'", "UPDATE record SET slug = 'Upper'"):
        with pytest.raises(DBAPIError), empty_store.write() as session:  # constraints and triggers
            session.connection.exec_driver_sql(forbidden)


FOREIGN = {
    "sqlite": [
        "CREATE TABLE secret (id INTEGER PRIMARY KEY, word TEXT)",
        "CREATE INDEX ix_secret ON secret (word)",
        "CREATE INDEX ix_claim_foreign ON claim (id DESC)",
        "CREATE VIEW report AS SELECT * FROM record",
        "CREATE TRIGGER spy AFTER UPDATE ON dataset"
        " BEGIN INSERT INTO secret (word) VALUES ('x'); END",
        "DROP TRIGGER change_stays_at_update",
        "CREATE TRIGGER change_stays_at_update BEFORE UPDATE ON change BEGIN SELECT 1; END",
    ],
    "postgresql": [
        "CREATE TABLE secret (id SERIAL PRIMARY KEY, word TEXT)",
        "CREATE INDEX ix_secret ON secret (word)",
        "CREATE INDEX ix_claim_foreign ON claim (id DESC)",
        "CREATE VIEW report AS SELECT * FROM record",
        "CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO secret (word) VALUES ('x'); RETURN NEW; END $$",
        "CREATE TRIGGER spy AFTER UPDATE ON dataset FOR EACH ROW EXECUTE FUNCTION spy()",
        "CREATE RULE quiet AS ON DELETE TO synonym DO INSTEAD NOTHING",
        "CREATE OR REPLACE FUNCTION change_stays() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NEW; END $$",
    ],
}
LEFT_OUT = {
    "sqlite": {
        *("index ix_claim_foreign", "index ix_secret", "table secret", "view report"),
        *("trigger change_stays_at_update", "trigger spy"),
    },
    "postgresql": {
        *("index ix_claim_foreign", "index ix_secret", "table secret", "view report"),
        *("function spy()", "rule synonym quiet", "trigger dataset spy"),
    },
}
OBJECTS = {
    "sqlite": "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2",
    "postgresql": "SELECT 'relation', relname::text FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace UNION ALL"
    " SELECT 'function', prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    " UNION ALL SELECT 'trigger', tgname::text FROM pg_trigger WHERE NOT tgisinternal"
    " UNION ALL SELECT 'rule', rulename::text FROM pg_rules WHERE schemaname = current_schema()"
    " ORDER BY 1, 2",
}


def objects(store: Store, database: str) -> list[tuple[str, str]]:
    with store.read() as session:
        rows = session.connection.exec_driver_sql(OBJECTS[database])
        return [(kind, name) for kind, name in rows]


def test_a_restore_affects_only_the_tables_of_this_application(
    source: Store, empty_store: Store, file: Path, database: str
) -> None:
    objects_before = objects(source, database)
    rows_before = records(source)
    with source.write() as session:
        for statement in FOREIGN[database]:
            session.connection.exec_driver_sql(statement)
    create_backup(source, file)
    restored = restore_backup(empty_store, file)
    assert set(restored.left_out) == LEFT_OUT[database]
    assert objects(empty_store, database) == objects_before
    assert records(empty_store) == rows_before
    with pytest.raises(DBAPIError), empty_store.write() as session:  # the trigger is ours again
        session.connection.exec_driver_sql("UPDATE change SET why = 'x'")


def test_a_backup_without_a_table_of_this_application_is_refused(
    source: Store, empty_store: Store, file: Path
) -> None:
    with source.write() as session:
        session.connection.exec_driver_sql("DROP TABLE search_word")
    create_backup(source, file)
    with pytest.raises(BackupError, match="it lacks the table search_word"):
        restore_backup(empty_store, file)
    with empty_store.read() as session:
        assert inspect(session.connection).get_table_names() == []


def test_the_manifest_has_the_checksum_and_only_the_owner_reads_the_backup(
    source: Store, file: Path
) -> None:
    manifest = create_backup(source, file)
    assert json.loads(manifest_path(file).read_text()) == manifest.model_dump()
    tool = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True)
    assert tool.stdout.split()[0] == manifest.sha256
    assert manifest.bytes == file.stat().st_size
    assert manifest.revision == revision(source)
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(file.parent.glob(".kkb*"))


def test_a_backup_is_a_snapshot_of_one_revision_during_writes(
    source: Store, empty_store: Store, file: Path
) -> None:
    with in_thread(lambda: rename(source, f"N{revision(source)}")):
        while revision(source) < 3:
            time.sleep(0.01)
        manifest = create_backup(source, file)
    assert 3 <= manifest.revision < revision(source)
    restore_backup(empty_store, file)
    assert claim_name(empty_store) == f"N{manifest.revision - 1}"


def test_a_backup_does_not_overwrite_an_existing_file(source: Store, file: Path) -> None:
    create_backup(source, file)
    before = file.read_bytes()
    with pytest.raises(BackupError, match=f"{file} already exists"):
        create_backup(source, file)
    assert file.read_bytes() == before


def test_an_empty_store_is_not_backed_up(empty_store: Store, file: Path) -> None:
    for _ in range(2):  # without tables, and with empty ones
        with pytest.raises(BackupError, match="holds no dataset"):
            create_backup(empty_store, file)
        bootstrap.migrate_and_rebuild(empty_store)
    assert not file.exists()
    assert not manifest_path(file).exists()


def test_the_error_names_a_folder_that_does_not_exist(source: Store, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "kkb.backup"
    with pytest.raises(BackupError, match=f"{file} cannot be written: No such file"):
        create_backup(source, file)


def test_a_password_with_colons_and_backslashes_reaches_pg_dump(
    make_empty_store: Callable[[str, Path], str], tmp_path: Path, file: Path
) -> None:
    """Nor does the role need to create databases."""
    owner = make_url(make_empty_store("postgresql", tmp_path))
    fill_store(
        owner.render_as_string(False), factories.write_folder(tmp_path / "d", factories.dataset(2))
    )
    role, password = f"plain_{owner.database}", "a:b\\c"
    postgres.execute(owner, f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    try:
        for kind in ("TABLES", "SEQUENCES"):
            postgres.execute(owner, f"GRANT ALL ON ALL {kind} IN SCHEMA public TO {role}")
        url = owner.set(username=role, password=password).render_as_string(False)
        plain = open_store(url)
        create_backup(plain, file)
        plain.engine.dispose()
    finally:
        postgres.execute(owner, f"DROP OWNED BY {role}")
        postgres.execute(owner, f"DROP ROLE {role}")


# --- Restoring


def test_a_store_with_data_is_replaced_only_with_the_replace_option(
    source: Store, file: Path
) -> None:
    create_backup(source, file)
    rename(source, "Written since")
    before = table_rows(source)
    with pytest.raises(BackupError, match="--replace"):
        restore_backup(source, file)
    assert table_rows(source) == before
    restore_backup(source, file, replace=True)
    assert claim_name(source) == "Claim-1"


def test_another_application_s_database_is_not_replaced(
    source: Store, empty_store: Store, file: Path
) -> None:
    create_backup(source, file)
    with empty_store.write() as session:
        session.connection.exec_driver_sql("CREATE TABLE invoice (id INTEGER)")
        session.connection.exec_driver_sql("INSERT INTO invoice VALUES (1)")
    with pytest.raises(BackupError, match="has tables"):
        restore_backup(empty_store, file)
    assert table_rows(empty_store) == {"invoice": [(1,)]}


def test_a_restore_removes_tables_that_are_not_in_the_backup(
    source: Store, empty_store: Store, file: Path
) -> None:
    create_backup(source, file)
    bootstrap.migrate_and_rebuild(empty_store)
    with empty_store.write() as session:
        session.connection.exec_driver_sql("CREATE TABLE later (id INTEGER)")
        session.connection.exec_driver_sql("INSERT INTO later VALUES (1)")
    restore_backup(empty_store, file, replace=True)
    assert table_rows(empty_store).keys() == table_rows(source).keys()


def test_a_restored_store_gets_a_revision_that_was_never_served(source: Store, file: Path) -> None:
    """Otherwise a client would get a 304 for a cached response of the replaced data."""
    create_backup(source, file)
    for number in range(3):
        rename(source, f"N{number}")
    served = revision(source)
    assert restore_backup(source, file, replace=True).revision == revision(source) > served
    served = revision(source)
    assert restore_backup(source, file, replace=True).revision == revision(source) > served


def test_no_reader_sees_the_restored_data_with_the_revision_of_the_backup(
    source: Store, file: Path
) -> None:
    """A node would cache it under a revision that stood for other data."""
    create_backup(source, file)
    rename(source, "Written since")
    before = revision(source)
    revisions: set[int] = set()
    reader = open_store(source.engine.url.render_as_string(False))

    def read() -> None:
        with reader.read() as session:
            revisions.update(session.execute(select(m.Dataset.revision)).scalars())

    with in_thread(read):
        after = restore_backup(source, file, replace=True).revision
        time.sleep(0.05)
    assert revisions == {before, after}


def test_a_restore_into_an_empty_store_repeats_no_etag(
    source: Store, empty_store: Store, file: Path
) -> None:
    """An empty store does not know which revisions the lost store served after the backup."""
    path, host = "/v1/claims/claim-1", {"Host": "kb.example"}
    create_backup(source, file)
    rename(source, "Lost")
    with serving(source) as url, httpx.Client(base_url=url, headers=host) as client:
        lost = client.get(path).headers["etag"]
    restore_backup(empty_store, file)
    rename(empty_store, "Other")
    with serving(empty_store) as url, httpx.Client(base_url=url, headers=host) as client:
        response = client.get(path, headers={"If-None-Match": lost})
        assert (response.status_code, response.json()["data"]["name"]) == (200, "Other")
        assert response.headers["etag"] != lost


def test_a_running_node_serves_the_restored_data(source: Store, file: Path) -> None:
    """The node has served other data under the revision of the backup."""
    create_backup(source, file)
    path = "/v1/claims/claim-1"
    with serving(source) as url, httpx.Client(base_url=url) as client:
        rename(source, "Written since")
        time.sleep(0.15)
        for _ in range(8):  # often enough for the driver to have prepared its statements
            response = client.get(path, headers={"Cookie": "uncached=1"})
            assert response.json()["data"]["name"] == "Written since"
        etag = client.get(path).headers["etag"]
        restore_backup(source, file, replace=True)
        time.sleep(0.15)
        for _ in range(8):
            response = client.get(path, headers={"If-None-Match": etag})
            assert (response.status_code, response.json()["data"]["name"]) == (200, "Claim-1")
        rename(source, "And on")
        time.sleep(0.15)
        assert client.get(path).json()["data"]["name"] == "And on"


def test_a_backup_without_its_manifest_restores(
    source: Store, empty_store: Store, file: Path
) -> None:
    create_backup(source, file)
    manifest_path(file).unlink()
    restore_backup(empty_store, file)
    assert records(empty_store) == records(source)


def test_a_killed_restore_leaves_the_old_data_or_the_restored_data(
    source: Store, file: Path
) -> None:
    create_backup(source, file)
    saved, url = records(source), source.engine.url.render_as_string(False)
    for delay in (0.05, 0.15, 0.3):
        rename(source, f"Before {delay}")
        served, before = revision(source), records(source)
        source.engine.dispose()
        child = Child(["restore", str(file), "--replace"], database_url=url)
        time.sleep(delay)
        child.kill()
        rows = records(source)
        assert rows in (before, saved)
        assert revision(source) == served or records(source) == saved
    restore_backup(source, file, replace=True)
    assert records(source) == saved


def test_a_restore_that_postgresql_refuses_changes_nothing(
    make_empty_store: Callable[[str, Path], str], tmp_path: Path, file: Path
) -> None:
    """A column default calls a function of another application, which is not in the backup."""
    url = make_empty_store("postgresql", tmp_path)
    store = fill_store(url, factories.write_folder(tmp_path / "data", factories.dataset(2)))
    postgres.execute(make_url(url), "CREATE FUNCTION spy() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    default = "ALTER TABLE dataset ALTER COLUMN loaded_revision SET DEFAULT spy()"
    postgres.execute(make_url(url), default)
    create_backup(store, file)
    rename(store, "Written since")
    before = table_rows(store)
    with pytest.raises(BackupError, match=r"function public\.spy\(\) does not exist") as caught:
        restore_backup(store, file, replace=True)
    assert "\n" not in str(caught.value)
    assert table_rows(store) == before


# --- What a restore refuses


def test_a_damaged_backup_is_refused(source: Store, file: Path) -> None:
    create_backup(source, file)
    rename(source, "Written since")
    content, before = bytearray(file.read_bytes()), table_rows(source)
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(BackupError, match=f"{file} is damaged: its SHA-256"):
        restore_backup(source, file, replace=True)
    manifest_path(file).write_text("{")
    with pytest.raises(BackupError, match=f"{manifest_path(file)} is not a readable manifest"):
        restore_backup(source, file, replace=True)
    manifest_path(file).unlink()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupError, match=f"{file} is damaged"):
        restore_backup(source, file, replace=True)
    assert table_rows(source) == before


def test_a_backup_of_a_newer_schema_is_refused(
    source: Store, empty_store: Store, file: Path
) -> None:
    with source.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    create_backup(source, file)
    with pytest.raises(BackupError, match=f"{file} has schema version 9999"):
        restore_backup(empty_store, file)
    assert table_rows(empty_store) == {}


@ONE_STORE
def test_a_release_is_refused(source: Store, tmp_path: Path) -> None:
    publish.publish(source, Archive(tmp_path / "releases"), "7")
    (release,) = (tmp_path / "releases" / "7").glob("*.sqlite")
    before = table_rows(source)
    with pytest.raises(BackupError, match=f"{release} is a release, not a backup"):
        restore_backup(source, release, replace=True)
    assert table_rows(source) == before


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "with Alembic"])
def test_a_database_of_another_application_is_refused(
    source: Store, empty_store: Store, file: Path, versioned: bool
) -> None:
    statements = ["CREATE TABLE claim (id INTEGER)", "INSERT INTO claim VALUES (1)"]
    if versioned:
        statements.append("CREATE TABLE alembic_version (version_num TEXT)")
        statements.append("INSERT INTO alembic_version VALUES ('0001')")
    url = empty_store.engine.url
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(";".join(statements))
    else:
        for statement in statements:
            postgres.execute(url, statement)
        address = url.set(drivername="postgresql").render_as_string(False)
        dump = [postgres.program("pg_dump"), "--format=custom", f"--file={file}", address]
        subprocess.run(dump, check=True)
    before = table_rows(source)
    with pytest.raises(BackupError, match=f"{file} is not a backup: it is another application"):
        restore_backup(source, file, replace=True)
    assert table_rows(source) == before


def test_a_backup_of_the_other_database_and_other_files_are_refused(
    source: Store, file: Path
) -> None:
    is_sqlite = source.engine.dialect.name == "sqlite"
    file.write_bytes(b"PGDMP" if is_sqlite else b"SQLite format 3\0")
    with pytest.raises(BackupError, match=f"{file} is a backup of"):
        restore_backup(source, file, replace=True)
    file.write_bytes(b"PGDMP" if not is_sqlite else b"SQLite format 3\0")
    with pytest.raises(BackupError, match=f"{file} is "):
        restore_backup(source, file, replace=True)
    file.write_bytes(b"something else")
    with pytest.raises(BackupError, match=f"{file} is not a backup"):
        restore_backup(source, file, replace=True)
    missing = file.with_name("missing")
    with pytest.raises(BackupError, match=f"{missing} cannot be read: No such file"):
        restore_backup(source, missing)


# --- The commands


def test_the_commands_print_one_line(source: Store, file: Path, tmp_path: Path) -> None:
    url = {"KKB_DATABASE_URL": source.engine.url.render_as_string(False)}
    saved = kkb("backup", str(file), cwd=tmp_path, **url)
    assert (saved.returncode, saved.stdout.count("\n"), saved.stderr) == (0, 1, "")
    assert str(file) in saved.stdout
    again = kkb("backup", str(file), cwd=tmp_path, **url)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == f"Backup failed: {file} already exists; backups never overwrite files.\n"
    refused = kkb("restore", str(file), cwd=tmp_path, **url)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert refused.stderr.startswith("Restore failed: ")
    restored = kkb("restore", str(file), "--replace", cwd=tmp_path, **url)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert restored.stdout == f"Restored {file}. The store is at revision {revision(source)}.\n"


def test_backing_up_a_store_that_does_not_exist_creates_no_file(tmp_path: Path, file: Path) -> None:
    missing = tmp_path / "missing.db"
    done = kkb("backup", str(file), cwd=tmp_path, KKB_DATABASE_URL=f"sqlite:///{missing}")
    assert done.returncode == 1
    assert f"There is no store at sqlite:///{missing}" in done.stderr
    assert not missing.exists()
