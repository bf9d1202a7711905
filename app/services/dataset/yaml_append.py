"""A draft as a curator's YAML: printed, or added to a file of the dataset folder."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import yaml

from app.kit.field_mapping import Column
from app.kit.resource import Resource
from app.services.dataset.folder import read_folder
from app.services.dataset.yaml_reader import BadYamlError, read_yaml
from app.services.records.input_models import RecordInput, input_value


class CannotAddError(Exception):
    """Why a draft is not added to a file."""


def block(draft: RecordInput) -> str:
    """A list of one record, as it stands in a file of the dataset."""
    values = draft.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = yaml.safe_dump([values], allow_unicode=True, sort_keys=False, width=110)
    return "".join(f"  {line}\n" for line in text.splitlines())


def already(root: Path, resource: Resource, draft: RecordInput) -> Iterator[str]:
    """Records of a dataset folder that have the draft's slug or one of its identifiers."""
    unique = [
        part.name
        for part in resource.mapping.fields
        if isinstance(part.marker, Column)
        and (part.name == "slug" or part.marker.column.property.columns[0].unique)
    ]
    for entry in read_folder(root).entries_of(resource.name):
        for name in unique:
            mine, theirs = (input_value(d, name, resource.mapping) for d in (draft, entry.draft))
            if mine is not None and str(mine).lower() == str(theirs).lower():
                yield f"{name} {theirs} stands at {entry.file}:{entry.line(name)} ({entry.slug})"


def add(path: Path, resource: Resource, draft: RecordInput) -> None:
    """Append a draft to its collection in a file, whose other lines stay as they are.

    The file is replaced at once, and only by one that reads as the old one and the draft.
    """
    if path.suffix != ".yaml" or not path.parent.is_dir():
        raise CannotAddError(f"{path} is no .yaml file in a folder that exists")
    old = path.read_text("utf-8") if path.exists() else ""
    before = _read(path) if old else {}
    new = _with(old, f"{resource.name}:", block(draft))
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(new)
    written = Path(file.name)
    try:
        after = _read(written)
        rest = {**after, resource.name: after[resource.name][:-1]}
        if rest != {**before, resource.name: before.get(resource.name, [])}:
            raise CannotAddError(f"{path} has a form that nothing can be added to safely")
        written.chmod(path.stat().st_mode if path.exists() else 0o644)
        os.replace(written, path)
    finally:
        written.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        content, _ = read_yaml(path)
    except BadYamlError as error:
        raise CannotAddError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise CannotAddError(f"{path} is not a mapping of collections to lists")
    return content


def _with(text: str, heading: str, addition: str) -> str:
    """The text with an addition at the end of the section under a heading, or as a new one."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = [n for n, line in enumerate(lines) if line.rstrip() == heading]
    if not starts:
        gap = "\n" if lines else ""
        return "".join(lines) + f"{gap}{heading}\n{addition}"
    end = starts[0] + 1
    for n in range(starts[0] + 1, len(lines)):
        if lines[n].startswith((" ", "-")) and lines[n].strip():
            end = n + 1
        elif lines[n].strip() and not lines[n].startswith("#"):
            break
    return "".join([*lines[:end], addition, *lines[end:]])
