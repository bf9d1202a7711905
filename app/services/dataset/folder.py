"""Read and validate a dataset folder; report every error with file and line."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from app.domain.release_names import UNRELEASED
from app.kit.resource import Resource
from app.resources import RESOURCES
from app.services.dataset.yaml_reader import BadYamlError, Line, read_yaml
from app.services.records import validation
from app.services.records.input_models import RecordInput, input_model, referenced_slugs

ABOUT_FILE = "about.yaml"


@dataclass(frozen=True, order=True)
class DatasetError:
    """One thing wrong with a dataset, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Entry:
    """One draft and where it stands."""

    resource: Resource
    draft: RecordInput
    file: str
    lines: Line
    path: tuple[str | int, ...]

    @property
    def slug(self) -> str:
        return str(self.draft.slug)  # type: ignore[attr-defined]

    @property
    def position(self) -> int:
        """Its place in the list of its file."""
        return int(self.path[1])

    def line(self, *inner: str | int) -> int:
        """The line of a field, or of the nearest thing around it that has one."""
        path = (*self.path, *inner)
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


class Withheld(BaseModel):
    """Rows that were read and not published."""

    model_config = ConfigDict(extra="forbid")
    rows: int = Field(gt=0, description="How many.")
    reason: str = Field(min_length=1, description="Why.")


class Coverage(BaseModel):
    """What was read of one kind, and what became of it."""

    model_config = ConfigDict(extra="forbid")
    rows_of: str = Field(description="What was read.")
    rows: int = Field(description="How many rows there were.")
    published: int = Field(description="Rows that became records.")
    collection: str = Field(description="The collection that they stand in.")
    records: int = Field(description="Records that they became.")
    withheld: list[Withheld] = Field(description="Rows that are not published, and why.")


class About(BaseModel):
    """What a dataset says of itself; `date` is the day of its release."""

    model_config = ConfigDict(extra="forbid")
    release: str
    date: datetime.date | None = None
    coverage: list[Coverage] = []


@dataclass
class Folder:
    """All of a dataset folder: its drafts, its faults, its digest."""

    release: str = UNRELEASED
    coverage: list[Coverage] = field(default_factory=list)
    digest: str = ""
    about: str = ""
    entries: list[Entry] = field(default_factory=list)
    errors: list[DatasetError] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.entries)

    def entries_of(self, collection: str) -> list[Entry]:
        return [e for e in self.entries if e.resource is RESOURCES[collection]]


def read_folder(root: Path) -> Folder:
    """Read and check a dataset folder; its faults say whether it may be loaded."""
    folder, digest = Folder(), hashlib.sha256()
    files = sorted(root.rglob("*.yaml"))
    if not files:
        folder.errors.append(DatasetError(str(root), 1, "no .yaml file here"))
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


def _read_about(folder: Folder, content: Any, lines: Line) -> None:
    try:
        about = About.model_validate(content or {})
    except ValidationError as error:
        for detail in error.errors():
            where: tuple[str | int, ...] = detail["loc"]
            while where not in lines:
                where = where[:-1]
            message = f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
            folder.errors.append(DatasetError(ABOUT_FILE, lines[where], message))
        return
    folder.release, folder.coverage = about.release, about.coverage


def _coverage_errors(folder: Folder) -> Iterator[DatasetError]:
    """Rows that the count of coverage loses, and collections that it does not explain."""
    records: dict[str, int] = defaultdict(int)
    for row in folder.coverage:
        lost = row.rows - row.published - sum(w.rows for w in row.withheld)
        if lost:
            yield DatasetError(
                ABOUT_FILE, 1, f"{row.rows_of}: {lost} rows are neither published nor withheld"
            )
        records[row.collection] += row.records
    for name, number in records.items():
        record_count = len(folder.entries_of(name)) if name in RESOURCES else 0
        if record_count != number:
            message = f"coverage counts {number} {name}, the folder holds {record_count}"
            yield DatasetError(ABOUT_FILE, 1, message)


