"""Query types: parameter types, filter markers and the parameters of every list."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from sqlalchemy import ColumnElement

from app.kit.field_mapping import Attr
from app.kit.value_ranges import check_range

MAX_LIMIT = 500
#: Parameters of a page, which an export does not have: it holds every row.
PAGE_PARAMETERS = ("limit", "cursor", "include", "facets")


def split_commas(value: Any) -> Any:
    """Split the items of a list parameter at commas: `x=a,b` is the same as `x=a&x=b`.

    A comma in brackets belongs to a name: `(2R,6R)-HNK`. An InChI has commas in it, and so takes
    what follows: it comes last, or in a parameter of its own.
    """
    if not isinstance(value, str | list):
        return value
    items: list[Any] = []
    for item in [value] if isinstance(value, str) else value:
        items += _split(item) if isinstance(item, str) else [item]
    return [item.strip() if isinstance(item, str) else item for item in items]


#: Text up to a comma that is not in a pair of brackets.
_ITEM = re.compile(r"(?:\([^()]*\)|\[[^\[\]]*\]|[^,])*")
_INCHI = re.compile(r"\s*InChI=")


def _split(text: str) -> list[str]:
    if "(" not in text and "[" not in text and "InChI=" not in text:
        return text.split(",")
    items: list[str] = []
    at = 0
    while at <= len(text):
        if _INCHI.match(text, at):
            return [*items, text[at:]]
        match = _ITEM.match(text, at)
        assert match is not None  # it matches the empty text
        items.append(match[0])
        at = match.end() + 1
    return items


_FORBIDDEN_CHARACTERS = re.compile("[\x00\ud800-\udfff]")


def clean_text(value: str) -> str:
    """Return text that a store can hold.

    Raises:
        ValueError: If it has NUL, which PostgreSQL refuses, or a lone surrogate, which is no UTF-8.
    """
    if _FORBIDDEN_CHARACTERS.search(value):
        raise ValueError("must not hold NUL characters or lone surrogates")
    return value


NO_NUL = {"pattern": "^[^\\u0000]*$"}
#: Bounded text: as long as a slug (200) with its record type before it.
Text = Annotated[str, Field(max_length=250, json_schema_extra=NO_NUL), AfterValidator(clean_text)]
Cursor = Annotated[
    str, Field(min_length=1, max_length=2000, json_schema_extra=NO_NUL), AfterValidator(clean_text)
]
UpperCase = Annotated[Text, AfterValidator(str.upper)]
CommaSeparated = BeforeValidator(split_commas)
#: Value of a filter by related records, each given by slug, name or identifier; a record matches if
#: it refers to any of them.
Slugs = Annotated[list[Text], CommaSeparated, Field(max_length=500)]


@dataclass(frozen=True)
class EnumIn:
    """Condition that a column has one of the values of a closed vocabulary; it can be a facet."""

    column: Attr

    def __call__(self, values: Sequence[Any]) -> ColumnElement[bool]:
        """Return the condition for some values."""
        return self.column.in_(values)


@dataclass(frozen=True)
class TextIn(EnumIn):
    """Condition that a column of free text has one of some recorded values; it can be a facet.

    A value is accepted in any capitals. One that no record has is refused, as it would be for a
    closed vocabulary.
    """


@dataclass(frozen=True)
class Where:
    """A filter on the record itself: `sql` makes the condition from the validated value."""

    sql: Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True)
class WhereRelated:
    """A filter on related rows: at least one row whose `parent` is the record's `key` meets `sql`.

    Filters through the same `parent` must hold for one and the same row: notes with
    `claim=x&direction=disputes` dispute that claim, not another. `on` is the join condition, if
    `sql` is about a table that is joined to the related row, or else a condition on that row.
    """

    parent: Attr
    sql: Callable[[Any], ColumnElement[bool]]
    key: Attr | None = None
    on: ColumnElement[bool] | None = None


@dataclass(frozen=True)
class ReferenceTo:
    """Marker of a parameter that refers to records by slug, `type:slug`, name or identifier.

    Args:
        to: Collection of the records, or several separated by `|`; or a function that makes it
            from the query.
    """

    to: "str | Callable[[Any], str]"

    def targets(self, query: Any) -> str:
        """Return the collections that the parameter of a query refers to, separated by `|`."""
        return self.to if isinstance(self.to, str) else self.to(query)


@dataclass(frozen=True)
class WhereRef(ReferenceTo):
    """A filter by related records: at least one of `columns` holds one of their ids.

    Args:
        to: Collection of the related records, or several separated by `|`.
        columns: Foreign keys in the record's own table or, with `parent`, in a related row.
        parent: Column of the related row that refers to the record, as in `WhereRelated`.
        key: Column that `parent` refers to; None for the key of the record.
        on: Join condition, if the columns are in a table that is joined to the related row.
    """

    to: str
    columns: Sequence[Attr] = ()
    parent: Attr | None = None
    key: Attr | None = None
    on: ColumnElement[bool] | None = None


#: Configuration of query models: validators are built on first use, unknown parameters refused.
QUERY_CONFIG = ConfigDict(
    defer_build=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
)


class QueryModel(BaseModel):
    """Base of models of query parameters.

    The value of an enum is accepted in any capitals, and so is its label. The lower end of a range
    must not lie above its upper end.
    """

    model_config = QUERY_CONFIG

    @model_validator(mode="before")
    @classmethod
    def fold_enum_values(cls, values: Any) -> Any:
        """Replace `LGIC`, `Ligand-gated ion channel` and `very low` by the values they mean."""
        if not isinstance(values, dict):
            return values
        enums = enum_parameters(cls)
        folded = {
            name: _fold_enum_value(enums[name], value)
            for name, value in values.items()
            if name in enums
        }
        return values | folded if folded else values

    @field_validator("*")
    @classmethod
    def check_ranges(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse a range whose lower end lies above its upper end."""
        check_range(info.field_name or "", value, info.data)
        return value


