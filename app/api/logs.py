"""Structured logs on standard error: JSON lines, or plain lines for a console.

A message may have fields: `log.info("migrated", extra={"fields": {"version": "0013"}})`.
API keys and passwords in URLs are masked wherever they occur, tracebacks included.
"""

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

#: Id of the request that is being answered; uvicorn runs each request in a context of its own.
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
#: Scope keys: where the number of the API key of a request is left for the access log, and the
#: cause why its response, which has begun, cannot be completed.
KEY_ID_KEY, FAILURE_KEY = "kkb.key_id", "kkb.failure"
#: A whole key has 43 characters after the prefix (app.services.curation.api_keys).
_API_KEY = re.compile(r"kkb_[A-Za-z0-9_-]{40,}")
_URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@/\s]+@")
#: Built once: `json.dumps` builds an encoder for each call with options.
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
#: Logged by uvicorn about a response that `app.api.instrumentation` has logged with its cause.
_REPEATED_MESSAGE = "ASGI callable returned without completing response."


class LogFormat(StrEnum):
    """Form of the log lines."""

    JSON = "json"
    CONSOLE = "console"


def masked(text: str) -> str:
    """Return a text without API keys and without the passwords of URLs."""
    if "kkb_" in text:
        text = _API_KEY.sub("kkb_…", text)
    return _URL_PASSWORD.sub(r"\1***@", text) if "://" in text else text


class StructuredFormatter(logging.Formatter):
    """Base of the two formatters: which fields a line has.

    The request id is that of the context, or the one among the fields of the message.
    """

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return the fields of a message that have a value."""
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        request_id = fields.get("request_id") or REQUEST_ID.get()
        named = {"request_id": request_id, **fields} if request_id else fields
        return {name: value for name, value in named.items() if value is not None}

    def timestamp(self, record: logging.LogRecord) -> str:
        """Return the time of a message in UTC."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return moment.replace("+00:00", "Z")


class JsonFormatter(StructuredFormatter):
    """Format a message as a JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a log record as one line of JSON."""
        entry: dict[str, Any] = {
            "timestamp": self.timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **self.fields(record),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return masked(_encode(entry))


class ConsoleFormatter(StructuredFormatter):
    """Format a message as a plain line, with its fields as name=value, and a traceback below."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a log record as text; only a traceback takes more than one line."""
        fields = "".join(f" {name}={value}" for name, value in self.fields(record).items())
        # A line break that a client sent must not look like another line.
        line = (record.getMessage() + fields).replace("\r", "\\r").replace("\n", "\\n")
        text = f"{self.timestamp(record)} {record.levelname:<8} {record.name} {line}"
        if record.exc_info:
            text += f"\n{self.formatException(record.exc_info)}"
        return masked(text)


class RepeatedMessageFilter(logging.Filter):
    """Drop a message of uvicorn that adds nothing to what the service logs itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to log a message."""
        return record.getMessage() != _REPEATED_MESSAGE


def logging_config(level: str, log_format: LogFormat = LogFormat.JSON) -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`.

    Our own messages and uvicorn's are logged from `level` on, those of libraries from "warning".
    """
    level = level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}, "console": {"()": ConsoleFormatter}},
        "filters": {"repeated": {"()": RepeatedMessageFilter}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": str(log_format),
                "filters": ["repeated"],
                "level": level,
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"kkb": {"level": level}, "uvicorn": {"level": level}},
    }
