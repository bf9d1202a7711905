"""Read and validate a dataset folder; report every error with file and line."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.release_names import UNRELEASED
from app.kit.resource import Resource
from app.resources import RESOURCES
from app.services.dataset.about import ABOUT_FILE, About, SourceCoverage
from app.services.dataset.entry import DatasetError, Entry
from app.services.dataset.folder_context import FolderContext
from app.services.dataset.yaml_reader import BadYamlError, Lines, nearest_line, read_yaml
from app.services.records import validation
from app.services.records.input_models import input_model


@dataclass
class Folder:
    """A dataset folder that was read: its records, its errors, and the SHA-256 of its files."""

    release: str = UNRELEASED
    coverage: list[SourceCoverage] = field(default_factory=list)
    digest: str = ""
    about: str = ""
    entries: list[Entry] = field(default_factory=list)
    errors: list[DatasetError] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The number of records."""
        return len(self.entries)

    def entries_of(self, collection: str) -> list[Entry]:
        """Return the records of a collection."""
        return [e for e in self.entries if e.resource is RESOURCES[collection]]


def read_folder(root: Path) -> Folder:
    """Read and validate a dataset folder; it may be loaded if its `errors` are empty."""
    folder, digest = Folder(), hashlib.sha256()
    files = sorted(root.rglob("*.yaml"))
    if not files:
        folder.errors.append(DatasetError(str(root), 1, "no .yaml file in this folder"))
    for path in files:
        name = path.relative_to(root).as_posix()
        digest.update(f"{name}\0".encode() + path.read_bytes())
        try:
            content, lines = read_yaml(path)
        except BadYamlError as error:
            folder.errors.append(DatasetError(name, error.line, error.message))
            continue
        if name == ABOUT_FILE:
            folder.about = path.read_text("utf-8")
            _read_about(folder, content, lines)
        else:
            _read_file(folder, name, content, lines)
    folder.digest = digest.hexdigest()
    folder.errors += _cross_checks(folder)
    folder.errors = sorted(set(folder.errors))
    return folder


def _read_about(folder: Folder, content: Any, lines: Lines) -> None:
    try:
        about = About.model_validate(content or {})
    except ValidationError as error:
        for detail in error.errors():
            message = f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
            line = nearest_line(lines, detail["loc"])
            folder.errors.append(DatasetError(ABOUT_FILE, line, message))
        return
    folder.release, folder.coverage = about.release, about.coverage


def _coverage_errors(folder: Folder) -> Iterator[DatasetError]:
    """Yield source rows that are unaccounted for, and collections with another record count."""
    records: dict[str, int] = defaultdict(int)
    for row in folder.coverage:
        missing = row.rows - row.published - sum(w.rows for w in row.withheld)
        if missing:
            yield DatasetError(
                ABOUT_FILE, 1, f"{row.rows_of}: {missing} rows are neither published nor withheld"
            )
        records[row.collection] += row.records
    for name, number in records.items():
        record_count = len(folder.entries_of(name)) if name in RESOURCES else 0
        if record_count != number:
            message = f"coverage counts {number} {name}, the folder holds {record_count}"
            yield DatasetError(ABOUT_FILE, 1, message)


def _read_file(folder: Folder, name: str, content: Any, lines: Lines) -> None:
    if not isinstance(content, dict):
        folder.errors.append(DatasetError(name, 1, "a file must map collections to lists"))
        return
    for collection, items in content.items():
        line = lines[(collection,)]
        if collection not in RESOURCES:
            message = (
                f"unknown collection {collection!r}"
                f"{validation.suggestion_clause(collection, list(RESOURCES))}"
            )
            folder.errors.append(DatasetError(name, line, message))
            continue
        if not isinstance(items, list):
            folder.errors.append(DatasetError(name, line, f"{collection} must be a list"))
            continue
        resource = RESOURCES[collection]
        if resource.derived:
            folder.errors.append(
                DatasetError(name, line, f"{collection} are derived: they cannot be written")
            )
            continue
        for index, values in enumerate(items):
            path = (collection, index)
            try:
                draft = input_model(resource).model_validate(values)
            except ValidationError as error:
                for detail in error.errors():
                    folder.errors.append(_dataset_error(name, lines, path, detail, resource))
                continue
            folder.entries.append(Entry(resource, draft, name, lines, path))


def _dataset_error(
    name: str,
    lines: Lines,
    path: tuple[str | int, ...],
    detail: ErrorDetails,
    resource: Resource,
) -> DatasetError:
    field_name = ".".join(str(part) for part in detail["loc"])
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        known = list(resource.mapping.by_name)
        message = f"unknown field{validation.suggestion_clause(str(detail['loc'][-1]), known)}"
    elif detail["type"] == "enum" and detail["input"] == "low":
        message = "a low-confidence row is never published"
    elif detail["type"] in {"enum", "literal_error"}:
        message = f"{detail['input']!r} is not in the vocabulary: {detail['ctx']['expected']}"
    return DatasetError(
        name, nearest_line(lines, (*path, *detail["loc"])), f"{field_name}: {message}"
    )


def _cross_checks(folder: Folder) -> Iterator[DatasetError]:
    context = FolderContext(folder.entries)
    for entry in folder.entries:
        first = context.by_slug[entry.resource.name][entry.slug]
        if first is not entry:
            where = f"{first.file}:{first.line('slug')}"
            message = f"duplicate {entry.resource.record_type} {entry.slug!r}, first at {where}"
            yield DatasetError(entry.file, entry.line("slug"), message)
        for violations in (validation.pre_write_violations, validation.post_write_violations):
            for violation in violations(entry.resource, entry.draft, context):
                yield DatasetError(entry.file, entry.line(*violation.path), violation.message)
    yield from _coverage_errors(folder)
