"""Keyset cursors: where a page ended, in a string that fits its own query and no other."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

Scalar = str | int | float | bool | None


class BadCursorError(ValueError):
    """A cursor that this service did not hand out for this query."""


def fingerprint(*parts: object) -> str:
    """A short digest of the filters and sort that a cursor belongs to."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def encode(values: Sequence[Scalar], query: str) -> str:
    body = json.dumps([query, *values], ensure_ascii=False, separators=(",", ":"))
    mark = hashlib.sha256(body.encode()).digest()[:6]
    return base64.urlsafe_b64encode(mark + body.encode()).decode().rstrip("=")


def decode(cursor: str, query: str, kinds: Sequence[TypeAdapter[Any]]) -> list[Scalar]:
    """The values of the last row seen, one per kind; raises BadCursorError for all else."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        mark, body = raw[:6], raw[6:]
        if hashlib.sha256(body).digest()[:6] != mark:
            raise BadCursorError("it was altered")
        owner, *values = json.loads(body)
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError) as error:
        raise BadCursorError("it is not one of ours") from error
    if any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
        raise BadCursorError("it was altered")
    if owner != query or len(values) != len(kinds):
        raise BadCursorError("it belongs to another query: filters and sort must stay the same")
    try:
        return [kind.validate_python(v) for kind, v in zip(kinds, values, strict=True)]
    except ValidationError as error:
        raise BadCursorError("it was altered") from error
