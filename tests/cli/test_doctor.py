"""`kkb doctor`: nothing to report about a sound installation, and each fault by its check."""

import json
import os
import shutil
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.kit.sessions import Store
from app.services import bootstrap
from app.services.diagnostics.check_result import CheckLevel
from app.services.diagnostics.files import check_permissions
from app.services.releases.archive import Archive
from app.services.releases.publish import publish
from app.services.store.opening import open_store
from tests import factories, postgres
from tests.helpers import fill_store
from tests.params import ONE_STORE
from tests.reliability import mounts
from tests.run_cli import FORKED, kkb

OK, WARNING, ERROR = CheckLevel.OK, CheckLevel.WARNING, CheckLevel.ERROR
UNREACHABLE = "postgresql+psycopg://kkb:secret@127.0.0.1:1/kkb"
CHECKS = [
    "settings",
    "store",
    "migrations",
    "dataset",
    "documents",
    "search",
    "verdicts",
    "clock",
    "disk",
    "permissions",
    "releases",
]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release."""
    root = tmp_path_factory.mktemp("released")
    folder = factories.write_folder(root / "data", factories.dataset(3))
    store = fill_store(f"sqlite:///{root}/kkb.db", folder)
    publish(store, Archive(root / "releases"), "1")
    store.engine.dispose()
    return root / "releases"


@pytest.fixture
def store(address: str, tmp_path: Path, releases: Path) -> Store:
    """A store beside a release of its records, readable by its owner alone."""
    folder = factories.write_folder(tmp_path / "data", factories.dataset(3))
    found = fill_store(address, folder)
    found.engine.dispose()
    shutil.copytree(releases, tmp_path / "releases")
    if (file := tmp_path / "kkb.db").exists():
        file.chmod(0o600)  # SQLite gives its log the mode of the file
    return found


def doctor(address: str, folder: Path, **settings: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit status, and the findings that are not ok."""
    own = {"KKB_DATABASE_URL": address, "KKB_RELEASES": str(folder / "releases")}
    done = kkb("doctor", "--json", cwd=folder, **own | settings)
    assert done.stderr == ""
    assert "secret" not in done.stdout
    report = json.loads(done.stdout)
    assert report["ok"] == (done.returncode == 0)
    return done.returncode, [f for f in report["results"] if f["level"] != OK]


def assert_found(
    result: tuple[int, list[dict[str, Any]]], level: CheckLevel, check: str, message: str
) -> None:
    status, findings = result
    assert status == (level is ERROR), findings
    found = [f for f in findings if (f["level"], f["check"]) == (level, check)]
    assert any(message in f["message"] for f in found), findings
    assert all(f["remedy"] for f in findings)


def test_a_sound_installation_has_no_findings(store: Store, address: str, tmp_path: Path) -> None:
    own = {"KKB_DATABASE_URL": address, "KKB_RELEASES": str(tmp_path / "releases")}
    done = kkb("doctor", cwd=tmp_path, **own)
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout
    assert list(dict.fromkeys(line[1] for line in lines)) == CHECKS
    assert {line[0] for line in lines if line[1] != "disk"} == {"ok"}, done.stdout


@pytest.mark.parametrize(
    ("statement", "check", "message"),
    [
        (
            "UPDATE document SET body = replace(body, 'Region-2', 'Other')",
            "documents",
            "the document of regions/region-2 differs from the record",
        ),
        (
            "DELETE FROM document WHERE id = (SELECT id FROM record WHERE slug = 'region-2')",
            "documents",
            "the document of regions/region-2 differs from the record",
        ),
        (
            "UPDATE search_text SET names = 'other' WHERE slug = 'region-1'",
            "search",
            "the search entry of regions/region-1 differs",
        ),
        (
            "UPDATE dataset SET search_version = 0",
            "search",
            "written by another version of the software",
        ),
        (
            "UPDATE verdict SET notes_for = 99 WHERE notes_for > 0",
            "verdicts",
            "does not follow from the notes",
        ),
        (
            "UPDATE verdict SET rule_version = '2020.1'",
            "verdicts",
            "3 verdicts were computed by another rule version",
        ),
        ("UPDATE alembic_version SET version_num = '0001'", "migrations", "the schema is at 0001"),
        ("UPDATE alembic_version SET version_num = '9999'", "migrations", "the schema is at 9999"),
        (
            "INSERT INTO change (revision, at, who, why, action, type, slug, fields, causes)"
            " VALUES (2, '2099-01-01T00:00:00.000000Z', 'a', 'b', 'create', 'region', 'c',"
            " '[]', '[]')",
            "clock",
            "the last change was recorded at 2099-01-01",
        ),
    ],
)
def test_a_fault_in_the_store_is_an_error(
    store: Store, address: str, tmp_path: Path, statement: str, check: str, message: str
) -> None:
    with store.write() as session:
        assert session.execute(text(statement)).rowcount > 0  # type: ignore[attr-defined]
    assert_found(doctor(address, tmp_path), ERROR, check, message)


def test_an_empty_store_is_an_error(address: str, tmp_path: Path) -> None:
    store = open_store(address)
    bootstrap.migrate_and_rebuild(store)
    store.engine.dispose()
    assert_found(doctor(address, tmp_path), ERROR, "dataset", "the store is empty")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:///nowhere/kkb.db", "nowhere/kkb.db does not exist"),
        ("sqlite:///.", "is a folder"),
        ("sqlite:////etc/hostname/kkb.db", "/etc/hostname/kkb.db does not exist"),
        (UNREACHABLE, "postgresql+psycopg://kkb:***@127.0.0.1:1/kkb: connection"),
    ],
)
def test_a_store_that_cannot_be_used_is_an_error(tmp_path: Path, url: str, message: str) -> None:
    assert_found(doctor(url, tmp_path), ERROR, "store", message)
    assert not list(tmp_path.iterdir()), "nothing is created"


