"""Suggestions for a name that does not exist: similarity, and the words "Did you mean …?".

`app.kit.lookup.similar_slugs` chooses the slugs that the 404 of a record suggests.
"""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches


def similar(name: str, names: Iterable[str], limit: int = 3, cutoff: float = 0.5) -> list[str]:
    """Return up to `limit` of the names that resemble `name`, the most similar first.

    Names that resemble it clearly less than the first one are left out, as are those whose
    similarity, from 0 to 1, is below `cutoff`.
    """
    matches = get_close_matches(name, list(names), n=limit, cutoff=cutoff)
    ratios = [SequenceMatcher(None, match, name).ratio() for match in matches]
    return [m for m, ratio in zip(matches, ratios, strict=True) if ratio >= 0.9 * ratios[0]]


def did_you_mean(suggestions: Sequence[str]) -> str:
    """Return ` Did you mean a, b or c?`, to follow a sentence; empty without suggestions."""
    if not suggestions:
        return ""
    *others, last = suggestions
    names = f"{', '.join(others)} or {last}" if others else last
    return f" Did you mean {names}?"


def with_suggestions(message: str, suggestions: Sequence[str]) -> str:
    """Return a message without a full stop, followed by `Did you mean …?` if there is anything."""
    return f"{message}.{did_you_mean(suggestions)}" if suggestions else message
