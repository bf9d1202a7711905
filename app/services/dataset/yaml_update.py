"""Replace one record of a dataset file, and keep every other byte of it."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.kit.atomic_file import atomic_write
from app.kit.resource import Resource
from app.services.dataset.yaml_reader import BadYamlError, read_yaml
from app.services.dataset.yaml_writer import file_text
from app.services.records.input_models import RecordInput, input_model, sparse_dict


class CannotUpdateError(Exception):
    """A record that cannot be replaced in its file; the message says why."""


def update_record(path: Path, resource: Resource, old: RecordInput, new: RecordInput) -> None:
    """Replace a record in its file, in the canonical form of `kkb format`.

    The file is replaced atomically, and only if the new one reads as the old one with the new
    record. Comments between records stay; those inside the record do not.

    Args:
        path: The file, in a dataset folder.
        resource: The collection of the record.
        old: The record as it was read; if the file has another one by now, nothing is written.
        new: The record with the same slug.

    Raises:
        CannotUpdateError: The record has changed or gone, or the layout of the file does not allow
            its replacement.
    """
    try:
        content, lines = read_yaml(path)
    except BadYamlError as error:
        raise CannotUpdateError(f"{path}: {error}") from error
    slug, index = sparse_dict(old)["slug"], _index(content, resource, old)
    if index is None:
        raise CannotUpdateError(f"{slug} in {path} has changed since it was read")
    # At "\n" alone: str.splitlines would also break at characters that are part of a text.
    text = path.read_bytes().decode().split("\n")
    first = lines[resource.name, index] - 1
    record = _record_text(resource, new, _indent(text[first]))
    updated = "\n".join([*text[:first], record, *text[_end(text, first) :]])
    with atomic_write(path) as file:
        file.write(updated.encode())
        file.flush()
        content[resource.name][index] = sparse_dict(new)
        if _parsed(Path(file.name)) != content:
            raise CannotUpdateError(f"{path} has a layout in which {slug} cannot be replaced")


def _index(content: Any, resource: Resource, old: RecordInput) -> int | None:
    """Return the index of a record in its list; None if the list does not have it unchanged."""
    try:
        records = [
            input_model(resource).model_validate(values) for values in content[resource.name]
        ]
        return records.index(old)
    except (ValidationError, ValueError, LookupError, TypeError):
        return None


def _parsed(path: Path) -> Any:
    try:
        return read_yaml(path)[0]
    except BadYamlError:
        return None


def _record_text(resource: Resource, record: RecordInput, indent: int) -> str:
    """Return the lines of a record, indented as the one that it replaces."""
    _, text = file_text({resource.name: [sparse_dict(record)]}).split("\n", 1)
    lines = text.removesuffix("\n").split("\n")
    return "\n".join(" " * indent + line[_indent(lines[0]) :] if line else "" for line in lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _end(text: list[str], first: int) -> int:
    """Return the number of the line after a record, without comments and empty lines behind it."""
    indent = _indent(text[first])
    last = first + 1
    for number in range(first + 1, len(text)):
        line = text[number]
        content = line.strip()
        if content and _indent(line) <= indent:
            break
        if content and not content.startswith("#"):
            last = number + 1
    return last
