"""Input models of records, derived from the public records.

A reference is a slug, computed fields are omitted, and fields that may be null are optional.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from types import GenericAlias, NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python
from sqlalchemy import Enum, String

from app.domain.invisible_characters import require_one_line, require_visible
from app.kit.field_mapping import (
    Column,
    DerivedColumn,
    FieldMapping,
    ObjectList,
    RecordMapping,
    ReferenceList,
    ScalarList,
    SingleReference,
    SlugOf,
)
from app.kit.query_types import clean_text
from app.kit.resource import Resource
from app.resources.base import LazyModel, Slug

#: The path of a value in a record input: `("claims", 0, "claim")`.
Path = tuple[str | int, ...]
#: The collections that a slug may belong to, the slug, and its path in the record input.
ReferencedSlug = tuple[tuple[str, ...], str, Path]
#: Context of validation: the values come from the store.
STORED = {"stored": True}
MAX_INTEGER = 2**31 - 1  # of an INTEGER column of PostgreSQL
MAX_REFERENCE_LENGTH = 250
MAX_TEXT_LENGTH = 10_000
MAX_LIST_LENGTH = 1000
MAX_ITEM_LENGTH = 300  # of a list; items are indexed, and PostgreSQL indexes 2700 bytes


class RecordInput(LazyModel):
    """A record as a curator writes it; unknown fields and infinite numbers are refused."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, populate_by_name=True, str_strip_whitespace=True
    )


def _one_line(value: Any, info: ValidationInfo) -> Any:
    """Refuse line breaks and invisible characters within a text.

    A stored record is read back even if an earlier version let it have them.
    """
    return _checked(value, info, require_one_line)


def _visible(value: Any, info: ValidationInfo) -> Any:
    """Refuse invisible characters in a text of several lines, unless it is stored already."""
    return _checked(value, info, require_visible)


def _checked(value: Any, info: ValidationInfo, check: Callable[[str], str]) -> Any:
    """Check texts, and refuse what PostgreSQL cannot store, on SQLite as well."""
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value  # as most texts are: nothing of what is refused
    items = value if isinstance(value, list) else (value,)
    if info.context != STORED:
        for item in items:
            if isinstance(item, str):
                check(item)
    for item in items:
        if isinstance(item, str):
            if not item.isprintable():  # NUL and lone surrogates are not
                clean_text(item)
        elif isinstance(item, int) and abs(item) > MAX_INTEGER:
            raise ValueError(f"no integer here may be larger than {MAX_INTEGER}")
    return value


@cache
def input_model(resource: Resource) -> type[RecordInput]:
    """Return the model of the inputs of a collection."""
    return _model(resource.record.__name__, resource.mapping)


@cache
def _model(name: str, mapping: RecordMapping) -> type[RecordInput]:
    fields: dict[str, Any] = {}
    for field in mapping.fields:
        if is_input(field):
            fields[_attributes(mapping)[field.name]] = _field(field, mapping)
    return create_model(f"{name}Input", __base__=RecordInput, **fields)


@cache
def patch_model(resource: Resource) -> type[RecordInput]:
    """Return the model of a patch: every field but the slug, each optional and nullable."""
    fields: dict[str, Any] = {}
    for field in resource.mapping.fields:
        if is_input(field) and field.name != "slug":
            kind, info = _field(field, resource.mapping)
            optional = Field(None, alias=info.alias, description=info.description)
            fields[_attributes(resource.mapping)[field.name]] = (kind | None, optional)
    return create_model(f"{resource.record.__name__}Patch", __base__=RecordInput, **fields)


def is_input(field: FieldMapping) -> bool:
    """Return whether curators write a field, so that an input has it."""
    marker = field.marker
    if isinstance(marker, DerivedColumn):
        return marker.input_column is not None
    if isinstance(marker, Column):
        return marker.derive is None
    return not (isinstance(marker, ReferenceList) and marker.owned_by_other_side)


@cache
def _attributes(mapping: RecordMapping) -> dict[str, str]:
    """Return the attribute name of each public name; they differ for keywords of Python."""
    return {info.alias or name: name for name, info in mapping.model.model_fields.items()}


@cache
def _referencing_fields(mapping: RecordMapping) -> list[FieldMapping]:
    """Return the input fields that refer to other records."""
    return [
        field
        for field in mapping.fields
        if is_input(field)
        and (
            isinstance(field.marker, ObjectList | ReferenceList | SingleReference)
            or field.object_model is not None
        )
    ]


def _field(field: FieldMapping, mapping: RecordMapping) -> Any:
    marker, alias = field.marker, field.info.alias
    default: Any = None if field.nullable else PydanticUndefined
    kind: Any = field.scalar if field.nullable else field.info.annotation
    extras = [item for item in field.info.metadata if item is not marker]
    if isinstance(marker, Column):
        if marker.default is not None:
            default = list(marker.default) if marker.default == () else marker.default
        if field.object_model is not None:
            kind = object_input(field.object_model)
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
            item: Any = _model(field.item.__name__, mapping.nested[field.name])
            kind = GenericAlias(list, (item,))
    if not (isinstance(kind, type) and issubclass(kind, StrEnum)):  # an enum checks its own values
        multiline = isinstance(marker, Column) and marker.multiline
        extras.append(BeforeValidator(_visible if multiline else _one_line))
    typed = Annotated[kind, *extras] if extras else kind
    return typed | None if field.nullable else typed, Field(
        default, alias=alias, description=field.info.description
    )


