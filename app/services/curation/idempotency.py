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
    """Return the response saved for an Idempotency-Key of this API key, if any.

    Args:
        name: The value of the Idempotency-Key header.
        digest: Of the request, to refuse the same name for another request.

    Raises:
        ParameterError: The name was used for another request.
    """
    table = m.IdempotentResponse.__table__
    stmt = select(table).where(table.c.key_id == key_id, table.c.name == name)
    row = (
        session.execute(stmt.where(table.c.at > days_from_now(-RETENTION_DAYS)))
        .mappings()
        .one_or_none()
    )
    if row is not None and row["digest"] != digest:
        message = "Idempotency-Key: already used for another request. Send a new one for each."
        raise ParameterError(ErrorDetail("header", "Idempotency-Key", message))
    return dict(row) if row else None


def save_response(session: WriteSession, key_id: int, name: str, **response: Any) -> None:
    """Save a response in the transaction of its write, and delete expired ones."""
    session.execute(
        delete(m.IdempotentResponse).where(
            m.IdempotentResponse.at <= days_from_now(-RETENTION_DAYS)
        )
    )
    session.execute(
        insert(m.IdempotentResponse).values(key_id=key_id, name=name, at=utc_now(), **response)
    )
