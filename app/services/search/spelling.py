"""Spelling: the word of the dictionary that an unknown one was meant to be."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select

from app import models as m
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession

SHORTEST = 4


def _like(asked: Any, beyond: Any, shortest: Any, longest: Any) -> Select[str, str]:
    """Words of about a length, and those that begin so."""
    word, size = m.SearchWord.word, func.length(m.SearchWord.word)
    near = size.between(shortest, longest) | word.between(asked, beyond)
    return select(word, m.SearchWord.term).where(near)


_NEAR = PreparedStatement(_like)
_COUNTS = PreparedStatement(
    lambda terms: (
        select(m.SearchTerm.term, func.sum(m.SearchTerm.count))
        .where(m.SearchTerm.term.in_(terms))
        .group_by(m.SearchTerm.term)
    )
)


def allowed(word: str) -> int:
    """How many letters may be wrong, missing, too many or swapped."""
    return 0 if len(word) < SHORTEST else 1 if len(word) < 8 else 2


def nearest(session: ReadSession, asked: str) -> str | None:
    """The nearest word; the commonest of those that are equally near, then the first by letters.

    A word that only begins one is taken to the commonest that it begins. Both stores hold the same
    dictionary and the distance is computed here, so they correct alike.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    limit = allowed(asked)
    if not limit or not (asked.isascii() and asked.isalpha()):
        return None
    within = {"shortest": len(asked) - limit, "longest": len(asked) + limit}
    rows = _NEAR.rows(session, asked=asked, beyond=asked + "{", **within)
    terms = dict(rows)
    if not terms:
        return None
    found = process.extract(asked, list(terms), scorer=OSA.distance, score_cutoff=limit, limit=None)
    # Two slips at once are believed only of a word whose first letter is right.
    close = {word: int(far) for word, far, _ in found if far < 2 or word[0] == asked[0]}
    if not close:
        close = {word: 0 for word in terms if word.startswith(asked)}
    best = [word for word, far in close.items() if far == min(close.values())]
    counts = _counts(session, {word: terms[word] for word in best})
    there = [word for word in best if counts[word]]
    return min(there, key=lambda word: (-counts[word], word)) if there else None


def _counts(session: ReadSession, terms: Mapping[str, str]) -> dict[str, int]:
    rows = _COUNTS.rows(session, terms=sorted(set(terms.values())))
    found = {term: int(count) for term, count in rows}
    return {word: found.get(term, 0) for word, term in terms.items()}