@cache
def object_input(model: type[BaseModel]) -> type[RecordInput]:
    """Return the input model of an object; null and empty lists may be left out."""
    fields: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        options = [option for option in get_args(info.annotation) if option is not NoneType]
        nullable = NoneType in get_args(info.annotation)
        kind: Any = options[0] if nullable else info.annotation
        default: Any = PydanticUndefined
        if nullable:
            default = None
        elif get_origin(kind) is list:
            default = []
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = object_input(kind)
        typed = Annotated[kind, *info.metadata] if info.metadata else kind
        field = Field(default, description=info.description)
        fields[name] = (typed | None if nullable else typed, field)
    return create_model(f"{model.__name__}Input", __base__=RecordInput, **fields)


def slugs_in_object(model: type[BaseModel], value: Any, path: Path) -> Iterator[ReferencedSlug]:
    """Yield the slugs that an object of a JSON column refers to, as `referenced_slugs` does."""
    for name, info in model.model_fields.items():
        inner = getattr(value, name)
        kinds = [info.annotation, *get_args(info.annotation)]
        nested = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)
        to = next((item.to for item in _annotations(info) if isinstance(item, SlugOf)), None)
        if nested is not None and inner is not None:
            yield from slugs_in_object(nested, inner, (*path, name))
        elif to is not None and isinstance(inner, list):
            for at, slug in enumerate(inner):
                yield (to,), slug, (*path, name, at)
        elif to is not None and inner is not None:
            yield (to,), inner, (*path, name)


def _annotations(info: FieldInfo) -> Iterator[Any]:
    """Yield the annotations of a field, and those of its items or of its value if it is set."""
    yield from info.metadata
    for inner in get_args(info.annotation):
        yield from getattr(inner, "__metadata__", ())


def input_value(draft: Any, name: str, mapping: RecordMapping) -> Any:
    """Return a value of a record input by its public name."""
    return getattr(draft, _attributes(mapping)[name])


def referenced_slugs(
    mapping: RecordMapping, draft: Any, path: Path = ()
) -> Iterator[ReferencedSlug]:
    """Yield every slug that a record input refers to, with its possible collections and path."""
    for field in _referencing_fields(mapping):
        value = input_value(draft, field.name, mapping)
        field_path = (*path, field.name)
        if isinstance(field.marker, ObjectList):
            for i, item in enumerate(value):
                yield from referenced_slugs(mapping.nested[field.name], item, (*field_path, i))
        elif isinstance(field.marker, ReferenceList):
            for i, slug in enumerate(value):
                yield (field.marker.to,), slug, (*field_path, i)
        elif field.object_model is not None:
            if value is not None:
                yield from slugs_in_object(field.object_model, value, field_path)
        elif value is not None:
            assert isinstance(field.marker, SingleReference)
            to = field.marker.to
            yield (to,) if isinstance(to, str) else to, value, field_path


@cache
def default_values(resource: Resource) -> dict[str, Any]:
    """Return the defaults of the optional fields as JSON values, by public name."""
    fields = input_model(resource).model_fields
    return {
        info.alias or name: to_jsonable_python(info.default)
        for name, info in fields.items()
        if not info.is_required()
    }


def full_dict(draft: RecordInput | None) -> dict[str, Any]:
    """Return all fields as JSON values by public name; {} for None."""
    return draft.model_dump(mode="json", by_alias=True) if draft else {}


def sparse_dict(draft: RecordInput) -> dict[str, Any]:
    """Return the fields that differ from their defaults as JSON values, by public name."""
    return draft.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def input_from_record(resource: Resource, row: Mapping[str, Any]) -> RecordInput:
    """Return the record input that a public record was written from."""
    values = _without_output_only(resource.mapping, row)
    return input_model(resource).model_validate(values, context=STORED)


def computed_input(resource: Resource, values: Mapping[str, Any]) -> RecordInput:
    """Return the input of a record that is computed from stored ones.

    Their texts may be such as only an earlier version accepted.
    """
    return input_model(resource).model_validate(values, context=STORED)


def _without_output_only(mapping: RecordMapping, row: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for field in mapping.fields:
        if not is_input(field):
            continue
        value = row[field.name]
        if isinstance(field.marker, SingleReference) and value is not None:
            value = f"{value['type']}:{value['slug']}" if "type" in value else value["slug"]
        elif isinstance(field.marker, ReferenceList):
            value = [item["slug"] for item in value]
        elif isinstance(field.marker, ObjectList):
            value = [_without_output_only(mapping.nested[field.name], item) for item in value]
        out[field.name] = value
    return out
