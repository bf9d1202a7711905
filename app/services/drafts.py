"""Drafts: a record as a curator writes it, derived from what the world sees of it.

A reference is written as its slug, a computed field is not written at all, and what may be null
may be left out.
"""

from functools import cache
from types import GenericAlias
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic_core import PydanticUndefined

from app.kit.resource import Resource
from app.kit.shape import Col, Part, Refs, RefTo, Rows, Shape, Values
from app.resources import RESOURCES


class Draft(BaseModel):
    """What a curator wrote of one record; nothing unknown, figures finite, types as declared."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, populate_by_name=True, str_strip_whitespace=True
    )


@cache
def draft_model(resource: Resource) -> type[Draft]:
    return _model(resource.record.__name__, resource.shape)


def _model(name: str, shape: Shape) -> type[Draft]:
    fields: dict[str, Any] = {}
    for part in shape.parts:
        if written(part):
            fields[_attribute(part, shape)] = _field(part, shape)
    return create_model(f"{name}Draft", __base__=Draft, **fields)


def written(part: Part) -> bool:
    """Whether a curator writes this part."""
    marker = part.marker
    if isinstance(marker, Col):
        return marker.derive is None
    return not (isinstance(marker, Refs) and marker.shown_only)


def _attribute(part: Part, shape: Shape) -> str:
    return next(n for n, info in shape.model.model_fields.items() if info is part.info)


def _field(part: Part, shape: Shape) -> Any:
    marker, alias = part.marker, part.info.alias
    default: Any = None if part.nullable else PydanticUndefined
    kind: Any = part.info.annotation
    if isinstance(marker, Col):
        if marker.default is not None:
            default = list(marker.default) if marker.default == () else marker.default
    elif isinstance(marker, RefTo):
        kind = str | None if part.nullable else str
    elif isinstance(marker, Values | Refs | Rows):
        default = []
        if isinstance(marker, Refs):
            kind = list[str]
        elif isinstance(marker, Rows):
            item: Any = _model(part.item.__name__, shape.nested[part.name])
            kind = GenericAlias(list, (item,))
    extras = [x for x in part.info.metadata if x is not marker]
    typed = Annotated[kind, *extras] if extras else kind
    return typed, Field(default, alias=alias, description=part.info.description)


def drafts_by_collection() -> dict[str, type[Draft]]:
    """The draft model of every collection."""
    return {name: draft_model(resource) for name, resource in RESOURCES.items()}
