"""Timestamps in UTC, in the one format that sorts as text: `2026-11-24T23:05:10.123456Z`."""

from datetime import UTC, datetime, timedelta


def utc_now() -> str:
    """Return the current time."""
    return to_text(datetime.now(UTC))


def days_from_now(days: float) -> str:
    """Return the time some days from now; negative days are in the past."""
    return to_text(datetime.now(UTC) + timedelta(days=days))


def to_text(moment: datetime) -> str:
    """Return a time, which must have a time zone, in UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
