"""Opening of releases: older files are read, newer and damaged ones are refused with a reason."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select

from app import models as m
from app.domain.errors import NotFoundError, UnavailableError
from app.kit.database import open_immutable
from app.kit.sessions import ReadOnlyStore
from app.resources import RESOURCES
from app.services.releases.archive import Archive, SingleReleaseArchive, read_manifest
from app.services.releases.reader import NotAReleaseFileError
from app.services.store import migrations
from app.services.store.revision import current_revision, records_per_collection
from tests.params import ONE_STORE
from tests.releases import builders
from tests.releases.conftest import Published
from tests.reliability.old_schema import RENAMED, table_name


def versions() -> list[str]:
    """Return the first schema version with releases, and the one before the newest."""
    script = ScriptDirectory(str(migrations.MIGRATIONS))
    steps = [step.revision for step in script.walk_revisions()]
    return [steps[-1], steps[1]]


@pytest.fixture
def release(published: Published) -> Path:
    return published.archive.folder / "1"


def listed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def tables_of(file: Path) -> set[str]:
    """Return the tables of a release by their current names."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {RENAMED.get(name, name) for (name,) in rows}


@ONE_STORE
@pytest.mark.parametrize("version", versions())
def test_an_older_release_is_read_without_changing_its_file(
    release: Path, version: str, tmp_path: Path
) -> None:
    file = tmp_path / "old.sqlite"
    builders.older_release(release / "ketamine-kb-1.sqlite", file, version)
    old_tables = tables_of(file)
    builders.replace_database(file, release, tmp_path / "releases")
    archive_folder, before = tmp_path / "releases", listed(tmp_path)
    archive = Archive(archive_folder)
    opened = archive.get("1")
    database_file = archive_folder / "1" / opened.manifest.database
    content = database_file.read_bytes()
    with opened.store.read() as session:
        assert migrations.current_version(session) == migrations.head_version()
        assert records_per_collection(session) == {
            name: number if table_name(RESOURCES[name].record_type) in old_tables else 0
            for name, number in opened.manifest.counts.items()
        }
        revision = current_revision(session)
        assert revision is not None
        assert (revision.release, revision.revision) == ("1", 1)
        certainty = select(m.Verdict.id, m.Verdict.certainty_rank).order_by(m.Verdict.id)
        migrated = session.execute(certainty).all()
        ranks = dict(session.execute(select(m.Verdict.verdict, m.Verdict.verdict_rank)).all())
    order = list(builders.WORDS_OF_RULE_2026)
    assert ranks
    assert all(rank == 1 + order.index(verdict) for verdict, rank in ranks.items())
    with ReadOnlyStore(open_immutable(release / "ketamine-kb-1.sqlite")).read() as session:
        assert session.execute(certainty).all() == migrated
    assert database_file.read_bytes() == content
    assert listed(tmp_path) == before


@ONE_STORE
def test_a_release_of_newer_software_is_refused_with_the_reason(
    release: Path, tmp_path: Path
) -> None:
    file = tmp_path / "new.sqlite"
    builders.newer_release(release / "ketamine-kb-1.sqlite", file)
    with pytest.raises(UnavailableError, match=r"version 9999.*published by a newer one"):
        SingleReleaseArchive(file)
    builders.replace_database(file, release, tmp_path / "releases")
    archive = Archive(tmp_path / "releases")
    with pytest.raises(UnavailableError, match=r"version 9999.*Update this node"):
        archive.get("1")
    assert [one.name for one in archive.all()] == ["1"]


@ONE_STORE
def test_a_damaged_or_incomplete_copy_is_refused(release: Path, tmp_path: Path) -> None:
    whole = (release / "ketamine-kb-1.sqlite").read_bytes()
    for number, content in enumerate((whole[: len(whole) // 2], whole[:-1] + b"x", b"", whole * 2)):
        file = tmp_path / "x.sqlite"
        file.write_bytes(content)
        builders.replace_database(file, release, tmp_path / str(number))
        folder = tmp_path / str(number) / "1"
        (folder / "manifest.json").write_text((release / "manifest.json").read_text())
        with pytest.raises(UnavailableError, match="cannot be read here"):
            Archive(tmp_path / str(number)).get("1")


@pytest.mark.parametrize("content", [b"", b"nonsense", b"SQLite format 3\0" + b"\0" * 500])
def test_a_file_that_is_not_a_release_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.sqlite"
    file.write_bytes(content)
    with pytest.raises(NotAReleaseFileError):
        SingleReleaseArchive(file)
    with pytest.raises(NotAReleaseFileError):
        SingleReleaseArchive(tmp_path / "nothing.sqlite")


@ONE_STORE
def test_folders_without_a_valid_manifest_are_not_listed(release: Path, tmp_path: Path) -> None:
    (tmp_path / "2026.1").mkdir()
    (tmp_path / "2026.2").mkdir()
    (tmp_path / "2026.2" / "manifest.json").write_text("{")
    (tmp_path / "2026.3").mkdir()
    (tmp_path / "2026.3" / "manifest.json").write_text((release / "manifest.json").read_text())
    (tmp_path / ".publishing-9-x").mkdir()
    (tmp_path / "notes").mkdir()
    archive = Archive(tmp_path)
    assert archive.all() == []
    with pytest.raises(NotFoundError, match="There are no releases yet"):
        archive.get("2026.3")
    assert Archive(tmp_path / "nowhere").all() == []


@ONE_STORE
def test_a_release_that_is_added_later_is_listed_immediately(release: Path, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "releases")
    assert archive.all() == []
    (tmp_path / "releases").mkdir()
    release_copy = tmp_path / "releases" / "1"
    release_copy.mkdir()
    for path in release.iterdir():
        (release_copy / path.name).write_bytes(path.read_bytes())
    assert [one.name for one in archive.all()] == ["1"]
    assert archive.get("1") is archive.get("1")


@ONE_STORE
def test_writing_to_a_release_raises(published: Published) -> None:
    store = published.archive.get("1").store
    assert isinstance(store, ReadOnlyStore)
    with pytest.raises(TypeError, match="read-only"), store.write():
        pass
    with pytest.raises(Exception, match="readonly"), store.read() as session:
        session.connection.exec_driver_sql("DELETE FROM record")


@ONE_STORE
def test_a_file_without_its_folder_has_the_same_manifest(release: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.sqlite"
    file.write_bytes((release / "ketamine-kb-1.sqlite").read_bytes())
    copied = SingleReleaseArchive(file)
    (only,) = copied.all()
    manifest = read_manifest(release)
    assert only.model_copy(update={"files": []}) == manifest.model_copy(update={"files": []})
    assert [one.name for one in only.files] == ["copy.sqlite"]
    assert only.files[0].sha256 == manifest.files[0].sha256
    with_manifest = SingleReleaseArchive(release / "ketamine-kb-1.sqlite")
    assert with_manifest.all() == [manifest]
    assert len(with_manifest.only.files) == len(manifest.files) + 2
