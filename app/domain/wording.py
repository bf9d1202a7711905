"""Numbers and lists in English sentences."""

import textwrap
from collections.abc import Sequence


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun, such as `1 study` or `1,200 studies`.

    Args:
        number: Number of things.
        singular: Noun for one of them.
        plural: Noun for several; the singular with an s if None.
    """
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{number:,} {noun}"


def number_that(number: int, verb: str) -> str:
    """Return a number with a regular verb, such as `none disputes`, `1 disputes`, `2 dispute`."""
    return f"{number or 'none'} {verb}{'s' * (number < 2)}"


def listed(items: Sequence[str]) -> str:
    """Return items as a list in a sentence, such as `a, b and c`."""
    *rest, last = items
    return f"{', '.join(rest)} and {last}" if rest else last


def as_clause(sentence: str) -> str:
    """Return a sentence as it reads after a colon: its first word in lower case.

    Abbreviations keep their capitals.
    """
    first, second = sentence[:1], sentence[1:2]
    return sentence if second.isupper() else first.lower() + sentence[1:]


def shortened(text: str, width: int) -> str:
    """Return a text on one line, cut between words and marked by `…` beyond so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else textwrap.shorten(line, width, placeholder="…")
