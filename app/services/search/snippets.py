"""Showing: what of a record answered the question, and a snippet with the words marked."""

import html
from collections.abc import Sequence
from typing import Any

from app.services.search import tokenizer
from app.services.search.index_entry import Card
from app.services.search.name_index import Named
from app.services.search.ranking import Ranker, Terms, by_line

LONGEST, BEFORE = 280, 90
NONE: Terms = frozenset()
Shown = dict[str, Any]


def shown(ranker: Ranker, card: Card, whole: Named | None) -> tuple[Shown | None, Shown]:
    """The one text that holds most of the question, and a snippet of one that is no name.

    Of a record that holds nothing itself, None, and how it is summed up.
    """
    named, texts = card.named, card.texts
    held = _held(ranker, card, named)
    weights = {at: weight for at, terms in held.items() if (weight := ranker.together(terms))}
    best = max(weights, key=lambda at: (weights[at], -at), default=None)
    plain = [at for at in weights if at >= named]
    told = max(plain, key=lambda at: (weights[at], -at), default=named)
    matched = None if best is None else _cut(held[best], *texts[best])
    snippet = matched if matched and told == best else _cut(held.get(told, NONE), *texts[told])
    if whole is not None:
        matched = {"field": whole.field, "text": whole.text, "ranges": [[0, len(whole.text)]]}
    return matched, snippet | {"html": marked(snippet["text"], snippet["ranges"])}


def _held(ranker: Ranker, card: Card, named: int) -> dict[int, Terms]:
    """Which text holds which of the question's terms; those that hold none are left out."""
    found = {}
    for first, most, lines in ((0, named, card.names), (named, len(card.texts), card.body)):
        for end, terms in by_line(lines, ranker.held(lines)).items():
            at = first + lines.count("\n", 0, end)
            if at < most:  # beyond the names' own stands what the slug alone says
                found[at] = terms
    return found


def marked(text: str, ranges: Sequence[Sequence[int]]) -> str:
    """The text as HTML: escaped, with the ranges in <mark>."""
    parts, at = [], 0
    for start, end in ranges:
        parts += [html.escape(text[at:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        at = end
    return "".join([*parts, html.escape(text[at:])])


def _cut(held: Terms, field: str, text: str) -> Shown:
    """A text of bearable length around the first of the words, and where they stand in it."""
    ranges = [list(span) for span in tokenizer.spans(text, held)] if held else []
    if len(text) <= LONGEST:
        return {"field": field, "text": text, "ranges": ranges}
    start = max(0, ranges[0][0] - BEFORE) if ranges else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = text.rfind(" ", start, start + LONGEST)
    end = len(text) if len(text) - start <= LONGEST else end if end > start else start + LONGEST
    head, tail = "… " if start else "", " …" if end < len(text) else ""
    shift = len(head) - start
    inside = [[a + shift, b + shift] for a, b in ranges if a >= start and b <= end]
    return {"field": field, "text": head + text[start:end] + tail, "ranges": inside}
