"""Errors of one record in a dataset file, in the words of the file."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.kit.field_mapping import RecordMapping
from app.kit.resource import Resource
from app.kit.suggestions import similar, with_suggestions
from app.resources import RESOURCES
from app.services.dataset.entry import DatasetError
from app.services.dataset.yaml_reader import KeyPath, Lines, nearest_line
from app.services.records.input_models import input_model

_YAML_TYPES = {int: "a number", float: "a number", bool: "true or false"}


def record_errors(
    resource: Resource,
    details: Sequence[ErrorDetails],
    file: str,
    lines: Lines,
    path: KeyPath,
) -> list[DatasetError]:
    """Return the errors of a record; a misspelt field is not reported as a missing one as well.

    Args:
        resource: The collection.
        details: The errors of the record's model.
        file: The file.
        lines: The line of every key path in the file.
        path: The path of the record in the file.
    """
    unknown: dict[tuple[str | int, ...], list[str]] = defaultdict(list)
    for detail in details:
        if detail["type"] == "extra_forbidden":
            unknown[detail["loc"][:-1]].append(str(detail["loc"][-1]))
    errors = []
    for detail in details:
        *parent, name = detail["loc"] or ("",)
        others = unknown[tuple(parent)]
        if detail["type"] == "missing" and (
            similar(str(name), others) or any(other.startswith(f"{name} ") for other in others)
        ):
            continue  # misspelt, or without its colon
        field = ".".join(map(str, detail["loc"])) or resource.record_type
        line = nearest_line(lines, (*path, *detail["loc"]))
        errors.append(DatasetError(file, line, f"{field}: {_message(resource, detail)}"))
    return errors


def other_collection(values: Any, details: Sequence[ErrorDetails]) -> Resource | None:
    """Return the collection that a record with several unknown fields fits, if there is one."""
    if sum(detail["type"] == "extra_forbidden" for detail in details) > 1:
        for resource in RESOURCES.values():
            if not resource.derived:
                with suppress(ValidationError):
                    input_model(resource).model_validate(values)
                    return resource
    return None


def _message(resource: Resource, detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        known = _known_fields(resource, detail["loc"])
        return with_suggestions("unknown field", similar(str(detail["loc"][-1]), known))
    if kind == "enum" and value == "low":
        return "a low-confidence row is never published"
    if kind in {"enum", "literal_error"}:
        return f"{value!r} is not in the vocabulary: {detail['ctx']['expected']}"
    if kind == "string_type" and type(value) in _YAML_TYPES:
        return f"quote it: YAML reads {value!r} as {_YAML_TYPES[type(value)]}"
    if kind == "model_type":
        return "must be a mapping of fields to values"
    return detail["msg"].removeprefix("Value error, ")


def _known_fields(resource: Resource, path: Sequence[str | int]) -> list[str]:
    """Return the fields that the object at a path may have."""
    mapping: RecordMapping = resource.mapping
    for name in path[:-1]:
        mapping = mapping.nested.get(str(name), mapping)
    return list(mapping.by_name)
