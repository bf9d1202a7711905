"""The files of a dataset folder."""

import os
from pathlib import Path
from typing import NoReturn

from app.services.dataset.entry import DatasetError

#: Files that may lie beside those of the dataset.
DOCUMENTS = frozenset({".md", ".txt", ".rst"})
DOCUMENT_NAMES = frozenset({"LICENSE", "LICENCE", "README", "CITATION", "Makefile"})


def list_files(root: Path) -> tuple[list[Path], list[DatasetError]]:
    """Return the files of a dataset folder in the order of their paths, and what is not read.

    A file that is not read would look like a withdrawal of its records. Hidden files and folders
    are no part of a dataset.

    Raises:
        OSError: A folder cannot be listed.
    """
    if not root.is_dir():
        kind = "a file, not a folder" if root.exists() else "no such folder"
        return [], [DatasetError(str(root), 0, kind)]
    files, errors = [], []
    for folder, subfolders, names in os.walk(root, onerror=_reraise):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        links = (path for name in subfolders if (path := Path(folder, name)).is_symlink())
        errors += [_unread(root, path, "a link to a folder is not followed") for path in links]
        for path in (Path(folder, name) for name in names if not name.startswith(".")):
            if path.suffix == ".yaml" and path.is_file():
                files.append(path)
            elif path.suffix == ".yaml":
                errors.append(_unread(root, path, "it is no file"))
            elif path.suffix.lower() in {".yaml", ".yml"}:
                renamed = path.with_suffix(".yaml").name
                errors.append(_unread(root, path, f"rename it to {renamed}"))
            elif path.suffix.lower() not in DOCUMENTS and path.name not in DOCUMENT_NAMES:
                errors.append(_unread(root, path, "the name of a dataset file ends with .yaml"))
    if not files and not errors:
        errors.append(DatasetError(str(root), 0, "no .yaml file in this folder"))
    return sorted(files), errors


def _unread(root: Path, path: Path, reason: str) -> DatasetError:
    name = path.relative_to(root).as_posix()
    return DatasetError(name, 0, f"this file is not read: {reason}")


def _reraise(error: OSError) -> NoReturn:
    raise error