@ONE_STORE
def test_a_damaged_file_is_an_error(store: Store, address: str, tmp_path: Path) -> None:
    store.engine.dispose()
    file = tmp_path / "kkb.db"
    content = bytearray(file.read_bytes())
    content[8192:-4096] = b"\xff" * (len(content) - 12288)
    file.write_bytes(content)
    assert_found(doctor(address, tmp_path), ERROR, "store", "sqlite:///")
    file.write_text("This is no database, but a text that is longer than its header." * 100)
    assert_found(doctor(address, tmp_path), ERROR, "store", "file is not a database")


def test_an_unreachable_or_late_standby_is_found(tmp_path: Path) -> None:
    with postgres.cluster() as primary, postgres.standby(primary) as standby:
        folder = factories.write_folder(tmp_path / "data", factories.dataset(2))
        store = fill_store(primary.address, folder)
        unreachable = doctor(primary.address, tmp_path, KKB_READ_DATABASE_URL=UNREACHABLE)
        assert_found(unreachable, ERROR, "standby", "kkb:***@127.0.0.1:1/kkb: connection")
        refused = doctor(standby.address, tmp_path)
        assert_found(refused, ERROR, "store", "is a standby, which accepts no writes")
        postgres.execute(standby.database_url, "SELECT pg_wal_replay_pause()")
        with store.write() as session:
            session.execute(text("UPDATE dataset SET revision = 2"))
        late = doctor(primary.address, tmp_path, KKB_READ_DATABASE_URL=standby.address)
        assert_found(late, WARNING, "standby", "is behind: revision 1, not 2")
        store.engine.dispose()


@ONE_STORE
def test_settings_that_do_not_exist_or_are_invalid_are_found(
    store: Store, address: str, tmp_path: Path
) -> None:
    status, findings = doctor(address, tmp_path, KKB_DATABSE_URL="x", KKB_COLOUR="blue")
    assert status == 0
    assert [(f["check"], f["level"], f["message"], f["remedy"]) for f in findings] == [
        ("settings", "warning", "KKB_COLOUR is not a setting", "`kkb settings` lists them."),
        (
            "settings",
            "warning",
            "KKB_DATABSE_URL is not a setting",
            "Did you mean KKB_DATABASE_URL?",
        ),
    ]
    invalid = doctor(address, tmp_path, KKB_POOL_SIZE="many")
    assert_found(invalid, ERROR, "settings", "KKB_POOL_SIZE: Input should be a valid integer")
    removed = doctor(address, tmp_path, KKB_REPLICA_URLS="x")
    assert_found(removed, ERROR, "settings", "KKB_REPLICA_URLS was removed")


@ONE_STORE
def test_files_that_others_may_read_are_a_warning(
    store: Store, address: str, tmp_path: Path
) -> None:
    (tmp_path / "kkb.db").chmod(0o644)
    assert_found(doctor(address, tmp_path), WARNING, "permissions", "Other users may read")


def test_releases_that_are_a_file_are_an_error(store: Store, address: str, tmp_path: Path) -> None:
    found = doctor(address, tmp_path, KKB_RELEASES=str(tmp_path / "data" / "all.yaml"))
    assert_found(found, ERROR, "permissions", "all.yaml is a file")


@ONE_STORE
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_files_of_another_user_are_found(store: Store, address: str, tmp_path: Path) -> None:
    """In a folder that `nobody` reaches; pytest's own are closed to others."""
    place = Path("/tmp") / f"kkb-doctor-{os.getpid()}"
    shutil.copytree(tmp_path, place)
    try:
        place.chmod(0o755)
        (place / "kkb.db").chmod(0o600)
        receiver, sender = FORKED.Pipe(duplex=False)
        process = FORKED.Process(target=check_as_nobody, args=(place, sender))
        process.start()
        assert receiver.poll(60)
        assert receiver.recv() == [
            f"nobody may not create files in {place}",
            f"nobody may not read and write {place}/kkb.db",
            f"nobody may not write to {place}/releases: no release can be published",
        ]
        process.join()
    finally:
        shutil.rmtree(place)


def check_as_nobody(place: Path, sender: Connection) -> None:
    os.setgroups([])
    os.setuid(65534)
    findings = check_permissions(place / "kkb.db", place / "releases", place / "data")
    sender.send([finding.message for finding in findings])


def test_a_changed_release_is_an_error(store: Store, address: str, tmp_path: Path) -> None:
    file = next((tmp_path / "releases").glob("1/*.sqlite"))
    with file.open("ab") as opened:
        opened.write(b"x")
    assert_found(doctor(address, tmp_path), ERROR, "releases", f"{file.name} was changed")


@pytest.mark.parametrize(("megabytes", "level"), [(50, ERROR), (500, WARNING)])
@pytest.mark.skipif(not mounts.may_mount(), reason="mounting a small disk is not permitted")
@ONE_STORE
def test_little_disk_space_is_found(
    store: Store, address: str, tmp_path: Path, megabytes: int, level: CheckLevel
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    with mounts.small(place, megabytes * 1_000_000):
        found = doctor(address, tmp_path, KKB_RELEASES=str(place / "releases"))
        assert_found(found, level, "disk", "GB free for the releases")
