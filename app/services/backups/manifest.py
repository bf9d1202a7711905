"""Manifest of a backup: `FILE.json` next to it, with the SHA-256 of the file."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

Kind = Literal["sqlite", "postgresql"]
#: The first bytes of a SQLite file, and of a dump in the custom format of pg_dump.
MAGIC: dict[bytes, Kind] = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}


class BackupError(Exception):
    """A backup or restore that was refused or failed; the message names the file and the reason."""


class BackupContents(BaseModel):
    """Schema version and revision of the tables in a backup."""

    schema_version: str = Field(description="Schema version (migration number) of the tables.")
    revision: int = Field(description="Dataset revision when the backup was made.")


class BackupManifest(BackupContents):
    """Content of the manifest file of a backup."""

    kind: Kind = Field(description="Database that the backup was made of.")
    bytes: int = Field(description="Size of the file in bytes.")
    sha256: str = Field(description="SHA-256 of the file, in hexadecimal.")


def manifest_path(file: Path) -> Path:
    """Return where the manifest of a backup is: `monday.backup.json` for `monday.backup`."""
    return file.with_name(f"{file.name}.json")


def detect_kind(file: Path) -> Kind:
    """Tell a SQLite backup from a PostgreSQL one by the first bytes of the file.

    Raises:
        BackupError: The file cannot be read, or is neither.
    """
    try:
        with file.open("rb") as stream:
            head = stream.read(16)
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}") from error
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    raise BackupError(f"{file} is not a backup: it is neither a SQLite file nor a pg_dump archive")


def build_manifest(file: Path, kind: Kind, contents: BackupContents) -> BackupManifest:
    """Return the manifest of a finished backup file."""
    size = file.stat().st_size
    return BackupManifest(**contents.model_dump(), kind=kind, bytes=size, sha256=_sha256(file))


def verify_checksum(file: Path) -> None:
    """Check a backup against the SHA-256 in its manifest, if there is a manifest.

    Raises:
        BackupError: The checksums differ, or the manifest cannot be read.
    """
    path = manifest_path(file)
    try:
        manifest = BackupManifest.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise BackupError(f"{path} is not a readable manifest: {reason}") from error
    if _sha256(file) != manifest.sha256:
        raise BackupError(f"{file} is damaged: its SHA-256 is not the one in {path}")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
