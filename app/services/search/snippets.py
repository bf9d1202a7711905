"""Snippets: the best matching text of a record, with highlighted ranges."""

import html
from collections.abc import Sequence
from typing import Any

from app.services.search import tokenizer
from app.services.search.index_entry import ResultTexts
from app.services.search.name_index import NameMatch
from app.services.search.ranking import Ranker, Terms, terms_by_line

MAX_LENGTH, CONTEXT_BEFORE = 280, 90
NONE: Terms = frozenset()
SnippetDict = dict[str, Any]


def best_snippet(
    ranker: Ranker, card: ResultTexts, exact_name: NameMatch | None
) -> tuple[SnippetDict | None, SnippetDict]:
    """The one text that holds most of the question, and a snippet of one that is no name.

    Of a record that holds nothing itself, None, and how it is summed up.
    """
    named, texts = card.name_count, card.texts
    matching = _matching_texts(ranker, card, named)
    weights = {at: weight for at, terms in matching.items() if (weight := ranker.proximity(terms))}
    best = max(weights, key=lambda at: (weights[at], -at), default=None)
    plain = [at for at in weights if at >= named]
    best_text = max(plain, key=lambda at: (weights[at], -at), default=named)
    matched = None if best is None else _excerpt(matching[best], *texts[best])
    snippet = (
        matched
        if matched and best_text == best
        else _excerpt(matching.get(best_text, NONE), *texts[best_text])
    )
    if exact_name is not None:
        matched = {
            "field": exact_name.field,
            "text": exact_name.text,
            "ranges": [[0, len(exact_name.text)]],
        }
    return matched, snippet | {"html": highlight_html(snippet["text"], snippet["ranges"])}


def _matching_texts(ranker: Ranker, card: ResultTexts, named: int) -> dict[int, Terms]:
    """Which text holds which of the question's terms; those that hold none are left out."""
    matching = {}
    for first, stop, lines in ((0, named, card.names), (named, len(card.texts), card.body)):
        for end, terms in terms_by_line(lines, ranker.matched_terms(lines)).items():
            at = first + lines.count("\n", 0, end)
            if at < stop:  # beyond the names' own stands what the slug alone says
                matching[at] = terms
    return matching


def highlight_html(text: str, ranges: Sequence[Sequence[int]]) -> str:
    """The text as HTML: escaped, with the ranges in <mark>."""
    parts, at = [], 0
    for start, end in ranges:
        parts += [html.escape(text[at:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        at = end
    return "".join([*parts, html.escape(text[at:])])


def _excerpt(terms: Terms, field: str, text: str) -> SnippetDict:
    """A text of bearable length around the first of the words, and where they stand in it."""
    ranges = [list(span) for span in tokenizer.spans(text, terms)] if terms else []
    if len(text) <= MAX_LENGTH:
        return {"field": field, "text": text, "ranges": ranges}
    start = max(0, ranges[0][0] - CONTEXT_BEFORE) if ranges else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = text.rfind(" ", start, start + MAX_LENGTH)
    end = (
        len(text) if len(text) - start <= MAX_LENGTH else end if end > start else start + MAX_LENGTH
    )
    head, tail = "… " if start else "", " …" if end < len(text) else ""
    shift = len(head) - start
    inside = [[a + shift, b + shift] for a, b in ranges if a >= start and b <= end]
    return {"field": field, "text": head + text[start:end] + tail, "ranges": inside}
