"""Digest of source files, which tells two states of the software from each other."""

import hashlib
from pathlib import Path


def source_digest(*folders: Path) -> str:
    """Return a digest of the Python files in some folders, in hexadecimal."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
