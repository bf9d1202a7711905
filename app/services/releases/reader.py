"""Open a release file read-only, and verify its manifest.

A file of older tables is brought to head in a private copy, in the system's temporary folder; one
of tables that this software does not know is refused.
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
    """The file is none of ours; says why."""


@dataclass(frozen=True)
class OpenRelease:
    """One release, open: its manifest, its records, and its files, which lie in `folder`."""

    manifest: Manifest
    store: Store
    folder: Path
    files: list[ReleaseFileInfo]
    kept: Any = None  # the folder of a private copy, gone with this


def open_release(file: Path, manifest: Manifest, **pool: Any) -> OpenRelease:
    """Raises UnavailableError where the file cannot be read here."""
    try:
        version = str(_ask(file, "SELECT version_num FROM alembic_version"))
        _compare(file, manifest)
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
            ready = read_models.is_current(session)
        if ready:
            return OpenRelease(manifest, store, file.parent, files)
    copy = tempfile.TemporaryDirectory(prefix="kkb-release-")
    private = Path(shutil.copyfile(file, Path(copy.name) / file.name))
    private.chmod(0o600)
    _renew(private)
    return OpenRelease(
        manifest, ReadOnlyStore(open_immutable(private, **pool)), file.parent, files, copy
    )


def _files_beside(folder: Path, manifest: Manifest) -> list[ReleaseFileInfo]:
    """The manifest and the sums, where the whole release lies there and not its database alone."""
    whole = len(manifest.files) > 1
    kinds = {MANIFEST: JSON, CHECKSUMS: TEXT}
    return [describe_file(folder / name, kind) for name, kind in kinds.items()] if whole else []


def _renew(private: Path) -> None:
    store = open_store(f"sqlite:///{private}")
    with store.write() as session:
        migrations.migrate(session)
        if not read_models.is_current(session):
            read_models.rebuild(session)
    store.engine.dispose()
    with closing(sqlite3.connect(private)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def describe_file(file: Path, media_type: str) -> ReleaseFileInfo:
    """A file as a manifest has it."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return ReleaseFileInfo(
        name=file.name, media_type=media_type, bytes=file.stat().st_size, sha256=digest
    )


def _compare(file: Path, manifest: Manifest) -> None:
    """A damaged copy, or one that is still being copied, is not read."""
    if describe_file(file, SQLITE) not in manifest.files:
        raise NotAReleaseFileError(f"{file} is not the file that its manifest tells of")


def embedded_manifest(file: Path) -> str:
    """What the file says of itself; raises NotAReleaseFileError."""
    return str(_ask(file, "SELECT manifest FROM release"))


def _ask(file: Path, statement: str) -> Any:
    try:
        with closing(immutable_connection(file)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION:
                return connection.execute(statement).fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise NotAReleaseFileError(f"{file} cannot be read: {error}") from error
    raise NotAReleaseFileError(f"{file} is no release of ketamine-kb")
