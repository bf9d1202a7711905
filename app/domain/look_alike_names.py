"""Names that readers cannot tell apart: `anna`, `Anna` and `аnna` with a Cyrillic а.

Source: Unicode Technical Standard 39 (Unicode Security Mechanisms), section 4, and its data of
confusable characters, which come with the package `confusable_homoglyphs`.
"""

import unicodedata
from functools import cache


def look_alike(name: str, other: str) -> bool:
    """Return whether two names differ in capitals or in characters that look alike, or not at all.

    Capitals are compared before and after: `I` looks like `l`, and `i` does not.
    """
    return (
        _skeleton(name.casefold()) == _skeleton(other.casefold())
        or _skeleton(name).casefold() == _skeleton(other).casefold()
    )


def _skeleton(text: str) -> str:
    """Return text with each character replaced by the one that all of its look-alikes share."""
    characters = unicodedata.normalize("NFKD", " ".join(text.split()))
    return unicodedata.normalize("NFKD", "".join(map(_prototype, characters)))


@cache
def _prototype(character: str) -> str:
    """Return the prototype of a character: itself, or the only character that it is listed with.

    The data list a prototype with each of its look-alikes, and these with the prototype alone.
    """
    alike = _look_alikes(character)
    if len(alike) != 1:
        return character
    is_mutual = len(alike[0]) == 1 and _look_alikes(alike[0]) == [character]
    return min(character, alike[0]) if is_mutual else alike[0]


def _look_alikes(character: str) -> list[str]:
    # Imported on first use: the data take 20 ms to read, and only new keys need them.
    from confusable_homoglyphs import confusables

    confusable = confusables.is_confusable(character, greedy=True)
    return [glyph["c"] for glyph in confusable[0]["homoglyphs"]] if confusable else []
