"""Field mapping: how the fields of a public record map to columns and child tables.

A field declares once where its value is stored, with a real column:

    value_nm: Annotated[float | None, Column(m.Affinity.value_nm)] = output_field("…")

Reading, writing, exporting, sorting and documenting all follow from that line.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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

    When a record is written, `derive` computes the value from the other fields of the input, and
    `default` is used for a field that was left out. A field with an ordered vocabulary has its
    place in that order in `rank`, and is sorted by it. Text is one line, unless it is `multiline`.
    """

    column: Attr
    derive: Callable[[Mapping[str, Any]], Any] | None = None
    default: Any = None
    rank: Attr | None = None
    multiline: bool = False

    @property
    def sort_column(self) -> Attr:
        """The column that lists are sorted by."""
        return self.rank or self.column


@dataclass(frozen=True, kw_only=True)
class DerivedColumn(Column):
    """A value computed into another table, in which every record has exactly one row.

    Args:
        owner: Column of that table that refers to the record.
        input_column: Column of the record's own table for what a curator writes into the field;
            None if the field is never written.
    """

    owner: Attr
    input_column: Attr | None = None


@dataclass(frozen=True)
class SingleReference:
    """A reference by foreign key, served as slug and name.

    `to` is a collection, or several; then the column `kind` holds the record type. `shown` are
    columns of the other record that are served with it, such as the DOI of a reference.
    """

    column: Attr
    to: str | tuple[str, ...]
    kind: Attr | None = None
    shown: Mapping[str, Attr] = field(default_factory=dict, hash=False)

    @property
    def targets(self) -> tuple[str, ...]:
        """The collections that it may refer to."""
        return (self.to,) if isinstance(self.to, str) else self.to


@dataclass(frozen=True)
class SlugOf:
    """Annotation: a slug inside the object of a JSON column refers to a record of `to`."""

    to: str


@dataclass(frozen=True)
class ScalarList:
    """A list of scalars in a child table; `folded` is the column of their searchable form."""

    parent: Attr
    value: Attr
    position: Attr
    folded: Attr | None = None


@dataclass(frozen=True)
class ReferenceList:
    """References through a link table; `owned_by_other_side`: it is edited from the other side.

    `shown` are derived values of the other records that are served with each, such as the verdict
    on a claim.
    """

    parent: Attr
    child: Attr
    to: str
    position: Attr
    owned_by_other_side: bool = False
    shown: Mapping[str, DerivedColumn] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class ObjectList:
    """A list of objects in a child table, in order.

    Args:
        parent: Column of the child rows that refers to the record.
        position: Column of their place in the list.
        where: Selects some of the rows; None for all.
        collection: Collection whose records the rows are, if they are; see `RowRecords`.
    """

    parent: Attr
    position: Attr
    where: Callable[[], ColumnElement[bool]] | None = None
    collection: str | None = None


Marker = Column | SingleReference | ScalarList | ReferenceList | ObjectList


@dataclass(frozen=True)
class FieldMapping:
    """One public field: its name in JSON, where it is stored, and its type."""

    name: str
    info: FieldInfo
    marker: Marker

    @property
    def item(self) -> type[BaseModel]:
        """The model of one element of an `ObjectList`."""
        model: type[BaseModel] = get_args(self.info.annotation)[0]
        return model

    @property
    def scalar(self) -> Any:
        """The field's type without its `None`."""
        options = [a for a in get_args(self.info.annotation) if a is not NoneType]
        return options[0] if options and not self.many else self.info.annotation

    @property
    def object_model(self) -> type[BaseModel] | None:
        """The model of the object that a JSON column holds; None for other fields."""
        scalar = self.scalar
        is_object = isinstance(self.marker, Column) and isinstance(scalar, type)
        return scalar if is_object and issubclass(scalar, BaseModel) else None

    @property
    def many(self) -> bool:
        """Whether the value is a list, stored in a table of its own."""
        return isinstance(self.marker, ScalarList | ReferenceList | ObjectList)

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """A validator of values of this field, which refuses infinite numbers and NaN."""
        annotation: Any = self.info.annotation
        return TypeAdapter(annotation, config=ConfigDict(allow_inf_nan=False))

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Rank of each value of an ordered vocabulary, whose members are listed highest first."""
        return {member.value: len(self.scalar) - at for at, member in enumerate(self.scalar)}

    @property
    def nullable(self) -> bool:
        """Whether the value may be None."""
        return NoneType in get_args(self.info.annotation)


class RecordMapping:
    """The fields of a record model, each with its marker.

    Raises:
        TypeError: If a field has no marker, or several.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model
        self.fields = list(self._read_fields(model))
        self.by_name = {field.name: field for field in self.fields}

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
        """The mappings of the objects in the `ObjectList` fields, by field."""
        return {
            field.name: RecordMapping(field.item)
            for field in self.fields
            if isinstance(field.marker, ObjectList)
        }
