"""Documents: each record as the world sees it, ready as JSON.

They are written from the tables by `app.services.documents`, and read by id. A list, a record, an
include and an export choose documents and join them; nothing is assembled while a reader waits.
"""

from collections.abc import Sequence
from json.encoder import encode_basestring as _quoted
from typing import Any

from pydantic_core import from_json, to_json

Row = dict[str, Any]


class Json(str):
    """Text that is JSON already."""

    __slots__ = ()


def dump(value: Any) -> str:
    """JSON, with what is JSON already put in as it stands."""
    if isinstance(value, Json):
        return value
    if isinstance(value, dict):
        return "{" + ",".join([f"{_quoted(k)}:{dump(v)}" for k, v in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([dump(item) for item in value]) + "]"
    return to_json(value).decode()


def picked(document: str | bytes, fields: Sequence[str]) -> Json:
    """Some fields of a document and its slug, in its own order; all where none are named."""
    if not fields:
        return Json(document)
    chosen = {"slug", *fields}
    row = {name: value for name, value in from_json(document).items() if name in chosen}
    return Json(to_json(row).decode())
