"""Backups: all that a store holds goes into one file and comes back, on both stores."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import and_, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import models as m
from app.kit.sessions import Store
from app.services import store as stores
from app.services.backups.record import BackupError, Content, Tables, beside, look
from app.services.backups.saving import backup, restore
from app.services.releases import publishing
from app.services.releases.archive import Archive
from tests import factories, postgres
from tests.conftest import ONE_STORE, fill, rewrite, serving


@pytest.fixture
def own(address: str, tmp_path: Path) -> Store:
    """A store that a test may write to."""
    return fill(address, factories.write(tmp_path / "data", factories.dataset(4)))


@pytest.fixture
def other(vacant: Callable[[str, Path], str], database: str, tmp_path: Path) -> Store:
    """Another store of the same kind, with nothing in it."""
    (tmp_path / "other").mkdir()
    return stores.open_store(vacant(database, tmp_path / "other"))


CLAIM = and_(m.Record.slug == "claim-1", m.Record.type == "claim")


def held(store: Store) -> Content:
    with store.read() as session:
        return look(session)


def records(content: Content) -> Tables:
    """All but the store's own state: a restored one has a revision of its own."""
    return {name: found for name, found in content.tables.items() if name != "dataset"}


def rename(store: Store, name: str) -> None:
    rewrite(store, "claim", "claim-1", name=name)


