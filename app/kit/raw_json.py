"""Raw JSON: stored documents that go into responses without being parsed.

They are written from the tables by `app.services.records.json_documents`, and read by id. A list, a
record, an include and an export choose documents and join them; nothing is assembled while a reader
waits.
"""

from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Any
from uuid import uuid4

from pydantic_core import from_json, to_json

Row = dict[str, Any]


class RawJson:
    """Text that is JSON already; no dataclass, which pydantic would write as an object."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


#: Stands for such a text while the rest is written: no store and no address holds NUL.
_PLACEHOLDER = f"\0{uuid4().hex}"


def dump_json(value: Any) -> str:
    """JSON, with what is JSON already put in as it stands."""
    raw_texts: list[str] = []

    def hold(raw: RawJson) -> str:
        raw_texts.append(raw.text)
        return _PLACEHOLDER

    parts = to_json(value, fallback=hold).decode().split(to_json(_PLACEHOLDER).decode())
    return "".join(chain.from_iterable(zip_longest(parts, raw_texts, fillvalue="")))


def select_fields(document: str, fields: Sequence[str]) -> RawJson:
    """Some fields of a document and its slug, in its own order; all where none are named."""
    return RawJson(select_fields_bytes(document, fields).decode() if fields else document)


def select_fields_bytes(document: str | bytes, fields: Sequence[str]) -> bytes:
    """The same of some fields, as bytes."""
    chosen = {"slug", *fields}
    return to_json({name: value for name, value in from_json(document).items() if name in chosen})
