"""Suggestions for a name that does not exist."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def similar(name: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """Return up to `limit` of the names that resemble `name`, the most similar first."""
    return get_close_matches(name, list(names), n=limit, cutoff=0.5)


def did_you_mean(suggestions: Sequence[str]) -> str:
    """Return ` Did you mean a, b or c?`, which follows a sentence; empty without suggestions."""
    if not suggestions:
        return ""
    *others, last = suggestions
    return f" Did you mean {', '.join(others)} or {last}?" if others else f" Did you mean {last}?"
