"""Publishing: a release is whole or not there, holds what is public, and never changes."""

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

#: Tables of which a release holds no row. A table that no noun shows belongs here, or is shown.
PRIVATE = {"api_key", "kept_answer", "change", "proposal", "proposed_change", "proposal_event"}
#: What follows from the records: a release rebuilds it from its own records.
REBUILT = {"document", "search_text", "search_name", "search_term", "search_word"}
REBUILT |= {"timeline_point", "timeline_total", "studied_outcome", "studied_claim"}
REBUILT |= {"facet_count"}


@pytest.fixture
def own(address: str, tmp_path: Path) -> Store:
    return fill_store(address, factories.write_folder(tmp_path / "data", factories.dataset(6)))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "releases")


def test_every_table_is_public_or_known_to_be_private() -> None:
    names = {table.name for table in public_tables()}
    assert names | PRIVATE | REBUILT == set(m.Base.metadata.tables)
    assert not names & (PRIVATE | REBUILT)


def test_keys_the_ledger_and_proposals_stay_behind(own: Store, archive: Archive) -> None:
    with own.write() as session:
        api_keys.create_key(session, "A Private Curator", [Scope.ADMIN], 30)
        session.execute(text("CREATE TABLE later (word TEXT)"))
        session.execute(text("INSERT INTO later VALUES ('A Private Word')"))
    publish(own, archive, "1")
    for file in (archive.folder / "1").iterdir():
        assert b"A Private" not in file.read_bytes()
    with archive.get("1").store.read() as frozen, own.read() as live:
        for name in PRIVATE:
            count = text(f"SELECT count(*) FROM {name}")
            assert frozen.execute(count).scalar_one() == 0, name
            if name in ("api_key", "change"):
                assert live.execute(count).scalar_one() > 0, name


def test_a_release_holds_every_public_row(own: Store, archive: Archive) -> None:
    manifest = publish(own, archive, "2026.12", note="A word.")
    with archive.get("2026.12").store.read() as frozen, own.read() as live:
        for table in public_tables():
            if table.name != "dataset":
                assert table_digest(frozen, table) == table_digest(live, table), table.name
        assert frozen.execute(select(m.Dataset.release)).scalar_one() == "2026.12"
        noted = select(m.Dataset.release, m.Dataset.released_revision)
        assert live.execute(noted).one() == ("2026.12", 1)
        assert manifest.counts == records_per_collection(live)
    assert (manifest.note, manifest.revision, manifest.previous) == ("A word.", 1, None)
    assert manifest.sources.references == 6
    assert sum(manifest.counts.values()) > 60


def test_a_release_is_the_same_file_from_either_store(
    make_empty_store: Callable[[str, Path], str], tmp_path: Path
) -> None:
    folder = factories.write_folder(tmp_path / "data", factories.dataset(6))
    found = []
    for database in ("sqlite", "postgresql"):
        store = fill_store(make_empty_store(database, tmp_path), folder)
        archive = Archive(tmp_path / database)
        found.append(publish(store, archive, "1", day=datetime.date(2026, 1, 1)))
        store.engine.dispose()
    assert found[0] == found[1]


@needs("sha256sum")
def test_the_sums_are_what_sha256sum_makes_of_the_files(own: Store, archive: Archive) -> None:
    manifest = publish(own, archive, "1")
    folder = archive.folder / "1"
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    listed = {line.split(": ")[0] for line in done.stdout.splitlines()}
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


def test_the_changelog_says_what_moved(own: Store, archive: Archive, tmp_path: Path) -> None:
    assert publish(own, archive, "1").changelog is None
    load_content(own, tmp_path / "data", second_release_content())
    manifest = publish(own, archive, "2")
    found = manifest.changelog
    assert found is not None
    assert manifest.previous == "1"
    assert found.added["regions"] == ["region-99"]
    assert found.withdrawn == {"compounds": ["compound-5"], "conflicts": ["claim-2"]}
    renamed = next(one for one in found.changed["claims"] if one.slug == "claim-1")
    assert renamed.fields == ["name"]
    moved = {one.claim: (one.before.verdict, one.after.verdict) for one in found.verdicts}
    assert moved["claim-2"] == ("inconclusive", "not_assessed")


@ONE_STORE
@pytest.mark.parametrize("note", ["a\nb", "a\u202eb", "a\x1b[1m"])
def test_a_note_is_one_visible_line(own: Store, archive: Archive, note: str) -> None:
    with pytest.raises(PublishRefusedError, match="the note must"):
        publish(own, archive, "2026.9", note=note)
    assert archive.all() == []


@ONE_STORE
def test_a_release_is_never_published_twice_nor_out_of_order(own: Store, archive: Archive) -> None:
    publish(own, archive, "2026.9")
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
            publish(own, archive, name)
    with pytest.raises(PublishRefusedError, match="is before"):
        publish(own, archive, "2026.12", day=datetime.date(2020, 1, 1))
    assert before == {path: path.read_bytes() for path in (archive.folder / "2026.9").iterdir()}
    publish(own, archive, "2026.12")
    assert [one.name for one in archive.all()] == ["2026.12", "2026.9"]


