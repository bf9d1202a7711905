"""A commented file for a new study: every field, its meaning, and the values that it may have."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.resources import RESOURCES
from app.services.records.input_models import input_model

Schema = Mapping[str, Any]
LONGEST_LINE = 110


def study_skeleton(slug: str) -> str:
    """Return the YAML of a study, its reference and one evidence note.

    Required fields are empty, and `kkb check` reports each until it has a value; optional fields
    are comments.
    """
    known = {
        "studies": {"slug": slug, "references": f"[{slug}]"},
        "references": {"slug": slug},
        "evidence": {"slug": f"{slug}-result", "study": slug, "reference": slug},
    }
    lines = [
        f"# {slug}: a required field is empty, an optional one is a comment.",
        "# `kkb check` reports what is missing; docs/dataset.md describes every field.",
    ]
    for collection, values in known.items():
        schema = input_model(RESOURCES[collection]).model_json_schema(by_alias=True)
        lines += ["", f"{collection}:", *_record_lines(schema, values)]
    return "\n".join(lines) + "\n"


def _record_lines(schema: Schema, values: Mapping[str, str]) -> Iterator[str]:
    start = "  - "
    for name, field in schema["properties"].items():
        if name in values:
            yield f"{start}{name}: {values[name]}"
        elif name in schema["required"]:
            yield from _comment(field, schema)
            yield f"{start}{name}:"
        else:
            yield from _comment(field, schema)
            yield f"    # {name}:"
        start = "    "


def _comment(field: Schema, schema: Schema) -> Iterator[str]:
    """Yield the description of a field and its values, in lines of a comment."""
    text = field.get("description", "")
    if values := list(_values(field, schema)):
        text += f" One of: {', '.join(values)}."
    if nested := list(_nested(field, schema)):
        text += f" Each with: {', '.join(nested)}."
    line = "    #"
    for word in text.split():
        if len(line) + len(word) > LONGEST_LINE:
            yield line
            line = "    #"
        line += f" {word}"
    yield line


def _models(field: Schema, schema: Schema) -> Iterator[Schema]:
    """Yield the definitions that a field, its alternatives and its items refer to."""
    for part in (field, *field.get("anyOf", ()), field.get("items", {})):
        if reference := part.get("$ref"):
            yield schema["$defs"][reference.rpartition("/")[2]]


def _values(field: Schema, schema: Schema) -> Iterator[str]:
    for model in _models(field, schema):
        yield from map(str, model.get("enum", ()))


def _nested(field: Schema, schema: Schema) -> Iterator[str]:
    for model in _models(field, schema):
        required = model.get("required", ())
        for name in model.get("properties", ()):
            yield f"{name} (required)" if name in required else name
