"""The record of a backup: what it holds, written beside it as `FILE.json`."""

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy import Column, MetaData, Table, inspect, select

from app import models as m
from app.kit.sessions import ReadSession
from app.services import schema
from app.services.digests import TableDigest, digest_of

Kind = Literal["sqlite", "postgresql"]
Tables = dict[str, TableDigest]
MAGIC: dict[bytes, Kind] = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}
VERSIONS = "alembic_version"


class BackupError(Exception):
    """It was not done; says why, and what would work."""


class Content(BaseModel):
    """What a store holds, in short."""

    schema_version: str | None = Field(description="The version of its tables; null: none.")
    revision: int | None = Field(description="The revision of its records; null: none.")
    tables: Tables = Field(description="Every table, with its rows and their digest.")

    @property
    def has_data(self) -> bool:
        return any(
            found.rows
            for name, found in self.tables.items()
            if name != VERSIONS and schema.is_ours(name, "table", None)
        )

    def compare(self, found: "Content", what: str) -> None:
        """Raises BackupError with the tables that differ."""
        wanted, there = self.tables, found.tables
        unlike = sorted(n for n in wanted.keys() | there.keys() if wanted.get(n) != there.get(n))
        if unlike:
            raise BackupError(f"{what} does not hold what it should: {', '.join(unlike)}")


class Record(Content):
    """What a backup holds, and what its file is."""

    kind: Kind = Field(description="The store that it is of.")
    bytes: int = Field(description="Its size.")
    sha256: str = Field(description="Its SHA-256.")


def beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def kind_of(file: Path) -> Kind:
    """Which store a backup is of, by its first bytes."""
    try:
        with file.open("rb") as opened:
            head = opened.read(16)
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}") from error
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    raise BackupError(f"{file} is no backup: neither a SQLite file nor a pg_dump")


def record_of(file: Path, kind: Kind, content: Content) -> Record:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    own = content.model_dump(include=set(Content.model_fields))
    return Record(**own, kind=kind, bytes=file.stat().st_size, sha256=digest)


def read_record(file: Path) -> Record | None:
    """The record beside a backup, where there is one; raises BackupError where it does not fit."""
    try:
        found = Record.model_validate_json(beside(file).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BackupError(f"{beside(file)} cannot be read: {error}") from error
    if record_of(file, found.kind, found) != found:
        raise BackupError(f"{file} is damaged: its SHA-256 is not the one in {beside(file)}")
    return found


def look(session: ReadSession) -> Content:
    """What a store holds, in every table there is, known to this software or not."""
    inspector = inspect(session.connection)
    tables: Tables = {}
    for name in sorted(inspector.get_table_names()):
        columns: list[Column[Any]] = [Column(one["name"]) for one in inspector.get_columns(name)]
        tables[name] = digest_of(session, Table(name, MetaData(), *columns))
    revision = None
    if m.Dataset.__tablename__ in tables:
        revision = session.execute(select(m.Dataset.revision)).scalar_one_or_none()
    return Content(
        schema_version=schema.version(session) if VERSIONS in tables else None,
        revision=revision,
        tables=tables,
    )
