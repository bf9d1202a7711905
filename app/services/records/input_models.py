"""Input models of records, derived from the public records.

A reference is written as its slug, a computed field is not written at all, and what may be null
may be left out.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from types import GenericAlias
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticUndefined, to_jsonable_python
from sqlalchemy import Enum, String

from app.kit.field_mapping import (
    Column,
    FieldMapping,
    ObjectList,
    RecordMapping,
    ReferenceList,
    ScalarList,
    SingleReference,
)
from app.kit.query_types import clean_text
from app.kit.resource import Resource
from app.resources.base import LazyModel, Slug

#: Where a value stands in a draft: `("claims", 0, "claim")`.
Path = tuple[str | int, ...]
#: The collections a slug may stand in, the slug, and where the draft names it.
ReferencedSlug = tuple[tuple[str, ...], str, Path]
MAX_INTEGER = 2**31 - 1  # of PostgreSQL's integers
MAX_REFERENCE_LENGTH = 250
MAX_TEXT_LENGTH = 10_000
MAX_LIST_LENGTH = 1000
MAX_ITEM_LENGTH = 300  # of a list; they are indexed, and PostgreSQL takes 2700 bytes


class RecordInput(LazyModel):
    """What a curator wrote of one record; nothing unknown, figures finite, types as declared."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, populate_by_name=True, str_strip_whitespace=True
    )


def _storable(value: Any) -> Any:
    """PostgreSQL refuses NUL and large integers, which SQLite takes."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            clean_text(item)
        elif isinstance(item, int) and abs(item) > MAX_INTEGER:
            raise ValueError(f"no integer here may be larger than {MAX_INTEGER}")
    return value


@cache
def input_model(resource: Resource) -> type[RecordInput]:
    return _model(resource.record.__name__, resource.mapping)


def _model(name: str, shape: RecordMapping) -> type[RecordInput]:
    fields: dict[str, Any] = {}
    for part in shape.fields:
        if is_input(part):
            fields[_attributes(shape)[part.name]] = _field(part, shape)
    return create_model(f"{name}Draft", __base__=RecordInput, **fields)


@cache
def patch_model(resource: Resource) -> type[RecordInput]:
    """The fields of a draft that may change, each of which may be left out, or be taken away."""
    fields: dict[str, Any] = {}
    for part in resource.mapping.fields:
        if is_input(part) and part.name != "slug":
            kind, info = _field(part, resource.mapping)
            field = Field(None, alias=info.alias, description=info.description)
            fields[_attributes(resource.mapping)[part.name]] = (kind | None, field)
    return create_model(f"{resource.record.__name__}Patch", __base__=RecordInput, **fields)


def is_input(part: FieldMapping) -> bool:
    """Whether a curator writes this part."""
    marker = part.marker
    if isinstance(marker, Column):
        return marker.derive is None
    return not (isinstance(marker, ReferenceList) and marker.owned_by_other_side)


@cache
def _attributes(shape: RecordMapping) -> dict[str, str]:
    """Public name → the model's own, which is no word of Python where the public one is."""
    return {info.alias or name: name for name, info in shape.model.model_fields.items()}


@cache
def _referencing_fields(shape: RecordMapping) -> list[FieldMapping]:
    """The parts that a curator writes, and that name other records."""
    return [
        p
        for p in shape.fields
        if isinstance(p.marker, ObjectList | ReferenceList | SingleReference) and is_input(p)
    ]


def _field(part: FieldMapping, shape: RecordMapping) -> Any:
    marker, alias = part.marker, part.info.alias
    default: Any = None if part.nullable else PydanticUndefined
    kind: Any = part.scalar if part.nullable else part.info.annotation
    extras = [x for x in part.info.metadata if x is not marker]
    if isinstance(marker, Column):
        if marker.default is not None:
            default = list(marker.default) if marker.default == () else marker.default
        column = marker.column.property.columns[0].type
        if isinstance(column, String) and not isinstance(column, Enum):
            extras.insert(0, Field(max_length=column.length or MAX_TEXT_LENGTH))
    elif isinstance(marker, SingleReference):
        kind = Slug if isinstance(marker.to, str) else str
        extras.append(Field(max_length=MAX_REFERENCE_LENGTH))
    elif isinstance(marker, ScalarList | ReferenceList | ObjectList):
        default = []
        extras.append(Field(max_length=MAX_LIST_LENGTH))
        if isinstance(marker, ReferenceList):
            kind = list[Slug]
        elif kind == list[str]:
            kind = list[Annotated[str, Field(min_length=1, max_length=MAX_ITEM_LENGTH)]]
        elif isinstance(marker, ObjectList):
            item: Any = _model(part.item.__name__, shape.nested[part.name])
            kind = GenericAlias(list, (item,))
    if not (isinstance(kind, type) and issubclass(kind, StrEnum)):  # which knows its own
        extras.append(BeforeValidator(_storable))
    typed = Annotated[kind, *extras] if extras else kind
    return typed | None if part.nullable else typed, Field(
        default, alias=alias, description=part.info.description
    )


def input_value(draft: Any, name: str, shape: RecordMapping) -> Any:
    """A draft's value by its public name."""
    return getattr(draft, _attributes(shape)[name])


def referenced_slugs(shape: RecordMapping, draft: Any, path: Path = ()) -> Iterator[ReferencedSlug]:
    """Every slug that a draft names, with the collections it may stand in and its place."""
    for part in _referencing_fields(shape):
        value = input_value(draft, part.name, shape)
        here = (*path, part.name)
        if isinstance(part.marker, ObjectList):
            for i, item in enumerate(value):
                yield from referenced_slugs(shape.nested[part.name], item, (*here, i))
        elif isinstance(part.marker, ReferenceList):
            for i, slug in enumerate(value):
                yield (part.marker.to,), slug, (*here, i)
        elif value is not None:
            assert isinstance(part.marker, SingleReference)
            to = part.marker.to
            yield (to,) if isinstance(to, str) else to, value, here


@cache
def default_values(resource: Resource) -> dict[str, Any]:
    """What the fields say that may be left out, fit for JSON."""
    fields = input_model(resource).model_fields
    return {
        info.alias or name: to_jsonable_python(info.default)
        for name, info in fields.items()
        if not info.is_required()
    }


def full_dict(draft: RecordInput | None) -> dict[str, Any]:
    """Every field by its public name, fit for JSON; nothing of no draft."""
    return draft.model_dump(mode="json", by_alias=True) if draft else {}


def sparse_dict(draft: RecordInput) -> dict[str, Any]:
    """The fields that say more than their absence would, fit for JSON and for a dataset file."""
    return draft.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def input_from_record(resource: Resource, row: Mapping[str, Any]) -> RecordInput:
    """The draft that a public record was written from."""
    return input_model(resource).model_validate(_without_output_only(resource.mapping, row))


def _without_output_only(shape: RecordMapping, row: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for part in shape.fields:
        if not is_input(part):
            continue
        value = row[part.name]
        if isinstance(part.marker, SingleReference) and value is not None:
            value = f"{value['type']}:{value['slug']}" if "type" in value else value["slug"]
        elif isinstance(part.marker, ReferenceList):
            value = [item["slug"] for item in value]
        elif isinstance(part.marker, ObjectList):
            value = [_without_output_only(shape.nested[part.name], item) for item in value]
        out[part.name] = value
    return out
