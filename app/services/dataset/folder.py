"""Read and validate a dataset folder; report every error with file and line."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.domain.release_names import UNRELEASED
from app.kit.suggestions import similar, with_suggestions
from app.resources import RESOURCES
from app.services.dataset.about import ABOUT_FILE, About, SourceCoverage
from app.services.dataset.entry import DatasetError, Entry
from app.services.dataset.folder_checks import Unread, cross_checks
from app.services.dataset.folder_files import list_files
from app.services.dataset.record_errors import other_collection, record_errors
from app.services.dataset.yaml_reader import BadYamlError, Lines, nearest_line, read_yaml
from app.services.records.input_models import input_model


@dataclass
class Folder:
    """A dataset folder that was read: its records, its errors, and the SHA-256 of its files.

    Attributes:
        supplements: Names of further folders that were read with it.
    """

    release: str = UNRELEASED
    coverage: list[SourceCoverage] = field(default_factory=list)
    digest: str = ""
    about: str = ""
    entries: list[Entry] = field(default_factory=list)
    errors: list[DatasetError] = field(default_factory=list)
    unread: Unread = field(default_factory=Unread)
    supplements: frozenset[str] = frozenset()

    @property
    def total(self) -> int:
        """The number of records."""
        return len(self.entries)

    def entries_of(self, collection: str) -> list[Entry]:
        """Return the records of a collection."""
        return [e for e in self.entries if e.resource is RESOURCES[collection]]


def read_folder(root: Path, supplements: Sequence[Path] = ()) -> Folder:
    """Read and validate a dataset folder; it may be loaded if its `errors` are empty.

    The errors of files and records come first, in the order of their lines; then those between
    records. What follows from another error is not an error of its own.

    Args:
        root: The folder.
        supplements: Folders with further records, such as those of another licence. Their files
            are named after the folder, and their records do not count in the coverage. What is
            read with them is no release.
    """
    folder, digest = Folder(), hashlib.sha256()
    files, folder.errors = list_files(root)
    named = [(path.relative_to(root).as_posix(), path) for path in files]
    names = [supplement.resolve().name for supplement in supplements]
    if repeated := {name for name in names if names.count(name) > 1}:
        message = "two supplements have this name: rename one of the folders"
        folder.errors += [DatasetError(name, 0, message) for name in sorted(repeated)]
    folder.supplements = frozenset(names)
    for name, supplement in zip(names, supplements, strict=True):
        paths, errors = list_files(supplement)
        folder.errors += errors
        for path in paths:
            relative = path.relative_to(supplement).as_posix()
            if relative == ABOUT_FILE:
                message = f"a supplement has no {ABOUT_FILE}"
                folder.errors.append(DatasetError(f"{name}/{relative}", 0, message))
            named.append((f"{name}/{relative}", path))
    for name, path in named:
        content = path.read_bytes()
        digest.update(f"{name}\0".encode() + content)
        try:
            values, lines = read_yaml(path)
        except BadYamlError as error:
            folder.errors.append(DatasetError(name, error.line, error.message))
            folder.unread.add(content.decode("utf-8", "replace"), *RESOURCES)
            continue
        if name == ABOUT_FILE:
            folder.about = content.decode()
            _read_about(folder, values, lines)
        else:
            _read_file(folder, name, values, lines)
    if supplements:
        folder.release = UNRELEASED  # the records are more than those of the release
    folder.digest = digest.hexdigest()
    folder.errors = sorted(set(folder.errors))
    folder.errors += cross_checks(
        folder.entries, folder.coverage, folder.unread, folder.supplements
    )
    return folder


def _read_about(folder: Folder, content: Any, lines: Lines) -> None:
    try:
        about = About.model_validate(content or {})
    except ValidationError as error:
        for detail in error.errors():
            reason = detail["msg"].removeprefix("Value error, ")
            message = f"{'.'.join(map(str, detail['loc']))}: {reason}"
            if detail["type"] == "extra_forbidden":
                name = str(detail["loc"][-1])
                suggestions = similar(name, About.model_fields)
                message = with_suggestions(f"{name}: unknown field", suggestions)
            line = nearest_line(lines, detail["loc"])
            folder.errors.append(DatasetError(ABOUT_FILE, line, message))
        return
    folder.release, folder.coverage = about.release, about.coverage


def _read_file(folder: Folder, name: str, content: Any, lines: Lines) -> None:
    if not isinstance(content, dict):
        folder.errors.append(DatasetError(name, 1, "a file must map collections to lists"))
        folder.unread.add(content)
        return
    for collection, items in content.items():
        line = lines[(collection,)]
        if collection not in RESOURCES:
            suggestions = similar(str(collection), RESOURCES)
            message = with_suggestions(f"unknown collection {collection!r}", suggestions)
            folder.errors.append(DatasetError(name, line, message))
            folder.unread.add(items)
            continue
        if not isinstance(items, list):
            folder.errors.append(DatasetError(name, line, f"{collection} must be a list"))
            folder.unread.add(items, collection)
            continue
        resource = RESOURCES[collection]
        if resource.derived:
            folder.errors.append(
                DatasetError(name, line, f"{collection} are derived: they cannot be written")
            )
            continue
        misplaced: set[str] = set()  # collections whose heading is missing
        for index, values in enumerate(items):
            path = (collection, index)
            try:
                draft = input_model(resource).model_validate(values)
            except ValidationError as error:
                details = error.errors()
                other = other_collection(values, details)
                if other is None:
                    folder.errors += record_errors(resource, details, name, lines, path)
                elif other.name not in misplaced:
                    misplaced.add(other.name)
                    message = (
                        f"this is no {resource.record_type}:"
                        f" does a line `{other.name}:` miss above it?"
                    )
                    folder.errors.append(DatasetError(name, nearest_line(lines, path), message))
                without_slug = any(detail["loc"][:1] in {(), ("slug",)} for detail in details)
                folder.unread.add(values, *([collection] if without_slug else []))
                continue
            folder.entries.append(Entry(resource, draft, name, lines, path))
