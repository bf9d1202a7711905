"""Archive of releases in a folder, newest first, opened on first use."""

import datetime
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import ValidationError

from app.domain.errors import NotFoundError
from app.domain.release_names import is_name
from app.services.releases.manifest import CHECKSUMS, MANIFEST, SQLITE, Manifest
from app.services.releases.reader import (
    NotAReleaseFileError,
    OpenRelease,
    describe_file,
    embedded_manifest,
    open_release,
)

log = logging.getLogger("kkb")


class Archive:
    """Published releases of a folder; each is opened on first use and stays open."""

    def __init__(self, folder: Path, **pool: Any) -> None:
        """Take the folder, and options of the connection pool (`pool_size`, `pool_timeout`)."""
        self.folder, self.pool = folder, pool
        self._manifests: dict[str, Manifest] = {}
        self._open: dict[str, OpenRelease] = {}
        self._opening = Lock()

    def all(self) -> list[Manifest]:
        """Return the manifests of all releases, newest first."""
        manifests = [manifest for name in self._names() if (manifest := self._manifest(name))]
        return sorted(manifests, key=lambda manifest: manifest.order, reverse=True)

    def find(self, name: str) -> Manifest | None:
        """Return the manifest of a release by name, if there is one."""
        return next((manifest for manifest in self.all() if manifest.name == name), None)

    def __contains__(self, name: str) -> bool:
        """Return whether there is a release of a name; a known one is not looked up again."""
        return is_name(name) and (name in self._manifests or self.find(name) is not None)

    def get(self, name: str) -> OpenRelease:
        """Return a release by name.

        Raises:
            NotFoundError: There is no such release; the message lists all names.
            UnavailableError: The release file cannot be read.
        """
        release = self._open.get(name)
        if release is not None:
            return release
        manifest = self.find(name)
        if manifest is None:
            raise self._missing(f"There is no release {name[:40]!r}.")
        with self._opening:
            if name not in self._open:
                file = self._path(name) / manifest.database
                self._open[name] = open_release(file, manifest, **self.pool)
            return self._open[name]

    def as_of(self, day: datetime.date) -> tuple[OpenRelease, bool]:
        """Return the newest release on or before a day, and whether this answer is final.

        A release is never dated before an existing one, so that the answer for a day before the
        newest release is final. A later release may still be dated before today: a loaded dataset
        keeps its own date.

        Raises:
            NotFoundError: There is no release of this day or before.
        """
        manifests = self.all()
        manifest = next((manifest for manifest in manifests if manifest.date <= day), None)
        if manifest is None:
            raise self._missing(f"No release was published on or before {day}.")
        return self.get(manifest.name), day < manifests[0].date

    def integrity_errors(self) -> Iterator[str]:
        """Yield a message for each file that differs from its checksum or cannot be read."""
        for name in self._names():
            if self._manifest(name) is None:
                yield f"{self._path(name) / MANIFEST} is not the manifest of release {name}"
        for manifest in self.all():
            folder = self._path(manifest.name)
            checksums = (folder / CHECKSUMS).read_text("utf-8").split("\n")
            for line in filter(None, checksums):
                digest, _, name = line.partition("  ")
                try:
                    if describe_file(folder / name, "").sha256 != digest:
                        yield f"{folder / name} was changed"
                except OSError as error:
                    yield f"{folder / name} cannot be read: {error.strerror}"

    def _missing(self, reason: str) -> NotFoundError:
        names = [f"{manifest.name} ({manifest.date})" for manifest in self.all()]
        known = f"Releases: {', '.join(names)}." if names else "There are no releases yet."
        suggestions = [f"/v1/releases/{manifest.name}" for manifest in self.all()[:3]]
        return NotFoundError(f"{reason} {known}", did_you_mean=suggestions or ["/v1/releases"])

    def _names(self) -> Iterable[str]:
        try:
            return [folder.name for folder in self.folder.iterdir() if is_name(folder.name)]
        except OSError:
            return []

    def _path(self, name: str) -> Path:
        return self.folder / name

    def _manifest(self, name: str) -> Manifest | None:
        """Return the manifest of a release, which never changes and is read once.

        None, with a warning in the log, if it cannot be read.
        """
        if name not in self._manifests:
            try:
                manifest = read_manifest(self._path(name))
            except (OSError, ValidationError) as error:
                reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
                log.warning("%s is left out of the releases: %s", self._path(name), reason)
                return None
            if manifest.name != name:
                log.warning(
                    "%s is left out of the releases: its manifest names release %s",
                    self._path(name),
                    manifest.name,
                )
                return None
            self._manifests[name] = manifest
        return self._manifests[name]


class SingleReleaseArchive(Archive):
    """Archive of a single release file, with or without the other files of the release."""

    def __init__(self, file: Path, **pool: Any) -> None:
        """Open the file.

        Raises:
            NotAReleaseFileError: The file is not a release.
            UnavailableError: The release cannot be read.
        """
        super().__init__(file.parent, **pool)
        manifest = _manifest_of(file)
        self._manifests[manifest.name] = manifest
        self.only = self._open[manifest.name] = open_release(file, manifest, **pool)

    def _names(self) -> Iterable[str]:
        return list(self._manifests)


def today() -> datetime.date:
    """Return the current date in UTC."""
    return datetime.datetime.now(datetime.UTC).date()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest in the folder of a release."""
    return Manifest.model_validate_json((folder / MANIFEST).read_text("utf-8"))


def _manifest_of(file: Path) -> Manifest:
    """Return the manifest next to the file if it describes the file; else the embedded one."""
    embedded = embedded_manifest(file)
    try:
        file_info = describe_file(file, SQLITE)
        manifest = Manifest.from_embedded(embedded, [file_info])
        neighbour = read_manifest(file.parent)
    except ValidationError as error:
        raise NotAReleaseFileError(f"{file} has no readable manifest: {error}") from error
    except OSError:
        return manifest
    return neighbour if file_info in neighbour.files else manifest
