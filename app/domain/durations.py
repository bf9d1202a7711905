"""Durations in hours."""

from app.domain.vocabulary import TimeUnit

#: Hours of each unit. A year has 365.25 days and a month is a twelfth of it, as in UCUM (`a_j`,
#: `mo_j`): 12 months are one year.
HOURS = {
    TimeUnit.MINUTE: 1 / 60,
    TimeUnit.HOUR: 1.0,
    TimeUnit.DAY: 24.0,
    TimeUnit.WEEK: 168.0,
    TimeUnit.MONTH: 730.5,
    TimeUnit.YEAR: 8766.0,
}


def in_hours(value: float | None, unit: str | None) -> float | None:
    """Return a duration in hours, to 6 significant figures; None if there is none."""
    if value is None or unit is None:
        return None
    return float(f"{value * HOURS[TimeUnit(unit)]:.6g}")
