"""What a failure of the database means: for the log, the metrics and the client."""

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from app.domain.errors import KbError, StorageFullError, UnavailableError
from app.kit.database import failure_reason

MAX_STATEMENT = 300


@dataclass(frozen=True)
class DatabaseFailure:
    """Why the database could not answer a request.

    Args:
        reason: Label of the metric `kkb_database_errors_total`.
        message: What the log says.
        error: The problem response.
        retry_after: Seconds after which to retry; None if nobody knows.
        cause: Message of the driver, on one line.
        statement: Beginning of the SQL statement, without its parameters.
    """

    reason: str
    message: str
    error: KbError
    retry_after: int | None
    cause: str
    statement: str | None = None

    @classmethod
    def of(cls, error: Exception) -> "DatabaseFailure":
        """Return the failure behind an error of SQLAlchemy."""
        if not isinstance(error, DBAPIError):
            return cls(*_FAILURES["pool"], cause=_one_line(error))
        statement = _one_line(error.statement)[:MAX_STATEMENT] if error.statement else None
        return cls(*_FAILURES[failure_reason(error)], _one_line(error.orig), statement)


def _one_line(value: object) -> str:
    return " ".join(str(value).split())


_BUSY = UnavailableError("The database is busy or unreachable. Retry in a second.")
#: By the reason that `failure_reason` returns, and `pool`: the first fields of a failure.
_FAILURES: dict[str, tuple[str, str, KbError, int | None]] = {
    "full": (
        "full",
        "disk full: nothing was written",
        StorageFullError(
            "Nothing was written: the disk is full. Reads still work; retry when space is free."
        ),
        None,
    ),
    "read-only": (
        "read-only",
        "database read-only: nothing was written",
        UnavailableError(
            "Nothing was written: the database is read-only at present. Reads still work."
        ),
        60,
    ),
    "slow": (
        "cancelled",
        "statement cancelled",
        UnavailableError(
            "The database stopped the query: it took too long. Narrow it by filters, or retry."
        ),
        1,
    ),
    "busy": ("busy", "database busy or unreachable", _BUSY, 1),
    "pool": ("pool", "no database connection became free in time", _BUSY, 1),
}
