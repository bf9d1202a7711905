"""Publish a release: written to a temporary folder, then renamed.

After a crash at any moment the release is complete, or absent; the next publisher removes temporary
folders. Of the store, only the name of the release is written, at the end.
"""

import datetime
import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from app import models as m
from app.domain import release_names
from app.domain.citation import cite_dataset, licence_expression
from app.domain.invisible_characters import require_one_line
from app.kit.connection_shares import ReadKind
from app.kit.database import open_immutable
from app.kit.parquet_process import ParquetProcess
from app.kit.repository import Repository
from app.kit.sessions import ReadOnlyStore, ReadSession, Store
from app.resources import RESOURCES
from app.services.dataset.about import About
from app.services.records import exports
from app.services.records.licences import exported_licences, stored_licences
from app.services.releases import snapshot
from app.services.releases.archive import Archive, today
from app.services.releases.deposit_metadata import deposit_files
from app.services.releases.diff import build_changelog
from app.services.releases.manifest import (
    CHECKSUMS,
    JSON,
    MANIFEST,
    SQLITE,
    Manifest,
    ReleaseFileInfo,
    Sources,
)
from app.services.releases.reader import describe_file
from app.services.store import checksums, migrations
from app.services.store.fsync import fsync_directory, fsync_file
from app.services.store.revision import (
    current_revision,
    dataset_metadata,
    records_per_collection,
)

log = logging.getLogger("kkb")
TEMPORARY_PREFIX = ".publishing-"
TABLE_FORMATS = ("ndjson", "parquet")


class PublishRefusedError(Exception):
    """The release was refused; the message says why, and what would work."""


class ReleaseNameTakenError(PublishRefusedError):
    """A release of this name exists."""


class FolderNotWritableError(PublishRefusedError):
    """The folder of releases cannot be written; `is_full`: because the disk is full."""

    def __init__(self, folder: Path, cause: Exception) -> None:
        """Derive `is_full` from the cause."""
        self.is_full = isinstance(cause, OSError) and cause.errno in {ENOSPC, EDQUOT}
        self.is_full |= isinstance(cause, sqlite3.Error) and "disk is full" in str(cause)
        super().__init__(f"it cannot be written to {folder}: {cause}")


def publish(
    store: Store,
    archive: Archive,
    name: str,
    *,
    note: str | None = None,
    day: datetime.date | None = None,
) -> Manifest:
    """Publish the current records of the store as a release.

    Args:
        store: Store to read.
        archive: Archive to publish to.
        name: Name of the release, which must sort after the newest one.
        note: Note for readers, of one line.
        day: Publication date; today in UTC by default.

    Raises:
        PublishRefusedError: The name, the note, the date or the store does not allow it, or the
            folder cannot be written.
        CorruptFileError: The written file failed its check.
    """
    if not release_names.is_name(name):
        raise PublishRefusedError(
            f"{name!r} is not a valid release name: use numbers separated by dots, such as 2026.12"
        )
    try:
        note = None if note is None else require_one_line(note)
    except ValueError as error:
        raise PublishRefusedError(f"the note {error}") from error
    try:
        archive.folder.mkdir(parents=True, exist_ok=True)
        return _publish(store, archive, name, note, day or today())
    except OperationalError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise FolderNotWritableError(archive.folder, error.orig) from error
        raise
    except (OSError, sqlite3.OperationalError) as error:
        raise FolderNotWritableError(archive.folder, error) from error


def _publish(
    store: Store, archive: Archive, name: str, note: str | None, day: datetime.date
) -> Manifest:
    with _publish_lock(archive.folder):
        previous = _previous_release(archive, name, day)
        for leftover in archive.folder.glob(f"{TEMPORARY_PREFIX}*"):
            shutil.rmtree(leftover)
        work = Path(tempfile.mkdtemp(prefix=f"{TEMPORARY_PREFIX}{name}-", dir=archive.folder))
        try:
            manifest = _write(store, archive, work, name, note, day, previous)
            _fsync_and_protect(work)
            work.rename(archive.folder / name)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        fsync_directory(archive.folder)
    _record_release(store, manifest)
    fields = {
        "release": name,
        "revision": manifest.revision,
        "records": sum(manifest.counts.values()),
    }
    log.info("release published", extra={"fields": fields})
    return manifest


def _record_release(store: Store, manifest: Manifest) -> None:
    """Let the store know that its records are a release, unless they changed meanwhile.

    The release stands without it: until the next one, citations say "unreleased changes".
    """
    released = {"release": manifest.name, "released_revision": manifest.revision}
    stmt = update(m.Dataset).where(m.Dataset.revision == manifest.revision).values(released)
    try:
        with store.primary.write() as session:
            session.execute(stmt)
    except DBAPIError as error:
        log.warning("the store does not name release %s: %s", manifest.name, error.orig)


def publish_loaded(store: Store, archive: Archive) -> Manifest | None:
    """Publish a loaded dataset under its own release name and date.

    Returns None if the store has changed since the load, or if the release exists.
    """
    with store.primary.read(ReadKind.EXPORT) as session:
        revision = current_revision(session)
    if revision is None or revision.revision != 1 or not release_names.is_name(revision.release):
        return None
    if any(manifest.name == revision.release for manifest in archive.all()):
        return None
    with store.primary.read(ReadKind.EXPORT) as session:
        about = _about(session)
    return publish(store, archive, revision.release, day=about.date)


