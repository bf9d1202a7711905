"""The mirror: the store written back as a dataset folder, the same bytes where nothing changed."""

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
from app.services.dataset.folder import ABOUT, Folder
from app.services.dataset.yaml_writer import file_text
from app.services.records.input_models import RecordInput, referenced_slugs, sparse_dict
from app.services.records.lookup import RecordKey, all_record_inputs

CURATED_ROWS = "records that curators wrote or withdrew since"


class NotADatasetError(Exception):
    """A folder that holds something else, so that nothing is written into it."""


@dataclass(frozen=True)
class Placed:
    """A draft and its place in the files, if it has had one."""

    resource: Resource
    draft: Any
    file: str | None
    position: int

    @property
    def name(self) -> RecordKey:
        return self.resource.name, self.draft.slug


def of_store(session: ReadSession) -> dict[str, str]:
    """file → text of the whole store."""
    stmt = select(m.Record.type, m.Record.slug, m.Record.source_file, m.Record.source_position)
    places = {(row[0], row[1]): (row[2], row[3] or 0) for row in session.execute(stmt)}
    placed = [
        Placed(resource, draft, *places[resource.kind, _slug(draft)])
        for resource in RESOURCES.values()
        if not resource.derived
        for draft in all_record_inputs(session, resource)
    ]
    counts = Counter(one.resource.name for one in placed)
    about = counted(_about(session), counts)
    return texts(placed) | ({ABOUT: about} if about else {})


def _about(session: ReadSession) -> str:
    """What the dataset says of itself; a release that was changed since is none any more."""
    columns = (m.Dataset.about, m.Dataset.release, m.Dataset.loaded_revision)
    row = session.execute(select(*columns)).one_or_none()
    if row is None:
        return ""
    said = row.about or f'release: "{row.release}"\n'
    since = select(m.Change.id).where(m.Change.revision > row.loaded_revision).limit(1)
    if not release_names.is_name(row.release) or session.execute(since).first() is None:
        return said
    other = f"release: {release_names.UNRELEASED}\n"
    lines = [other if line.startswith("release:") else line for line in said.splitlines(True)]
    return "".join(lines)


def of_folder(folder: Folder) -> dict[str, str]:
    """file → text of a folder that was read, in the canonical form."""
    placed = [Placed(e.resource, e.draft, e.file, int(e.path[1])) for e in folder.entries]
    return texts(placed) | ({ABOUT: folder.about} if folder.about else {})


def texts(placed: Iterable[Placed]) -> dict[str, str]:
    """Every file's text; records keep the order they had, and new ones follow by slug."""
    content: dict[str, dict[str, list[Placed]]] = defaultdict(lambda: defaultdict(list))
    for one in _at_home(list(placed)):
        content[one.file or ""][one.resource.name].append(one)
    return {
        file: file_text({name: _in_order(collections[name]) for name in _sections(collections)})
        for file, collections in sorted(content.items())
    }


def _sections(collections: Iterable[str]) -> list[str]:
    """The collections of one file, in the order in which their lists follow each other."""
    order = {name: number for number, name in enumerate(RESOURCES)}
    return sorted(collections, key=lambda name: (_file_of(RESOURCES[name]).section, order[name]))


def _file_of(resource: Resource) -> DatasetFile:
    assert resource.dataset is not None, "derived collections are not in a dataset folder"
    return resource.dataset


def _in_order(found: list[Placed]) -> list[dict[str, Any]]:
    return [
        sparse_dict(one.draft)
        for one in sorted(found, key=lambda one: (one.position, one.draft.slug))
    ]


def _at_home(placed: list[Placed]) -> list[Placed]:
    """Every record with a file; a record that never had one finds it beside what it belongs to."""
    homes: dict[RecordKey, str] = {one.name: one.file for one in placed if one.file}
    new = [one for one in placed if not one.file]
    for one in new:
        file = _file_of(one.resource)
        if not file.beside and not file.with_referrer:
            homes[one.name] = _default_file(one)
    for one in new:
        if beside := _file_of(one.resource).beside:
            homes[one.name] = _beside(one, beside, homes)
    for one in new:
        if _file_of(one.resource).with_referrer:
            homes[one.name] = _with_referrer(one, placed, homes)
    last = 2**31
    return [
        Placed(one.resource, one.draft, homes[one.name], one.position if one.file else last)
        for one in placed
    ]


def _default_file(one: Placed) -> str:
    return _file_of(one.resource).path.format(slug=one.draft.slug)


def _beside(one: Placed, field: str, homes: Mapping[RecordKey, str]) -> str:
    """The file of the record that a field of this one names."""
    for to, slug, path in referenced_slugs(one.resource.mapping, one.draft):
        if path == (field,):
            names = [(collection, slug.rpartition(":")[2]) for collection in to]
            return next((homes[name] for name in names if name in homes), _default_file(one))
    return _default_file(one)


def _with_referrer(one: Placed, placed: Iterable[Placed], homes: Mapping[RecordKey, str]) -> str:
    """The file of the first record that names this one."""
    for other in placed:
        for to, slug, _ in referenced_slugs(other.resource.mapping, other.draft):
            if one.name in [(name, slug) for name in to] and other.name in homes:
                return homes[other.name]
    return _default_file(one)


def _slug(draft: RecordInput) -> str:
    return str(draft.slug)  # type: ignore[attr-defined]


def counted(about: str, counts: Mapping[str, int]) -> str:
    """about.yaml as it was, with a row of coverage for what curators added or withdrew since."""
    said = yaml.safe_load(about) or {}
    rows = said.get("coverage") or []
    kept = [row for row in rows if row["rows_of"] != CURATED_ROWS]
    told: dict[str, int] = defaultdict(int)
    for row in kept:
        told[row["collection"]] += row["records"]
    more = [
        {
            "rows_of": CURATED_ROWS,
            "rows": counts[name] - number,
            "published": counts[name] - number,
            "collection": name,
            "records": counts[name] - number,
            "withheld": [],
        }
        for name, number in told.items()
        if counts[name] != number
    ]
    if kept + more == rows:
        return about
    lines = [line for line in about.splitlines(True) if CURATED_ROWS not in line]
    for row in more:
        flow = yaml.safe_dump(row, default_flow_style=True, sort_keys=False, width=10_000)
        lines.append(f"  - {flow}")
    text = "".join(lines)
    if yaml.safe_load(text) == said | {"coverage": kept + more}:
        return text
    body: str = yaml.safe_dump(
        said | {"coverage": kept + more}, allow_unicode=True, sort_keys=False, width=110
    )
    return body


def write(root: Path, files: Mapping[str, str]) -> list[str]:
    """Bring a dataset folder to these files; tells which were written or removed.

    A file of records that are all gone is removed, which is why the folder must be empty or a
    dataset already: one with an about.yaml.
    """
    there = {path.relative_to(root).as_posix() for path in root.rglob("*.yaml")}
    if any(root.iterdir() if root.exists() else ()) and ABOUT not in there:
        raise NotADatasetError(f"{root} is neither empty nor a dataset: it has no {ABOUT}")
    touched = []
    for name, text in files.items():
        path = root / name
        if name in there and path.read_text("utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f"{path.name}.part")
        half.write_text(text, "utf-8")
        half.replace(path)
        touched.append(name)
    for name in sorted(there - set(files)):
        (root / name).unlink()
        touched.append(name)
    return touched
