"""Durations in hours."""

from app.domain.vocabulary import TimeUnit

#: Hours of each unit; a month has 30.4 days, and a year 365.25.
HOURS = {
    TimeUnit.MINUTE: 1 / 60,
    TimeUnit.HOUR: 1.0,
    TimeUnit.DAY: 24.0,
    TimeUnit.WEEK: 168.0,
    TimeUnit.MONTH: 729.6,
    TimeUnit.YEAR: 8766.0,
}


def in_hours(value: float | None, unit: str | None) -> float | None:
    """Return a duration in hours, to 6 significant figures; None if there is none."""
    if value is None or unit is None:
        return None
    return float(f"{value * HOURS[TimeUnit(unit)]:.6g}")
