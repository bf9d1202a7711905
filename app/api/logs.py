"""Structured logs: one JSON object per line on standard error."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

ACCESS_LOGGER = "uvicorn.access"
#: Id of the request that is being answered; uvicorn runs each request in a context of its own.
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)


class JsonFormatter(logging.Formatter):
    """Format a record as a JSON object; a missing field is left out.

    The request id is that of the context, or the one passed as `extra={"request_id": …}`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return a log record as one line of JSON."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        entry: dict[str, Any] = {
            "timestamp": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := getattr(record, "request_id", None) or REQUEST_ID.get():
            entry["request_id"] = request_id
        if record.name == ACCESS_LOGGER and isinstance(record.args, tuple):
            _client, entry["method"], entry["path"], _version, entry["status"] = record.args
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def logging_config(level: str) -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`.

    Our own messages and uvicorn's are logged from `level` on, those of libraries from "warning".
    """
    level = level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "level": level}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"kkb": {"level": level}, "uvicorn": {"level": level}},
    }
