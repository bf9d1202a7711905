"""Names that tell records apart: `Zarate et al. 2006a` and `Zarate et al. 2006b`."""

import re
from collections.abc import Collection
from string import ascii_lowercase

from app.domain.text_folding import fold

_YEAR_AND_LETTER = re.compile(r"(?P<base>.*\b\d{4})(?P<letter>[a-z])?", re.DOTALL)


def similar_names(name: str) -> list[str]:
    """Return the folded names to compare a name with: itself and, after a year, each letter."""
    match = _YEAR_AND_LETTER.fullmatch(name.strip())
    lettered = [fold(f"{match['base']}{letter}") for letter in ascii_lowercase] if match else []
    return [fold(name), *lettered]


def is_confusable(name: str, other: str) -> bool:
    """Return whether a folded name is the same, or the same with a letter that this one lacks."""
    match = _YEAR_AND_LETTER.fullmatch(name.strip())
    return other == fold(name) or bool(match and not match["letter"])


def next_distinct_name(name: str, taken: Collection[str]) -> str | None:
    """Return the name with the next free letter after its year; None if it does not end with one.

    The name of an earlier record never changes: one without a letter counts as the first, so that
    the next is b.

    Args:
        name: A name that is taken.
        taken: The folded names of other records, of those that `similar_names` returns.
    """
    match = _YEAR_AND_LETTER.fullmatch(name.strip())
    if not match:
        return None
    names = (f"{match['base']}{letter}" for letter in ascii_lowercase[1:])
    return next((free for free in names if fold(free) not in taken), None)
