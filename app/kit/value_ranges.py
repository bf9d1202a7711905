"""Ranges of query parameters: `year_from` and `year_to`, `min_n` and `max_n`.

A range whose lower end lies above its upper end matches nothing, and is nearly always a mistake.
"""

import re
from collections.abc import Mapping
from typing import Any

#: Form of the name of one end → that of the other.
_LOWER_OF_UPPER = ((r"(.+)_to", r"\1_from"), (r"max_(.+)", r"min_\1"))
_UPPER_OF_LOWER = ((r"(.+)_from", r"\1_to"), (r"min_(.+)", r"max_\1"))


def check_range(name: str, value: Any, others: Mapping[str, Any]) -> None:
    """Compare an end of a range with the other end, if that is among the other parameters.

    Raises:
        ValueError: The lower end lies above the upper one.
    """
    lower, upper = _other_end(name, _LOWER_OF_UPPER), _other_end(name, _UPPER_OF_LOWER)
    if lower and _is_above(others.get(lower), value):
        raise ValueError(f"must not be below {lower}, which is {others[lower]}")
    if upper and _is_above(value, others.get(upper)):
        raise ValueError(f"must not be above {upper}, which is {others[upper]}")


def _is_above(low: Any, high: Any) -> bool:
    if low is None or high is None:
        return False
    if isinstance(high, str):
        return bool(low > f"{high}~")  # of partial dates: 2019-03-05 is within 2019
    return bool(low > high)


def _other_end(name: str, forms: tuple[tuple[str, str], ...]) -> str | None:
    for form, other in forms:
        if match := re.fullmatch(form, name):
            return match.expand(other)
    return None