def _fold_enum_value(known: Mapping[str, str], value: Any) -> Any:
    if isinstance(value, list):
        return [_fold_enum_value(known, item) for item in split_commas(value)]
    if not isinstance(value, str) or value in known.values():
        return value
    return known.get(_enum_key(value), value)


def _enum_key(text: str) -> str:
    return re.sub(r"[\s_-]+", "_", text.strip().lower())


@cache
def enum_parameters(model: type[BaseModel]) -> dict[str, dict[str, str]]:
    """Return name or alias of a parameter → values and labels of its enum, folded → the value."""
    return {
        name: {_enum_key(member.label): member.value for member in kind if hasattr(member, "label")}
        | {_enum_key(member.value): member.value for member in kind}
        for attribute, info in model.model_fields.items()
        if (kind := _enum_in(info.annotation))
        for name in {attribute, info.alias or attribute}
    }


def _enum_in(annotation: Any) -> type[StrEnum] | None:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return annotation
    return next(filter(None, map(_enum_in, get_args(annotation))), None)


@dataclass(frozen=True)
class ReferenceParameter:
    """A parameter of a query model that refers to records."""

    attribute: str
    name: str
    marker: ReferenceTo


@cache
def reference_parameters(model: type[BaseModel]) -> tuple[ReferenceParameter, ...]:
    """Return the parameters of a query model that refer to records."""
    return tuple(
        ReferenceParameter(attribute, info.alias or attribute, marker)
        for attribute, info in model.model_fields.items()
        for marker in info.metadata
        if isinstance(marker, ReferenceTo)
    )


@cache
def text_parameters(model: type[BaseModel]) -> dict[str, tuple[str, Attr]]:
    """Return attribute → (parameter, column) of the filters by recorded text."""
    return {
        attribute: (info.alias or attribute, marker.sql.column)
        for attribute, info in model.model_fields.items()
        for marker in info.metadata
        if isinstance(marker, Where | WhereRelated) and isinstance(marker.sql, TextIn)
    }


def list_field(description: str) -> Any:
    """Return the field of a list parameter, which is empty by default.

    pydantic makes a deep copy of a default that is a list at each validation, which takes longer
    than the rest of it.
    """
    return Field(default_factory=list, description=description, json_schema_extra={"default": []})


class ListQuery(QueryModel):
    """The parameters of every list; a collection adds its filters."""

    slug: Slugs = list_field("Slugs, names or identifiers of records of this list.")
    q: Annotated[Text | None, "words"] = Field(
        None,
        description="Search query, which matches what `/v1/search?type=…` finds in this"
        " collection; without `sort`, the best matches come first.",
    )
    limit: int = Field(50, ge=1, le=MAX_LIMIT, description="Maximum number of items per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )
