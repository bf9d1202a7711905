"""Export the store as a dataset folder, byte-identical where nothing changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from sqlalchemy import select

from app import models as m
from app.domain import release_names
from app.domain.source_databases import licence_file
from app.kit.atomic_file import atomic_write
from app.kit.declarations import DatasetFile
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.dataset.about import ABOUT_FILE
from app.services.dataset.folder import Folder
from app.services.dataset.yaml_writer import file_text
from app.services.records.input_models import RecordInput, referenced_slugs, sparse_dict
from app.services.records.lookup import RecordKey, all_record_inputs

LICENCE_FILE = "LICENCE"
CURATED_COVERAGE = "records that curators wrote or withdrew since"


class NotADatasetFolderError(Exception):
    """A folder that is neither empty nor a dataset, into which nothing is written."""


@dataclass(frozen=True)
class Positioned:
    """A record input with its file and its index there; a new record has no file yet."""

    resource: Resource
    draft: Any
    file: str | None
    position: int

    @property
    def key(self) -> RecordKey:
        """The collection and the slug of the record."""
        return self.resource.name, self.draft.slug


def render_store(session: ReadSession) -> dict[str, str]:
    """Return the text of every file of the store as a dataset folder, by file name."""
    stmt = select(m.Record.type, m.Record.slug, m.Record.source_file, m.Record.source_position)
    locations = {(row[0], row[1]): (row[2], row[3] or 0) for row in session.execute(stmt)}
    records = [
        Positioned(resource, draft, *locations[resource.record_type, _slug(draft)])
        for resource in RESOURCES.values()
        if not resource.derived
        for draft in all_record_inputs(session, resource)
    ]
    counts = Counter(record.resource.name for record in records)
    about = with_coverage(_about(session), counts)
    files = render_files(records) | ({ABOUT_FILE: about} if about else {})
    return files | _licence_files(records)


def _licence_files(records: Iterable[Positioned]) -> dict[str, str]:
    """Return the LICENCE file of each folder with records of another licence than the dataset.

    The store does not hold the file that came with the folder. Its text follows from the records,
    so that it is the one that `kkb import` wrote.
    """
    sources: dict[str, set[tuple[str, str | None, str | None]]] = defaultdict(set)
    for record in records:
        folder = PurePosixPath(record.file or "").parent
        licence = getattr(record.draft, "licence", None)
        if folder.parts and licence:
            database = record.draft.source_database or "another database"
            sources[folder.as_posix()].add((database, record.draft.source_release, licence))
    return {
        f"{folder}/{LICENCE_FILE}": licence_file(sorted(stated, key=str))
        for folder, stated in sources.items()
    }


def _about(session: ReadSession) -> str:
    """Return the text of about.yaml, as unreleased if the records are not those of its release."""
    columns = (m.Dataset.about, m.Dataset.release, m.Dataset.loaded_revision)
    row = session.execute(select(*columns)).one_or_none()
    if row is None:
        return ""
    text = row.about or f'release: "{row.release}"\n'
    if not release_names.is_name(str((yaml.safe_load(text) or {}).get("release"))):
        return text
    later_changes = select(m.Change.id).where(m.Change.revision > row.loaded_revision).limit(1)
    if release_names.is_name(row.release) and session.execute(later_changes).first() is None:
        return text
    unreleased = f"release: {release_names.UNRELEASED}\n"
    lines = [unreleased if line.startswith("release:") else line for line in text.splitlines(True)]
    return "".join(lines)


def render_folder(folder: Folder) -> dict[str, str]:
    """Return the canonical text of every file of a folder that was read, by file name."""
    records = [Positioned(e.resource, e.draft, e.file, int(e.path[1])) for e in folder.entries]
    return render_files(records) | ({ABOUT_FILE: folder.about} if folder.about else {})


def render_files(records: Iterable[Positioned]) -> dict[str, str]:
    """Return the text of every file; records keep their order, and new ones follow by slug."""
    content: dict[str, dict[str, list[Positioned]]] = defaultdict(lambda: defaultdict(list))
    for record in _assign_files(list(records)):
        content[record.file or ""][record.resource.name].append(record)
    return {
        file: file_text(
            {name: _sorted_by_position(collections[name]) for name in _sections(collections)}
        )
        for file, collections in sorted(content.items())
    }


def _sections(collections: Iterable[str]) -> list[str]:
    """Return the collections of one file in the order of their lists."""
    order = {name: number for number, name in enumerate(RESOURCES)}
    return sorted(collections, key=lambda name: (_file_of(RESOURCES[name]).section, order[name]))


def _file_of(resource: Resource) -> DatasetFile:
    assert resource.dataset is not None, "derived collections are not in a dataset folder"
    return resource.dataset


def _sorted_by_position(records: list[Positioned]) -> list[dict[str, Any]]:
    return [
        sparse_dict(record.draft)
        for record in sorted(records, key=lambda record: (record.position, record.draft.slug))
    ]


def _assign_files(records: list[Positioned]) -> list[Positioned]:
    """Return all records with a file.

    The `DatasetFile` of its collection says where a new record goes: into a file of its own, into
    that of the record which one of its fields names, or into that of a record which names it.
    """
    files: dict[RecordKey, str] = {record.key: record.file for record in records if record.file}
    new = [record for record in records if not record.file]
    for record in new:
        file = _file_of(record.resource)
        if not file.file_of and not file.with_referrer:
            files[record.key] = _default_file(record)
    for record in new:
        if field := _file_of(record.resource).file_of:
            files[record.key] = _file_of_parent(record, field, files)
    for record in new:
        if _file_of(record.resource).with_referrer:
            files[record.key] = _file_of_referrer(record, records, files)
    last = 2**31  # after every record that has a position
    return [
        Positioned(
            record.resource,
            record.draft,
            files[record.key],
            record.position if record.file else last,
        )
        for record in records
    ]


def _default_file(record: Positioned) -> str:
    return _file_of(record.resource).path.format(slug=record.draft.slug)


def _file_of_parent(record: Positioned, field: str, files: Mapping[RecordKey, str]) -> str:
    """Return the file of the record that a field names, or the default file."""
    for to, slug, path in referenced_slugs(record.resource.mapping, record.draft):
        if path == (field,):
            keys = [(collection, slug.rpartition(":")[2]) for collection in to]
            return next((files[key] for key in keys if key in files), _default_file(record))
    return _default_file(record)


def _file_of_referrer(
    record: Positioned, records: Iterable[Positioned], files: Mapping[RecordKey, str]
) -> str:
    """Return the file of the first record that names this one, or the default file."""
    for other in records:
        for to, slug, _ in referenced_slugs(other.resource.mapping, other.draft):
            if record.key in [(name, slug) for name in to] and other.key in files:
                return files[other.key]
    return _default_file(record)


def _slug(draft: RecordInput) -> str:
    return str(draft.slug)  # type: ignore[attr-defined]


def with_coverage(about: str, counts: Mapping[str, int]) -> str:
    """Return about.yaml with a coverage row for the records that curators added or withdrew.

    Args:
        about: The text of about.yaml.
        counts: The number of records of each collection now.
    """
    content = yaml.safe_load(about) or {}
    rows = content.get("coverage") or []
    others = [row for row in rows if row["rows_of"] != CURATED_COVERAGE]
    counts_by_collection: dict[str, int] = defaultdict(int)
    for row in others:
        counts_by_collection[row["collection"]] += row["records"]
    curated = [
        {
            "rows_of": CURATED_COVERAGE,
            "rows": counts[name] - number,
            "published": counts[name] - number,
            "collection": name,
            "records": counts[name] - number,
            "withheld": [],
        }
        for name, number in counts_by_collection.items()
        if counts[name] != number
    ]
    if others + curated == rows:
        return about
    lines = [line for line in about.splitlines(True) if CURATED_COVERAGE not in line]
    for row in curated:
        flow = yaml.safe_dump(row, default_flow_style=True, sort_keys=False, width=10_000)
        lines.append(f"  - {flow}")
    text = "".join(lines)
    if yaml.safe_load(text) == content | {"coverage": others + curated}:
        return text
    body: str = yaml.safe_dump(
        content | {"coverage": others + curated}, allow_unicode=True, sort_keys=False, width=110
    )
    return body


def write_files(root: Path, files: Mapping[str, str]) -> list[str]:
    """Write the files that differ and remove all others; return the names of both.

    The folder must be empty or a dataset, with an about.yaml, because files are removed from it.

    Raises:
        NotADatasetFolderError: It is neither.
    """
    existing = {path.relative_to(root).as_posix() for path in root.rglob("*.yaml")}
    if any(root.iterdir() if root.exists() else ()) and ABOUT_FILE not in existing:
        raise NotADatasetFolderError(
            f"{root} is neither empty nor a dataset: it has no {ABOUT_FILE}"
        )
    touched = []
    for name, text in files.items():
        path = root / name
        if path.is_file() and (path.name == LICENCE_FILE or path.read_text("utf-8") == text):
            continue  # a LICENCE may have been edited
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            file.write(text.encode())
        touched.append(name)
    for name in sorted(existing - set(files)):
        (root / name).unlink()
        touched.append(name)
    return touched
