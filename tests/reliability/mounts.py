"""Small disks of our own, in memory, and read-only views of them; root alone can mount."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def may_mount() -> bool:
    """Tried, since a container's root often may not."""
    place = tempfile.TemporaryDirectory(prefix="kkb-disk-")
    with place as name, suppress(OSError), small(Path(name), 1 << 20):
        return True
    return False


@contextmanager
def small(place: Path, size: int) -> Iterator[Path]:
    """A disk of so many bytes, mounted at a folder that is there."""
    with _mounted(place, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        yield place


@contextmanager
def read_only(disk: Path, place: Path) -> Iterator[Path]:
    """The same disk once more, not to be written to."""
    place.mkdir()
    with _mounted(place, "--bind", str(disk)):
        _run("mount", "-o", "remount,bind,ro", str(place))
        yield place


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Filled to the last byte."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@contextmanager
def _mounted(place: Path, *what: str) -> Iterator[None]:
    _run("mount", *what, str(place))
    try:
        yield
    finally:
        _run("umount", "--lazy", str(place))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr)
