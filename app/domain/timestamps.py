"""Moments: UTC, in the one form that sorts as text: `2026-11-24T23:05:10.123456Z`."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    return stamp(datetime.now(UTC))


def after(days: float) -> str:
    """The moment so many days from now; negative days lie behind."""
    return stamp(datetime.now(UTC) + timedelta(days=days))


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
