"""Export the store as a dataset folder, byte-identical where nothing changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from app import models as m
from app.domain import release_names
from app.kit.declarations import DatasetFile
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.dataset.folder import ABOUT_FILE, Folder
from app.services.dataset.yaml_writer import file_text
from app.services.records.input_models import RecordInput, referenced_slugs, sparse_dict
from app.services.records.lookup import RecordKey, all_record_inputs

CURATED_COVERAGE = "records that curators wrote or withdrew since"


class NotADatasetFolderError(Exception):
    """A folder that holds something else, so that nothing is written into it."""


@dataclass(frozen=True)
class Positioned:
    """A draft and its place in the files, if it has had one."""

    resource: Resource
    draft: Any
    file: str | None
    position: int

    @property
    def name(self) -> RecordKey:
        return self.resource.name, self.draft.slug


def render_store(session: ReadSession) -> dict[str, str]:
    """file → text of the whole store."""
    stmt = select(m.Record.type, m.Record.slug, m.Record.source_file, m.Record.source_position)
    places = {(row[0], row[1]): (row[2], row[3] or 0) for row in session.execute(stmt)}
    records = [
        Positioned(resource, draft, *places[resource.kind, _slug(draft)])
        for resource in RESOURCES.values()
        if not resource.derived
        for draft in all_record_inputs(session, resource)
    ]
    counts = Counter(record.resource.name for record in records)
    about = with_coverage(_about(session), counts)
    return render_files(records) | ({ABOUT_FILE: about} if about else {})


def _about(session: ReadSession) -> str:
    """What the dataset says of itself; a release that was changed since is none any more."""
    columns = (m.Dataset.about, m.Dataset.release, m.Dataset.loaded_revision)
    row = session.execute(select(*columns)).one_or_none()
    if row is None:
        return ""
    text = row.about or f'release: "{row.release}"\n'
    since = select(m.Change.id).where(m.Change.revision > row.loaded_revision).limit(1)
    if not release_names.is_name(row.release) or session.execute(since).first() is None:
        return text
    other = f"release: {release_names.UNRELEASED}\n"
    lines = [other if line.startswith("release:") else line for line in text.splitlines(True)]
    return "".join(lines)


def render_folder(folder: Folder) -> dict[str, str]:
    """file → text of a folder that was read, in the canonical form."""
    records = [Positioned(e.resource, e.draft, e.file, int(e.path[1])) for e in folder.entries]
    return render_files(records) | ({ABOUT_FILE: folder.about} if folder.about else {})


def render_files(records: Iterable[Positioned]) -> dict[str, str]:
    """Every file's text; records keep the order they had, and new ones follow by slug."""
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
    """The collections of one file, in the order in which their lists follow each other."""
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
    """Every record with a file; a record that never had one finds it beside what it belongs to."""
    homes: dict[RecordKey, str] = {record.name: record.file for record in records if record.file}
    new = [record for record in records if not record.file]
    for record in new:
        file = _file_of(record.resource)
        if not file.beside and not file.with_referrer:
            homes[record.name] = _default_file(record)
    for record in new:
        if beside := _file_of(record.resource).beside:
            homes[record.name] = _file_of_parent(record, beside, homes)
    for record in new:
        if _file_of(record.resource).with_referrer:
            homes[record.name] = _with_referrer(record, records, homes)
    last = 2**31
    return [
        Positioned(
            record.resource,
            record.draft,
            homes[record.name],
            record.position if record.file else last,
        )
        for record in records
    ]


def _default_file(record: Positioned) -> str:
    return _file_of(record.resource).path.format(slug=record.draft.slug)


def _file_of_parent(record: Positioned, field: str, homes: Mapping[RecordKey, str]) -> str:
    """The file of the record that a field of this one names."""
    for to, slug, path in referenced_slugs(record.resource.mapping, record.draft):
        if path == (field,):
            names = [(collection, slug.rpartition(":")[2]) for collection in to]
            return next((homes[name] for name in names if name in homes), _default_file(record))
    return _default_file(record)


def _with_referrer(
    record: Positioned, records: Iterable[Positioned], homes: Mapping[RecordKey, str]
) -> str:
    """The file of the first record that names this one."""
    for other in records:
        for to, slug, _ in referenced_slugs(other.resource.mapping, other.draft):
            if record.name in [(name, slug) for name in to] and other.name in homes:
                return homes[other.name]
    return _default_file(record)


def _slug(draft: RecordInput) -> str:
    return str(draft.slug)  # type: ignore[attr-defined]


def with_coverage(about: str, counts: Mapping[str, int]) -> str:
    """about.yaml as it was, with a row of coverage for what curators added or withdrew since."""
    about_ = yaml.safe_load(about) or {}
    rows = about_.get("coverage") or []
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
    if yaml.safe_load(text) == about_ | {"coverage": others + curated}:
        return text
    body: str = yaml.safe_dump(
        about_ | {"coverage": others + curated}, allow_unicode=True, sort_keys=False, width=110
    )
    return body


def write_files(root: Path, files: Mapping[str, str]) -> list[str]:
    """Bring a dataset folder to these files; tells which were written or removed.

    A file of records that are all gone is removed, which is why the folder must be empty or a
    dataset already: one with an about.yaml.
    """
    existing = {path.relative_to(root).as_posix() for path in root.rglob("*.yaml")}
    if any(root.iterdir() if root.exists() else ()) and ABOUT_FILE not in existing:
        raise NotADatasetFolderError(
            f"{root} is neither empty nor a dataset: it has no {ABOUT_FILE}"
        )
    touched = []
    for name, text in files.items():
        path = root / name
        if name in existing and path.read_text("utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f"{path.name}.part")
        half.write_text(text, "utf-8")
        half.replace(path)
        touched.append(name)
    for name in sorted(existing - set(files)):
        (root / name).unlink()
        touched.append(name)
    return touched
