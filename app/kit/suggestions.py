"""Suggestions for a name that does not exist: similarity, and the words "Did you mean …?".

`app.kit.lookup.similar_slugs` chooses the slugs that the 404 of a record suggests.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def similar(name: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """Return up to `limit` of the names that resemble `name`, the most similar first."""
    return get_close_matches(name, list(names), n=limit, cutoff=0.5)


def did_you_mean(suggestions: Sequence[str]) -> str:
    """Return ` Did you mean a, b or c?`, to follow a sentence; empty without suggestions."""
    if not suggestions:
        return ""
    *others, last = suggestions
    names = f"{', '.join(others)} or {last}" if others else last
    return f" Did you mean {names}?"
