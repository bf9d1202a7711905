"""Field mapping: how the fields of a public record map to columns and child tables.

A field says where its value lives, once, with a real column:

    value_nm: Annotated[float | None, Col(m.Affinity.value_nm)] = Field(description="…")

Reading, writing, exporting, sorting and documenting all follow from that line.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

Attr = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Column:
    """A value in one column.

    When a draft is written, `derive` computes the value from the rest of the draft, and `default`
    stands in for a field that was left out.
    """

    column: Attr
    derive: Callable[[Mapping[str, Any]], Any] | None = None
    default: Any = None


@dataclass(frozen=True)
class SingleReference:
    """A reference by foreign key, shown as slug and name; `kind` holds the type of a mixed one."""

    column: Attr
    to: str | tuple[str, ...]
    kind: Attr | None = None


@dataclass(frozen=True)
class ScalarList:
    """A list of scalars in a child table; `folded` keeps a searchable form beside each."""

    parent: Attr
    value: Attr
    position: Attr
    folded: Attr | None = None


@dataclass(frozen=True)
class ReferenceList:
    """References through a link table; `owned_by_other_side`: it is edited from the other side."""

    parent: Attr
    child: Attr
    to: str
    position: Attr
    owned_by_other_side: bool = False


@dataclass(frozen=True)
class ObjectList:
    """A list of small objects in a child table, in order; `where` keeps part of them."""

    parent: Attr
    position: Attr
    where: Callable[[], ColumnElement[bool]] | None = None


Marker = Column | SingleReference | ScalarList | ReferenceList | ObjectList


@dataclass(frozen=True)
class FieldMapping:
    """One public field: its name to the world, where it lives, and what it holds."""

    name: str
    info: FieldInfo
    marker: Marker

    @property
    def item(self) -> type[BaseModel]:
        """The model of one element of a Rows field."""
        model: type[BaseModel] = get_args(self.info.annotation)[0]
        return model

    @property
    def scalar(self) -> Any:
        """The field's type without its `None`."""
        options = [a for a in get_args(self.info.annotation) if a is not NoneType]
        return options[0] if options and not self.many else self.info.annotation

    @property
    def many(self) -> bool:
        return isinstance(self.marker, ScalarList | ReferenceList | ObjectList)

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Checks a value of this field, strictly: text of a store is never NUL, figures finite."""
        kind: Any = self.info.annotation
        return TypeAdapter(kind, config=ConfigDict(allow_inf_nan=False))

    @property
    def nullable(self) -> bool:
        return NoneType in get_args(self.info.annotation)


class RecordMapping:
    """The parts of one record model; a field without a marker is an error at import."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model
        self.fields = list(self._read_fields(model))
        self.by_name = {part.name: part for part in self.fields}

    @staticmethod
    def _read_fields(model: type[BaseModel]) -> Iterator[FieldMapping]:
        for name, info in model.model_fields.items():
            markers = [
                m
                for m in info.metadata
                if isinstance(m, Column | SingleReference | ScalarList | ReferenceList | ObjectList)
            ]
            if len(markers) != 1:
                raise TypeError(f"{model.__name__}.{name} needs exactly one marker")
            yield FieldMapping(info.alias or name, info, markers[0])

    @cached_property
    def nested(self) -> dict[str, "RecordMapping"]:
        """The shapes of the Rows fields."""
        return {
            p.name: RecordMapping(p.item) for p in self.fields if isinstance(p.marker, ObjectList)
        }
