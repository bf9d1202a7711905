"""Small disks in memory (tmpfs), and read-only mounts of them; only root can mount."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def may_mount() -> bool:
    """Try to mount a disk, since root may not do so in many containers."""
    folder = tempfile.TemporaryDirectory(prefix="kkb-disk-")
    with folder as name, suppress(OSError), small(Path(name), 1 << 20):
        return True
    return False


@contextmanager
def small(folder: Path, size: int) -> Iterator[Path]:
    """Mount a disk of `size` bytes at an existing folder."""
    with _mounted(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        yield folder


@contextmanager
def read_only(disk: Path, folder: Path) -> Iterator[Path]:
    """Mount a disk a second time, read-only."""
    folder.mkdir()
    with _mounted(folder, "--bind", str(disk)):
        _run("mount", "-o", "remount,bind,ro", str(folder))
        yield folder


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Fill a disk completely within the block."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@contextmanager
def _mounted(folder: Path, *options: str) -> Iterator[None]:
    _run("mount", *options, str(folder))
    try:
        yield
    finally:
        _run("umount", "--lazy", str(folder))


def _run(*command: str) -> None:
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    if completed.returncode:
        raise OSError(completed.stderr)
