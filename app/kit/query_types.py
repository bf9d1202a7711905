"""Query types: parameter types, filter markers and the parameters of every list."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import ColumnElement

from app.kit.field_mapping import Attr

MAX_LIMIT = 500
#: Parameters of a page, which an export does not have: it holds every row.
PAGE_PARAMETERS = ("limit", "cursor", "include", "facets")


def split_commas(value: Any) -> Any:
    """Split the items of a list parameter at commas: `x=a,b` is the same as `x=a&x=b`."""
    if not isinstance(value, str | list):
        return value
    items: list[Any] = []
    for item in [value] if isinstance(value, str) else value:
        items += item.split(",") if isinstance(item, str) else [item]
    return [item.strip() if isinstance(item, str) else item for item in items]


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
CommaSeparated = BeforeValidator(split_commas)
#: Value of a filter by slugs; a record matches if it refers to any of them.
Slugs = Annotated[list[Text], CommaSeparated, Field(max_length=500)]


@dataclass(frozen=True)
class EnumIn:
    """Condition that a column has one of the values of a closed vocabulary; it can be a facet."""

    column: Attr

    def __call__(self, values: Sequence[Any]) -> ColumnElement[bool]:
        """Return the condition for some values."""
        return self.column.in_(values)


@dataclass(frozen=True)
class Where:
    """A filter on the record itself: `sql` makes the condition from the validated value."""

    sql: Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True)
class WhereRelated:
    """A filter on related rows: at least one row whose `parent` is the record's `key` meets `sql`.

    Filters through the same `parent` must hold for one and the same row: notes with
    `claim=x&direction=disputes` dispute that claim, not another.
    """

    parent: Attr
    sql: Callable[[Any], ColumnElement[bool]]
    key: Attr | None = None


@dataclass(frozen=True)
class WhereRef:
    """A filter by the slugs of related records: at least one of `columns` holds one of their ids.

    Args:
        to: Collection of the related records, or several separated by `|`.
        columns: Foreign keys in the record's own table or, with `parent`, in a related row.
        parent: Column of the related row that refers to the record, as in `WhereRelated`.
        key: Column that `parent` refers to; None for the key of the record.
        on: Join condition, if the columns are in a table that is joined to the related row.
    """

    to: str
    columns: Sequence[Attr]
    parent: Attr | None = None
    key: Attr | None = None
    on: ColumnElement[bool] | None = None


#: Configuration of query models: validators are built on first use, unknown parameters refused.
QUERY_CONFIG = ConfigDict(
    defer_build=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
)


class ListQuery(BaseModel):
    """The parameters of every list; a collection adds its filters."""

    model_config = QUERY_CONFIG

    q: Annotated[Text | None, "words"] = Field(
        None,
        description="Search query, which matches what `/v1/search?type=…` finds in this"
        " collection; without `sort`, the best matches come first.",
    )
    limit: int = Field(50, ge=1, le=MAX_LIMIT, description="Maximum number of items per page.")
    cursor: Cursor | None = Field(
        None, description="Cursor of the page: `page.next` of the previous response."
    )
