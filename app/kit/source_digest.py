"""Digest of source files, which tells two states of the software from each other."""

import hashlib
from pathlib import Path

#: Python, templates, and what the pages load.
SOURCE_SUFFIXES = {".py", ".j2", ".css", ".js", ".svg"}


def source_digest(*folders: Path) -> str:
    """Return a digest of the source files in some folders, in hexadecimal.

    Templates and static files count: a page with a new one is another response.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in SOURCE_SUFFIXES):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
