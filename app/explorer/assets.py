"""Static files: style sheet, script and icon, at addresses that change with their content."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
ANY_VERSION = re.compile(r"(?P<stem>[a-z]+)\.[0-9a-f]{12}\.(?P<suffix>[a-z]+)")
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """A static file, and the digest of its content, which its address holds."""

    name: str
    content: bytes
    digest: str
    media_type: str

    @property
    def file_name(self) -> str:
        """Name in the address: `explorer.<digest>.css`."""
        stem, _, suffix = self.name.rpartition(".")
        return f"{stem}.{self.digest}.{suffix}"


@cache
def assets() -> dict[str, Asset]:
    """Return the static files by name."""
    return {
        path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA_TYPES
    }


@cache
def by_file_name() -> dict[str, Asset]:
    """Return the static files by their name in the address."""
    return {asset.file_name: asset for asset in assets().values()}


def of_another_version(file_name: str) -> Asset | None:
    """Return the file that has this name with another digest, if there is one."""
    other = ANY_VERSION.fullmatch(file_name)
    return assets().get(f"{other['stem']}.{other['suffix']}") if other else None


def path_of(name: str) -> str:
    """Return the path of a static file, such as `/assets/explorer.<digest>.css`."""
    return f"/assets/{assets()[name].file_name}"


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(path.name, content, digest, MEDIA_TYPES[path.suffix])
