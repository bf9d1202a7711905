"""Copies of stores: what many tests begin with is filled once, then copied.

A copy is a file, or a database made from a template: a tenth of the time of migrations and a load.
All workers share the files; each has the templates of its own PostgreSQL server.
"""

import hashlib
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy.engine import make_url

from tests import postgres
from tests.params import STORE_TEMPLATES

_OWN_FOLDER = TemporaryDirectory(prefix="kkb-filled-")


def _template_file(content: str) -> Path:
    return Path(os.environ.get(STORE_TEMPLATES, _OWN_FOLDER.name), content)


def folder_digest(folder: Path) -> str:
    """What a dataset folder holds, whatever it is called."""
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*.yaml")):
        found.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return found.hexdigest()


def is_new(url: str) -> bool:
    """Whether a store has no tables yet."""
    where = make_url(url)
    if where.get_backend_name() == "postgresql":
        return postgres.is_empty(where)
    return not Path(str(where.database)).exists()


def copy_into(content: str, url: str) -> bool:
    """Fill an empty store with a copy; False where none was put by, or the store is not empty."""
    where = make_url(url)
    if where.get_backend_name() == "postgresql":
        return postgres.create_from_template(content, url)
    template, file = _template_file(content), Path(str(where.database))
    if file.exists() or not template.exists():
        return False
    shutil.copy(template, file)
    return True


def save_template(content: str, url: str) -> None:
    """Put a copy of a store by, which nobody has open."""
    where = make_url(url)
    file = Path(str(where.database))
    if where.get_backend_name() == "postgresql":
        postgres.save_template(content, url)
    elif not file.with_name(f"{file.name}-wal").exists():
        template = _template_file(content)
        incomplete = template.with_name(uuid4().hex)  # another worker sees whole files alone
        shutil.copy(file, incomplete)
        incomplete.replace(template)
