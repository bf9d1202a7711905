"""Keyset cursors: the position after a page, bound to the query that made it.

A cursor is URL-safe base64 of a 6-byte checksum and a JSON list: the fingerprint of the query, then
the sort key values of the last row. It is not signed, so its values are checked like any input.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json

Scalar = str | int | float | bool | None
Validators = Sequence[TypeAdapter[Any]]
LARGEST = 2**31 - 1  # default bound of integers: the range of an INTEGER column of PostgreSQL


class BadCursorError(ValueError):
    """A cursor that this service did not issue for this query."""


def fingerprint(*parts: object) -> str:
    """Return a short digest of the filters and sort that a cursor belongs to."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def encode(values: Sequence[Scalar], query: str) -> str:
    """Return the cursor of a position: sort key values of a row, and fingerprint of the query."""
    body = json.dumps([query, *values], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:6] + body).decode().rstrip("=")


def decode(cursor: str, query: str, validators: Validators, largest: int = LARGEST) -> list[Scalar]:
    """Return the sort key values that a cursor holds.

    Args:
        cursor: The cursor, as a client sent it.
        query: Fingerprint of the query that it must belong to.
        validators: Validators of the values, one per sort key.
        largest: Bound of the absolute value of integers.

    Raises:
        BadCursorError: If the cursor is malformed, altered, or belongs to another query.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if hashlib.sha256(raw[6:]).digest()[:6] != raw[:6]:
            raise ValueError("wrong checksum")
        owner, *values = from_json(raw[6:])
    except (ValueError, TypeError) as error:
        raise BadCursorError("this service did not issue it") from error
    if owner != query or len(values) != len(validators):
        raise BadCursorError("it belongs to another query: filters and sort must stay the same")
    try:  # the checksum can be forged: refuse values that a store would fail on
        too_large = any(abs(v) > largest for v in values if isinstance(v, int))
        if too_large or any("\0" in v for v in values if isinstance(v, str)):
            raise ValueError("a store could not compare it")
        return [check.validate_python(v) for check, v in zip(validators, values, strict=True)]
    except ValueError as error:
        raise BadCursorError("it was altered") from error
