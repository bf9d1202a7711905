"""Spelling correction: the nearest indexed word."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select

from app import models as m
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession

MIN_WORD_LENGTH = 4


def _similar_words(asked: Any, beyond: Any, shortest: Any, longest: Any) -> Select[str, str]:
    """Words of about a length, and those that begin so."""
    word, size = m.SearchWord.word, func.length(m.SearchWord.word)
    similar = size.between(shortest, longest) | word.between(asked, beyond)
    return select(word, m.SearchWord.term).where(similar)


_NEAR = PreparedStatement(_similar_words)
_COUNTS = PreparedStatement(
    lambda terms: (
        select(m.SearchTerm.term, func.sum(m.SearchTerm.count))
        .where(m.SearchTerm.term.in_(terms))
        .group_by(m.SearchTerm.term)
    )
)


def max_edits(word: str) -> int:
    """How many letters may be wrong, missing, too many or swapped."""
    return 0 if len(word) < MIN_WORD_LENGTH else 1 if len(word) < 8 else 2


def nearest_word(session: ReadSession, word: str) -> str | None:
    """The nearest word; the commonest of those that are equally near, then the first by letters.

    A word that only begins one is taken to the commonest that it begins. Both stores hold the same
    dictionary and the distance is computed here, so they correct alike.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    limit = max_edits(word)
    if not limit or not (word.isascii() and word.isalpha()):
        return None
    within = {"shortest": len(word) - limit, "longest": len(word) + limit}
    rows = _NEAR.rows(session, asked=word, beyond=word + "{", **within)
    terms = dict(rows)
    if not terms:
        return None
    matches = process.extract(
        word, list(terms), scorer=OSA.distance, score_cutoff=limit, limit=None
    )
    # Two slips at once are believed only of a word whose first letter is right.
    close = {word: int(far) for word, far, _ in matches if far < 2 or word[0] == word[0]}
    if not close:
        close = {word: 0 for word in terms if word.startswith(word)}
    best = [word for word, far in close.items() if far == min(close.values())]
    counts = _counts(session, {word: terms[word] for word in best})
    candidates = [word for word in best if counts[word]]
    return min(candidates, key=lambda word: (-counts[word], word)) if candidates else None


def _counts(session: ReadSession, terms: Mapping[str, str]) -> dict[str, int]:
    rows = _COUNTS.rows(session, terms=sorted(set(terms.values())))
    counts = {term: int(count) for term, count in rows}
    return {word: counts.get(term, 0) for word, term in terms.items()}