def _previous_release(archive: Archive, name: str, day: datetime.date) -> Manifest | None:
    """Return the newest release; None if there is none.

    Raises:
        PublishRefusedError: The new release cannot follow it.
    """
    newest = next(iter(archive.all()), None)
    if (archive.folder / name).exists():
        raise ReleaseNameTakenError(f"release {name} is already published; releases are immutable")
    if newest is None:
        return None
    if release_names.sort_key(name) <= newest.order:
        raise PublishRefusedError(f"{name} does not come after {newest.name}, the newest release")
    if day < newest.date:
        raise PublishRefusedError(
            f"{day} is before {newest.date}, the day of release {newest.name}"
        )
    return newest


def _write(
    store: Store,
    archive: Archive,
    work: Path,
    name: str,
    note: str | None,
    day: datetime.date,
    previous: Manifest | None,
) -> Manifest:
    repository = Repository(RESOURCES)
    draft = work / "draft.sqlite"
    with store.primary.read(ReadKind.EXPORT) as session:
        revision = current_revision(session)
        if revision is None:
            raise PublishRefusedError("the store is empty; `kkb load` loads a dataset")
        copied, digests = snapshot.copy_tables(session, draft, name)
    with copied.read() as session:
        changelog = (
            build_changelog(repository, archive.get(previous.name).store, session)
            if previous
            else None
        )
        licences = stored_licences(session, repository)
        manifest = Manifest(
            name=name,
            date=day,
            revision=revision.revision,
            digest=checksums.combined_digest(digests),
            schema_version=migrations.head_version(),
            note=note,
            previous=previous.name if previous else None,
            licence=licence_expression(licences),
            cite=cite_dataset(name, revision.revision, licences),
            counts=records_per_collection(session),
            sources=_sources(session),
            changelog=changelog,
            files=[],
        )
    copied.engine.dispose()
    file = work / manifest.database
    snapshot.write_release_file(draft, file, manifest.embedded())
    for leftover in work.glob("draft.*"):
        leftover.unlink()
    snapshot.check_release_file(file, digests)
    files = [*_files(file, repository), *_write_deposit_files(work, manifest)]
    manifest = manifest.model_copy(update={"files": files})
    (work / MANIFEST).write_text(manifest.text(), "utf-8")
    sums = [*manifest.files, describe_file(work / MANIFEST, JSON)]
    lines = "".join(f"{file_info.sha256}  {file_info.name}\n" for file_info in sums)
    (work / CHECKSUMS).write_text(lines, "utf-8")
    return manifest


def _write_deposit_files(work: Path, manifest: Manifest) -> list[ReleaseFileInfo]:
    """Write the metadata for a deposit in a repository; return the files."""
    files = []
    for name, text in deposit_files(manifest).items():
        (work / name).write_text(text, "utf-8")
        files.append(describe_file(work / name, JSON))
    return files


def _files(file: Path, repository: Repository) -> list[ReleaseFileInfo]:
    """Export every collection of the database in TABLE_FORMATS; return all files."""
    frozen = ReadOnlyStore(open_immutable(file))
    files = [describe_file(file, SQLITE)]
    with frozen.read() as session, ParquetProcess() as parquet:
        revision = current_revision(session)
        for name, resource in RESOURCES.items():
            query = RESOURCES.export_query(resource)()
            licences = exported_licences(session, repository, resource, query)
            metadata = dataset_metadata(revision, licences)
            for form in TABLE_FORMATS:
                table_file = file.parent / f"{name}.{form}"
                with table_file.open("wb") as out:
                    out.writelines(
                        exports.export(
                            session, repository, resource, query, form, metadata, parquet
                        )
                    )
                files.append(describe_file(table_file, exports.EXPORT_FORMATS[form].media_type))
    frozen.engine.dispose()
    return files


def dataset_date(session: ReadSession) -> datetime.date | None:
    """Return the date of the loaded dataset or, if records changed since, of the last change.

    None while the store is empty.
    """
    is_as_loaded = select(m.Dataset.revision == m.Dataset.loaded_revision)
    if session.execute(is_as_loaded).scalar_one_or_none() and (date := _about(session).date):
        return date
    changed = session.execute(select(func.max(m.Change.at))).scalar_one()
    return datetime.date.fromisoformat(changed[:10]) if changed else None


def _sources(session: ReadSession) -> Sources:
    number = session.execute(select(func.count()).select_from(m.Reference)).scalar_one()
    return Sources(references=number, coverage=_about(session).coverage)


def _about(session: ReadSession) -> About:
    """Return the metadata of the loaded dataset (about.yaml)."""
    import yaml  # not needed to serve

    text, name = session.execute(select(m.Dataset.about, m.Dataset.release)).one()
    return About.model_validate(yaml.safe_load(text) if text else {"release": name})


@contextmanager
def _publish_lock(folder: Path) -> Iterator[None]:
    """Allow one publisher at a time. A lock of SQLite ends with the process that holds it."""
    with closing(sqlite3.connect(folder / ".lock", timeout=60, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def _fsync_and_protect(work: Path) -> None:
    """Flush the files to the disk and make them read-only, for their owner alone."""
    for file in work.iterdir():
        fsync_file(file)
        file.chmod(0o400)
    work.chmod(0o700)
    fsync_directory(work)
