"""Publishing: a release is complete or absent, contains public data only, and never changes."""

import datetime
import os
import resource
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app import models as m
from app.domain.curation import Scope
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.curation import api_keys
from app.services.dataset.folder import read_folder
from app.services.releases import publish as release_publish
from app.services.releases import snapshot
from app.services.releases.archive import Archive
from app.services.releases.public_tables import public_tables
from app.services.releases.publish import PublishRefusedError, publish, publish_loaded
from app.services.store.checksums import table_digest
from app.services.store.opening import open_store
from app.services.store.revision import records_per_collection
from tests import factories
from tests.helpers import fill_store
from tests.params import ONE_STORE, needs
from tests.releases.conftest import load_content, second_release_content
from tests.run_cli import FORKED

#: Tables of which a release contains no row: every table that is not part of a public collection.
PRIVATE = {"api_key", "kept_answer", "change", "proposal", "proposed_change", "proposal_event"}
#: Tables that are computed from the records, and rebuilt from the records of a release.
REBUILT = {"document", "search_text", "search_name", "search_term", "search_word"}
REBUILT |= {"timeline_point", "timeline_total", "studied_outcome", "studied_claim"}
REBUILT |= {"facet_count"}


@pytest.fixture
def live_store(address: str, tmp_path: Path) -> Store:
    return fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(6)))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "releases")


def test_every_table_is_either_public_or_private_or_rebuilt() -> None:
    names = {table.name for table in public_tables()}
    assert names | PRIVATE | REBUILT == set(m.Base.metadata.tables)
    assert not names & (PRIVATE | REBUILT)


def test_a_release_contains_no_api_keys_audit_log_or_proposals(
    live_store: Store, archive: Archive
) -> None:
    with live_store.write() as session:
        api_keys.create_key(session, "A Private Curator", [Scope.ADMIN], 30)
        session.execute(text("CREATE TABLE later (word TEXT)"))
        session.execute(text("INSERT INTO later VALUES ('A Private Word')"))
    publish(live_store, archive, "1")
    for file in (archive.folder / "1").iterdir():
        assert b"A Private" not in file.read_bytes()
    with archive.get("1").store.read() as frozen, live_store.read() as live:
        for name in PRIVATE:
            count = text(f"SELECT count(*) FROM {name}")
            assert frozen.execute(count).scalar_one() == 0, name
            if name in ("api_key", "change"):
                assert live.execute(count).scalar_one() > 0, name


def test_a_release_contains_every_public_row(live_store: Store, archive: Archive) -> None:
    manifest = publish(live_store, archive, "2026.12", note="A word.")
    with archive.get("2026.12").store.read() as frozen, live_store.read() as live:
        for table in public_tables():
            if table.name != "dataset":
                assert table_digest(frozen, table) == table_digest(live, table), table.name
        assert frozen.execute(select(m.Dataset.release)).scalar_one() == "2026.12"
        release_columns = select(m.Dataset.release, m.Dataset.released_revision)
        assert live.execute(release_columns).one() == ("2026.12", 1)
        assert manifest.counts == records_per_collection(live)
    assert (manifest.note, manifest.revision, manifest.previous) == ("A word.", 1, None)
    assert manifest.sources.references == 6
    assert sum(manifest.counts.values()) > 60


def test_sqlite_and_postgresql_stores_publish_the_same_file(
    make_empty_store: Callable[[str, Path], str], tmp_path: Path
) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(6))
    result = []
    for database in ("sqlite", "postgresql"):
        store = fill_store(make_empty_store(database, tmp_path), folder)
        archive = Archive(tmp_path / database)
        result.append(publish(store, archive, "1", day=datetime.date(2026, 1, 1)))
        store.engine.dispose()
    assert result[0] == result[1]


