"""Keyset cursors: the position after a page, bound to the query that made it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json

Scalar = str | int | float | bool | None
Kinds = Sequence[TypeAdapter[Any]]
LARGEST = 2**31 - 1  # of the integers that a store compares with, unless it says otherwise


class BadCursorError(ValueError):
    """A cursor that this service did not hand out for this query."""


def fingerprint(*parts: object) -> str:
    """A short digest of the filters and sort that a cursor belongs to."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def encode(values: Sequence[Scalar], query: str) -> str:
    body = json.dumps([query, *values], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:6] + body).decode().rstrip("=")


def decode(cursor: str, query: str, kinds: Kinds, largest: int = LARGEST) -> list[Scalar]:
    """The values of the last row seen, one per kind; raises BadCursorError for all else."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if hashlib.sha256(raw[6:]).digest()[:6] != raw[:6]:
            raise ValueError("its mark is of another")
        owner, *values = from_json(raw[6:])
    except (ValueError, TypeError) as error:
        raise BadCursorError("it is not one of ours") from error
    if owner != query or len(values) != len(kinds):
        raise BadCursorError("it belongs to another query: filters and sort must stay the same")
    try:  # anybody can make one up: what no store would take is refused
        large = any(abs(v) > largest for v in values if isinstance(v, int))
        if large or any("\0" in v for v in values if isinstance(v, str)):
            raise ValueError("no store would take it")
        return [kind.validate_python(v) for kind, v in zip(kinds, values, strict=True)]
    except ValueError as error:
        raise BadCursorError("it was altered") from error
