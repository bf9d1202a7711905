"""Snippets: the best matching text of a record, with highlighted ranges."""

import html
from collections.abc import Sequence
from typing import Any

from app.services.search import tokenizer
from app.services.search.index_entry import ResultTexts
from app.services.search.name_index import NameMatch
from app.services.search.ranking import Ranker, Terms, terms_by_line

#: Characters of a snippet, and of those before the first match.
MAX_LENGTH, CONTEXT_BEFORE = 280, 90
NONE: Terms = frozenset()
SnippetDict = dict[str, Any]


def best_snippet(
    ranker: Ranker, texts_of_record: ResultTexts, exact_name: NameMatch | None
) -> tuple[SnippetDict | None, SnippetDict]:
    """Return the text that matches most of the query, and a snippet of a text other than a name.

    The first is None if no text of the record matches; the snippet then is the summary.
    """
    name_count, texts = texts_of_record.name_count, texts_of_record.texts
    matching = _matching_texts(ranker, texts_of_record, name_count)
    weights = {at: weight for at, terms in matching.items() if (weight := ranker.proximity(terms))}
    best = max(weights, key=lambda at: (weights[at], -at), default=None)
    plain = [at for at in weights if at >= name_count]
    best_text = max(plain, key=lambda at: (weights[at], -at), default=name_count)
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


def _matching_texts(
    ranker: Ranker, texts_of_record: ResultTexts, name_count: int
) -> dict[int, Terms]:
    """Return the terms of the query in each text, by its index; texts without any are left out."""
    matching = {}
    for first, stop, lines in (
        (0, name_count, texts_of_record.names),
        (name_count, len(texts_of_record.texts), texts_of_record.body),
    ):
        for end, terms in terms_by_line(lines, ranker.matched_terms(lines)).items():
            at = first + lines.count("\n", 0, end)
            if at < stop:  # the line after the names has terms of the slug, and no text
                matching[at] = terms
    return matching


def highlight_html(text: str, ranges: Sequence[Sequence[int]]) -> str:
    """Return the text as escaped HTML, with the ranges in <mark> elements."""
    parts, at = [], 0
    for start, end in ranges:
        parts += [html.escape(text[at:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        at = end
    return "".join([*parts, html.escape(text[at:])])


def _excerpt(terms: Terms, field: str, text: str) -> SnippetDict:
    """Return up to MAX_LENGTH characters around the first match, with the ranges of matches."""
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
