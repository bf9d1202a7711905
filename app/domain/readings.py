"""Readings: prose about a claim, parsed into sentences with the notes they cite.

A reading has one sentence per line; `[slug, slug]` at a line's end names the evidence notes
that the sentence is based on. Digits in names (`IL-6`, `5-HT`, `GluN2B`) are not figures.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LINE = re.compile(
    r"(?P<text>[^\[\]]*[^\[\]\s])(?:\s*\[(?P<notes>[a-z0-9-]+(?:,\s*[a-z0-9-]+)*)\])?(?P<end>[.?!]?)"
)
_FIGURE = re.compile(r"(?<![\w.,])(?<!\w-)\d+(?:,\d{3})*(?:\.\d+)?(?![\w.]?\w|-?[A-Z])")


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the slugs of the notes that it cites."""

    text: str
    evidence: tuple[str, ...]


def sentences(text: str) -> list[Sentence]:
    """Parse a reading of one sentence per line; blank lines are skipped.

    Raises:
        ValueError: If brackets in a line are not `[slug, slug]` at its end.
    """
    return [_sentence(line.strip()) for line in text.splitlines() if line.strip()]


def _sentence(line: str) -> Sentence:
    match = _LINE.fullmatch(line)
    if not match:
        raise ValueError(
            f"{line[:60]!r}: end a sentence with the notes it rests on, as in `… [lii-2023-madrs].`"
        )
    notes = match["notes"] or ""
    return Sentence(match["text"] + match["end"], tuple(n.strip() for n in notes.split(",") if n))


def figures(text: str) -> set[float]:
    """Return the figures in a text, without their signs; `1,200` is 1200."""
    return {float(match[0].replace(",", "")) for match in _FIGURE.finditer(text)}


def all_figures(values: Iterable[object]) -> set[float]:
    """Return the figures in numbers, texts, lists and dicts, at any depth."""
    return set(_walk(values))


def _walk(value: object) -> Iterator[float]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield abs(float(value))
    elif isinstance(value, str):
        yield from figures(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _walk(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _walk(inner)
