"""fsync of files and folders."""

import os
from pathlib import Path


def fsync_file(file: Path) -> None:
    """Flush the bytes of a file to disk."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def fsync_directory(folder: Path) -> None:
    """Flush the entries of a folder to disk; Windows cannot, and does nothing."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
