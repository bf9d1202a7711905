"""fsync of files and folders."""

import os
from pathlib import Path


def fsync_file(file: Path) -> None:
    """Hold a file's bytes fast."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def fsync_directory(folder: Path) -> None:
    """Hold a folder's entries fast; Windows has no such thing."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
