"""Query types: parameter types, filter markers and the parameters of every list."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import ColumnElement

from app.kit.field_mapping import Attr

MAX_LIMIT = 500
#: What belongs to a page, and has no meaning for an export, which holds every row.
PAGE_PARAMETERS = ("limit", "cursor", "include", "facets")


def split_commas(value: Any) -> Any:
    """`a,b` and `a&b=` alike: a list parameter may be repeated or comma-separated."""
    if not isinstance(value, str | list):
        return value
    items = [value] if isinstance(value, str) else value
    parts = [
        part for item in items for part in (item.split(",") if isinstance(item, str) else [item])
    ]
    return [part.strip() if isinstance(part, str) else part for part in parts]


_FORBIDDEN_CHARACTERS = re.compile("[\x00\ud800-\udfff]")


def clean_text(value: str) -> str:
    """Text a store can hold: PostgreSQL refuses NUL, and no store wants a lone surrogate."""
    if _FORBIDDEN_CHARACTERS.search(value):
        raise ValueError("must not hold NUL characters or lone surrogates")
    return value


NO_NUL = {"pattern": "^[^\\u0000]*$"}
#: As long as a slug (200) with its kind before it.
Text = Annotated[str, Field(max_length=250, json_schema_extra=NO_NUL), AfterValidator(clean_text)]
Cursor = Annotated[
    str, Field(min_length=1, max_length=2000, json_schema_extra=NO_NUL), AfterValidator(clean_text)
]
CommaSeparated = BeforeValidator(split_commas)
#: The slugs that a filter takes: any of them.
Slugs = Annotated[list[Text], CommaSeparated, Field(max_length=500)]


@dataclass(frozen=True)
class EnumIn:
    """The SQL of a closed vocabulary in a column: a list can be counted by it, as a facet."""

    column: Attr

    def __call__(self, values: Sequence[Any]) -> ColumnElement[bool]:
        return self.column.in_(values)


@dataclass(frozen=True)
class Where:
    """The SQL of one filter, from its validated value."""

    sql: Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True)
class WhereRelated:
    """A filter on related rows: some row whose `parent` is the record's `key` meets `sql`.

    Filters through the same `parent` must hold for one and the same row: notes with
    `claim=x&direction=disputes` dispute that claim, not another.
    """

    parent: Attr
    sql: Callable[[Any], ColumnElement[bool]]
    key: Attr | None = None


@dataclass(frozen=True)
class WhereRef:
    """A filter by the slugs of related records: some of `columns` holds one of their ids.

    The columns are the record's own, or stand in a related row as in WhereRelated; `on` joins them
    to that row where they stand one table further.
    """

    to: str
    columns: Sequence[Attr]
    parent: Attr | None = None
    key: Attr | None = None
    on: ColumnElement[bool] | None = None


#: Of parameters: built when a route is first asked, and nothing unknown is taken.
QUERY_CONFIG = ConfigDict(
    defer_build=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
)


class ListQuery(BaseModel):
    """The parameters every list takes; a noun adds its filters."""

    model_config = QUERY_CONFIG

    q: Annotated[Text | None, "words"] = Field(
        None, description="Words looked for in names and synonyms; case and accents are ignored."
    )
    limit: int = Field(50, ge=1, le=MAX_LIMIT, description="Records per page.")
    cursor: Cursor | None = Field(
        None, description="Where the last page ended: `page.next` of the answer before."
    )
