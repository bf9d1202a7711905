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
    """Releases by name; a folder is looked through when something is asked for that is not open."""

    def __init__(self, folder: Path, **pool: Any) -> None:
        self.folder, self.pool = folder, pool
        self._manifests: dict[str, Manifest] = {}
        self._open: dict[str, OpenRelease] = {}
        self._opening = Lock()

    def all(self) -> list[Manifest]:
        """Release names, newest first."""
        manifests = [manifest for name in self._names() if (manifest := self._manifest(name))]
        return sorted(manifests, key=lambda manifest: manifest.order, reverse=True)

    def get(self, name: str) -> OpenRelease:
        """A release by its name; raises NotFoundError with the names there are."""
        release = self._open.get(name)
        if release is not None:
            return release
        manifest = next((item for item in self.all() if item.name == name), None)
        if manifest is None:
            raise self._missing(f"There is no release {name[:40]!r}.")
        with self._opening:
            if name not in self._open:
                file = self._path(name) / manifest.database
                self._open[name] = open_release(file, manifest, **self.pool)
            return self._open[name]

    def as_of(self, day: datetime.date) -> tuple[OpenRelease, bool]:
        """The newest release on or before a day, and whether no later one can take its place.

        No release is dated before one that is there: so what is newest as of a day before the
        newest release is settled. A later one may still bear an older date than today's: that of
        the dataset that was loaded.
        """
        manifests = self.all()
        manifest_ = next((manifest for manifest in manifests if manifest.date <= day), None)
        if manifest_ is None:
            raise self._missing(f"There is no release of {day} or before.")
        return self.get(manifest_.name), day < manifests[0].date

    def integrity_errors(self) -> Iterator[str]:
        """What is not as it was published, file by file."""
        for manifest in self.all():
            place = self._path(manifest.name)
            sums = (place / CHECKSUMS).read_text("utf-8").split("\n")
            for line in filter(None, sums):
                digest, _, name = line.partition("  ")
                try:
                    if describe_file(place / name, "").sha256 != digest:
                        yield f"{place / name} was changed"
                except OSError as error:
                    yield f"{place / name} cannot be read: {error.strerror}"

    def _missing(self, wanted: str) -> NotFoundError:
        names = [f"{manifest.name} ({manifest.date})" for manifest in self.all()]
        known = f"There are: {', '.join(names)}." if names else "None was published yet."
        suggestions = [f"/v1/releases/{manifest.name}" for manifest in self.all()[:3]]
        return NotFoundError(f"{wanted} {known}", did_you_mean=suggestions or ["/v1/releases"])

    def _names(self) -> Iterable[str]:
        try:
            return [place.name for place in self.folder.iterdir() if is_name(place.name)]
        except OSError:
            return []

    def _path(self, name: str) -> Path:
        return self.folder / name

    def _manifest(self, name: str) -> Manifest | None:
        """A release never changes, so that its manifest is read once."""
        if name not in self._manifests:
            try:
                manifest = read_manifest(self._path(name))
            except (OSError, ValidationError) as error:
                log.warning("%s is left out of the releases: %s", self._path(name), error)
                return None
            if manifest.name != name:
                log.warning("%s says that it is release %s", self._path(name), manifest.name)
                return None
            self._manifests[name] = manifest
        return self._manifests[name]


class SingleReleaseArchive(Archive):
    """One release, from its file alone or with what lies beside it."""

    def __init__(self, file: Path, **pool: Any) -> None:
        super().__init__(file.parent, **pool)
        manifest = _manifest_of(file)
        self._manifests[manifest.name] = manifest
        self.only = self._open[manifest.name] = open_release(file, manifest, **pool)

    def _names(self) -> Iterable[str]:
        return list(self._manifests)


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def read_manifest(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / MANIFEST).read_text("utf-8"))


def _manifest_of(file: Path) -> Manifest:
    """The manifest beside the file where it is the file's own; else what the file itself says."""
    embedded = embedded_manifest(file)
    try:
        file_info = describe_file(file, SQLITE)
        manifest = Manifest.from_embedded(embedded, [file_info])
        neighbour = read_manifest(file.parent)
    except ValidationError as error:
        raise NotAReleaseFileError(f"{file} says nothing that can be read: {error}") from error
    except OSError:
        return manifest
    return neighbour if file_info in neighbour.files else manifest
