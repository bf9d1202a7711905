"""Release names: their format and order."""

import re

#: Figures and dots: `1`, `2026.12`, `2026.12.1`.
NAME_PATTERN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}")
#: The word for what is not released yet, where a comparison asks for one.
CURRENT = "current"
#: What a dataset is called that is none, or no more.
UNRELEASED = "unreleased"


def is_name(name: str) -> bool:
    """Whether a release may have this name."""
    return NAME_PATTERN.fullmatch(name) is not None


def sort_key(name: str) -> tuple[int, ...]:
    """Names in the order of their figures: 2026.9 comes before 2026.12."""
    return tuple(int(part) for part in name.split("."))
