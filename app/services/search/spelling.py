"""Spelling correction: the nearest indexed word."""

from collections.abc import Mapping
from string import ascii_lowercase
from typing import Any

from sqlalchemy import Select, func, select

from app import models as m
from app.kit.prepared_statements import PreparedStatement
from app.kit.sessions import ReadSession

MIN_WORD_LENGTH = 4


def _similar_words(
    words: Any, letter: Any, after_letter: Any, first: Any, last: Any, shortest: Any, longest: Any
) -> Select[str, str]:
    """Select `words`, and words between `letter` and `after_letter` with a length in a range.

    Those between `first` and `last` may have any length.
    """
    word, length = m.SearchWord.word, func.length(m.SearchWord.word)
    similar = length.between(shortest, longest) | word.between(first, last)
    same_letter = word.between(letter, after_letter) & similar
    return select(word, m.SearchWord.term).where(word.in_(words) | same_letter)


_SIMILAR_WORDS = PreparedStatement(_similar_words)
_COUNTS = PreparedStatement(
    lambda terms: (
        select(m.SearchTerm.term, func.sum(m.SearchTerm.count))
        .where(m.SearchTerm.term.in_(terms))
        .group_by(m.SearchTerm.term)
    )
)


def max_edits(word: str) -> int:
    """Return how many edits a correction may make: 0 below 4 letters, 1 below 8, else 2.

    An edit replaces, inserts or deletes a letter, or swaps two adjacent letters.
    """
    return 0 if len(word) < MIN_WORD_LENGTH else 1 if len(word) < 8 else 2


def nearest_word(session: ReadSession, word: str) -> str | None:
    """Return the indexed word with the smallest edit distance; None if none is close enough.

    Of equally distant words the one that most records hold wins, then the first alphabetically. If
    no word is close, `word` is taken as a prefix. Both databases hold the same dictionary and the
    distance is computed here, so corrections are identical.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    limit = max_edits(word)
    if not limit or not (word.isascii() and word.isalpha()):
        return None
    # "{" follows "z" in ASCII: the range holds every word that begins with `word`.
    ends = {"letter": word[0], "after_letter": word[0] + "{", "first": word, "last": word + "{"}
    lengths = {"shortest": len(word) - limit, "longest": len(word) + limit}
    # Two edits are accepted only if the first letter is right.
    words = _with_another_first_letter(word)
    terms = dict(_SIMILAR_WORDS.rows(session, words=words, **ends, **lengths))
    matches = process.extract(
        word, list(terms), scorer=OSA.distance, score_cutoff=limit, limit=None
    )
    distances = {match: int(distance) for match, distance, _ in matches}
    if not distances:
        distances = {longer: 0 for longer in terms if longer.startswith(word)}
    smallest = min(distances.values(), default=0)
    nearest = [match for match, distance in distances.items() if distance == smallest]
    counts = _record_counts(session, {match: terms[match] for match in nearest})
    candidates = [match for match in nearest if counts[match]]
    return min(candidates, key=lambda match: (-counts[match], match)) if candidates else None


def _with_another_first_letter(word: str) -> list[str]:
    """Return every word that one edit of the beginning of a word leads to."""
    rest = word[1:]
    swapped = word[1] + word[0] + word[2:]
    return [rest, swapped, *(letter + end for letter in ascii_lowercase for end in (word, rest))]


def _record_counts(session: ReadSession, terms: Mapping[str, str]) -> dict[str, int]:
    """Return how many records hold each word, from its term (word → term)."""
    rows = _COUNTS.rows(session, terms=sorted(set(terms.values())))
    counts = {term: int(count) for term, count in rows}
    return {word: counts.get(term, 0) for word, term in terms.items()}
