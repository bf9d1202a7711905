"""Back up and restore the whole store, for `kkb backup` and `kkb restore`."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import inspect, select

from app import models as m
from app.kit.sessions import ReadSession, Store
from app.services.backups import postgres, sqlite
from app.services.backups.manifest import (
    BackupError,
    BackupManifest,
    Kind,
    build_manifest,
    detect_kind,
    manifest_path,
    verify_checksum,
)
from app.services.store import migrations
from app.services.store.fsync import fsync_directory, fsync_file

REVISION_EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
#: More than the writes that others can commit during a restore.
REVISION_GAP = 1_000_000
TOOLS = {"sqlite": sqlite, "postgresql": postgres}


def create_backup(store: Store, file: Path) -> BackupManifest:
    """Write the store to a new file, and its manifest next to it.

    The file gets its name after it was read back and flushed to the disk: a file of this name is
    always a complete backup. It contains hashes of API keys, and only its owner may read it.

    Raises:
        BackupError: The store is empty, a file exists already, or it cannot be written.
    """
    kind = _kind(store)
    for path in (file, manifest_path(file)):
        if path.exists():
            raise BackupError(f"{path} already exists; backups never overwrite files")
    with store.read() as session:
        if _revision(session) == 0:
            raise BackupError(
                f"{_address(store)} holds no dataset: is KKB_DATABASE_URL the right one?"
            )
    unfinished = file.with_name(f".{file.name}.{uuid4().hex[:8]}")
    try:
        unfinished.touch(0o600, exist_ok=False)
        TOOLS[kind].dump(store, unfinished)
        contents = TOOLS[kind].inspect_backup(unfinished)
        manifest = build_manifest(unfinished, kind, contents)
        manifest_path(file).write_text(manifest.model_dump_json(indent=1) + "\n", "utf-8")
        fsync_file(unfinished)
        fsync_file(manifest_path(file))
        unfinished.rename(file)
        fsync_directory(file.absolute().parent)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
        if not file.exists():
            manifest_path(file).unlink(missing_ok=True)
    return manifest


@dataclass(frozen=True)
class Restored:
    """The result of a restore.

    Args:
        revision: The new revision of the store.
        left_out: What the backup holds besides our tables: `view report`.
    """

    revision: int
    left_out: list[str]


def restore_backup(store: Store, file: Path, *, replace: bool = False) -> Restored:
    """Replace all that the store holds by the tables of a backup, in one transaction.

    Tables, views, triggers and functions that are not of our schema are left out.

    The store moves on to a revision that was never served before. Otherwise nodes, CDNs and clients
    would take what they cached under that revision for what the store holds now.

    Args:
        replace: Replace the tables of a store that has any. Without it such a store is refused.

    Raises:
        BackupError: The file is no backup of this kind of database, is damaged or is of a newer
            schema; the store has tables; or the database refused. The store is as it was.
    """
    kind, expected = detect_kind(file), _kind(store)
    if kind != expected:
        raise BackupError(f"{file} is a backup of {kind}, and the store is {expected}")
    verify_checksum(file)
    contents = TOOLS[kind].inspect_backup(file)
    if contents.schema_version not in migrations.known_versions():
        raise BackupError(
            f"{file} has schema version {contents.schema_version}, and this version of kkb knows"
            f" versions up to {migrations.head_version()}: restore it with the version of kkb"
            " that made it"
        )
    with store.read() as session:
        if not replace and inspect(session.connection).get_table_names():
            raise BackupError(
                f"{_address(store)} has tables: replace them by {file} with --replace"
            )
        revision = _unused_revision(_revision(session))
    left_out = TOOLS[kind].restore(store, file, revision, contents.schema_version)
    with store.read() as session:
        return Restored(_revision(session), left_out)


def _revision(session: ReadSession) -> int:
    """Return the dataset revision; 0 where nothing was loaded."""
    if not inspect(session.connection).has_table(m.Dataset.__tablename__):
        return 0
    return session.execute(select(m.Dataset.revision)).scalar_one_or_none() or 0


def _unused_revision(current: int) -> int:
    """Return a revision that no node, cache or client has seen.

    A store that was lost served revisions that nobody knows. The seconds since 2026 exceed them:
    writes come at less than one a second.
    """
    elapsed = datetime.datetime.now(datetime.UTC) - REVISION_EPOCH
    return max(current + REVISION_GAP, int(elapsed.total_seconds()))


def _kind(store: Store) -> Kind:
    url = store.engine.url
    if url.get_backend_name() == "postgresql":
        return "postgresql"
    if url.database in (None, "", ":memory:"):
        raise BackupError("a SQLite database in memory cannot be backed up or restored")
    return "sqlite"


def _address(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=True)