def _read_file(folder: Folder, name: str, content: Any, lines: Line) -> None:
    if not isinstance(content, dict):
        folder.errors.append(DatasetError(name, 1, "a file is a mapping of collections to lists"))
        return
    for collection, drafts in content.items():
        line = lines[(collection,)]
        if collection not in RESOURCES:
            message = (
                f"unknown collection {collection!r}"
                f"{validation.did_you_mean(collection, list(RESOURCES))}"
            )
            folder.errors.append(DatasetError(name, line, message))
            continue
        if not isinstance(drafts, list):
            folder.errors.append(DatasetError(name, line, f"{collection} must be a list"))
            continue
        resource = RESOURCES[collection]
        if resource.derived:
            folder.errors.append(
                DatasetError(name, line, f"{collection} are computed, not written")
            )
            continue
        for index, values in enumerate(drafts):
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
    lines: Line,
    path: tuple[str | int, ...],
    detail: ErrorDetails,
    resource: Resource,
) -> DatasetError:
    where = (*path, *detail["loc"])
    while where not in lines:
        where = where[:-1]
    field_name = ".".join(str(part) for part in detail["loc"])
    message = detail["msg"]
    if detail["type"] == "extra_forbidden":
        known = list(resource.mapping.by_name)
        message = f"unknown field{validation.did_you_mean(str(detail['loc'][-1]), known)}"
    elif detail["type"] == "enum" and detail["input"] == "low":
        message = "a low-confidence row is never published"
    elif detail["type"] in {"enum", "literal_error"}:
        message = f"{detail['input']!r} is not in the vocabulary: {detail['ctx']['expected']}"
    return DatasetError(name, lines[where], f"{field_name}: {message}")


class FolderContext:
    """What the rules may ask of a folder's other records."""

    def __init__(self, folder: Folder) -> None:
        self.by_slug: dict[str, dict[str, Entry]] = defaultdict(dict)
        self.notes: dict[str, dict[str, RecordInput]] = defaultdict(dict)
        self.cited: set[str] = set()
        self.held: dict[tuple[str, Any], Entry] = {}
        for entry in folder.entries:
            self.by_slug[entry.resource.name].setdefault(entry.slug, entry)
            for to, slug, path in referenced_slugs(entry.resource.mapping, entry.draft):
                if "references" in to:
                    self.cited.add(slug)
                if entry.resource is validation.EVIDENCE and path[0] == "claims":
                    self.notes[slug][entry.slug] = entry.draft
            for spot in validation.unique_columns(entry.resource):
                for value in validation.unique_values(entry.resource, entry.draft, spot):
                    self.held.setdefault((str(spot.column), value), entry)

    def has(self, collection: str, slug: str) -> bool:
        return slug in self.by_slug[collection]

    def similar(self, collection: str, slug: str) -> list[str]:
        return list(self.by_slug[collection])

    def find_owner(
        self, unique: validation.UniqueColumn, value: Any, except_for: tuple[Resource, str]
    ) -> str | None:
        first = self.held[str(unique.column), value]
        if (first.resource, first.slug) == except_for:
            return None
        return f"{first.file}:{first.line(unique.name)} ({first.slug})"

    def draft(self, collection: str, slug: str) -> Any:
        entry = self.by_slug[collection].get(slug)
        return entry.draft if entry else None

    def notes_on(self, claim: str) -> dict[str, Any]:
        return self.notes.get(claim, {})

    def is_cited(self, reference: str) -> bool:
        return reference in self.cited


def _cross_checks(folder: Folder) -> Iterator[DatasetError]:
    context = FolderContext(folder)
    for entry in folder.entries:
        first = context.by_slug[entry.resource.name][entry.slug]
        if first is not entry:
            where = f"{first.file}:{first.line('slug')}"
            message = f"duplicate {entry.resource.kind} {entry.slug!r}, first at {where}"
            yield DatasetError(entry.file, entry.line("slug"), message)
        for rule in (validation.pre_write_violations, validation.post_write_violations):
            for flaw in rule(entry.resource, entry.draft, context):
                yield DatasetError(entry.file, entry.line(*flaw.path), flaw.message)
    yield from _coverage_errors(folder)
