"""Idempotent requests: responses saved under their Idempotency-Key for a day."""

from typing import Any

from sqlalchemy import delete, insert, select

from app import models as m
from app.domain.errors import ErrorDetail, ParameterError
from app.domain.timestamps import days_from_now, utc_now
from app.kit.sessions import ReadSession, WriteSession

RETENTION_DAYS = 1


def saved_response(
    session: ReadSession, key_id: int, name: str, digest: str
) -> dict[str, Any] | None:
    """The answer that this key had to a request of this name; the same name for another is 422."""
    table = m.IdempotentResponse.__table__
    stmt = select(table).where(table.c.key_id == key_id, table.c.name == name)
    row = (
        session.execute(stmt.where(table.c.at > days_from_now(-RETENTION_DAYS)))
        .mappings()
        .one_or_none()
    )
    if row is not None and row["digest"] != digest:
        message = "Idempotency-Key: you used this one for another request. Give each its own."
        raise ParameterError(ErrorDetail("header", "Idempotency-Key", message))
    return dict(row) if row else None


def save_response(session: WriteSession, key_id: int, name: str, **answer: Any) -> None:
    """Keep an answer in the transaction that it tells of, and forget those that are too old."""
    session.execute(
        delete(m.IdempotentResponse).where(
            m.IdempotentResponse.at <= days_from_now(-RETENTION_DAYS)
        )
    )
    session.execute(
        insert(m.IdempotentResponse).values(key_id=key_id, name=name, at=utc_now(), **answer)
    )
