"""Timestamps in UTC, in the one format that sorts as text: `2026-11-24T23:05:10.123456Z`."""

from datetime import UTC, datetime, timedelta


def utc_now() -> str:
    return to_text(datetime.now(UTC))


def days_from_now(days: float) -> str:
    """The moment so many days from now; negative days lie behind."""
    return to_text(datetime.now(UTC) + timedelta(days=days))


def to_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
