"""Withdrawn records: slugs that are gone, with the reason and the successor of each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app import models as m
from app.kit.prepared_statements import PreparedStatement
from app.kit.resource import Resource
from app.kit.sessions import ReadSession

Row = dict[str, Any]

_COLUMNS = m.Withdrawal.__table__.columns
_WITHDRAWALS = PreparedStatement(
    lambda types, slugs: (
        select(*_COLUMNS)
        .where(_COLUMNS.type.in_(types), _COLUMNS.slug.in_(slugs))
        .order_by(_COLUMNS.type)
    )
)


def withdrawals(session: ReadSession, resource: Resource, slugs: Sequence[str]) -> dict[str, Row]:
    """Return the withdrawals of those slugs of a collection that were withdrawn, by slug."""
    return {row["slug"]: row for row in _rows(session, [resource.record_type], slugs)}


def withdrawal(session: ReadSession, record_types: Sequence[str], slug: str) -> Row | None:
    """Return the withdrawal of a slug in the first of some record types that has one."""
    return next(iter(_rows(session, record_types, [slug])), None)


def withdrawal_message(resource: Resource, row: Row) -> str:
    """Return the message about a withdrawn record: when, why, and what replaces it."""
    name = f"{resource.name}/{row['slug']}"
    to = row["successor"]
    hint = f" /v1/{resource.name}/{to} replaces it." if to else ""
    return f"{name} was withdrawn in revision {row['revision']}: {row['why']}{hint}"


def _rows(session: ReadSession, record_types: Sequence[str], slugs: Sequence[str]) -> list[Row]:
    rows = _WITHDRAWALS.rows(session, types=list(record_types), slugs=list(slugs))
    return [dict(zip(_COLUMNS.keys(), row, strict=True)) for row in rows]
