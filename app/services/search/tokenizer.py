"""Tokenizer: splits and stems text, the same for the index and for queries.

A term is made of a-z and 0-9 alone, so that both stores' indexes see the very same words: letters
beyond those are written as their code, and a decimal point as a `d`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from Stemmer import Stemmer

from app.domain.search_tuning import STOP_WORDS
from app.domain.text_folding import alphanumeric_key, fold_units

LONGEST = 80
#: Of a chunk without a space, so much is read.
LONGEST_CHUNK = 200
CACHED = 1 << 16
_PART = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+[.,]\d+")
_OWNER = re.compile(r"['’](?:s\b)?")
_CHUNK = re.compile(r"\S+")
_EDGES = ".,;:!?()[]"
#: British spelling to American, for words of six letters and more, before they are stemmed.
_BRITISH = re.compile("ae|oe|our|is|yse|tre$")
_SPELLINGS = (
    (re.compile("ae|oe"), "e"),
    (re.compile(r"our(?=$|s$|ed$|ing$|al$)"), "or"),
    (re.compile(r"is(?=(?:e|es|ed|ing|er|ation|ations)$)"), "iz"),
    (re.compile(r"yse(?=$|d$|s$)"), "yze"),
    (re.compile("tre$"), "ter"),
)


@dataclass(frozen=True)
class Token:
    """One chunk of a text between spaces: `5-HT2A` is the word 5ht2a, and has the parts 5, ht2a."""

    chunk: str
    word: str
    term: str
    parts: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """As part of a whole name."""
        return alphanumeric_key(self.chunk)

    @property
    def said(self) -> list[tuple[str, str]]:
        """Its words, each with its term: the whole, and its parts where there are several."""
        return [(self.word, self.term), *(self.parts if len(self.parts) > 1 else ())]

    @property
    def terms(self) -> list[str]:
        """All that is kept of it."""
        return [term for _, term in self.said if term]


@lru_cache(maxsize=CACHED)
def stem(word: str) -> str:
    """The stem of one folded word; a word with a figure in it has none but itself."""
    word = word[:LONGEST]
    if word in STOP_WORDS:
        return ""
    if not word.isascii():
        return f"u{word.encode().hex()}"[:LONGEST]
    if not word.isalpha() or len(word) < 3:
        return word
    if len(word) >= 6 and _BRITISH.search(word):
        for british, american in _SPELLINGS:
            word = british.sub(american, word)
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Stemmer:
    return Stemmer("english", 0)  # whose own cache costs more than a stem


@lru_cache(maxsize=CACHED)
def piece(chunk: str) -> Token | None:
    """One folded chunk; None where it holds no letter and no figure."""
    stripped = _OWNER.sub("", chunk).strip(_EDGES)
    if _NUMBER.fullmatch(stripped):
        number = stripped.replace(",", ".").replace(".", "d")[:LONGEST]
        return Token(chunk, number, number, ())
    parts = _PART.findall(_OWNER.sub("", chunk))
    if not parts:
        return None
    whole = "".join(parts)[:LONGEST]
    if len(parts) == 1:
        return Token(chunk, whole, stem(whole), ((whole, stem(whole)),))
    return Token(chunk, whole, stem(whole), tuple((part, stem(part)) for part in parts))


def tokenize(text: str) -> list[Token]:
    """A text, cut where it has spaces."""
    cut = (chunk[:LONGEST_CHUNK] for chunk in fold_units(text).split())
    return [token for chunk in cut if (token := piece(chunk))]


def _said(chunk: str) -> list[tuple[str, str]]:
    """The words of a chunk as it is written, each with its term; most chunks are one word."""
    stripped = chunk[:LONGEST_CHUNK].strip(_EDGES)
    if stripped.isascii() and stripped.isalnum():
        word = stripped.lower()[:LONGEST]
        return [(word, stem(word))]
    return [spoken for token in tokenize(chunk) for spoken in token.said]


@lru_cache(maxsize=CACHED)
def _kept(chunk: str) -> str:
    return " ".join([term for _, term in _said(chunk) if term])


@lru_cache(maxsize=CACHED)
def _terms_in(chunk: str) -> frozenset[str]:
    return frozenset(_kept(chunk).split())


def stems_of(chunks: Iterable[str]) -> str:
    """The terms of chunks as they are written, in their order, between single spaces."""
    return " ".join(filter(None, map(_kept, chunks)))


def terms(text: str) -> str:
    return stems_of(text.split())


def phrase(text: str) -> tuple[str, ...]:
    """The terms of a name as a text would hold them: `S-ketamine` whole, `low-trapping` in parts.

    Parts as short as S or as bare as 6 say nothing where they do not stand together.
    """
    stems = []
    for token in tokenize(text):
        part_terms = [
            term for word, term in token.parts if term and len(word) > 2 and word.isalpha()
        ]
        stems += part_terms if len(part_terms) == len(token.parts) > 1 else [token.term]
    return tuple(term for term in stems if term)


def spans(text: str, terms: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where the words stand that have any of the wanted terms, as (start, end)."""
    chunks = {chunk for chunk in text.split() if not terms.isdisjoint(_terms_in(chunk))}
    for chunk in _CHUNK.finditer(text) if chunks else ():
        if chunk[0] not in chunks:
            continue
        whole = piece(" ".join(fold_units(chunk[0]).split("\n")))
        inner = list(_PART.finditer(chunk[0]))
        if whole is None or not inner:
            continue
        if whole.term in terms:
            start, end = inner[0].start(), inner[-1].end()
            if len(inner) > 1 and chunk[0][end - 2 : end] in ("'s", "’s"):
                end -= 2
            yield chunk.start() + start, chunk.start() + end
            continue
        for part in inner:
            folded = piece(fold_units(part[0]))
            if folded is not None and folded.term in terms:
                yield chunk.start() + part.start(), chunk.start() + part.end()


def dictionary(chunks: Iterable[str]) -> dict[str, str]:
    """The words among chunks, each with its term; what has a figure in it is none."""
    return {
        word: term
        for chunk in chunks
        if not chunk.isnumeric()
        for word, term in _said(chunk)
        if term and len(word) > 2 and word.isascii() and word.isalpha()
    }