def test_a_backup_holds_every_row_of_every_table(own: Store, tmp_path: Path) -> None:
    with own.write() as session:  # a table that no declaration knows of is saved like any other
        session.connection.exec_driver_sql("CREATE TABLE secret (id INTEGER, word TEXT)")
        session.connection.exec_driver_sql("INSERT INTO secret VALUES (1, 'x')")
    file = tmp_path / "kkb.backup"
    record = backup(own, file)
    assert record.tables == held(own).tables
    assert record.tables["secret"].rows == 1
    assert record.tables["claim"].rows == 4
    said = json.loads(beside(file).read_text())
    assert said["sha256"] == record.sha256
    assert said["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob(".kkb.backup*"))


def test_a_backup_is_of_one_moment_while_others_write(
    own: Store, other: Store, tmp_path: Path
) -> None:
    file, done = tmp_path / "kkb.backup", threading.Event()

    def write() -> None:
        while not done.is_set():
            rename(own, f"N{held(own).revision}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while (held(own).revision or 0) < 3:
            time.sleep(0.01)
        record = backup(own, file)  # which checks itself against what it read
    finally:
        done.set()
        writer.join()
    assert record.revision is not None
    assert 3 <= record.revision < (held(own).revision or 0)
    restore(other, file)
    with other.read() as session:
        stmt = select(m.Record.name).where(CLAIM)
        assert session.execute(stmt).scalar_one() == f"N{record.revision - 1}"


def test_what_was_saved_comes_back(own: Store, other: Store, tmp_path: Path) -> None:
    file, before = tmp_path / "kkb.backup", held(own)
    backup(own, file)
    restore(other, file)
    assert records(held(other)) == records(before)
    rename(other, "Still a store")
    for forbidden in ("UPDATE change SET why = 'x'", "UPDATE record SET slug = 'Upper'"):
        with pytest.raises(DBAPIError), other.write() as session:  # its rules are back, too
            session.connection.exec_driver_sql(forbidden)
    with other.read() as session:
        assert session.execute(select(m.Change.why).limit(1)).scalar_one()


def test_a_store_that_holds_data_is_not_overwritten_unasked(own: Store, tmp_path: Path) -> None:
    file = tmp_path / "kkb.backup"
    backup(own, file)
    rename(own, "Written since")
    before = held(own)
    with pytest.raises(BackupError, match="--replace"):
        restore(own, file)
    assert held(own) == before
    restore(own, file, replace=True)
    with own.read() as session:
        stmt = select(m.Record.name).where(CLAIM)
        assert session.execute(stmt).scalar_one() == "Claim-1"


def test_a_restored_store_has_a_revision_that_nobody_has_seen(own: Store, tmp_path: Path) -> None:
    """Else a client would be told that its copy of what is gone is fresh."""
    file = tmp_path / "kkb.backup"
    backup(own, file)
    for number in range(3):
        rename(own, f"N{number}")
    restore(own, file, replace=True)
    assert (held(own).revision or 0) > 4


def test_a_store_that_was_lost_gives_no_tag_twice(own: Store, other: Store, tmp_path: Path) -> None:
    """Restored into an empty store, which cannot know what the lost one told since the backup."""
    file, path = tmp_path / "kkb.backup", "/v1/claims/claim-1"
    backup(own, file)
    rename(own, "Lost")
    host = {"Host": "kb.example"}
    with serving(own) as url, httpx.Client(base_url=url, headers=host) as client:
        lost = client.get(path).headers["etag"]
    restore(other, file)
    rename(other, "Other")
    with serving(other) as url, httpx.Client(base_url=url, headers=host) as client:
        again = client.get(path, headers={"If-None-Match": lost})
        assert (again.status_code, again.json()["data"]["name"]) == (200, "Other")
        assert again.headers["etag"] != lost


def test_what_is_not_in_the_backup_is_gone(own: Store, other: Store, tmp_path: Path) -> None:
    file = tmp_path / "kkb.backup"
    backup(own, file)
    stores.bring_to_head(other)
    with other.write() as session:
        session.connection.exec_driver_sql("CREATE TABLE later (id INTEGER)")
        session.connection.exec_driver_sql("INSERT INTO later VALUES (1)")
    restore(other, file, replace=True)
    assert "later" not in held(other).tables


def test_a_backup_overwrites_nothing(own: Store, tmp_path: Path) -> None:
    file = tmp_path / "kkb.backup"
    backup(own, file)
    before = file.read_bytes()
    with pytest.raises(BackupError, match="there already"):
        backup(own, file)
    assert file.read_bytes() == before


def test_a_damaged_backup_is_refused_and_the_store_stands(
    own: Store, other: Store, tmp_path: Path
) -> None:
    file = tmp_path / "kkb.backup"
    backup(own, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    before = held(own)
    with pytest.raises(BackupError, match="damaged"):
        restore(own, file, replace=True)
    file.write_bytes(content[: len(content) // 2])
    beside(file).unlink()
    with pytest.raises(BackupError):
        restore(own, file, replace=True)
    assert held(own) == before


def test_a_lost_record_is_no_lost_backup(own: Store, other: Store, tmp_path: Path) -> None:
    file = tmp_path / "kkb.backup"
    backup(own, file)
    beside(file).unlink()
    restore(other, file)
    assert records(held(other)) == records(held(own))


def test_a_backup_of_a_newer_software_is_refused_in_words(
    own: Store, other: Store, tmp_path: Path
) -> None:
    with own.write() as session:
        session.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    file = tmp_path / "kkb.backup"
    backup(own, file)
    with pytest.raises(BackupError, match=r"9999.*a newer one made it"):
        restore(other, file)
    assert not held(other).has_data


@ONE_STORE
def test_a_release_is_no_backup_and_replaces_no_store(own: Store, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "releases")
    publishing.publish(own, archive, "7")
    (file,) = (tmp_path / "releases" / "7").glob("*.sqlite")
    before = held(own).tables
    with pytest.raises(BackupError, match="is a release, not a backup"):
        restore(own, file, replace=True)
    assert held(own).tables == before


def test_one_kind_of_store_does_not_take_the_other_s_backup(own: Store, tmp_path: Path) -> None:
    file = tmp_path / "kkb.backup"
    file.write_bytes(b"PGDMP" if own.engine.dialect.name == "sqlite" else b"SQLite format 3\0")
    with pytest.raises(BackupError, match="is a backup of"):
        restore(own, file, replace=True)
    file.write_bytes(b"something else")
    with pytest.raises(BackupError, match="no backup"):
        restore(own, file, replace=True)
    with pytest.raises(BackupError, match="cannot be read"):
        restore(own, tmp_path / "nothing")


def test_a_role_without_createdb_names_a_scratch_database(
    vacant: Callable[[str, Path], str], tmp_path: Path
) -> None:
    address = make_url(vacant("postgresql", tmp_path))
    fill(address.render_as_string(False), factories.write(tmp_path / "d", factories.dataset(2)))
    role, secret = f"plain_{address.database}", "a:b\\c"
    everything = "; ".join(
        f"GRANT ALL ON ALL {kind} IN SCHEMA public TO {role}" for kind in ("TABLES", "SEQUENCES")
    )
    postgres.execute(address, f"CREATE ROLE {role} LOGIN PASSWORD '{secret}'")
    scratch = vacant("postgresql", tmp_path)
    try:
        postgres.execute(address, everything)
        postgres.execute(make_url(scratch), f"GRANT ALL ON SCHEMA public TO {role}")
        plain = stores.open_store(
            address.set(username=role, password=secret).render_as_string(False)
        )
        file = tmp_path / "kkb.backup"
        with pytest.raises(BackupError, match="CREATEDB"):
            backup(plain, file)
        assert not file.exists()
        own = make_url(scratch).set(username=role, password=secret).render_as_string(False)
        assert backup(plain, file, own).tables["claim"].rows == 2
        assert held(stores.open_store(own)).tables == {}
        plain.engine.dispose()
    finally:
        for url in (address, make_url(scratch)):
            postgres.execute(url, f"DROP OWNED BY {role}")
        postgres.execute(address, f"DROP ROLE {role}")


def test_an_empty_store_is_not_worth_a_backup(other: Store, tmp_path: Path) -> None:
    file = tmp_path / "kkb.backup"
    for _ in range(2):
        with pytest.raises(BackupError, match="empty"):
            backup(other, file)
        stores.bring_to_head(other)
    assert not file.exists()
    assert not beside(file).exists()


def test_a_folder_that_is_not_there_is_told_in_words(own: Store, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be written"):
        backup(own, tmp_path / "nowhere" / "kkb.backup")


def test_a_node_that_runs_answers_from_what_was_restored(own: Store, tmp_path: Path) -> None:
    """Though the revision of the backup is one that the node has answered from before."""
    file = tmp_path / "kkb.backup"
    backup(own, file)
    with serving(own) as url, httpx.Client(base_url=url) as client:
        rename(own, "Written since")
        time.sleep(0.15)
        for _ in range(8):  # often enough for the driver to have prepared its statements
            answer = client.get("/v1/claims/claim-1", headers={"Cookie": "unkept=1"})
            assert answer.json()["data"]["name"] == "Written since"
        tag = client.get("/v1/claims/claim-1").headers["etag"]
        restore(own, file, replace=True)
        time.sleep(0.15)
        for _ in range(8):
            answer = client.get("/v1/claims/claim-1", headers={"If-None-Match": tag})
            assert (answer.status_code, answer.json()["data"]["name"]) == (200, "Claim-1")
        rename(own, "And on")
        time.sleep(0.15)
        assert client.get("/v1/claims/claim-1").json()["data"]["name"] == "And on"