def test_an_empty_store_is_no_release(address: str, archive: Archive) -> None:
    store = open_store(address)
    bootstrap.migrate_and_rebuild(store)
    with pytest.raises(PublishRefusedError, match="empty"):
        publish(store, archive, "1")
    assert archive.all() == []
    assert [path.name for path in archive.folder.iterdir()] == [".lock"]


@ONE_STORE
def test_a_file_that_was_tampered_with_is_not_sound(own: Store, tmp_path: Path) -> None:
    work, file = tmp_path / "draft.sqlite", tmp_path / "sealed.sqlite"
    with own.read() as session:
        copied, found = snapshot.copy_tables(session, work, "1")
    copied.engine.dispose()
    snapshot.write_release_file(work, file, "{}")
    snapshot.check_release_file(file, found)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE claim SET statement = 'Another.' WHERE rowid = 1 OR 1")
    with pytest.raises(snapshot.CorruptFileError, match="rows of claim differ from those"):
        snapshot.check_release_file(file, found)


def _publish(address: str, folder: Path, largest: int) -> None:
    if largest:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    try:
        publish(open_store(address), Archive(folder), "1")
    except PublishRefusedError as error:
        print(error)
        os._exit(3)
    os._exit(0)


def start(address: str, folder: Path, largest: int = 0) -> BaseProcess:
    process = FORKED.Process(target=_publish, args=(address, folder, largest))
    process.start()
    return process


def files_under_way(folder: Path) -> int:
    """Count the files of a release that is being published; its folder may be renamed meanwhile."""
    while True:
        try:
            return len([*folder.glob(f"{release_publish.TEMPORARY_PREFIX}*/*")])
        except FileNotFoundError:
            continue


@ONE_STORE
def test_a_kill_leaves_a_whole_release_or_none(own: Store, address: str, archive: Archive) -> None:
    """Killed again and again, as soon as it has come a step further than the time before."""
    step, published = 0, 0
    while not published and step < 40:
        process = start(address, archive.folder)
        deadline = time.monotonic() + 60
        while process.is_alive() and time.monotonic() < deadline:
            if files_under_way(archive.folder) > step or (archive.folder / "1").exists():
                break
            time.sleep(0.002)
        process.kill()
        process.join()
        step = max(step + 10, files_under_way(archive.folder))
        fresh = Archive(archive.folder)
        published = len(fresh.all())
        assert list(fresh.integrity_errors()) == []
    if not published:
        publish(own, archive, "1")
    assert [one.name for one in Archive(archive.folder).all()] == ["1"]
    assert list(archive.integrity_errors()) == []
    assert step > 10, "it was never killed on the way"
    publish(own, archive, "2")
    assert not list(archive.folder.glob(f"{release_publish.TEMPORARY_PREFIX}*")), (
        "what was left is removed"
    )


@ONE_STORE
def test_a_full_disk_is_told_and_leaves_nothing(own: Store, address: str, archive: Archive) -> None:
    process = start(address, archive.folder, largest=200_000)
    process.join(60)
    assert process.exitcode == 3
    assert archive.all() == []
    assert not list(archive.folder.glob(f"{release_publish.TEMPORARY_PREFIX}*"))


@ONE_STORE
def test_two_publishers_at_once_give_one_release(
    own: Store, address: str, archive: Archive
) -> None:
    processes = [start(address, archive.folder) for _ in range(3)]
    for process in processes:
        process.join(120)
    assert sorted(process.exitcode or 0 for process in processes) == [0, 3, 3]
    assert [one.name for one in archive.all()] == ["1"]
    assert list(archive.integrity_errors()) == []


def about(folder: Path, release: str) -> Path:
    words = f'release: "{release}"\ndate: "2026-05-01"\n'
    (folder / "about.yaml").write_text(words, "utf-8")
    return folder


def test_a_dataset_that_is_a_release_is_published_once(
    address: str, archive: Archive, tmp_path: Path
) -> None:
    folder = about(factories.write_folder(tmp_path / "data", factories.dataset(3)), "1")
    store = fill_store(address, folder)
    manifest = publish_loaded(store, archive)
    assert manifest is not None
    assert (manifest.name, manifest.date.isoformat()) == ("1", "2026-05-01")
    assert publish_loaded(store, archive) is None
    content = factories.dataset(3)
    content["claims"][0]["name"] = "Another"
    factories.write_folder(folder, content)
    assert bootstrap.load(store, read_folder(about(folder, "2")))
    assert publish_loaded(store, archive) is None, "not what was loaded into an empty store"
    assert [one.name for one in archive.all()] == ["1"]


def test_a_dataset_in_the_making_is_no_release(own: Store, archive: Archive) -> None:
    assert publish_loaded(own, archive) is None
    assert archive.all() == []
