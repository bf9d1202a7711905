"""Numbers, units, times and dates as pages show them: three significant figures, a true minus."""

from datetime import date
from math import floor, isfinite, log10

from app.domain.durations import HOURS
from app.domain.vocabulary import DoseUnit, PRelation, TimeUnit

MINUS = "\N{MINUS SIGN}"
NO_VALUE = "\N{EN DASH}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_CONCENTRATIONS = ((1e6, "mM"), (1e3, "µM"), (1.0, "nM"), (0.0, "pM"))
_SIZES = {"mM": 1e6, "µM": 1e3, "nM": 1.0, "pM": 1e-3}
#: Durations from so many hours on are shown in the unit.
_DURATION_UNITS = (
    (2 * HOURS[TimeUnit.YEAR], TimeUnit.YEAR),
    (2.9 * HOURS[TimeUnit.MONTH], TimeUnit.MONTH),
    (14 * 24, TimeUnit.WEEK),
    (48, TimeUnit.DAY),
    (1, TimeUnit.HOUR),
    (0, TimeUnit.MINUTE),
)
_SYMBOLS = {TimeUnit.MINUTE: "min", TimeUnit.HOUR: "h"}


def number(value: float | None, figures: int = 3) -> str:
    """Return a number with so many significant figures at most; integers are shown in full.

    Args:
        value: The number; None is a dash.
        figures: Significant figures of what is no integer.
    """
    if value is None or not isfinite(value):
        return NO_VALUE
    size = abs(value)
    if value == 0:
        return "0"
    if size >= 1e15 or size < 1e-4:
        mantissa, exponent = f"{value:.{figures - 1}e}".split("e")
        text = f"{float(mantissa):g} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
    elif value == int(value):
        text = f"{int(value):,}"
    else:
        rounded = float(f"{value:.{figures}g}")
        decimals = max(0, figures - 1 - floor(log10(abs(rounded))))
        text = f"{rounded if decimals else value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if decimals else text
    return text.replace("-", MINUS)


def interval(lower: float | None, upper: float | None) -> str:
    """Return an interval as `0.54 to 0.95`; a dash if a limit is missing."""
    if lower is None or upper is None:
        return NO_VALUE
    return f"{number(lower)} to {number(upper)}"


def percentage(share: float | None) -> str:
    """Return a share of one in per cent: 0.153 as `15.3%`."""
    return NO_VALUE if share is None else f"{number(round(100 * share, 10))}%"


def p_value(value: float | None, relation: str | None = None) -> str:
    """Return a p-value as `p = 0.04`, and as `p < 0.001` below that.

    Args:
        value: The p-value; None is a dash.
        relation: Relation of the exact p-value to it; None is equality.
    """
    if value is None:
        return NO_VALUE
    sign = PRelation(relation) if relation else PRelation.EQUAL
    if value < 0.001 and sign is not PRelation.GREATER:
        return "p < 0.001"
    return f"p {sign.value} {number(value)}"


def concentration(value_nm: float | None) -> str:
    """Return a concentration in nanomoles per litre with the unit that suits it: `1.4 µM`."""
    if value_nm is None:
        return NO_VALUE
    rounded = float(f"{value_nm:.3g}")
    unit = next(unit for least, unit in _CONCENTRATIONS if rounded >= least)
    return f"{number(rounded / _SIZES[unit])} {unit}"


def duration(hours: float | None) -> str:
    """Return a duration in the unit that suits it: `40 min`, `24 h`, `7 days`, `6 months`."""
    if hours is None:
        return NO_VALUE
    unit = next(unit for least, unit in _DURATION_UNITS if hours >= least)
    amount = hours / HOURS[unit]
    return timepoint(round(amount) if abs(amount - round(amount)) < 0.05 else amount, unit)


def timepoint(value: float | None, unit: str | None) -> str:
    """Return a time as the source states it: `24 h`, `1 day`, `2 weeks`."""
    if value is None or unit is None:
        return NO_VALUE
    kind = TimeUnit(unit)
    amount = number(value)
    if kind in _SYMBOLS:
        return f"{amount} {_SYMBOLS[kind]}"
    return f"{amount} {kind.value}{'' if amount == '1' else 's'}"


def dose(value: float | None, unit: str | None, upper: float | None = None) -> str:
    """Return a dose or a range of doses: `0.5 mg/kg`, `0.5 to 1 mg/kg`."""
    if value is None:
        return NO_VALUE
    amount = number(value) if upper is None else f"{number(value)} to {number(upper)}"
    if unit is None:
        return amount
    label = DoseUnit(unit).label
    return f"{amount}{label}" if label == "%" else f"{amount} {label}"


def date_text(value: str | None, precision: str | None = None) -> str:
    """Return a date in words, no more exact than it is known: `5 March 2019`, `March 2019`, `2019`.

    Args:
        value: ISO date or time, which may end after the year or month; None is a dash.
        precision: `day`, `month` or `year`; None is that of the value.
    """
    if value is None:
        return NO_VALUE
    parts = value[:10].split("-")[: {"year": 1, "month": 2}.get(precision or "", 3)]
    numbers = [int(part) for part in parts]
    day = date(*[*numbers, 1, 1][:3])
    words = [str(day.year), f"{day:%B}", str(day.day)]
    return " ".join(reversed(words[: len(numbers)]))