@needs("sha256sum")
def test_sha256sum_confirms_the_checksums_of_a_release(live_store: Store, archive: Archive) -> None:
    manifest = publish(live_store, archive, "1")
    folder = archive.folder / "1"
    completed = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    listed = {line.split(": ")[0] for line in completed.stdout.splitlines()}
    assert listed == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    for file in manifest.files:
        assert (folder / file.name).stat().st_size == file.bytes
        assert (folder / file.name).stat().st_mode & 0o222 == 0
    assert {file.name for file in manifest.files} == {
        manifest.database,
        *(f"{name}.{form}" for name in RESOURCES for form in ("ndjson", "parquet")),
        *("datacite.json", "zenodo.json"),
    }
    assert len((folder / "claims.ndjson").read_text().splitlines()) == 6


def test_the_changelog_lists_changed_records_and_verdicts(
    live_store: Store, archive: Archive, tmp_path: Path
) -> None:
    assert publish(live_store, archive, "1").changelog is None
    load_content(live_store, tmp_path / "data", second_release_content())
    manifest = publish(live_store, archive, "2")
    result = manifest.changelog
    assert result is not None
    assert manifest.previous == "1"
    assert result.added["regions"] == ["region-99"]
    assert result.withdrawn == {"compounds": ["compound-5"], "conflicts": ["claim-2"]}
    renamed = next(change for change in result.changed["claims"] if change.slug == "claim-1")
    assert renamed.fields == ["name"]
    verdicts = {row.claim: (row.before.verdict, row.after.verdict) for row in result.verdicts}
    assert verdicts["claim-2"] == ("inconclusive", "not_assessed")


@ONE_STORE
@pytest.mark.parametrize("note", ["a\nb", "a\u202eb", "a\x1b[1m"])
def test_a_note_with_line_breaks_or_invisible_characters_is_refused(
    live_store: Store, archive: Archive, note: str
) -> None:
    with pytest.raises(PublishRefusedError, match="the note must"):
        publish(live_store, archive, "2026.9", note=note)
    assert archive.all() == []


@ONE_STORE
def test_a_release_that_exists_or_is_older_than_the_newest_is_refused(
    live_store: Store, archive: Archive
) -> None:
    publish(live_store, archive, "2026.9")
    before = {path: path.read_bytes() for path in (archive.folder / "2026.9").iterdir()}
    for name, words in (
        ("2026.9", "already published"),
        ("2026.09", "does not come after"),
        ("2026.8", "does not come after"),
        ("1", "does not come after"),
        ("latest", "not a valid release name"),
        ("../x", "not a valid release name"),
        ("2026.12 ", "not a valid release name"),
        ("", "not a valid release name"),
    ):
        with pytest.raises(PublishRefusedError, match=words):
            publish(live_store, archive, name)
    with pytest.raises(PublishRefusedError, match="is before"):
        publish(live_store, archive, "2026.12", day=datetime.date(2020, 1, 1))
    assert before == {path: path.read_bytes() for path in (archive.folder / "2026.9").iterdir()}
    publish(live_store, archive, "2026.12")
    assert [release.name for release in archive.all()] == ["2026.12", "2026.9"]


def test_an_empty_store_is_not_published(address: str, archive: Archive) -> None:
    store = open_store(address)
    bootstrap.migrate_and_rebuild(store)
    with pytest.raises(PublishRefusedError, match="empty"):
        publish(store, archive, "1")
    assert archive.all() == []
    assert [path.name for path in archive.folder.iterdir()] == [".lock"]


@ONE_STORE
def test_a_release_file_with_changed_rows_is_reported_as_corrupt(
    live_store: Store, tmp_path: Path
) -> None:
    work, file = tmp_path / "draft.sqlite", tmp_path / "sealed.sqlite"
    with live_store.read() as session:
        copied, result = snapshot.copy_tables(session, work, "1")
    copied.engine.dispose()
    snapshot.write_release_file(work, file, "{}")
    snapshot.check_release_file(file, result)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE claim SET statement = 'Another.' WHERE rowid = 1 OR 1")
    with pytest.raises(snapshot.CorruptFileError, match="rows of claim differ from those"):
        snapshot.check_release_file(file, result)


