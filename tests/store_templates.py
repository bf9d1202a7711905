"""Copies of stores: what many tests begin with is filled once in a process, then copied.

A copy is a file, or a database made from a template: a tenth of the time of migrations and a load.
"""

import hashlib
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from tests import postgres

_FILES = TemporaryDirectory(prefix="kkb-filled-")


def folder_digest(folder: Path) -> str:
    """What a dataset folder holds, whatever it is called."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*.yaml")):
        found.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return found.hexdigest()


def copy_into(content: str, url: str) -> bool:
    """Fill an empty store with a copy; False where none was put by, or the store is not empty."""
    where = make_url(url)
    if where.get_backend_name() == "postgresql":
        return postgres.create_from_template(content, url)
    kept, file = Path(_FILES.name, content), Path(str(where.database))
    if file.exists() or not kept.exists():
        return False
    shutil.copy(kept, file)
    return True


def save_template(content: str, url: str) -> None:
    """Put a copy of a store by, which nobody has open."""
    where = make_url(url)
    file = Path(str(where.database))
    if where.get_backend_name() == "postgresql":
        postgres.save_template(content, url)
    elif not file.with_name(f"{file.name}-wal").exists():
        shutil.copy(file, Path(_FILES.name, content))
