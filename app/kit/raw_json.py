"""Raw JSON: stored documents that go into responses without being parsed.

`app.services.records.json_documents` writes them from the tables when a record changes. A list, a
record, an include and an export select documents and join them: no record is assembled per request.
"""

from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Any
from uuid import uuid4

from pydantic_core import from_json, to_json

Row = dict[str, Any]


class RawJson:
    """Text that is JSON already; not a dataclass, which pydantic would serialise as an object."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


#: Stands for raw JSON while the rest is serialised. It contains NUL and a random part, so that no
#: stored text and no parameter can equal it.
_PLACEHOLDER = f"\0{uuid4().hex}"


def dump_json(value: Any) -> str:
    """Serialise to JSON; every `RawJson` inside the value goes in unchanged."""
    raw_texts: list[str] = []

    def replace_raw(raw: RawJson) -> str:
        raw_texts.append(raw.text)
        return _PLACEHOLDER

    parts = to_json(value, fallback=replace_raw).decode().split(to_json(_PLACEHOLDER).decode())
    return "".join(chain.from_iterable(zip_longest(parts, raw_texts, fillvalue="")))


def select_fields(document: str, fields: Sequence[str]) -> RawJson:
    """Return a document with only `fields` and `slug`, in its own order; all of it if none."""
    return RawJson(select_fields_bytes(document, fields).decode() if fields else document)


def select_fields_bytes(document: str | bytes, fields: Sequence[str]) -> bytes:
    """Return a document with only `fields` and `slug`, in its own order, as UTF-8."""
    chosen = {"slug", *fields}
    return to_json({name: value for name, value in from_json(document).items() if name in chosen})