def _publish(address: str, folder: Path, max_file_bytes: int) -> None:
    if max_file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
    try:
        publish(open_store(address), Archive(folder), "1")
    except PublishRefusedError as error:
        print(error)
        os._exit(3)
    os._exit(0)


def start_publisher(address: str, folder: Path, max_file_bytes: int = 0) -> BaseProcess:
    process = FORKED.Process(target=_publish, args=(address, folder, max_file_bytes))
    process.start()
    return process


def count_temporary_files(folder: Path) -> int:
    """Count the files of an unfinished release; its folder may be renamed meanwhile."""
    while True:
        try:
            return len([*folder.glob(f"{release_publish.TEMPORARY_PREFIX}*/*")])
        except FileNotFoundError:
            continue


@ONE_STORE
def test_a_killed_publisher_leaves_a_complete_release_or_none(
    live_store: Store, address: str, archive: Archive
) -> None:
    """Each publisher is killed as soon as it has written more files than the one before."""
    step, published = 0, 0
    while not published and step < 40:
        process = start_publisher(address, archive.folder)
        deadline = time.monotonic() + 60
        while process.is_alive() and time.monotonic() < deadline:
            if count_temporary_files(archive.folder) > step or (archive.folder / "1").exists():
                break
            time.sleep(0.002)
        process.kill()
        process.join()
        step = max(step + 10, count_temporary_files(archive.folder))
        reopened = Archive(archive.folder)
        published = len(reopened.all())
        assert list(reopened.integrity_errors()) == []
    if not published:
        publish(live_store, archive, "1")
    assert [release.name for release in Archive(archive.folder).all()] == ["1"]
    assert list(archive.integrity_errors()) == []
    assert step > 10, "no publisher was killed before it finished"
    publish(live_store, archive, "2")
    assert not list(archive.folder.glob(f"{release_publish.TEMPORARY_PREFIX}*")), (
        "temporary files of killed publishers are removed"
    )


@ONE_STORE
def test_publishing_on_a_full_disk_is_refused_and_leaves_no_files(
    live_store: Store, address: str, archive: Archive
) -> None:
    process = start_publisher(address, archive.folder, max_file_bytes=200_000)
    process.join(60)
    assert process.exitcode == 3
    assert archive.all() == []
    assert not list(archive.folder.glob(f"{release_publish.TEMPORARY_PREFIX}*"))


@ONE_STORE
def test_concurrent_publishers_publish_one_release(
    live_store: Store, address: str, archive: Archive
) -> None:
    processes = [start_publisher(address, archive.folder) for _ in range(3)]
    for process in processes:
        process.join(120)
    assert sorted(process.exitcode or 0 for process in processes) == [0, 3, 3]
    assert [release.name for release in archive.all()] == ["1"]
    assert list(archive.integrity_errors()) == []


def write_about_file(folder: Path, release: str) -> Path:
    words = f'release: "{release}"\ndate: "2026-05-01"\n'
    (folder / "about.yaml").write_text(words, "utf-8")
    return folder


def test_a_loaded_dataset_with_a_release_name_is_published_once(
    address: str, archive: Archive, tmp_path: Path
) -> None:
    folder = write_about_file(factories.write_folder(tmp_path / "data", factories.dataset(3)), "1")
    store = fill_store(address, folder)
    manifest = publish_loaded(store, archive)
    assert manifest is not None
    assert (manifest.name, manifest.date.isoformat()) == ("1", "2026-05-01")
    assert publish_loaded(store, archive) is None
    content = factories.dataset(3)
    content["claims"][0]["name"] = "Another"
    factories.write_folder(folder, content)
    assert bootstrap.load(store, read_folder(write_about_file(folder, "2")))
    assert publish_loaded(store, archive) is None, (
        "only the first load into an empty store is published"
    )
    assert [release.name for release in archive.all()] == ["1"]


def test_a_loaded_dataset_without_a_release_name_is_not_published(
    live_store: Store, archive: Archive
) -> None:
    assert publish_loaded(live_store, archive) is None
    assert archive.all() == []
