"""Checks of files and disks: free space, permissions, published releases."""

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.services.diagnostics.check_result import CheckResult, error, ok, warning
from app.services.releases.archive import Archive

#: With less free space, in bytes, writes are about to fail; with less than the second, look at it.
FULL_BYTES, LOW_BYTES = 100_000_000, 1_000_000_000


def check_disk(store_file: Path | None, releases: Path) -> Iterator[CheckResult]:
    """Check the free space where the service writes: store, releases and temporary files.

    A migration and a backup of a SQLite file need as much space as the file has.
    """
    size = store_file.stat().st_size if store_file and store_file.exists() else 0
    folders = {
        "store": (store_file.absolute().parent if store_file else None, 2 * size),
        "releases": (releases.absolute(), 0),
        "temporary files": (Path(tempfile.gettempdir()), 0),
    }
    for use, (path, needed) in folders.items():
        if path is None:
            continue
        folder = next(parent for parent in (path, *path.parents) if parent.exists())
        free = shutil.disk_usage(folder).free
        message = f"{free / 1e9:.1f} GB free for the {use} in {folder}"
        if free < FULL_BYTES:
            yield error("disk", message, "Free space: writes will fail.")
        elif free < max(LOW_BYTES, needed):
            yield warning("disk", message, "Free space before a backup, a release or an upgrade.")
        else:
            yield ok("disk", message)


def check_permissions(
    store_file: Path | None, releases: Path, dataset: Path
) -> Iterator[CheckResult]:
    """Check that this user may use the files, and that others may not read the store."""
    results = [
        *(_store_file_errors(store_file) if store_file and store_file.exists() else ()),
        *_folder_errors(releases, dataset),
    ]
    yield from results
    if not results:
        yield ok("permissions", f"{_user(os.geteuid())} may read and write what the service uses")


def _store_file_errors(file: Path) -> Iterator[CheckResult]:
    """Look at the store, its write-ahead log, and the folder, in which SQLite creates files."""
    folder = file.absolute().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        message = f"{_user(os.geteuid())} may not create files in {folder}"
        yield error("permissions", message, f"chown it, or run as {_owner(folder)}.")
    for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        if not path.exists():
            continue
        if not os.access(path, os.R_OK | os.W_OK):
            message = f"{_user(os.geteuid())} may not read and write {path}"
            yield error("permissions", message, f"chown it, or run as {_owner(path)}.")
        elif (owner := path.stat().st_uid) not in {os.geteuid(), folder.stat().st_uid}:
            message = f"{path} belongs to {_user(owner)}, its folder to {_owner(folder)}"
            yield warning("permissions", message, f"chown {_owner(folder)} {path}")
        elif path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            message = f"Other users may read {path}, with proposals and audit log"
            yield warning("permissions", message, f"chmod 600 {path}")


def _folder_errors(releases: Path, dataset: Path) -> Iterator[CheckResult]:
    if releases.exists() and not releases.is_dir():
        yield error("permissions", f"{releases} is a file", "Set KKB_RELEASES to a folder.")
    elif releases.exists() and not os.access(releases, os.W_OK | os.X_OK):
        message = f"{_user(os.geteuid())} may not write to {releases}: no release can be published"
        yield warning("permissions", message, f"chown it, or run as {_owner(releases)}.")
    if not os.access(dataset, os.R_OK | os.X_OK):
        message = f"the dataset folder {dataset} cannot be read"
        yield warning("permissions", message, "Set KKB_DATASET, or change its permissions.")


def check_releases(releases: Path) -> Iterator[CheckResult]:
    """Check every file of every published release against its SHA-256."""
    archive = Archive(releases)
    errors = list(archive.integrity_errors()) if releases.is_dir() else []
    for message in errors:
        yield error("releases", message, "Restore the folder of that release from a backup.")
    if not errors:
        number = len(archive.all())
        yield ok("releases", f"{number} verified in {releases}" if number else "none published")


def _owner(path: Path) -> str:
    return _user(path.stat().st_uid)


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
