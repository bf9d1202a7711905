"""Published figures in words: value with relation and unit, variation, dose, people."""

from collections.abc import Mapping
from typing import Any

from app.domain.vocabulary import Dispersion, IntervalKind, SummaryStatistic, ValueRelation
from app.explorer import quantities
from app.explorer.labels import vocabulary_label

Record = Mapping[str, Any]


def value_text(record: Record, units: str) -> str:
    """Return a value as `about 120 min`, `1,200 to 2,400 ng/mL` or `≤ 20 min`; "" without one.

    Args:
        record: A record with `relation`, `value`, `upper_value` and `unit`.
        units: Name of the vocabulary of its units.
    """
    if record.get("value") is None:
        return ""
    amount = quantities.number(record["value"])
    if record.get("upper_value") is not None:
        amount = f"{amount} to {quantities.number(record['upper_value'])}"
    relation = record.get("relation")
    if relation not in (None, ValueRelation.EQUAL, ValueRelation.RANGE):
        amount = f"{vocabulary_label(relation, 'ValueRelation')} {amount}"
    return with_unit(amount, record.get("unit"), units)


def with_unit(amount: str, unit: str | None, units: str) -> str:
    """Return an amount with the label of its unit: `12%`, `12 min`, `3-fold`."""
    label = vocabulary_label(unit, units) if unit else ""
    separator = "" if not label or label[0] in "%-" else " "
    return f"{amount}{separator}{label}"


def variation_text(record: Record) -> str:
    """Return interval and dispersion: `95% confidence interval 27 to 31`, `SD 9`, `± 10`."""
    parts = []
    if record.get("lower") is not None and record.get("upper") is not None:
        kind = record.get("interval_kind")
        name = "interval"
        if kind not in (None, IntervalKind.NOT_STATED):
            name = vocabulary_label(kind, "IntervalKind").lower()
        percent = record.get("interval_percent")
        level = f"{quantities.number(percent)}% " if percent is not None else ""
        parts.append(f"{level}{name} {quantities.interval(record['lower'], record['upper'])}")
    if record.get("dispersion_value") is not None:
        spread = quantities.number(record["dispersion_value"])
        kind = record.get("dispersion_kind")
        if kind in (None, Dispersion.NOT_STATED):
            parts.append(f"± {spread}")
        else:
            label = vocabulary_label(kind, "Dispersion")
            parts.append(f"{label if label.isupper() else label[0].lower() + label[1:]} {spread}")
    return ", ".join(parts)


def statistic_text(record: Record) -> str:
    """Return the statistic that a value is: `mean`; "" if the source does not state it."""
    statistic = record.get("statistic")
    if statistic in (None, SummaryStatistic.NOT_STATED):
        return ""
    return vocabulary_label(statistic, "SummaryStatistic").lower()


def dose_text(record: Record, prefix: str = "") -> str:
    """Return a dose with its unit; "" without one.

    Args:
        prefix: Prefix of the fields, such as `maintenance_`.
    """
    if record.get(f"{prefix}dose_value") is None:
        return ""
    value, unit = record[f"{prefix}dose_value"], record.get(f"{prefix}dose_unit")
    return quantities.dose(value, unit, record.get(f"{prefix}dose_upper_value"))


def share_text(record: Record, prefix: str = "") -> str:
    """Return events of people: `35 of 152`; "" unless both are on record.

    Args:
        prefix: Prefix of the fields, such as `comparator_`.
    """
    events, people = record.get(f"{prefix}events"), record.get(f"{prefix}n")
    if people is None:
        return ""
    if events is None:
        return f"of {quantities.number(people)}"
    return f"{quantities.number(events)} of {quantities.number(people)}"
