"""Saving and restoring: what `kkb backup` and `kkb restore` do, and how each run is checked."""

import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import update

from app import models as m
from app.kit.sessions import Store
from app.services import schema
from app.services.backups import postgres, sqlite
from app.services.backups.record import (
    BackupError,
    Content,
    Kind,
    Record,
    beside,
    kind_of,
    look,
    read_record,
    record_of,
)
from app.services.disk import settle, settle_folder

#: A table that a release has, and no store.
RELEASE = "release"
BEGAN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def backup(store: Store, file: Path, scratch: str | None = None) -> Record:
    """Write the store to a new file, open it again, and hold it against the store."""
    for taken in (file, beside(file)):
        if taken.exists():
            raise BackupError(f"{taken} is there already; a backup overwrites nothing")
    kind = _kind(store)
    work = file.with_name(f".{file.name}.{uuid4().hex[:8]}")
    try:
        work.touch(0o600, exist_ok=False)  # the digests of keys are in it
        content = sqlite.dump(store, work) if kind == "sqlite" else postgres.dump(store, work)
        if not content.has_data:
            raise BackupError("the store is empty: is this the right KKB_DATABASE_URL?")
        content.compare(_contents(kind, work, store, scratch), "the backup")
        record = record_of(work, kind, content)
        beside(file).write_text(record.model_dump_json(indent=1) + "\n", "utf-8")
        for written in (work, beside(file)):
            settle(written)
        work.rename(file)
        settle_folder(file.absolute().parent)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error}") from error
    finally:
        work.unlink(missing_ok=True)
        if not file.exists():
            beside(file).unlink(missing_ok=True)
    return record


def restore(
    store: Store, file: Path, *, replace: bool = False, scratch: str | None = None
) -> Content:
    """Put a backup in the place of all that the store holds, and hold it against the backup."""
    kind, ours = kind_of(file), _kind(store)
    if kind != ours:
        raise BackupError(f"{file} is a backup of {kind}, and this store is {ours}")
    with store.read() as session:
        before = look(session)
    if before.has_data and not replace:
        raise BackupError("the store holds data; --replace puts the backup in its place")
    wanted = _wanted(kind, file, store, scratch)
    put_back = sqlite.put_back if kind == "sqlite" else postgres.put_back
    put_back(file, store)
    with store.read() as session:
        wanted.compare(look(session), "the restored store")
    _move_on(store, before, wanted)
    return wanted


def _wanted(kind: Kind, file: Path, store: Store, scratch: str | None) -> Content:
    """What the store shall hold: as the record says, or as the backup itself shows."""
    record = read_record(file)
    wanted = record or _contents(kind, file, store, scratch)
    if RELEASE in wanted.tables:
        raise BackupError(
            f"{file} is a release, not a backup: it holds no keys, proposals or history."
            f" `kkb serve --release {file}` serves it"
        )
    if wanted.schema_version is not None and wanted.schema_version not in schema.known():
        raise BackupError(
            f"{file} has tables of version {wanted.schema_version}, and this software knows"
            f" versions up to {schema.head()}: a newer one made it, and can restore it"
        )
    if record and kind == "sqlite":
        record.compare(sqlite.contents(file), "the backup")
    return wanted


def _contents(kind: Kind, file: Path, store: Store, scratch: str | None) -> Content:
    if kind == "sqlite":
        return sqlite.contents(file)
    return postgres.contents(file, store, scratch)


def _move_on(store: Store, before: Content, now: Content) -> None:
    """A revision that was never told: what is kept of another, anywhere, is not taken for this.

    Of the store that was lost nobody knows the last revision. It had fewer than there were seconds.
    """
    if now.revision is not None:
        passed = int((datetime.datetime.now(datetime.UTC) - BEGAN).total_seconds())
        revision = max(before.revision or 0, now.revision, passed) + 1
        with store.write() as session:
            session.execute(update(m.Dataset).values(revision=revision))


def _kind(store: Store) -> Kind:
    url = store.engine.url
    if url.get_backend_name() == "postgresql":
        return "postgresql"
    if url.database in (None, "", ":memory:"):
        raise BackupError("a store in memory has no backup")
    return "sqlite"
