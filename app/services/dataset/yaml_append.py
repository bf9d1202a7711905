"""Print a record as YAML, or append it to a file of a dataset folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from app.domain.distinct_names import is_confusable, next_distinct_name, similar_names
from app.kit.atomic_file import atomic_write
from app.kit.field_mapping import Column
from app.kit.resource import Resource
from app.services.dataset.folder import read_folder
from app.services.dataset.folder_context import FolderContext
from app.services.dataset.yaml_reader import BadYamlError, read_yaml
from app.services.records.input_models import RecordInput, input_value


class CannotAppendError(Exception):
    """A file that a record cannot be appended to; the message says why."""


def record_as_yaml(draft: RecordInput) -> str:
    """Return a record as a list of one, indented as in a dataset file."""
    values = draft.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = yaml.safe_dump([values], allow_unicode=True, sort_keys=False, width=110)
    return "".join(f"  {line}\n" for line in text.splitlines())


def find_duplicates(root: Path, resource: Resource, draft: RecordInput) -> Iterator[str]:
    """Yield a message for each record of a folder with the same slug or identifier."""
    unique = [
        field.name
        for field in resource.mapping.fields
        if isinstance(field.marker, Column)
        and (field.name == "slug" or field.marker.column.property.columns[0].unique)
    ]
    for entry in read_folder(root).entries_of(resource.name):
        for name in unique:
            new, stored = (input_value(d, name, resource.mapping) for d in (draft, entry.draft))
            if new is not None and str(new).lower() == str(stored).lower():
                where = f"{entry.file}:{entry.line(name)}"
                yield f"{name} {stored} is already at {where} ({entry.slug})"


def with_distinct_name(root: Path, resource: Resource, draft: RecordInput) -> RecordInput:
    """Return a record with a letter after the year of its name, if the folder has the name."""
    name = str(input_value(draft, "name", resource.mapping))
    context = FolderContext(read_folder(root).entries)
    taken = context.names_taken(resource, similar_names(name), "")
    if not any(is_confusable(name, other) for other in taken):
        return draft
    return draft.model_copy(update={"name": next_distinct_name(name, taken) or name})


def append_record(path: Path, resource: Resource, draft: RecordInput) -> None:
    """Append a record to its collection in a file, and keep all other lines as they are.

    The file is replaced atomically, and only if the new one reads as the old one plus the record.

    Raises:
        CannotAppendError: The path is not that of a .yaml file, or its layout does not allow it.
    """
    if path.suffix != ".yaml" or not path.parent.is_dir():
        raise CannotAppendError(f"{path} is not a .yaml file in an existing folder")
    old = path.read_text("utf-8") if path.exists() else ""
    before = _read(path) if old else {}
    new = _insert(old, f"{resource.name}:", record_as_yaml(draft))
    with atomic_write(path) as file:
        file.write(new.encode())
        file.flush()
        after = _read(Path(file.name))
        rest = {**after, resource.name: after[resource.name][:-1]}
        if rest != {**before, resource.name: before.get(resource.name, [])}:
            raise CannotAppendError(f"{path} has a layout that cannot be appended to safely")


def _read(path: Path) -> dict[str, Any]:
    try:
        content, _ = read_yaml(path)
    except BadYamlError as error:
        raise CannotAppendError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise CannotAppendError(f"{path} is not a mapping of collections to lists")
    return content


def _insert(text: str, heading: str, addition: str) -> str:
    """Return the text with an addition at the end of a section, which is created if missing."""
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
