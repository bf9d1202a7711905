"""Open a release file read-only, and verify its manifest.

A file with an older schema is migrated in a private copy in the system's temporary folder; a newer
schema is refused.
"""

import hashlib
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import UnavailableError
from app.kit.database import immutable_connection, open_immutable
from app.kit.sessions import ReadOnlyStore, Store
from app.services.records import read_models
from app.services.releases.manifest import (
    CHECKSUMS,
    JSON,
    MANIFEST,
    SQLITE,
    TEXT,
    Manifest,
    ReleaseFileInfo,
)
from app.services.releases.snapshot import APPLICATION
from app.services.store import migrations
from app.services.store.opening import open_store


class NotAReleaseFileError(Exception):
    """The file is not a release; the message names the file and the reason."""


@dataclass(frozen=True)
class OpenRelease:
    """An open release.

    Attributes:
        store: Read-only store with its records.
        folder: Folder that holds `files`.
        copy: Temporary folder of a migrated copy, if any; removed with this object.
    """

    manifest: Manifest
    store: Store
    folder: Path
    files: list[ReleaseFileInfo]
    copy: Any = None


def open_release(file: Path, manifest: Manifest, **pool: Any) -> OpenRelease:
    """Open a release file.

    Args:
        file: The SQLite file.
        manifest: Its manifest.
        pool: Options of the connection pool.

    Raises:
        UnavailableError: The file is missing, damaged or of a newer schema.
    """
    try:
        version = str(_read_value(file, "SELECT version_num FROM alembic_version"))
        _check_against_manifest(file, manifest)
    except (NotAReleaseFileError, OSError) as error:
        raise UnavailableError(f"Release {manifest.name} cannot be read here: {error}") from error
    if version not in migrations.known_versions():
        raise UnavailableError(
            f"Release {manifest.name} has tables of version {version}, and this software knows"
            f" versions up to {migrations.head_version()}: it was published by a newer one."
            " Update this node."
        )
    files = [*manifest.files, *_files_beside(file.parent, manifest)]
    if version == migrations.head_version():
        store = ReadOnlyStore(open_immutable(file, **pool))
        with store.read() as session:
            ready = read_models.is_readable(session)
        if ready:
            return OpenRelease(manifest, store, file.parent, files)
    copy = tempfile.TemporaryDirectory(prefix="kkb-release-")
    private_copy = Path(shutil.copyfile(file, Path(copy.name) / file.name))
    private_copy.chmod(0o600)
    _migrate(private_copy)
    return OpenRelease(
        manifest, ReadOnlyStore(open_immutable(private_copy, **pool)), file.parent, files, copy
    )


def _files_beside(folder: Path, manifest: Manifest) -> list[ReleaseFileInfo]:
    """Return the manifest and the checksum file, if the whole release is in the folder."""
    whole = len(manifest.files) > 1
    kinds = {MANIFEST: JSON, CHECKSUMS: TEXT}
    return [describe_file(folder / name, kind) for name, kind in kinds.items()] if whole else []


def _migrate(private_copy: Path) -> None:
    store = open_store(f"sqlite:///{private_copy}")
    with store.write() as session:
        migrations.migrate(session)
        if not read_models.is_readable(session):
            read_models.rebuild(session)
    store.engine.dispose()
    with closing(sqlite3.connect(private_copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def describe_file(file: Path, media_type: str) -> ReleaseFileInfo:
    """Return name, media type, size and SHA-256 of a file."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return ReleaseFileInfo(
        name=file.name, media_type=media_type, bytes=file.stat().st_size, sha256=digest
    )


def _check_against_manifest(file: Path, manifest: Manifest) -> None:
    """Check the file against its manifest; a damaged or incomplete copy is not read."""
    if describe_file(file, SQLITE) not in manifest.files:
        raise NotAReleaseFileError(f"{file} does not match the size and SHA-256 in its manifest")


def embedded_manifest(file: Path) -> str:
    """Return the manifest embedded in a release file, as JSON.

    Raises:
        NotAReleaseFileError: The file is not a release.
    """
    return str(_read_value(file, "SELECT manifest FROM release"))


def _read_value(file: Path, statement: str) -> Any:
    try:
        with closing(immutable_connection(file)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION:
                return connection.execute(statement).fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise NotAReleaseFileError(f"{file} cannot be read: {error}") from error
    raise NotAReleaseFileError(f"{file} is not a ketamine-kb release")
